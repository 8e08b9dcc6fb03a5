"""The ledger: what each posting does to a fund, what it refuses, and that a replay posts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from acquisitions.actions import ledger
from acquisitions.actions.ledger import Share
from acquisitions.models.funds import Fund
from acquisitions.models.ledger import LedgerEntry, LedgerTransaction
from acquisitions.queries.funds import Balance, balances, encumbered_by_copy
from techsvc.kernel import clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make

pytestmark = pytest.mark.django_db


def stands(fund: Fund) -> Balance:
    return balances(make.year())[fund.pk]


def encumber(fund: Fund, amount: int, key: str = "order/1/place", copy: int = 1) -> LedgerTransaction | None:
    return ledger.encumber(
        [Share(fund.pk, amount, copy)],
        year=make.year(), source_key=key, actor=make.person("selector"), why="Order 1",
    )  # fmt: skip


def test_an_order_is_encumbered_then_paid() -> None:
    fund, year, actor = make.fund(100_00), make.year(), make.person("selector")
    encumber(fund, 40_00)
    assert stands(fund) == Balance(100_00, 40_00, 0)
    ledger.disencumber([1], year=year, source_key="invoice/1/let-go", actor=actor, why="Invoice 1")
    ledger.expend([Share(fund.pk, 41_50, 1, 7)], year=year, source_key="invoice/1/pay", actor=actor, why="Invoice 1")
    assert stands(fund) == Balance(100_00, 0, 41_50)
    ledger.credit(
        [Share(fund.pk, 1_50, 1, 8)], year=year, source_key="invoice/2/credit", actor=actor, why="Credit note"
    )
    assert stands(fund) == Balance(100_00, 0, 40_00)
    assert encumbered_by_copy([1]) == {}


def test_available_is_posted_once_a_fund_and_copies_one_by_one() -> None:
    fund = make.fund(100_00)
    shares = [Share(fund.pk, 10_00, 1), Share(fund.pk, 15_00, 2), Share(fund.pk, 0, 3)]
    posted = ledger.encumber(shares, year=make.year(), source_key="k", actor=make.person(), why="")
    entries = LedgerEntry.objects.filter(transaction=posted).values_list("account", "amount_minor", "copy_id")
    assert list(entries) == [("encumbered", 10_00, 1), ("encumbered", 15_00, 2), ("available", -25_00, None)]
    assert encumbered_by_copy([1, 2, 3]) == {1: 10_00, 2: 15_00}


def test_a_free_copy_posts_nothing() -> None:
    assert encumber(make.fund(), 0) is None
    assert not LedgerTransaction.objects.exists()


def test_a_replay_posts_nothing_and_finds_the_first() -> None:
    fund = make.fund(100_00)
    first = encumber(fund, 40_00)
    assert encumber(fund, 40_00) == first
    ledger.disencumber([1], year=make.year(), source_key="let-go", actor=make.person(), why="")
    again = ledger.disencumber([1], year=make.year(), source_key="let-go", actor=make.person(), why="")
    assert again is not None
    assert stands(fund) == Balance(100_00, 0, 0)


def test_one_key_can_not_name_two_kinds() -> None:
    fund = make.fund(100_00)
    encumber(fund, 40_00, key="k")
    with pytest.raises(ValueError, match="names a posting of kind encumber, not expend"):
        ledger.expend([Share(fund.pk, 1)], year=make.year(), source_key="k", actor=make.person(), why="")


def test_the_stop_refuses_with_every_number() -> None:
    fund = make.fund(100_00, code="JUV")
    encumber(fund, 60_00)
    with pytest.raises(Refusal) as refused:
        encumber(fund, 40_01, key="order/2/place", copy=2)
    assert refused.value.text == (
        "Fund JUV has $40.00 available in FY-TEST, and $40.01 is wanted: allocated $100.00, encumbered $60.00, "
        "expended $0.00; it stops at 100 % committed. Use another fund, or have money moved to this one."
    )
    assert stands(fund) == Balance(100_00, 60_00, 0)
    encumber(fund, 40_00, key="order/2/place", copy=2)
    assert stands(fund) == Balance(100_00, 100_00, 0)


def test_each_fund_that_has_too_little_is_named() -> None:
    poor, rich, poorer = make.fund(10_00, code="A1"), make.fund(100_00, code="B1"), make.fund(code="C1")
    shares = [Share(poor.pk, 10_01, 1), Share(rich.pk, 50_00, 2), Share(poorer.pk, 5_00, 3)]
    with pytest.raises(Refusal) as refused:
        ledger.encumber(shares, year=make.year(), source_key="k", actor=make.person(), why="")
    assert "Fund A1 has $10.00" in refused.value.text
    assert "Fund C1 has $0.00" in refused.value.text
    assert "B1" not in refused.value.text
    assert not LedgerTransaction.objects.filter(kind="encumber").exists()


@pytest.mark.parametrize(("stop", "fits"), [(110, 110_00), (50, 50_00), (100, 100_00)])
def test_the_stop_may_lie_anywhere(stop: int, fits: int) -> None:
    fund = make.fund(100_00, stop_percent=stop)
    with pytest.raises(Refusal):
        encumber(fund, fits + 1)
    encumber(fund, fits)
    assert stands(fund).committed == fits


def test_without_a_stop_everything_goes() -> None:
    fund = make.fund(stop_percent=None)
    encumber(fund, 1_000_00)
    assert stands(fund) == Balance(0, 1_000_00, 0)


def test_paying_more_than_was_encumbered_counts_against_the_stop() -> None:
    fund, actor = make.fund(100_00), make.person("finance")
    encumber(fund, 100_00)
    ledger.disencumber([1], year=make.year(), source_key="i/let-go", actor=actor, why="")
    with pytest.raises(Refusal, match=r"\$100\.01 is wanted"):
        ledger.expend([Share(fund.pk, 100_01)], year=make.year(), source_key="i/pay", actor=actor, why="")
    ledger.expend([Share(fund.pk, 100_00)], year=make.year(), source_key="i/pay", actor=actor, why="")
    assert stands(fund) == Balance(100_00, 0, 100_00)


def test_reversing_puts_everything_back_once() -> None:
    fund, actor = make.fund(100_00), make.person("supervisor")
    encumber(fund, 40_00)
    reversal = ledger.reverse("order/1/place", actor=actor, why="Undone")
    assert reversal is not None
    assert reversal.reverses is not None
    assert (reversal.kind, reversal.reverses.source_key) == ("reverse", "order/1/place")
    assert ledger.reverse("order/1/place", actor=actor, why="Undone") == reversal
    assert stands(fund) == Balance(100_00, 0, 0)
    assert encumbered_by_copy([1]) == {}


def test_reversing_what_posted_nothing_posts_nothing() -> None:
    assert ledger.reverse("order/9/place", actor=make.person(), why="") is None


def test_money_that_was_committed_since_can_not_be_taken_back() -> None:
    fund, actor = make.fund(), make.person("finance", "supervisor")
    ledger.allocate(fund, make.year(), 50_00, why="Budget", actor=actor)
    encumber(fund, 30_00)
    with pytest.raises(Refusal, match=r"\$50\.00 would be taken away"):
        history.undo(HistoryEvent.objects.get(verb="acquisitions.allocate").pk, actor=actor)
    assert stands(fund) == Balance(50_00, 30_00, 0)


def test_an_allocation_can_be_undone() -> None:
    fund, actor = make.fund(), make.person("finance", "supervisor")
    ledger.allocate(fund, make.year(), 50_00, why="Budget", actor=actor)
    event = HistoryEvent.objects.get(verb="acquisitions.allocate")
    assert event.summary == f"$50.00 allocated to {fund} for FY-TEST"
    history.undo(event.pk, actor=actor)
    assert stands(fund) == Balance(0, 0, 0)
    with pytest.raises(Refusal, match="already undone"):
        history.undo(event.pk, actor=actor)


def test_a_transfer_moves_what_both_were_allocated() -> None:
    giver, taker, actor = make.fund(100_00), make.fund(), make.person("technician")
    ledger.transfer(giver, taker, 30_00, year=make.year(), why="More films", actor=actor)
    assert (stands(giver), stands(taker)) == (Balance(70_00, 0, 0), Balance(30_00, 0, 0))
    with pytest.raises(Refusal, match=r"\$70\.01 would be taken away"):
        ledger.transfer(giver, taker, 70_01, year=make.year(), why="More films", actor=actor)
    assert (stands(giver), stands(taker)) == (Balance(70_00, 0, 0), Balance(30_00, 0, 0))


Act = Callable[[], object]


def test_what_is_refused_before_anything_is_posted() -> None:
    fund, other, euros = make.fund(100_00), make.fund(), make.fund(currency="EUR")
    finance, selector = make.person("finance"), make.person("selector")
    year = make.year()
    before = LedgerTransaction.objects.count()
    cases: list[tuple[Act, str]] = [
        (lambda: ledger.allocate(fund, year, 0, why="x", actor=finance), "changes nothing"),
        (lambda: ledger.allocate(fund, year, 1, why=" ", actor=finance), "Say why"),
        (lambda: ledger.allocate(fund, year, 1, why="x", actor=selector), "You may not do this"),
        (lambda: ledger.transfer(fund, fund, 1, year=year, why="x", actor=finance), "give to itself"),
        (lambda: ledger.transfer(fund, other, -1, year=year, why="x", actor=finance), "above zero"),
        (lambda: ledger.transfer(fund, euros, 1, year=year, why="x", actor=finance), "between currencies"),
        (lambda: ledger.transfer(fund, other, 1, year=year, why="x", actor=selector), "You may not do this"),
    ]
    for act, sentence in cases:
        with pytest.raises(Refusal, match=sentence):
            act()
    assert LedgerTransaction.objects.count() == before


def test_a_closed_year_takes_no_new_promises_but_lets_go() -> None:
    fund, actor = make.fund(100_00), make.person("finance")
    encumber(fund, 10_00)
    year = make.year()
    year.open = False
    year.save()
    with pytest.raises(Refusal, match="The year FY-TEST is closed"):
        ledger.encumber([Share(fund.pk, 1, 2)], year=year, source_key="k", actor=actor, why="")
    ledger.disencumber([1], year=year, source_key="let-go", actor=actor, why="")
    assert stands(fund) == Balance(100_00, 0, 0)


def test_a_closed_fund_orders_nothing() -> None:
    fund = make.fund(100_00, code="OLD", active=False)
    with pytest.raises(Refusal, match="Fund OLD is closed"):
        encumber(fund, 1)


def test_funds_of_two_currencies_are_not_mixed() -> None:
    dollars, euros = make.fund(100_00), make.fund(100_00, currency="EUR")
    with pytest.raises(Refusal, match="EUR and USD"):
        ledger.encumber(
            [Share(dollars.pk, 1, 1), Share(euros.pk, 1, 2)],
            year=make.year(),
            source_key="k",
            actor=make.person(),
            why="",
        )


def test_balances_as_of_a_day() -> None:
    fund = make.fund()
    actor = make.person("finance")
    for day in (1, 2, 3):
        with clock.at(datetime(2026, 7, day, 12, tzinfo=UTC)):
            ledger.allocate(fund, make.year(), day * 100, why="Budget", actor=actor)
    assert [balances(make.year(), [fund.pk], as_of=date(2026, 7, day))[fund.pk].allocated for day in (1, 2, 3)] == [
        100,
        300,
        600,
    ]
    assert balances(make.year(), [fund.pk], as_of=date(2026, 6, 30)) == {fund.pk: Balance()}


def test_balances_are_one_query(django_assert_num_queries: Callable[[int], object]) -> None:
    for _number in range(5):
        encumber(fund := make.fund(100_00), 10_00, key=f"order/{fund.pk}/place")
    year = make.year()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert set(balances(year).values()) == {Balance(100_00, 10_00, 0)}


@pytest.mark.parametrize("table", ["acquisitions_ledgertransaction", "acquisitions_ledgerentry"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_programs_role_can_not_change_the_ledger(table: str, statement: str) -> None:
    make.fund(100_00)
    with (
        pytest.raises(DatabaseError, match=r"permission denied|only added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert LedgerEntry.objects.count() == 2


@transaction.atomic
def post_by_hand(fund: Fund, amounts: tuple[int, ...]) -> None:
    """Add entries to a posting past the ledger's actions, and let the database check what it checks at commit."""
    first = LedgerTransaction.objects.get()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=first, fund=fund, account="available", amount_minor=amount, currency="USD")
        for amount in amounts
    )
    connection.check_constraints()


@pytest.mark.parametrize("amounts", [(5, -4), (5,)])
def test_the_database_refuses_what_does_not_balance(amounts: tuple[int, ...]) -> None:
    fund = make.fund(100_00)
    with pytest.raises(DatabaseError, match="not to zero"):
        post_by_hand(fund, amounts)
    assert LedgerEntry.objects.count() == 2
