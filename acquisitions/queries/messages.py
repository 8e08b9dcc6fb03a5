"""Which order lines a vendor's message speaks of, and the messages that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from acquisitions.edi.dialects import split_reference
from acquisitions.edi.fields import ItemLine
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from acquisitions.rules.lifecycle import OPEN_COPIES, CopyState, MessageState
from cataloging.models.records import MatchKey
from techsvc.kernel.identifiers import upc
from techsvc.kernel.models.exchange import Incoming, IncomingState

UNPAID = (*OPEN_COPIES, CopyState.RECEIVED)


@dataclass(slots=True)
class Found:
    """The order line that a message's line is for, or the open lines of that title that it might be for."""

    line: OrderLine | None = None
    fault: str = ""
    candidates: list[OrderLine] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The fault, and where to look."""
        where = ", ".join(f"{line.order.number} line {line.position}" for line in self.candidates)
        return f"{self.fault} The same title is open on {where}." if where else self.fault


def find_lines(vendor: Vendor, stated: Sequence[ItemLine], *, unpaid: bool = False) -> list[Found]:
    """For each line of a message the order line of this vendor that it is for; four queries however many there are.

    The reference decides. One that fits no order, or whose line has another ISBN, is a fault: a person decides. The
    candidates are lines of that title with copies that are still expected, or with `unpaid` still to be paid for.
    """
    references = [_reference(item) for item in stated]
    lines = _by_reference(vendor, {order for order, _position in references if order})
    copies = (
        OrderCopy.objects.filter(state__in=UNPAID, paid=None)
        if unpaid
        else OrderCopy.objects.filter(state__in=OPEN_COPIES)
    )
    open_lines = _by_ean(vendor, {item.ean for item in stated if item.ean}, copies)
    return [_found(item, reference, lines, open_lines) for item, reference in zip(stated, references, strict=True)]


def _reference(item: ItemLine) -> tuple[str, str]:
    """(order number, line's position) as texts without leading zeros; empty where the message is silent."""
    order, line = split_reference(item.line_ref)
    return order or item.order_number, line.lstrip("0")


def _by_reference(vendor: Vendor, numbers: set[str]) -> dict[tuple[str, str], OrderLine]:
    lines = OrderLine.objects.filter(order__vendor=vendor, order__number__in=numbers).select_related("order")
    return {(line.order.number, str(line.position)): line for line in lines}


def _by_ean(vendor: Vendor, eans: set[str], copies: QuerySet[OrderCopy]) -> dict[str, list[OrderLine]]:
    """The vendor's lines that have some of the copies, by ISBN or EAN, oldest order first."""
    if not eans:
        return {}
    numbers = {upc(ean) or ean: ean for ean in eans} | {ean: ean for ean in eans}
    keys = MatchKey.objects.filter(kind__in=("isbn", "upc"), key__in=numbers, record__order_lines__order__vendor=vendor)
    eans_of: dict[int, set[str]] = {}
    for record_id, key in keys.values_list("record_id", "key"):
        eans_of.setdefault(record_id, set()).add(numbers[key])
    lines = (
        OrderLine.objects.filter(Q(isbn__in=eans) | Q(record_id__in=eans_of), order__vendor=vendor)
        .filter(order__state__in=("placed", "closed"), pk__in=copies.values("line_id"))
        .select_related("order")
        .order_by("order_id", "position")
    )
    found: dict[str, list[OrderLine]] = {}
    for line in lines:
        for ean in {line.isbn} & eans | eans_of.get(line.record_id, set()):
            found.setdefault(ean, []).append(line)
    return found


def _found(
    item: ItemLine,
    reference: tuple[str, str],
    lines: dict[tuple[str, str], OrderLine],
    open_lines: dict[str, list[OrderLine]],
) -> Found:
    candidates = open_lines.get(item.ean or "", [])
    order, position = reference
    line = lines.get(reference)
    if line is None:
        named = f"Order {order}, line {position or '(none named)'}," if order else "A line without an order number"
        return Found(fault=f"{named} is not one of our orders with this vendor{_about(item)}.", candidates=candidates)
    if _is_another_book(item, line):
        others = [other for other in candidates if other.pk != line.pk]
        fault = f"Order {order}, line {position}, is for ISBN {line.isbn}, and the vendor writes {item.ean}."
        return Found(fault=fault, candidates=others)
    return Found(line)


def _about(item: ItemLine) -> str:
    parts = [f"“{item.title}”" if item.title else "", item.ean or item.stated_id]
    words = ", ".join(part for part in parts if part)
    return f" ({words})" if words else ""


def _is_another_book(item: ItemLine, line: OrderLine) -> bool:
    """Both name an ISBN and they differ; a substitute that the vendor announces as one is not meant."""
    return bool(
        item.ean
        and line.isbn
        and item.ean.startswith(("978", "979"))
        and item.ean != line.isbn
        and not item.substitute_ean
    )


# Worklists


def messages() -> QuerySet[EdiMessage]:
    """Every message with its vendor, how many of its issues are open, and the first of those: its key and its words."""
    first = MessageIssue.objects.filter(message=OuterRef("pk"), settled_at=None).order_by("pk")
    return EdiMessage.objects.select_related("vendor", "order", "shipment", "invoice").annotate(
        open_issues=Count("issues", filter=Q(issues__settled_at=None)),
        first_issue=Subquery(first.values("pk")[:1]),
        asked=Subquery(first.values("text")[:1]),
    )


def messages_for_a_person() -> QuerySet[EdiMessage]:
    return messages().filter(state=MessageState.NEEDS_PERSON)


def held_files() -> QuerySet[Incoming]:
    """EDI files that could not be taken in wholly and say so themselves: no message of theirs does."""
    return (
        Incoming.objects.filter(kind="edi", state__in=(IncomingState.HELD, IncomingState.REFUSED), edi_messages=None)
        .defer("body")
        .select_related("connection")
    )


def open_issues(message: EdiMessage) -> QuerySet[MessageIssue]:
    return message.issues.filter(settled_at=None).select_related("line", "line__order")


def vendors_of(incoming: Incoming, sender: str) -> list[Vendor]:
    """The vendors whose file it may be: one that has the connection alone, else those whose SAN is the sender's."""
    sharing = list(Vendor.objects.filter(connection=incoming.connection))
    if len(sharing) == 1:
        return sharing
    san = sender.replace("-", "").strip()
    among = sharing or Vendor.objects.exclude(san="")
    return [vendor for vendor in among if san and vendor.san.replace("-", "") == san]


def acknowledged_order(vendor: Vendor, control_ref: str) -> Order | None:
    """The order that went out in the interchange of this control reference."""
    sent = EdiMessage.objects.filter(
        vendor=vendor, direction="out", control_ref__in={control_ref, control_ref.lstrip("0")}
    )
    message = sent.select_related("order").first()
    return message.order if message else None
