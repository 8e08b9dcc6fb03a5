"""Loans from other libraries: each step, each refusal, and taking steps back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ill import queries
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from ill.models.borrowing import BorrowingRequest
from techsvc.kernel import clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from tests import make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DUE = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def the_second_of_march() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def clerk(db: None) -> User:
    return make.person("ill")


def at_step(clerk: User, steps: int) -> BorrowingRequest:
    """A loan that has taken so many steps: asked, sent, shipped, received, returned, completed."""
    row = make.loan(actor=clerk)
    acts: list[Callable[[], Any]] = [
        lambda: borrowing.mark_sent(row.pk, lender="State Library", actor=clerk),
        lambda: borrowing.mark_shipped(row.pk, due_on=DUE, actor=clerk),
        lambda: borrowing.receive_loan(row.pk, due_on=None, actor=clerk),
        lambda: borrowing.return_loan(row.pk, actor=clerk),
        lambda: borrowing.complete_loan(row.pk, actor=clerk),
    ]
    for act in acts[:steps]:
        act()
    row.refresh_from_db()
    return row


def test_a_request_has_a_number_of_its_year(clerk: User) -> None:
    first, second = make.loan(actor=clerk), make.loan("Beloved", actor=clerk)
    assert (first.number, second.number) == ("ILL-2026-00001", "ILL-2026-00002")
    assert (first.state, first.created_at, first.created_by) == ("new", NOW, clerk)


def test_a_loan_goes_its_way(clerk: User) -> None:
    states = [at_step(clerk, steps).state for steps in range(6)]
    assert states == ["new", "sent", "shipped", "received", "returned", "completed"]
    row = BorrowingRequest.objects.get(state="completed")
    assert (row.lender, row.due_on) == ("State Library", DUE)
    told = list(HistoryEvent.objects.filter(subject_id=str(row.pk)).order_by("pk").values_list("verb", flat=True))
    assert told == ["ill.request_loan", "ill.send", "ill.ship", "ill.receive", "ill.return", "ill.complete"]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"title": "  "}, "Type the title"),
        ({"title": "Emma", "isbn": "9780140434263"}, "is not an ISBN"),
        ({"title": "Emma", "needed_by": date(2026, 3, 1)}, "is past"),
    ],
)
def test_requests_that_are_refused(clerk: User, wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        borrowing.request_loan(Wanted(pickup=make.branch("CEN", "Central"), **wanted), actor=clerk)
    assert not BorrowingRequest.objects.exists()
    assert not HistoryEvent.objects.filter(verb__startswith="ill.").exists()


def test_a_patron_asks_once_for_a_title(clerk: User) -> None:
    ada = make.patron()
    first = make.loan("Emma", patron=ada, actor=clerk)
    with pytest.raises(Refusal, match=first.number):
        make.loan("EMMA", patron=ada, actor=clerk)
    borrowing.cancel_loan(first.pk, why="Found it", actor=clerk)
    assert make.loan("Emma", patron=ada, actor=clerk).number == "ILL-2026-00002"


@pytest.mark.parametrize(
    ("steps", "act", "why"),
    [
        (0, lambda row, who: borrowing.receive_loan(row.pk, due_on=DUE, actor=who), "can't receive, it is new"),
        (0, lambda row, who: borrowing.mark_sent(row.pk, lender=" ", actor=who), "which library"),
        (1, lambda row, who: borrowing.receive_loan(row.pk, due_on=None, actor=who), "Type the day"),
        (1, lambda row, who: borrowing.mark_shipped(row.pk, due_on=date(2026, 3, 1), actor=who), "is past"),
        (2, lambda row, who: borrowing.cancel_loan(row.pk, why="", actor=who), "can't cancel, it is shipped"),
        (3, lambda row, who: borrowing.complete_loan(row.pk, actor=who), "can't complete, it is received"),
        (5, lambda row, who: borrowing.return_loan(row.pk, actor=who), "can't return, it is completed"),
    ],
)
def test_steps_that_are_refused(clerk: User, steps: int, act: Callable[[Any, User], Any], why: str) -> None:
    row = at_step(clerk, steps)
    before, told = row.state, HistoryEvent.objects.count()
    with pytest.raises(Refusal, match=why):
        act(row, clerk)
    row.refresh_from_db()
    assert (row.state, HistoryEvent.objects.count()) == (before, told)


def test_a_lender_that_cannot_supply_gives_way_to_the_next(clerk: User) -> None:
    row = at_step(clerk, 1)
    borrowing.refuse_loan(row.pk, why="Not on the shelf", actor=clerk)
    again = borrowing.mark_sent(row.pk, lender="Lakeshore", actor=clerk)
    assert (again.state, again.lender) == ("sent", "Lakeshore")


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_each_step_is_taken_back(clerk: User, steps: int) -> None:
    row = at_step(clerk, steps)
    before = at_step(clerk, steps - 1)
    event = HistoryEvent.objects.filter(subject_id=str(row.pk)).order_by("-pk")[0]
    history.undo(event.pk, actor=clerk)
    row.refresh_from_db()
    assert (row.state, row.lender, row.due_on) == (before.state, before.lender, before.due_on)
    with pytest.raises(Refusal, match="already undone"):
        history.undo(event.pk, actor=clerk)


def test_a_step_is_not_taken_back_once_another_followed(clerk: User) -> None:
    row = at_step(clerk, 2)
    sent = HistoryEvent.objects.get(subject_id=str(row.pk), verb="ill.send")
    with pytest.raises(Refusal, match="has moved on"):
        history.undo(sent.pk, actor=clerk)
    row.refresh_from_db()
    assert row.state == "shipped"


def test_a_technician_borrows_for_the_own_branch_only() -> None:
    central, harbor = make.branch("CEN", "Central"), make.branch("HAR", "Harbor")
    technician = make.person("technician", branch=central)
    assert make.loan(pickup=central, actor=technician).state == "new"
    with pytest.raises(Forbidden, match="at Harbor"):
        make.loan("Emma", pickup=harbor, actor=technician)


@pytest.mark.parametrize("role", ["desk", "cataloger", "auditor", "admin"])
def test_who_has_no_right_borrows_nothing(role: str) -> None:
    with pytest.raises(Forbidden):
        make.loan(actor=make.person(role))
    assert not BorrowingRequest.objects.exists()


def test_what_has_to_leave_now(clerk: User) -> None:

    row = at_step(clerk, 3)
    assert not queries.due_back().exists()
    with clock.at(NOW + timedelta(days=26)):
        assert list(queries.due_back()) == [row]
    assert list(queries.to_send()) == []
