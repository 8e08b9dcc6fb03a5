"""Receiving: what came out of the carton, copy by copy. The order is never rewritten: receipts are rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.claiming import Draft, draft_claims
from acquisitions.actions.ordering import settle_orders
from acquisitions.models.invoices import PaidCopy
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.receipts import Claim, Receipt, Shipment
from acquisitions.queries import receiving as reads
from acquisitions.rules.claims import DAMAGES
from acquisitions.rules.lifecycle import CLAIM, COPY, ClaimState, CopyState
from cataloging.actions import items
from cataloging.models.items import Item
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history, printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.printing import PrintRequest

GOOD, DAMAGED = "good", "damaged"
TAG = "hold_tag"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was received at once: the receipts, the line of history, and the items that somebody waits for."""

    receipts: list[Receipt]
    event: HistoryEvent
    held: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Received:
    """What one scan came to: the receipt, how many of the line are here, and what the hands must know.

    `missing` is what the slip still lists of the line, `extra` says that it does not list this copy, `ordered_isbn`
    is what was ordered when another ISBN came.
    """

    receipt: Receipt
    line: OrderLine
    count: int
    of: int
    missing: int
    held: bool
    extra: bool
    replacement: bool
    ordered_isbn: str
    event: HistoryEvent


# Receiving


@transaction.atomic
def receive_copies(
    copy_ids: Iterable[int], *, shipment: Shipment | None, actor: User, condition: str = GOOD, note: str = ""
) -> list[Receipt]:
    """Receive copies, good ones or damaged ones; all of them or none. One line of history on the shipment or order.

    A good copy's item is in the house, and a tag is asked for when somebody waits for it; a damaged one's stays on
    order and a claim is drafted. Refuses copies that are not expected: received already, cancelled, not placed.
    """
    copies = _lock_copies(copy_ids)
    return _receive(copies, shipment, actor=actor, condition=condition, note=note).receipts if copies else []


def _lock_copies(copy_ids: Iterable[int]) -> list[OrderCopy]:
    """The copies, their orders locked before them: every action keeps to this order."""
    wanted = list(copy_ids)
    lock_orders(OrderCopy.objects.filter(pk__in=wanted).values_list("line__order_id", flat=True))
    return _copies_of_locked_orders(wanted)


def _copies_of_locked_orders(wanted: list[int]) -> list[OrderCopy]:
    return list(
        OrderCopy.objects.select_for_update(of=("self",))
        .select_related("branch", "item__record", "item__branch", "line__order__vendor")
        .filter(pk__in=wanted)
        .order_by("pk")
    )


def lock_orders(order_ids: Iterable[int]) -> None:
    """Lock orders in the order of their keys."""
    wanted = set(order_ids)
    list(Order.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _receive(
    copies: Sequence[OrderCopy], shipment: Shipment | None, *, actor: User, condition: str, note: str
) -> Arrival:
    for branch in {copy.branch_id: copy.branch for copy in copies}.values():
        access.require(actor, "acquisitions.receive", branch=branch)
    verb = "receive" if condition == GOOD else "receive_damaged"
    _settle_claims_on([copy for copy in copies if copy.state == CopyState.DAMAGED])
    for copy in copies:
        copy.state = _move(copy, verb)
    OrderCopy.objects.bulk_update(copies, ["state"])
    at = clock.now()
    receipts = Receipt.objects.bulk_create(
        Receipt(ordered_copy=copy, shipment=shipment, at=at, actor=actor, condition=condition, note=note)
        for copy in copies
    )
    event = history.write(
        shipment or copies[0].line.order, "acquisitions.receive", actor=actor,
        summary=_what_came(copies, condition), after={"receipts": [receipt.pk for receipt in receipts]},
    )  # fmt: skip
    held: set[int] = set()
    if condition == GOOD:
        held = _bring_in(receipts, event, actor=actor)
    else:
        drafts = [_damage(receipt, note) for receipt in receipts]
        draft_claims(drafts, actor=actor, batch=event)
    settle_orders({copy.line.order_id for copy in copies}, actor=actor)
    return Arrival(receipts, event, held)


def _move(copy: OrderCopy, verb: str) -> CopyState:
    order = copy.line.order.number
    what = _("Copy %(n)s of “%(title)s” (%(order)s)") % {"n": copy.number, "title": copy.line.title, "order": order}
    return states.move(COPY, CopyState(copy.state), verb, what=what)


def _settle_claims_on(damaged: Sequence[OrderCopy]) -> None:
    """The replacement came: what was claimed for the damaged copies is made good."""
    claims = Claim.objects.filter(receipt__ordered_copy__in=damaged, state__in=(ClaimState.DRAFT, ClaimState.SENT))
    claims.update(state=ClaimState.SETTLED)


def _what_came(copies: Sequence[OrderCopy], condition: str) -> str:
    words = {"n": len(copies), "title": copies[0].line.title}
    if condition == DAMAGED:
        return ngettext("Came damaged: “%(title)s”", "%(n)d copies came damaged", len(copies)) % words
    return ngettext("Received: “%(title)s”", "%(n)d copies received, “%(title)s” first", len(copies)) % words


def _bring_in(receipts: Sequence[Receipt], event: HistoryEvent, *, actor: User) -> set[int]:
    """Move the items into the house, ask for a tag for each that somebody waits for, and say which those are."""
    by_item = {receipt.ordered_copy.item_id: receipt for receipt in receipts if receipt.ordered_copy.item_id}
    arrived = [receipt.ordered_copy.item for receipt in by_item.values() if receipt.ordered_copy.item]
    moved = items.move_items(arrived, "receive", actor=actor, batch=event)
    held = reads.holds_met(moved)
    for item in moved:
        if item.pk in held:
            _ask_for_tag(held[item.pk], item, by_item[item.pk], actor=actor)
    return set(held)


def _ask_for_tag(hold: Hold, item: Item, receipt: Receipt, *, actor: User) -> None:
    printing.request(
        hold, TAG, key=_tag_key(receipt.pk), title=_("Hold waiting: %(title)s") % {"title": item.record.title},
        branch=item.branch, actor=actor,
    )  # fmt: skip


def _tag_key(receipt_id: int) -> str:
    return f"{TAG}:receipt:{receipt_id}"


def _damage(receipt: Receipt, what: str) -> Draft:
    line = receipt.ordered_copy.line
    return Draft(line, "damaged", 1, shipment=receipt.shipment, receipt=receipt, what=what or DAMAGED)


# At the bench


@transaction.atomic
def scan_copy(shipment_id: int, scan: Scan, *, actor: User) -> Received:
    """Receive the next copy of what was scanned. Refuses what is not ordered, and what has all come already."""
    access.require(actor, "acquisitions.receive")
    shipment = Shipment.objects.select_related("vendor").get(pk=shipment_id)
    found = reads.candidates(shipment, scan)
    if not found:
        raise Refusal(_not_ordered(shipment, scan))
    lock_orders(candidate.line.order_id for candidate in found)
    copy = reads.next_copy([candidate.line.pk for candidate in found], shipment)
    if copy is None:
        line = found[0].line
        raise Refusal(
            _("Every ordered copy of “%(title)s” is here or cancelled (order %(order)s): this is one too many.")
            % {"title": line.title, "order": line.order.number}
        )
    chosen = next(candidate for candidate in found if candidate.line.pk == copy.line_id)
    replacement = copy.state == CopyState.DAMAGED
    arrival = _receive(_copies_of_locked_orders([copy.pk]), shipment, actor=actor, condition=GOOD, note="")
    count, of = reads.line_counts(copy.line_id)
    return Received(
        receipt=arrival.receipts[0],
        line=chosen.line,
        count=count,
        of=of,
        missing=max(0, chosen.listed - chosen.found - 1),
        held=bool(arrival.held),
        extra=chosen.listed <= chosen.found and reads.has_list(shipment),
        replacement=replacement,
        ordered_isbn="" if chosen.exact else chosen.line.isbn,
        event=arrival.event,
    )


def _not_ordered(shipment: Shipment, scan: Scan) -> str:
    words = {"code": scan.value, "vendor": shipment.vendor}
    elsewhere = reads.lines_of(scan).exclude(order__vendor=shipment.vendor_id).last()
    if elsewhere is None:
        return _("%(code)s is on no order with %(vendor)s.") % words
    words |= {"title": elsewhere.title, "other": elsewhere.order.vendor, "order": elsewhere.order.number}
    return _("“%(title)s” was ordered from %(other)s (%(order)s), not from %(vendor)s.") % words


@transaction.atomic
def mark_damaged(receipt_id: int, *, reason: str, actor: User) -> Receipt:
    """The copy that was just received is damaged: its item goes back to being on order, a claim is drafted.

    `reason` is one of rules.claims.DAMAGES. Refuses a copy whose item has moved on.
    """
    receipt = _locked_receipt(receipt_id)
    copy = receipt.ordered_copy
    access.require(actor, "acquisitions.receive", branch=copy.branch)
    _refuse_undone(receipt)
    copy.state = _move(copy, "mark_damaged")
    copy.save(update_fields=["state"])
    receipt.condition, receipt.note = DAMAGED, DAMAGES[reason]
    receipt.save(update_fields=["condition", "note"])
    event = history.write(
        receipt.shipment or copy.line.order, "acquisitions.mark_damaged", actor=actor, after={"receipt": receipt.pk},
        summary=_("“%(title)s”: %(what)s") % {"title": copy.line.title, "what": receipt.note},
    )  # fmt: skip
    _send_back([receipt], event, actor=actor)
    draft_claims([_damage(receipt, receipt.note)], actor=actor, batch=event)
    settle_orders([copy.line.order_id], actor=actor)
    return receipt


def _locked_receipt(receipt_id: int) -> Receipt:
    (copy,) = _lock_copies(Receipt.objects.filter(pk=receipt_id).values_list("ordered_copy_id", flat=True))
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("shipment").get(pk=receipt_id)
    receipt.ordered_copy = copy
    return receipt


def _refuse_undone(receipt: Receipt) -> None:
    if receipt.undone_at is not None:
        raise Refusal(
            _("This receipt of “%(title)s” was undone. Scan the copy again.")
            % {"title": receipt.ordered_copy.line.title}
        )


def _send_back(receipts: Sequence[Receipt], event: HistoryEvent, *, actor: User) -> None:
    """The items are not in the house after all; tags that were asked for are not needed."""
    gone = [receipt.ordered_copy.item for receipt in receipts if receipt.ordered_copy.item is not None]
    items.move_items(gone, "unreceive", actor=actor, batch=event)
    keys = [_tag_key(receipt.pk) for receipt in receipts]
    tags = PrintRequest.objects.filter(key__in=keys).values_list("subject_id", flat=True)
    for hold in Hold.objects.filter(pk__in=[int(pk) for pk in tags]):
        printing.cancel_for(hold, kinds=[TAG], actor=actor, why=event.summary)


# Taking it back


def undo_damaged(event: HistoryEvent, *, actor: User) -> Receipt:
    """The copy is good after all. Refuses once the claim was sent."""
    receipt = _locked_receipt(event.after["receipt"])
    copy = receipt.ordered_copy
    access.require(actor, "acquisitions.receive", branch=copy.branch)
    _refuse_undone(receipt)
    _drop_claims([receipt.pk], even_if_sent=False)
    copy.state = _move(copy, "receive")
    copy.save(update_fields=["state"])
    receipt.condition, receipt.note = GOOD, ""
    receipt.save(update_fields=["condition", "note"])
    back = history.write(
        receipt.shipment or copy.line.order, "acquisitions.undo_damaged", actor=actor, undoes=event,
        summary=_("“%(title)s” is good after all") % {"title": copy.line.title},
    )  # fmt: skip
    _bring_in([receipt], back, actor=actor)
    settle_orders([copy.line.order_id], actor=actor)
    return receipt


def undo_receive(event: HistoryEvent, *, actor: User) -> list[Receipt]:
    """Take receipts back: copies and items are on order again, claims dropped, tags withdrawn.

    Refuses a copy that an invoice paid, for all who may not undo after an invoice, and an item that has moved on.
    """
    found = Receipt.objects.filter(pk__in=event.after["receipts"])
    copies = {copy.pk: copy for copy in _lock_copies(found.values_list("ordered_copy_id", flat=True))}
    receipts = list(found.filter(undone_at=None).select_for_update(of=("self",)).order_by("pk"))
    if not receipts:
        raise Refusal(_("These receipts were taken back already."))
    for branch in {copy.branch_id: copy.branch for copy in copies.values()}.values():
        access.require(actor, "acquisitions.receive", branch=branch)
    for receipt in receipts:
        receipt.ordered_copy = copies[receipt.ordered_copy_id]
    mine = [receipt.ordered_copy for receipt in receipts]
    _refuse_paid(mine, actor=actor)
    replaced = _replaced(receipts)
    for copy in mine:
        copy.state = _move(copy, "mark_damaged" if copy.pk in replaced else "unreceive")
    OrderCopy.objects.bulk_update(mine, ["state"])
    Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts]).update(undone_at=clock.now())
    subject = event.subject_type.get_object_for_this_type(pk=event.subject_id)
    back = history.write(
        subject, "acquisitions.undo_receive", actor=actor, undoes=event,
        summary=_("Taken back: %(what)s") % {"what": event.summary},
    )  # fmt: skip
    _send_back([receipt for receipt in receipts if receipt.condition == GOOD], back, actor=actor)
    _drop_claims([receipt.pk for receipt in receipts], even_if_sent=True)
    settle_orders({copy.line.order_id for copy in mine}, actor=actor)
    return receipts


def _replaced(receipts: Sequence[Receipt]) -> set[int]:
    """Copies whose good receipt replaced a damaged one, which then is what counts again."""
    good = [receipt.ordered_copy_id for receipt in receipts if receipt.condition == GOOD]
    damaged = Receipt.objects.filter(ordered_copy__in=good, undone_at=None, condition=DAMAGED)
    return set(damaged.values_list("ordered_copy_id", flat=True))


def _refuse_paid(copies: Sequence[OrderCopy], *, actor: User) -> None:
    paid = PaidCopy.objects.filter(ordered_copy__in=copies).select_related("invoice_line__invoice").first()
    if paid is not None and not access.allowed(actor, "acquisitions.undo_receive_after_invoice"):
        raise Refusal(
            _("Invoice %(invoice)s paid for it. Ask a supervisor to take the receipt back.")
            % {"invoice": paid.invoice_line.invoice}
        )


def _drop_claims(receipt_ids: Sequence[int], *, even_if_sent: bool) -> None:
    """Drop the drafts; a claim that was sent stays as the vendor has it, or stops the undo."""
    claims = list(Claim.objects.select_for_update().filter(receipt__in=receipt_ids).order_by("pk"))
    sent = next((claim for claim in claims if claim.state == ClaimState.SENT), None)
    if sent is not None and not even_if_sent:
        raise Refusal(_("Claim %(claim)s was sent. Settle it with the vendor first.") % {"claim": sent})
    for claim in claims:
        if states.may(CLAIM, ClaimState(claim.state), "drop"):
            claim.state = ClaimState.DROPPED
            claim.save(update_fields=["state"])
