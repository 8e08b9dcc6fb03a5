"""Cancelling, back-ordering, expecting again, and orders that are over."""

from __future__ import annotations

from datetime import date

import pytest

from acquisitions.actions import ordering
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.queries import invariants
from acquisitions.queries.funds import balances
from cataloging.models.items import Item
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make
from tests.acquisitions.make import Setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Setting:
    return make.setting()


@pytest.fixture
def order(at: Setting) -> Order:
    return make.placed_order(at)


def copies(order: Order, line: int = 1) -> list[OrderCopy]:
    return list(OrderCopy.objects.filter(line__order=order, line__position=line).order_by("number"))


def states(order: Order) -> list[str]:
    return list(OrderCopy.objects.filter(line__order=order).order_by("pk").values_list("state", flat=True))


def holds() -> None:
    assert [line for _sentence, exceptions in invariants.ALL.values() for line in exceptions()] == []


def test_a_cancelled_copy_gives_its_money_back(order: Order, at: Setting) -> None:
    first, second, _third = copies(order)
    ordering.cancel_copies([first.pk, second.pk], reason="Out of print", actor=at.selector)
    assert states(order) == ["cancelled", "cancelled", *["on_order"] * 4]
    assert balances(at.year)[at.adult.pk].encumbered == 25_00
    assert Item.objects.filter(state="cancelled").count() == 2
    event = HistoryEvent.objects.get(verb="acquisitions.cancel_copies")
    assert (event.summary, event.why) == ("2 copies cancelled of “ACT OF LOVE”", "Out of print")
    assert event.after == {"line 1, copy 1": "cancelled", "line 1, copy 2": "cancelled"}
    holds()


def test_cancelling_is_undone_with_its_money(order: Order, at: Setting) -> None:
    first, second, _third = copies(order)
    ordering.back_order_copies([second.pk], expected_on=None, reason="Reprinting", actor=at.selector)
    ordering.cancel_copies([first.pk, second.pk], reason="Out of print", actor=at.selector)
    history.undo(HistoryEvent.objects.get(verb="acquisitions.cancel_copies").pk, actor=at.selector)
    assert states(order)[:3] == ["on_order", "back_ordered", "on_order"]
    assert balances(at.year)[at.adult.pk].encumbered == 75_00
    assert set(Item.objects.values_list("state", flat=True)) == {"on_order"}
    holds()


def test_cancelling_is_not_undone_when_the_money_is_gone() -> None:
    at = make.setting(money_minor=75_00)
    order = make.placed_order(at)
    ordering.cancel_copies([copies(order)[0].pk], reason="Out of print", actor=at.selector)
    ordering.order_cart(
        make.cart(at, make.cart_title("BIRDS", "0061363049", "20.00", ["$aBA$fADULT"])).pk, actor=at.selector
    )
    with pytest.raises(Refusal, match=r"Fund ADULT has \$5\.00 available"):
        history.undo(HistoryEvent.objects.get(verb="acquisitions.cancel_copies").pk, actor=at.selector)
    assert states(order)[0] == "cancelled"
    holds()


@pytest.mark.parametrize(("reason", "sentence"), [("", "Say why"), ("  ", "Say why")])
def test_a_reason_is_needed(order: Order, at: Setting, reason: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        ordering.cancel_copies([copies(order)[0].pk], reason=reason, actor=at.selector)
    assert "cancelled" not in states(order)


def test_what_came_is_not_cancelled_and_nothing_else_is(order: Order, at: Setting) -> None:
    first, second, _third = copies(order)
    OrderCopy.objects.filter(pk=first.pk).update(state="received")
    with pytest.raises(Refusal, match=r"these can't cancel: line 1, copy for Bank Street \(received\)"):
        ordering.cancel_copies([first.pk, second.pk], reason="Late", actor=at.selector)
    assert states(order)[1] == "on_order"
    assert balances(at.year)[at.adult.pk].encumbered == 75_00


def test_who_may_not_cancel_does_not(order: Order) -> None:
    with pytest.raises(Forbidden):
        ordering.cancel_copies([copies(order)[0].pk], reason="x", actor=make.person("processing"))
    assert "cancelled" not in states(order)


def test_nothing_chosen_is_said(at: Setting) -> None:
    with pytest.raises(Refusal, match="No copy was chosen"):
        ordering.cancel_copies([], reason="x", actor=at.selector)


def test_back_ordering_keeps_the_money_and_the_newest_date(order: Order, at: Setting) -> None:
    first = copies(order)[0]
    ordering.back_order_copies(
        [first.pk], expected_on=date(2027, 1, 15), reason="back-ordered (vendor code 400)", actor=people.system()
    )
    ordering.back_order_copies([first.pk], expected_on=date(2027, 3, 1), reason="reprinting", actor=people.system())
    first.refresh_from_db()
    assert (first.state, first.reason, first.line.expected_on) == ("back_ordered", "reprinting", date(2027, 3, 1))
    assert balances(at.year)[at.adult.pk].encumbered == 75_00
    event = HistoryEvent.objects.filter(verb="acquisitions.back_order_copies").latest("pk")
    history.undo(event.pk, actor=at.selector)
    assert states(order)[0] == "back_ordered", "it was back-ordered before the second answer, too"
    first_event = HistoryEvent.objects.filter(verb="acquisitions.back_order_copies").earliest("pk")
    history.undo(first_event.pk, actor=at.selector)
    assert states(order)[0] == "on_order"


def test_an_order_of_which_everything_is_cancelled_is_over_and_comes_back(order: Order, at: Setting) -> None:
    ordering.cancel_copies(
        [copy.pk for line in (1, 2) for copy in copies(order, line)], reason="Vendor closed", actor=at.selector
    )
    order.refresh_from_db()
    assert order.state == "cancelled"
    history.undo(HistoryEvent.objects.get(verb="acquisitions.cancel_copies").pk, actor=at.selector)
    order.refresh_from_db()
    assert order.state == "placed"
    holds()


def test_copies_of_several_orders_are_cancelled_at_once(order: Order, at: Setting) -> None:
    other = ordering.order_cart(make.cart(at, make.SMALL_CART.replace(b"ACT OF", b"ARC OF")).pk, actor=at.selector)
    wanted = [copies(order)[0].pk, copies(other)[0].pk]
    ordering.cancel_copies(wanted, reason="Duplicates", actor=at.selector)
    assert balances(at.year)[at.adult.pk].encumbered == 4 * 25_00
    assert HistoryEvent.objects.filter(verb="acquisitions.cancel_copies").count() == 2
    holds()


def test_settling_leaves_drafts_and_open_orders_alone(order: Order, at: Setting) -> None:
    draft = ordering.make_order(at.vendor, [], actor=at.selector)
    assert ordering.settle_orders([order.pk, draft.pk]) == []
