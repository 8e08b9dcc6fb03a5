"""What the staff of the demo library do with what was ordered: unpack, pay, catalog, make ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from acquisitions.actions import claiming, invoicing, matching, messages, receiving, shipments
from acquisitions.actions.invoicing import NewInvoice, NewInvoiceLine
from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import MessageIssue
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.queries.invoices import MatchedLine, matched
from acquisitions.rules.lifecycle import OPEN_COPIES, ClaimState, CopyState, InvoiceState
from acquisitions.rules.three_way import Verdict
from cataloging.actions import items, records
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.queries.callnumbers import suggested
from cataloging.rules.lifecycle import ItemState
from processing.actions import routing
from techsvc.kernel import clock
from techsvc.kernel.actions import printing
from techsvc.kernel.models.printing import PrintRequest, PrintState
from techsvc.kernel.money import to_minor
from techsvc.workroom.demo.library import ITEM, Library, barcode
from techsvc.workroom.demo.marc import full_record
from techsvc.workroom.demo.titles import Title

DAMAGES = ("cover", "wet", "pages", "binding")


@dataclass(slots=True)
class Staff:
    """The library's people at work; `labels` counts the barcodes on the roll."""

    library: Library
    labels: int = 0

    # ── Receiving ────────────────────────────────────────────────────────────────────────────────

    def settle_issues(self, order: Order, how: str) -> None:
        """What EDI left open about an order was cleared up by a person."""
        for issue in MessageIssue.objects.filter(message__order=order, settled_at=None):
            messages.settle_issue(issue.pk, how=how, actor=self.library.staff["technician"])

    def unpack(self, order: Order, *, damaged: int = 0, missing: int = 0) -> None:
        """Unpack every announced shipment of an order: so many copies are damaged, so many not in the cartons."""
        technician = self.library.staff["technician"]
        expected = Shipment.objects.filter(cartons__lines__line__order=order, state="expected").distinct()
        for shipment in expected.select_related("vendor"):
            shipments.open_shipment(shipment.vendor, shipment.number, actor=technician)
            copies = _listed_copies(shipment)
            came = copies[: len(copies) - missing]
            receipts = receiving.receive_copies([copy.pk for copy in came], shipment=shipment, actor=technician)
            for receipt, reason in zip(receipts[:damaged], DAMAGES, strict=False):
                receiving.mark_damaged(receipt.pk, reason=reason, actor=technician)
            shipments.finish_shipment(shipment.pk, actor=technician)

    def begin_unpacking(self, order: Order, copies: int) -> None:
        """Open the carton and receive the first copies; the rest waits on the bench."""
        technician = self.library.staff["technician"]
        for shipment in Shipment.objects.filter(cartons__lines__line__order=order, state="expected").distinct():
            shipments.open_shipment(shipment.vendor, shipment.number, actor=technician)
            first = [copy.pk for copy in _listed_copies(shipment)[:copies]]
            receiving.receive_copies(first, shipment=shipment, actor=technician)

    def unpack_by_slip(self, order: Order, slip: str) -> list[OrderCopy]:
        """Receive whatever of an order is still open, from a packing slip that nobody announced."""
        technician = self.library.staff["technician"]
        copies = list(OrderCopy.objects.filter(line__order=order, state__in=OPEN_COPIES).order_by("pk"))
        if copies:
            shipment = shipments.open_shipment(order.vendor, slip, actor=technician)
            receiving.receive_copies([copy.pk for copy in copies], shipment=shipment, actor=technician)
            shipments.finish_shipment(shipment.pk, actor=technician)
        return copies

    def send_claims(self, order: Order) -> None:
        """Send every claim that was drafted for an order."""
        for claim in Claim.objects.filter(line__order=order, state=ClaimState.DRAFT):
            claiming.send_claim(claim.pk, actor=self.library.staff["technician"])

    def settle_claims(self, order: Order) -> None:
        """What was claimed has come."""
        for claim in Claim.objects.filter(line__order=order, state=ClaimState.SENT):
            claiming.settle_claim(claim.pk, actor=self.library.staff["technician"], why="The replacement came")

    # ── Paying ───────────────────────────────────────────────────────────────────────────────────

    def pay(self, order: Order) -> None:
        """Approve the invoices of an order: what did not come is held, a higher price accepted with a word."""
        waiting = Invoice.objects.filter(lines__line__order=order, state=InvoiceState.ENTERED)
        for invoice in waiting.distinct().select_related("vendor"):
            for line in matched(invoice).open:
                self._decide(line)
            invoicing.approve_invoice(invoice.pk, actor=self.library.staff["finance"])

    def _decide(self, line: MatchedLine) -> None:
        technician = self.library.staff["technician"]
        if line.match.verdict == Verdict.PRICE:
            matching.accept_price(line.line.pk, actor=technician, why="The publisher raised the price; called them")
        else:
            here = min(line.facts.payable, line.line.quantity)
            matching.hold_line(line.line.pk, line.line.quantity - here, actor=technician, why="Did not come")

    def pay_by_hand(self, order: Order, copies: Sequence[OrderCopy], number: str) -> None:
        """Enter the paper invoice for copies that came by slip, and approve it."""
        by_line: dict[int, list[OrderCopy]] = {}
        for copy in copies:
            by_line.setdefault(copy.line_id, []).append(copy)
        lines = [_billed(line, found) for line, found in by_line.items()]
        if not lines:
            return
        total = sum(line.amount_minor for line in lines)
        paper = NewInvoice(order.vendor, number, clock.today(), total, lines)
        invoice = invoicing.enter_invoice(paper, actor=self.library.staff["technician"])
        invoicing.approve_invoice(invoice.pk, actor=self.library.staff["finance"])

    # ── Cataloging and processing ────────────────────────────────────────────────────────────────

    def catalog(self, order: Order, titles: Iterable[Title]) -> None:
        """Overlay the brief records of an order, then label every item that is in the house."""
        cataloger = self.library.staff["cataloger"]
        by_number = {title.number: title for title in titles}
        for line in order.lines.select_related("record"):
            title = _title_of(line.record, by_number)
            if title is not None and line.record.state == "brief":
                full = full_record(title, entered=clock.today())
                records.overlay(line.record_id, full, source=f"{order.vendor} records", actor=cataloger)
        for item in _in_house(order).filter(barcode=None).select_related("record", "branch"):
            self.labels += 1
            place, _why = suggested(item)
            code = barcode(ITEM, 12_000_000 + self.labels)
            items.set_barcode_and_call_number(item.pk, barcode=code, call_number=place, actor=cataloger)

    def process(self, order: Order, leave: int = 0) -> None:
        """Make every labelled item ready, but for the last ones."""
        processing = self.library.staff["processing"]
        waiting = list(_in_house(order).exclude(barcode=None).order_by("pk"))
        for item in waiting[: len(waiting) - leave]:
            job = routing.start(item.pk, actor=processing)
            routing.finish(job.pk, actor=processing, do_open=True)

    def print_all(self) -> None:
        """Everything that was ready for printing has come out of the printer."""
        ready = PrintRequest.objects.filter(state=PrintState.READY).values_list("pk", flat=True)
        printing.mark_printed(list(ready), actor=self.library.staff["processing"])


def _listed_copies(shipment: Shipment) -> list[OrderCopy]:
    """The open copies that a packing slip lists, line by line."""
    found: list[OrderCopy] = []
    for carton in shipment.cartons.all():
        for entry in carton.lines.exclude(line=None):
            taken = {copy.pk for copy in found}
            open_ones = OrderCopy.objects.filter(line=entry.line, state=CopyState.ON_ORDER).exclude(pk__in=taken)
            found += open_ones.order_by("number")[: entry.quantity]
    return found


def _billed(line_id: int, copies: Sequence[OrderCopy]) -> NewInvoiceLine:
    line = OrderCopy.objects.select_related("line").filter(line=line_id)[0].line
    amount = to_minor(line.unit_price * len(copies), "USD")
    return NewInvoiceLine(line, len(copies), amount, Decimal(amount) / 100 / len(copies))


def _in_house(order: Order) -> QuerySet[Item]:
    return Item.objects.filter(order_copy__line__order=order, state=ItemState.RECEIVED)


def _title_of(record: Record, by_number: dict[str, Title]) -> Title | None:
    numbers = [record.isbn, *record.match_keys.values_list("key", flat=True)]
    return next((by_number[number] for number in numbers if number in by_number), None)
