"""The open orders of the system before: entered with their money and items, without a word to the vendor, and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from acquisitions.actions import ordering
from acquisitions.actions.open_orders import enter_open_orders
from acquisitions.models.carts import Cart
from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.queries import invariants
from acquisitions.queries.funds import Balance, balances
from acquisitions.queries.orders import not_sent
from cataloging.models.items import Item
from techsvc.kernel import clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make
from tests.acquisitions.make import Setting

pytestmark = pytest.mark.django_db
LONG_AGO = date(2026, 3, 2)
# Two orders of the old system: one title on each, named in 970 $o, and one title that names none.
OPEN = b"".join((
    make.cart_title("ACT OF LOVE", "141659423X", "25.00", ("$aBA $b2 $cAF $fADULT $p25.00 $oP-4711",)),
    make.cart_title("SASSY", "0545071518", "14.99", ("$aFA $b1 $cJF $fJUV $p14.99 $oP-4712",)),
    make.cart_title("NEW MOON", "", "10.99", ("$aBA $b1 $cJF $fJUV $p10.99",)),
))  # fmt: skip


@pytest.fixture
def at() -> Setting:
    return make.setting()


def entered(at: Setting, number: str = "P-4713") -> tuple[Cart, list[Order]]:
    cart = make.cart(at, OPEN, "open-orders.mrc")
    return cart, enter_open_orders(cart.pk, number=number, ordered_on=LONG_AGO, actor=at.selector)


def counts() -> list[int]:
    return [table.objects.count() for table in (Order, OrderCopy, Item, Outgoing, EdiMessage)]


def test_open_orders_keep_their_numbers_and_nothing_is_sent(at: Setting) -> None:
    cart, orders = entered(at)
    assert [order.number for order in orders] == ["P-4711", "P-4712", "P-4713"]
    assert {order.state for order in Order.objects.all()} == {"placed"}
    assert {timezone.localdate(order.placed_at) for order in Order.objects.all()} == {LONG_AGO}
    assert Item.objects.filter(state="on_order").count() == 4
    assert balances(at.year, [at.adult.pk, at.juvenile.pk]) == {
        at.adult.pk: Balance(1_000_00, 50_00, 0), at.juvenile.pk: Balance(1_000_00, 25_98, 0),
    }  # fmt: skip
    assert not Outgoing.objects.exists()
    assert not not_sent(Order.objects.all()).exists()
    said = list(EdiMessage.objects.order_by("pk").values_list("summary", "state"))
    assert said[0] == ("Order P-4711: 1 title, 2 copies. The vendor had it before.", "settled")
    cart.refresh_from_db()
    assert cart.state == "ordered"
    event = HistoryEvent.objects.get(verb="acquisitions.enter_open_orders")
    assert event.summary == "3 open orders entered: P-4711, P-4712, P-4713"
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def test_entering_is_undone_as_a_whole_and_can_be_done_again(at: Setting) -> None:
    cart, _orders = entered(at)
    event = HistoryEvent.objects.get(verb="acquisitions.enter_open_orders")
    history.undo(event.pk, actor=at.selector)
    cart.refresh_from_db()
    assert cart.state == "preview"
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Item.objects.values_list("state", flat=True)) == {"cancelled"}
    assert balances(at.year, [at.adult.pk])[at.adult.pk] == Balance(1_000_00, 0, 0)
    again = enter_open_orders(cart.pk, number="P-4713", ordered_on=LONG_AGO, actor=at.selector)
    assert [order.number for order in again] == ["P-4711", "P-4712", "P-4713"]
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def test_a_received_copy_keeps_the_orders(at: Setting) -> None:
    cart, orders = entered(at)
    OrderCopy.objects.filter(line__order=orders[0]).update(state="received")
    event = HistoryEvent.objects.get(verb="acquisitions.enter_open_orders")
    before = counts()
    with pytest.raises(Refusal, match="P-4711 has moved on since"):
        history.undo(event.pk, actor=at.selector)
    cart.refresh_from_db()
    assert (cart.state, counts()) == ("ordered", before)


@pytest.mark.parametrize(
    ("number", "day", "sentence"),
    [
        ("", LONG_AGO, "1 title does not say which order it stands on. Type the number that the vendor knows."),
        ("P-4713", date(2999, 1, 1), "The day of the order is to come. Type the day on which it was sent."),
    ],
)
def test_what_is_missing_is_asked_for(at: Setting, number: str, day: date, sentence: str) -> None:
    cart = make.cart(at, OPEN, "open-orders.mrc")
    before = counts()
    with pytest.raises(Refusal) as refusal:
        enter_open_orders(cart.pk, number=number, ordered_on=day, actor=at.selector)
    assert (refusal.value.text, counts()) == (sentence, before)


def test_a_number_that_an_order_has_is_refused(at: Setting) -> None:
    taken = make.placed_order(at)
    cart = make.cart(at, make.SMALL_CART.replace(b"ACT OF LOVE", b"ACT OF HATE"), "open-orders.mrc")
    before = counts()
    with pytest.raises(Refusal, match=f"There is an order {taken.number} already"):
        enter_open_orders(cart.pk, number=taken.number, ordered_on=LONG_AGO, actor=at.selector)
    assert counts() == before


def test_an_entered_order_is_late_from_the_day_it_was_sent(at: Setting) -> None:
    _cart, orders = entered(at)
    assert orders[0].placed_at < clock.now() - timedelta(days=90)


def test_a_cart_is_entered_or_ordered_once(at: Setting) -> None:
    cart, _orders = entered(at)
    before = counts()
    with pytest.raises(Refusal):
        ordering.order_cart(cart.pk, actor=at.selector)
    with pytest.raises(Refusal):
        enter_open_orders(cart.pk, number="P-9", ordered_on=LONG_AGO, actor=at.selector)
    assert counts() == before
