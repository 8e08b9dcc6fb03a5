"""Orders and their lines as lists and pages show them: what was ordered, what came, what is paid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Aggregate, Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.models.invoices import InvoiceLine
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.receipts import Claim, Receipt
from acquisitions.rules.lifecycle import OPEN_COPIES, CopyState, MessageState, OrderState
from cataloging.models.records import Record
from techsvc.kernel import clock
from techsvc.kernel.models.exchange import OutgoingState

CAME = (CopyState.RECEIVED, CopyState.DAMAGED)
FEW = 3
LINE_NUMBER = re.compile(r"(.+)[/-]([0-9]{1,6})")
STILL_TO_COME = (CopyState.ON_ORDER, CopyState.BACK_ORDERED)


def orders() -> QuerySet[Order]:
    """Every order with what lists show: lines, copies, money, how many came, when the next is expected. One query.

    Each sum is asked for by itself, so that it is made for the rows of a page alone, and counting makes none.
    """
    copies, cancelled = OrderCopy.objects.all(), CopyState.CANCELLED
    return Order.objects.select_related("vendor", "created_by").annotate(
        line_count=Coalesce(_of_order(OrderLine.objects.all(), "order", Count("pk")), 0),
        copy_count=Coalesce(_of_order(copies.exclude(state=cancelled), "line__order", Count("pk")), 0),
        came_count=Coalesce(_of_order(copies.filter(state__in=CAME), "line__order", Count("pk")), 0),
        total_minor=Coalesce(_of_order(copies.exclude(state=cancelled), "line__order", Sum("price_minor")), 0),
        expected_on=_of_order(copies.filter(state__in=STILL_TO_COME), "line__order", Min("line__expected_on")),
    )


def _of_order(rows: QuerySet[Any], order: str, what: Aggregate) -> Subquery:
    """What the rows of each order come to."""
    found = rows.filter(**{order: OuterRef("pk")}).order_by().values(order).annotate(_found=what)
    return Subquery(found.values("_found"))


def items_of_lines(numbers: Collection[str]) -> dict[str, set[int]]:
    """Line number, as vendors repeat it ("PO-2026-00012/3"), → the items of its copies; unknown ones are left out."""
    wanted = {number: found.groups() for number in numbers if (found := LINE_NUMBER.fullmatch(number.strip()))}
    copies = OrderCopy.objects.filter(line__order__number__in={order for order, _place in wanted.values()})
    items: dict[tuple[str, int], set[int]] = {}
    for order, place, item in copies.exclude(item=None).values_list("line__order__number", "line__position", "item"):
        items.setdefault((order, place), set()).add(item)
    return {number: items.get((order, int(place)), set()) for number, (order, place) in wanted.items()}


def only_late(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with copies that should be here by now."""
    late = OrderLine.objects.filter(
        expected_on__lt=clock.today(), copies__state__in=STILL_TO_COME, order__state=OrderState.PLACED
    )
    return rows.filter(pk__in=late.values("order"))


def from_fund(rows: QuerySet[Order], fund_id: str) -> QuerySet[Order]:
    return rows.filter(pk__in=OrderCopy.objects.filter(fund=int(fund_id)).values("line__order"))


def not_sent(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Orders whose message could not be sent, or that a person has to send."""
    dead = EdiMessage.objects.filter(direction="out", kind="ORDERS").filter(
        Q(outgoing=None, state=MessageState.NEEDS_PERSON) | Q(outgoing__state=OutgoingState.DEAD)
    )
    return rows.filter(state=OrderState.PLACED, pk__in=dead.values("order"))


def lines_of(order: Order) -> QuerySet[OrderLine]:
    """The order's lines with their copies counted. Two queries, the second for the copies."""
    standing = ~Q(copies__state=CopyState.CANCELLED)
    return (
        OrderLine.objects.filter(order=order)
        .select_related("order", "request")
        .annotate(
            copy_count=Count("copies", filter=standing),
            came_count=Count("copies", filter=Q(copies__state__in=CAME)),
            total_minor=Sum("copies__price_minor", filter=standing, default=0),
        )
        .prefetch_related("copies__branch")
    )


def lines() -> QuerySet[OrderLine]:
    return OrderLine.objects.select_related("order__vendor", "order__fiscal_year", "record", "request__pickup")


def lines_of_record(record: Record) -> list[OrderLine]:
    """Every line by which a title was ordered, newest first, with its copies. Two queries."""
    return list(lines().filter(record=record).prefetch_related("copies__branch").order_by("-order_id", "position"))


def copies_of(line: OrderLine) -> QuerySet[OrderCopy]:
    return OrderCopy.objects.filter(line=line).select_related(
        "branch", "fund", "collection", "item_type", "item", "paid"
    )


def by_branch(copies: Iterable[OrderCopy]) -> str:
    """ "BA 2, FA 1", or "1 each: BA FA FY GR": copies that are not cancelled, by branch."""
    counts = Counter(copy.branch.code for copy in copies if copy.state != CopyState.CANCELLED)
    if len(counts) > FEW and len(set(counts.values())) == 1:
        each = next(iter(counts.values()))
        return _("%(n)d each: %(codes)s") % {"n": each, "codes": " ".join(sorted(counts))}
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))


def state_of(line: OrderLine) -> str:
    """What happened to a line is what happened to its copies: the state that most needs somebody, as one word."""
    states = {copy.state for copy in line.copies.all()}
    if not states:
        return "planned"
    if states & set(CAME) and states & set(STILL_TO_COME):
        return "partly_received"
    order = ("damaged", "back_ordered", "on_order", "planned", "received", "cancelled")
    return next(state for state in order if state in states)


def messages_of(order: Order) -> QuerySet[EdiMessage]:
    return (
        EdiMessage.objects.filter(order=order).select_related("outgoing").defer("outgoing__body").order_by("-at", "-pk")
    )


def message_state(message: EdiMessage) -> str:
    """Where a message stands: how far it went, or what came of it."""
    if message.direction == "in":
        return message.state
    if message.outgoing:
        return message.outgoing.state
    return "by_hand" if message.state == MessageState.NEEDS_PERSON else "sent"


def to_send_by_hand(order: Order) -> MessageIssue | None:
    """What waits for somebody to send the order; None when nobody has to, or has."""
    return MessageIssue.objects.filter(
        message__order=order, message__direction="out", message__outgoing=None, settled_at=None
    ).first()


def receipts_of(*, order: Order | None = None, line: OrderLine | None = None) -> QuerySet[Receipt]:
    rows = Receipt.objects.select_related("ordered_copy__branch", "ordered_copy__line", "shipment", "actor")
    return rows.filter(ordered_copy__line=line) if line is not None else rows.filter(ordered_copy__line__order=order)


def invoice_lines_of(*, order: Order | None = None, line: OrderLine | None = None) -> QuerySet[InvoiceLine]:
    rows = InvoiceLine.objects.select_related("invoice", "line")
    return rows.filter(line=line) if line is not None else rows.filter(line__order=order)


def claims_of(line: OrderLine) -> QuerySet[Claim]:
    return Claim.objects.filter(line=line).select_related("vendor")


def as_text(order: Order) -> str:
    """The order as plain text, to be sent by hand to a vendor without a connection."""
    head = [
        _("Order %(number)s to %(vendor)s") % {"number": order.number, "vendor": order.vendor},
        _("Our account: %(account)s") % {"account": order.vendor.account} if order.vendor.account else "",
        "",
    ]
    body = []
    for line in lines_of(order):
        count = line.copy_count  # type: ignore[attr-defined]
        copies = ngettext("%(n)d copy", "%(n)d copies", count) % {"n": count}
        name = f"{line.title} / {line.author}" if line.author else line.title
        body.append(f"{line.position:>3}. {line.isbn or '-':<13}  {copies}  {line.list_price:.2f}  {name}")
        body.append(f"     {by_branch(line.copies.all())}" + (f"  {line.note}" if line.note else ""))
    return "\n".join([*(text for text in head if text is not None), *body]) + "\n"


def open_lines_of_vendor(vendor_id: int) -> int:
    """How many lines of a vendor are still to come."""
    return (
        OrderCopy.objects.filter(line__order__vendor=vendor_id, state__in=OPEN_COPIES).values("line").distinct().count()
    )
