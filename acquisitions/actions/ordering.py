"""Orders: made of lines, placed in one transaction, taken back while nothing has left the building."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions import ledger
from acquisitions.actions.changing import back_order_copies, cancel_copies, settle_orders
from acquisitions.actions.ledger import Share
from acquisitions.actions.lines import NewCopies, NewLine, add_line, make_order
from acquisitions.actions.sending import recall_order, send_order
from acquisitions.models.carts import Cart
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.requests import PurchaseRequest
from acquisitions.models.vendors import Vendor
from acquisitions.queries.carts import Line, contents
from acquisitions.rules.lifecycle import CART, COPY, ORDER, REQUEST, CartState, CopyState, OrderState, RequestState
from cataloging.actions.items import NewItem, add_items, move_items
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation.actions.holds import cancel_hold, place_hold
from techsvc.kernel import access, clock, sql, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money

__all__ = [
    "NewCopies",
    "NewLine",
    "add_line",
    "back_order_copies",
    "cancel_copies",
    "make_order",
    "order_cart",
    "order_request",
    "place_order",
    "settle_orders",
    "undo_place",
]
# One statement for thousands of copies; bulk_update would write a CASE with a branch for each.
GIVE_ITEMS = """
UPDATE acquisitions_ordercopy AS copy SET item_id = pair.item_id, state = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (copy_id, item_id) WHERE copy.id = pair.copy_id
"""


@transaction.atomic
def place_order(order_id: int, *, actor: User) -> Order:
    """Promise the money, make the items, queue the message: all of it or nothing.

    Refuses an order without copies, beyond the person's amount or a fund's stop, and what the vendor could misread.
    """
    order, lines, copies = promise(order_id, "acquisitions.place_order", at=clock.now(), actor=actor)
    send_order(order, lines, copies)
    return order


def promise(order_id: int, verb: str, *, at: datetime, actor: User) -> tuple[Order, list[OrderLine], list[OrderCopy]]:
    """All of placing an order but telling the vendor: state, items, money, and the line of history under `verb`."""
    ledger.lock_funds(OrderCopy.objects.filter(line__order=order_id).values_list("fund", flat=True))
    order = _locked(order_id)
    after = states.move(ORDER, OrderState(order.state), "place", what=_("Order %(order)s") % {"order": order})
    lines = list(OrderLine.objects.filter(order=order).select_related("record").order_by("position"))
    copies = _copies_of(order, CopyState.PLANNED)
    total = Money(sum(copy.price_minor for copy in copies), order.currency)
    access.require(actor, "acquisitions.place_order", amount_minor=total.minor)
    if not copies:
        raise Refusal(_("Order %(order)s has no copies. Add a line before placing it.") % {"order": order})
    order.state, order.placed_at = after, at
    order.save(update_fields=["state", "placed_at"])
    event = history.write(
        order, verb, actor=actor, summary=_placed(order, len(copies), total),
        before={"state": OrderState.DRAFT}, after={"state": after, "copies": len(copies), "total_minor": total.minor},
    )  # fmt: skip
    _make_items(copies, {line.pk: line.record for line in lines}, currency=order.currency, actor=actor, batch=event)
    ledger.encumber(
        [Share(copy.fund_id, copy.price_minor, copy.pk) for copy in copies],
        year=order.fiscal_year,
        source_key=f"order/{order.pk}/place",
        actor=actor,
        why=_("Order %(order)s") % {"order": order},
    )
    return order, lines, copies


def _locked(order_id: int) -> Order:
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("vendor__connection", "fiscal_year")
        .get(pk=order_id)
    )


def _copies_of(order: Order, *in_states: CopyState) -> list[OrderCopy]:
    """The order's copies in these states, locked, in the order of its lines."""
    return list(
        OrderCopy.objects.select_for_update(of=("self",))
        .filter(line__order=order, state__in=in_states)
        .select_related("branch", "fund", "collection", "item_type", "line")
        .order_by("pk")
    )


def _placed(order: Order, count: int, total: Money) -> str:
    text = ngettext(
        "%(n)d copy ordered from %(vendor)s for %(total)s", "%(n)d copies ordered from %(vendor)s for %(total)s", count
    )
    return text % {"n": count, "vendor": order.vendor, "total": total}


def _make_items(
    copies: Sequence[OrderCopy], records: dict[int, Record], *, currency: str, actor: User, batch: HistoryEvent
) -> None:
    """An item on order for every copy."""
    new = [
        NewItem(records[copy.line_id], copy.branch, copy.collection, copy.item_type, copy.price_minor, currency)
        for copy in copies
    ]
    items = add_items(new, actor=actor, batch=batch)
    after = COPY[CopyState.PLANNED]["place"]
    sql.execute(GIVE_ITEMS, [str(after), [copy.pk for copy in copies], [item.pk for item in items]])
    for copy, item in zip(copies, items, strict=True):
        copy.item, copy.state = item, after


# ── From carts and requests ──────────────────────────────────────────────────────────────────────


@transaction.atomic
def order_cart(cart_id: int, *, actor: User) -> Order:
    """Make and place the order of a cart. Refuses, in sentences, what still keeps the cart back."""
    cart = Cart.objects.select_for_update(of=("self",)).select_related("vendor", "incoming").get(pk=cart_id)
    after = states.move(CART, CartState(cart.state), "order", what=_("Cart “%(name)s”") % {"name": cart.name})
    found = contents(cart)
    if objections := found.objections():
        raise Refusal(" ".join(objections))
    made = make_order(cart.vendor, [new_line(line) for line in found.wanted], actor=actor)
    order = place_order(made.pk, actor=actor)
    cart.state, cart.order = after, order
    cart.save(update_fields=["state", "order"])
    history.write(
        cart, "acquisitions.order_cart", actor=actor, summary=_("Ordered as %(order)s") % {"order": order},
        before={"state": CartState.PREVIEW}, after={"state": after, "order": order.number},
    )  # fmt: skip
    return order


def new_line(line: Line) -> NewLine:
    """A cart's title as a line to order."""
    prices = [copies.list_price for copies in line.copies if copies.list_price is not None]
    copies = tuple(
        NewCopies(one.branch, one.fund, one.quantity, one.collection, one.item_type, one.list_price)
        for one in line.copies
        if one.branch is not None and one.fund is not None
    )
    price = line.title.list_price if line.title.list_price is not None else prices[0]
    return NewLine(line.described, price, copies)


@transaction.atomic
def order_request(request_id: int, *, vendor: Vendor, line: NewLine, actor: User) -> Order:
    """Buy what was asked for: an order of one line, placed, and a hold for the patron who asked.

    Approves the request as well when that was not done. Refuses a request that is ordered or declined.
    """
    access.require(actor, "acquisitions.decide_requests")
    request = (
        PurchaseRequest.objects.select_for_update(of=("self",)).select_related("patron", "pickup").get(pk=request_id)
    )
    before = RequestState(request.state)
    after = states.move(REQUEST, before, "order", what=_("Request %(number)s") % {"number": request.number})
    made = make_order(vendor, [line], actor=actor)
    row = made.lines.get()
    row.request = request
    row.save(update_fields=["request"])
    order = place_order(made.pk, actor=actor)
    request.state, request.record, request.reason = after, row.record, ""
    if request.patron is not None:
        request.hold = place_hold(row.record, patron=request.patron, pickup=request.pickup, actor=actor)
    request.save(update_fields=["state", "record", "reason", "hold"])
    history.write(
        request, "acquisitions.order_request", actor=actor, summary=_("Ordered as %(order)s") % {"order": order},
        before={"state": before}, after={"state": after, "order": order.number},
    )  # fmt: skip
    return order


# ── Taking back ──────────────────────────────────────────────────────────────────────────────────


def undo_place(event: HistoryEvent, *, actor: User) -> Order:
    """Take an order back while its message has not left: money, items, message and what it came from.

    Refuses when the vendor may have it already, and when any copy was touched since.
    """
    order = untouched(int(event.subject_id), actor=actor)
    recall_order(order, actor=actor)
    undone = take_back(
        order, "acquisitions.undo_place", summary=_("Taken back before it left"), event=event, actor=actor
    )
    _give_back(order, actor=actor, batch=undone)
    return order


def untouched(order_id: int, *, actor: User) -> Order:
    """The order, locked with its funds, when it is as it was placed; refuses when any copy was touched since."""
    ledger.lock_funds(OrderCopy.objects.filter(line__order=order_id).values_list("fund", flat=True))
    order = _locked(order_id)
    access.require(actor, "acquisitions.place_order")
    copies = _copies_of(order, *CopyState)
    if order.state != OrderState.PLACED or any(copy.state != CopyState.ON_ORDER for copy in copies):
        raise Refusal(
            _(
                "Order %(order)s has moved on since: copies were received, back-ordered or cancelled. Cancel single "
                "copies instead."
            )
            % {"order": order}
        )
    return order


def take_back(
    order: Order, verb: str, *, summary: str, event: HistoryEvent | None = None,
    batch: HistoryEvent | None = None, actor: User,
) -> HistoryEvent:  # fmt: skip
    """Cancel an untouched order: its copies, items and money, and the line of history under `verb`."""
    order.state = states.move(ORDER, OrderState.PLACED, "cancel", what=str(order))
    order.save(update_fields=["state"])
    undone = history.write(
        order, verb, actor=actor, summary=summary, undoes=event, batch=batch,
        before={"state": OrderState.PLACED}, after={"state": order.state},
    )  # fmt: skip
    OrderCopy.objects.filter(line__order=order).update(
        state=COPY[CopyState.ON_ORDER]["cancel"], reason=_("The order was taken back")
    )
    items = Item.objects.filter(order_copy__line__order=order)
    move_items(items, "cancel", actor=actor, batch=undone, why=_("The order was taken back"))
    ledger.reverse(f"order/{order.pk}/place", actor=actor, why=_("Order %(order)s taken back") % {"order": order})
    return undone


def _give_back(order: Order, *, actor: User, batch: HistoryEvent) -> None:
    """The cart or the requests that the order came from can be ordered again."""
    cart = Cart.objects.select_for_update().filter(order=order).first()
    if cart is not None:
        cart.state = states.move(CART, CartState(cart.state), "reopen", what=str(cart))
        cart.order = None
        cart.save(update_fields=["state", "order"])
        history.write(cart, "acquisitions.reopen_cart", actor=actor, summary=_("Its order was taken back"), batch=batch)
    for line in OrderLine.objects.filter(order=order).select_related("request__hold"):
        if line.request is not None:
            _give_back_request(line, line.request, actor=actor, batch=batch)


def _give_back_request(line: OrderLine, request: PurchaseRequest, *, actor: User, batch: HistoryEvent) -> None:
    hold, request.hold = request.hold, None
    request.state = states.move(REQUEST, RequestState(request.state), "reconsider", what=str(request))
    request.save(update_fields=["state", "hold"])
    line.request = None
    line.save(update_fields=["request"])
    if hold is not None:
        cancel_hold(hold.pk, actor=actor, why=_("The order was taken back"))
    history.write(
        request, "acquisitions.unorder_request", actor=actor, summary=_("Its order was taken back"), batch=batch
    )
