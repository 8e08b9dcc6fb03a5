"""The ledger under any sequence of postings, and under two that race for the last money."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from acquisitions.actions import ledger
from acquisitions.actions.ledger import Share
from acquisitions.models.ledger import LedgerEntry
from acquisitions.queries.funds import balances, encumbered_by_copy
from acquisitions.queries.invariants import funds_are_within_their_stops, ledger_balances
from techsvc.kernel.errors import Refusal
from tests.acquisitions import make

amounts = st.integers(min_value=1, max_value=60_00)
funds = st.integers(min_value=0, max_value=1)


class Ledger(RuleBasedStateMachine):
    """Two funds with stops of 100 and 110 %, and a plain account of what should be there beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.year, self.actor = make.year(), make.person("finance")
        self.funds = [make.fund(100_00), make.fund(100_00, stop_percent=110)]
        self.allocated, self.spent = [100_00, 100_00], [0, 0]
        self.encumbered: dict[int, tuple[int, int]] = {}  # copy → fund, amount
        self.keys: list[str] = []
        self.copies = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def key(self) -> str:
        self.keys.append(f"test/{len(self.keys)}")
        return self.keys[-1]

    def fits(self, fund: int, more: int) -> bool:
        promised = sum(amount for one, amount in self.encumbered.values() if one == fund)
        return (promised + self.spent[fund] + more) * 100 <= self.allocated[fund] * (100, 110)[fund]

    def act(self, expected: bool, posting: Callable[[], object]) -> bool:
        """Do it; the ledger has to take exactly what the plain account would take."""
        try:
            with transaction.atomic():
                posting()
        except Refusal:
            assert not expected
            return False
        assert expected
        return True

    @rule(fund=funds, amount=amounts)
    def order(self, fund: int, amount: int) -> None:
        self.copies += 1
        shares = [Share(self.funds[fund].pk, amount, self.copies)]
        key = self.key()
        if self.act(
            self.fits(fund, amount),
            lambda: ledger.encumber(shares, year=self.year, source_key=key, actor=self.actor, why=""),
        ):
            self.encumbered[self.copies] = (fund, amount)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Let go of any copies, those that were let go already among them."""
        copies = data.draw(st.lists(st.integers(1, max(1, self.copies)), unique=True, max_size=3))
        ledger.disencumber(copies, year=self.year, source_key=self.key(), actor=self.actor, why="")
        for copy in copies:
            self.encumbered.pop(copy, None)

    @rule(data=st.data(), difference=st.integers(-5_00, 5_00))
    def pay(self, data: st.DataObject, difference: int) -> None:
        """Pay an encumbered copy at a price that may differ; refused, the encumbrance stays."""
        if not self.encumbered:
            return
        copy = data.draw(st.sampled_from(sorted(self.encumbered)))
        fund, amount = self.encumbered.pop(copy)
        billed = max(0, amount + difference)
        keys = self.key(), self.key()

        def posting() -> None:
            ledger.disencumber([copy], year=self.year, source_key=keys[0], actor=self.actor, why="")
            shares = [Share(self.funds[fund].pk, billed, copy, 1)]
            ledger.expend(shares, year=self.year, source_key=keys[1], actor=self.actor, why="")

        if self.act(self.fits(fund, billed), posting):
            self.spent[fund] += billed
        else:
            self.encumbered[copy] = (fund, amount)

    @rule(fund=funds, amount=st.integers(-60_00, 60_00).filter(bool))
    def allocate(self, fund: int, amount: int) -> None:
        self.allocated[fund] += amount
        taken = self.act(
            amount > 0 or self.fits(fund, 0),
            lambda: ledger.allocate(self.funds[fund], self.year, amount, why="Budget", actor=self.actor),
        )
        self.allocated[fund] -= 0 if taken else amount

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """A key that was used is used once more for the same kind: nothing changes."""
        used = LedgerEntry.objects.filter(transaction__kind="encumber").values_list(
            "transaction__source_key", flat=True
        )
        if keys := sorted(set(used)):
            key = data.draw(st.sampled_from(keys))
            again = [Share(self.funds[0].pk, 60_00, 1)]
            ledger.encumber(again, year=self.year, source_key=key, actor=self.actor, why="")

    @invariant()
    def everything_adds_up(self) -> None:
        assert ledger_balances() == []
        assert funds_are_within_their_stops() == []
        found = balances(self.year, [fund.pk for fund in self.funds])
        for number, fund in enumerate(self.funds):
            promised = sum(amount for one, amount in self.encumbered.values() if one == number)
            balance = found[fund.pk]
            assert (balance.allocated, balance.encumbered, balance.expended) == (
                self.allocated[number], promised, self.spent[number],
            )  # fmt: skip
        left = encumbered_by_copy(range(1, self.copies + 1))
        assert left == {copy: amount for copy, (_fund, amount) in self.encumbered.items() if amount}


@pytest.mark.django_db
def test_any_sequence_of_postings_adds_up() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ledger,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_two_orders_race_for_the_last_money_and_one_gets_it() -> None:
    funds = [make.fund(100_00), make.fund(100_00)]
    year, actor = make.year(), make.person("selector")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def order(number: int) -> None:
        # The two name the funds in opposite order, which would be a deadlock if locks were taken in that order.
        shares = [Share(fund.pk, 60_00, number * 10 + i) for i, fund in enumerate(funds[:: 1 if number else -1])]
        start.wait(timeout=10)
        try:
            ledger.encumber(shares, year=year, source_key=f"order/{number}/place", actor=actor, why="")
            outcomes.append("had it")
        except Refusal as refused:
            outcomes.append("refused" if "$40.00 available" in refused.text else refused.text)
        finally:
            connection.close()

    threads = [threading.Thread(target=order, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["had it", "refused"]
    assert [balances(year)[fund.pk].encumbered for fund in funds] == [60_00, 60_00]
