"""Open orders of the system before: entered from a cart when a library moves in, without telling the vendor again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.lines import make_order
from acquisitions.actions.ordering import new_line, promise, take_back, untouched
from acquisitions.actions.sending import note_sent_before
from acquisitions.models.carts import Cart
from acquisitions.models.orders import Order
from acquisitions.queries.carts import Line, contents
from acquisitions.rules.lifecycle import CART, CartState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

VERB = "acquisitions.enter_open_orders"
NAMED = 5


@transaction.atomic
def enter_open_orders(cart_id: int, *, number: str, ordered_on: date, actor: User) -> list[Order]:
    """Enter a cart's titles as orders that the vendor has already: money and items are kept for them, nothing is sent.

    Titles that name their order (OrderProfile.order) come on the order of that number, the rest on `number`. Refuses
    what keeps the cart from being ordered, a number that an order has, a missing number, and a day to come.
    """
    access.require(actor, "acquisitions.place_order")
    cart = Cart.objects.select_for_update(of=("self",)).select_related("vendor", "incoming").get(pk=cart_id)
    after = states.move(CART, CartState(cart.state), "order", what=_("Cart “%(name)s”") % {"name": cart.name})
    found = contents(cart)
    if objections := found.objections(to_send=False):
        raise Refusal(" ".join(objections))
    if ordered_on > clock.today():
        raise Refusal(_("The day of the order is to come. Type the day on which it was sent."), field="ordered_on")
    groups = _by_number(found.wanted, number.strip())
    orders = [_enter(cart, lines, name, ordered_on, actor=actor) for name, lines in groups.items()]
    cart.state = after
    cart.save(update_fields=["state"])
    numbers = [order.number for order in orders]
    history.write(
        cart, VERB, actor=actor, summary=_summary(numbers), before={"state": CartState.PREVIEW},
        after={"state": after, "orders": numbers},
    )  # fmt: skip
    return orders


def _by_number(lines: list[Line], number: str) -> dict[str, list[Line]]:
    """The lines by the number of their order; refuses lines without one, and numbers that are taken."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.title.order_number or number].append(line)
    if "" in groups:
        raise Refusal(
            ngettext(
                "%(n)d title does not say which order it stands on. Type the number that the vendor knows.",
                "%(n)d titles do not say which order they stand on. Type the number that the vendor knows.",
                len(groups[""]),
            )
            % {"n": len(groups[""])},
            field="number",
        )
    if taken := sorted(Order.objects.filter(number__in=groups).values_list("number", flat=True)):
        raise Refusal(
            _("There is an order %(number)s already. Was this file entered before? Open that order, or correct it.")
            % {"number": ", ".join(taken[:NAMED])},
            field="number",
        )
    return groups


def _enter(cart: Cart, lines: list[Line], number: str, ordered_on: date, *, actor: User) -> Order:
    made = make_order(cart.vendor, [new_line(line) for line in lines], number=number, actor=actor)
    at = timezone.make_aware(datetime.combine(ordered_on, time(12)))
    order, rows, copies = promise(made.pk, "acquisitions.enter_order", at=min(at, clock.now()), actor=actor)
    note_sent_before(order, rows, copies)
    return order


def _summary(numbers: list[str]) -> str:
    named = ", ".join(numbers[:NAMED])
    more = len(numbers) - NAMED
    text = ngettext("%(n)d open order entered: %(which)s", "%(n)d open orders entered: %(which)s", len(numbers))
    which = _("%(which)s and %(n)d more") % {"which": named, "n": more} if more > 0 else named
    return text % {"n": len(numbers), "which": which}


def undo_open_orders(event: HistoryEvent, *, actor: User) -> Cart:
    """Take the entered orders back, all of them or none; the vendor is told nothing, since we told it nothing.

    Refuses when any copy of them was received, back-ordered or cancelled since.
    """
    cart = Cart.objects.select_for_update(of=("self",)).get(pk=event.subject_id)
    found = Order.objects.filter(number__in=event.after["orders"]).order_by("pk").values_list("pk", flat=True)
    orders = [untouched(pk, actor=actor) for pk in found]
    cart.state = states.move(CART, CartState(cart.state), "reopen", what=str(cart))
    cart.save(update_fields=["state"])
    undone = history.write(
        cart, "acquisitions.undo_open_orders", actor=actor, summary=_("Taken back"), undoes=event,
        before={"state": CartState.ORDERED}, after={"state": cart.state},
    )  # fmt: skip
    for order in orders:
        take_back(order, "acquisitions.undo_enter", summary=_("Taken back"), batch=undone, actor=actor)
        # The number is the vendor's for the order: whoever enters it again needs it.
        order.number = f"{order.number[:11]}-x{order.pk}"
        order.save(update_fields=["number"])
    return cart
