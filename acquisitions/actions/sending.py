"""Writes the ORDERS message of an order and puts it in the queue of what leaves the building."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.edi.dialects import find_dialect
from acquisitions.edi.fields import Party
from acquisitions.edi.orders import CopyGroup, OrderDocument, OrderLineDoc, write_orders
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.queries.vendor_codes import Codes, codes_of
from acquisitions.rules.lifecycle import MESSAGE, MessageState
from cataloging.models.records import MatchKey
from techsvc.kernel import clock, states
from techsvc.kernel.actions import exchange, numbers, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import OutgoingState
from techsvc.kernel.models.people import User

KIND = "edi"


def send_order(order: Order, lines: Sequence[OrderLine], copies: Iterable[OrderCopy]) -> EdiMessage:
    """The order's one ORDERS message, queued; for a vendor without a connection it says that a person has to send it.

    Called within place_order's transaction. Raises Refusal, naming the line, for what the vendor could misread.
    """
    vendor = order.vendor
    by_line = _by_line(lines, copies)
    reference = numbers.draw(f"edi-interchange-{vendor.code}")[0]
    message = EdiMessage(
        vendor=vendor,
        direction="out",
        kind="ORDERS",
        control_ref=str(reference),
        message_ref=str(reference),
        document_number=order.number,
        state=MessageState.APPLIED if vendor.connection else MessageState.NEEDS_PERSON,
        summary=_summary(order, by_line),
        order=order,
        at=clock.now(),
    )
    if vendor.connection is not None:
        document = order_document(order, lines, by_line)
        body = write_orders(
            document,
            interchange_ref=reference,
            message_ref=reference,
            dialect=find_dialect(vendor.dialect),
            prepared=timezone.make_naive(timezone.localtime(message.at)),
        )
        message.outgoing = exchange.queue(
            order,
            connection=vendor.connection,
            kind=KIND,
            key=f"orders:{order.pk}",
            name=f"{order.number}.edi",
            body=body,
            ordering_key=f"order:{order.pk}",
        )
    message.save()
    if vendor.connection is None:
        text = _("%(vendor)s has no connection: send the order by hand, then say here how it was sent.")
        MessageIssue.objects.create(message=message, text=text % {"vendor": vendor})
    return message


def note_sent_before(order: Order, lines: Sequence[OrderLine], copies: Iterable[OrderCopy]) -> EdiMessage:
    """The message of an order that the vendor had before it was entered here: nothing leaves the building."""
    summary = _summary(order, _by_line(lines, copies))
    return EdiMessage.objects.create(
        vendor=order.vendor,
        direction="out",
        kind="ORDERS",
        control_ref=f"entered-{order.pk}",
        message_ref=f"entered-{order.pk}",
        document_number=order.number,
        state=MessageState.SETTLED,
        summary=_("%(what)s The vendor had it before.") % {"what": summary},
        order=order,
        at=order.placed_at or clock.now(),
    )


def _by_line(lines: Sequence[OrderLine], copies: Iterable[OrderCopy]) -> dict[int, list[OrderCopy]]:
    by_line: dict[int, list[OrderCopy]] = {line.pk: [] for line in lines}
    for copy in copies:
        by_line[copy.line_id].append(copy)
    return by_line


def recall_order(order: Order, *, actor: User) -> None:
    """Keep the order's message from leaving. Refuses once an attempt has begun, or a person has sent it."""
    message = order.messages.filter(direction="out", kind="ORDERS").select_related("outgoing").get()
    waiting = (OutgoingState.WAITING, OutgoingState.DEAD)
    state = message.outgoing.state if message.outgoing else None
    if state not in waiting and message.state != MessageState.NEEDS_PERSON:
        label = OutgoingState(state).label if state else _("sent by hand")
        raise Refusal(
            _(
                "Order %(order)s can't be taken back: its message is %(state)s. Ask %(vendor)s to cancel it, then "
                "cancel its copies here."
            )
            % {"order": order, "state": label, "vendor": order.vendor}
        )
    why = _("Order %(order)s was taken back by %(who)s") % {"order": order, "who": actor}
    if message.outgoing:
        exchange.cancel(message.outgoing.pk, actor=people.system(), why=why)
        return
    MessageIssue.objects.filter(message=message, settled_at=None).update(settled_at=clock.now(), settled_how=why)
    message.state = states.move(MESSAGE, MessageState.NEEDS_PERSON, "settle", what=str(message))
    message.save(update_fields=["state"])


def order_document(order: Order, lines: Sequence[OrderLine], copies: dict[int, list[OrderCopy]]) -> OrderDocument:
    """The order as the codec writes it, with the vendor's own codes in the grid."""
    vendor = order.vendor
    codes, numbers_on_covers = codes_of(vendor), _product_codes(lines)
    return OrderDocument(
        number=order.number,
        date=timezone.localdate(clock.now()),
        buyer=Party(san=vendor.our_san, account=vendor.account),
        supplier=Party(san=vendor.san, account=vendor.code),
        lines=tuple(
            _line(line, copies[line.pk], codes, ean=line.isbn or numbers_on_covers.get(line.record_id))
            for line in lines
        ),
        currency=order.currency,
    )


def _product_codes(lines: Sequence[OrderLine]) -> dict[int, str]:
    """Record → UPC, for lines without an ISBN: films, music and games are ordered by it. One query."""
    records = [line.record_id for line in lines if not line.isbn]
    return dict(MatchKey.objects.filter(kind="upc", record__in=records).order_by("-pk").values_list("record", "key"))


def _line(line: OrderLine, copies: Sequence[OrderCopy], codes: Codes, *, ean: str | None) -> OrderLineDoc:
    return OrderLineDoc(
        number=line.position,
        ean13=ean,
        title=line.title,
        quantity=len(copies),
        author=line.author,
        publisher=line.publisher,
        year=str(line.pub_year or ""),
        unit_price=line.list_price,
        copies=_grid(copies, codes),
        note=line.note,
        line_ref=str(line.position),
    )


def _grid(copies: Sequence[OrderCopy], codes: Codes) -> tuple[CopyGroup, ...]:
    """Like copies together, each group in the vendor's codes, in the order of the copies."""
    groups = Counter(
        (
            codes.to_send("branch", copy.branch),
            codes.to_send("fund", copy.fund),
            codes.to_send("collection", copy.collection),
            codes.to_send("item_type", copy.item_type),
        )
        for copy in copies
    )
    return tuple(CopyGroup(*key, quantity=count) for key, count in groups.items())


def _summary(order: Order, copies: dict[int, list[OrderCopy]]) -> str:
    count = sum(map(len, copies.values()))
    titles = ngettext("%(n)d title", "%(n)d titles", len(copies)) % {"n": len(copies)}
    text = ngettext("Order %(order)s: %(titles)s, %(n)d copy.", "Order %(order)s: %(titles)s, %(n)d copies.", count)
    return text % {"order": order.number, "titles": titles, "n": count}
