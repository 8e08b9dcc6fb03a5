"""Loans' lifecycles: whole, without dead ends, and the desk's view of them agrees with the protocol's."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from ill.models.borrowing import STATES
from ill.rules.lifecycle import BORROWING, OPEN, BorrowingState
from ill.rules.requester import DESK, REQUESTER, SENDS, RequesterState
from ill.rules.supplier import SUPPLIER, TELLS, SupplierState

TABLES = [(BORROWING, BorrowingState.NEW), (REQUESTER, RequesterState.NEW), (SUPPLIER, SupplierState.NEW)]


def reachable(table: Mapping[Any, Mapping[str, Any]], start: StrEnum) -> set[StrEnum]:
    """The states that can be come to from a state, itself included."""
    found, ahead = {start}, [start]
    while ahead:
        new = set(table[ahead.pop()].values()) - found
        found |= new
        ahead += new
    return found


@pytest.mark.parametrize(("table", "start"), TABLES, ids=["desk", "requester", "supplier"])
def test_every_state_has_its_row_and_is_come_to(table: Mapping[Any, Any], start: StrEnum) -> None:
    assert set(table) == set(type(start))
    assert reachable(table, start) == set(table)


@pytest.mark.parametrize(("table", "start"), TABLES, ids=["desk", "requester", "supplier"])
def test_every_state_leads_to_an_end(table: Mapping[Any, Any], start: StrEnum) -> None:
    ends = {state for state, moves in table.items() if not moves}
    assert all(reachable(table, state) & ends for state in table)


def test_the_database_knows_the_desks_states() -> None:
    assert set(STATES) == {str(state) for state in BorrowingState}
    assert set(OPEN) == set(BORROWING) - {BorrowingState.COMPLETED, BorrowingState.CANCELLED}


def test_each_state_of_the_protocol_is_one_of_the_desks() -> None:
    assert set(DESK) == set(RequesterState)
    assert set(DESK.values()) == set(BorrowingState)


def test_the_protocol_never_takes_the_desk_back() -> None:
    """A move of the protocol leaves the desk where it is, or takes it to a state that the desk's table leads to."""
    wrong = [
        (state, verb)
        for state, moves in REQUESTER.items()
        for verb, target in moves.items()
        if DESK[target] not in reachable(BORROWING, DESK[state])
        and (DESK[state], DESK[target]) not in ALLOWED_SHORTCUTS
    ]
    assert wrong == []


# The system ends these by itself, with steps that the desk does by hand one after the other.
ALLOWED_SHORTCUTS = {(BorrowingState.UNFILLED, BorrowingState.CANCELLED)}


def test_messages_belong_to_moves() -> None:
    assert set(SENDS) <= {verb for moves in REQUESTER.values() for verb in moves}
    assert set(TELLS) <= {verb for moves in SUPPLIER.values() for verb in moves}


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        (RequesterState.SENT, "loaned", RequesterState.SHIPPED),  # without "will supply" before
        (RequesterState.CANCEL_PENDING, "loaned", RequesterState.SHIPPED),  # shipped before it heard of the cancel
        (RequesterState.CANCEL_PENDING, "cancel_refused", RequesterState.WILL_SUPPLY),
        (RequesterState.OVERDUE, "renew", RequesterState.RENEW_PENDING),
        (RequesterState.UNFILLED, "send_next", RequesterState.SENT),
    ],
)
def test_turns_that_loans_take(state: RequesterState, verb: str, after: RequesterState) -> None:
    assert REQUESTER[state][verb] is after


def test_what_was_returned_is_not_recalled_from_the_patron() -> None:
    assert "recalled" not in REQUESTER[RequesterState.SHIPPED_RETURNED]
    assert "renew" not in REQUESTER[RequesterState.RECALLED]
