"""INVOIC: reads an invoice or credit note from a message; invoices.py holds what it is and whether it adds up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from acquisitions.edi import fields
from acquisitions.edi.codes import meaning
from acquisitions.edi.dialects import STANDARD, Dialect
from acquisitions.edi.fields import Party
from acquisitions.edi.invoices import Charge, ChargeKind, InvoiceDocument, InvoiceKind, InvoiceLine, settle
from acquisitions.edi.model import Message, Segment, collector_paused
from techsvc.kernel.money import unit_price

KINDS = dict.fromkeys(("381", "83", "308", "396"), InvoiceKind.CREDIT)
CHARGE_AMOUNTS = frozenset({"8", "23", "25", "131", "204", "304"})
TAX_AMOUNTS = frozenset({"124", "176"})
LINE_AMOUNTS = {"203": "amount", "128": "amount_with_tax", "52": "discount"}
RETAIL = frozenset({"RTP", "SRP"})
NET_PRICES = frozenset({"AAA", "INV", "CAL", "NTP"})


def read_invoic(message: Message, dialect: Dialect = STANDARD) -> InvoiceDocument:
    """The invoice of an INVOIC message; raises BadInput for another message."""
    fields.expect(message, "INVOIC")
    with collector_paused():
        reader = _Reader(message)
        settle(reader.document, reader.amounts, dialect)
    return reader.document


class _Reader:
    """Walks a message; `line` is the line in hand (None in header and summary), `charge` the ALC in hand."""

    __slots__ = ("amounts", "charge", "document", "line", "party")

    def __init__(self, message: Message) -> None:
        self.document = InvoiceDocument()
        self.line: InvoiceLine | None = None
        self.charge: Charge | None = None
        self.party: Party | None = None
        self.amounts: dict[str, Decimal] = {}
        cut = fields.parts(message)
        self.walk(cut.header, HEADER_HANDLERS)
        for group in cut.lines:
            self.line, self.charge = InvoiceLine(), None
            self.walk(group, LINE_HANDLERS)
            self.close(self.line, group)
        self.line = self.charge = None
        self.walk(cut.summary, HEADER_HANDLERS)

    def walk(self, segments: list[Segment], handlers: dict[str, Callable[[_Reader, Segment], None]]) -> None:
        for segment in segments:
            handler = handlers.get(segment.tag)
            if handler is not None:
                handler(self, segment)

    def close(self, line: InvoiceLine, group: list[Segment]) -> None:
        line.copies = fields.gir_sets(group)
        fields.finish_item(line, self.document.order_number)
        self.document.lines.append(line)

    def amount(self, segment: Segment, component: int = 1) -> Decimal | None:
        """The number of a segment; one that can't be read becomes a departure."""
        text = segment.at(0, component)
        found = fields.number(text)
        if found is None:
            fields.note_number(self.document.departures, segment, text)
        return found


# Segments of lines


def _item(reader: _Reader, segment: Segment) -> None:
    if reader.line is not None:
        fields.ITEM_HANDLERS[segment.tag](reader.line, segment)


def _quantity(reader: _Reader, segment: Segment) -> None:
    line, code = reader.line, segment.at(0)
    count = fields.whole(segment.at(0, 1))
    if line is None:
        return
    if count is None:
        fields.note_number(reader.document.departures, segment, segment.at(0, 1))
    elif code == "192":
        line.free_quantity = count
    elif code == "47" or (code in ("12", "46", "21", "1") and not line.quantity):
        line.quantity = count


def _price(reader: _Reader, segment: Segment) -> None:
    """PRI: kind, price, type (CA, CT ...), its qualifier (SRP, RTP ...) and the number of units it is for."""
    line, price = reader.line, reader.amount(segment)
    if line is None or price is None:
        return
    per = fields.number(segment.at(0, 4))
    if per is not None and per > 1:
        price = unit_price(price / per)
    code = segment.at(0)
    if code in NET_PRICES and segment.at(0, 3) not in RETAIL:
        line.unit_net = line.unit_net if line.unit_net is not None and code != "AAA" else price
    elif line.unit_list is None or code == "AAB":
        line.unit_list = price


def _line_amount(reader: _Reader, segment: Segment) -> None:
    line, code = reader.line, segment.at(0)
    amount = reader.amount(segment)
    if line is None or amount is None:
        return
    if code in LINE_AMOUNTS:
        setattr(line, LINE_AMOUNTS[code], amount)
    elif code in CHARGE_AMOUNTS and reader.charge is not None:
        _charge_amount(reader, reader.charge, amount)
    elif code in TAX_AMOUNTS:
        line.tax += amount
    elif code in ("66", "38") and line.amount is None:
        line.amount = amount


# Segments of header and summary


def _heading(reader: _Reader, segment: Segment) -> None:
    reader.document.kind = KINDS.get(segment.at(0), InvoiceKind.INVOICE)
    reader.document.number = segment.at(1)


def _date(reader: _Reader, segment: Segment) -> None:
    kind, found = segment.at(0), fields.day(segment)
    if kind == "137" or (kind in ("3", "131") and reader.document.date is None):
        reader.document.date = found
    elif kind in ("13", "140"):
        reader.document.due_on = found


def _party(reader: _Reader, segment: Segment) -> None:
    roles = {"BY": reader.document.buyer, "SU": reader.document.supplier, "SR": reader.document.supplier}
    reader.party = roles.get(segment.at(0))
    if reader.party is not None:
        fields.party(reader.party, segment)


def _reference(reader: _Reader, segment: Segment) -> None:
    kind, value = segment.at(0), segment.at(0, 1)
    if kind == "ON":
        reader.document.order_number = reader.document.order_number or value
    elif kind == "API" and reader.party is not None:
        reader.party.account = reader.party.account or value


def _currency(reader: _Reader, segment: Segment) -> None:
    reader.document.currency = segment.at(0, 1).upper() or reader.document.currency


def _invoice_amount(reader: _Reader, segment: Segment) -> None:
    code, amount = segment.at(0), reader.amount(segment)
    if amount is None:
        return
    if code in CHARGE_AMOUNTS and reader.charge is not None:
        _charge_amount(reader, reader.charge, amount)
    elif code == "124":
        # One for each rate of tax.
        reader.amounts[code] = reader.amounts.get(code, Decimal(0)) + amount
    else:
        reader.amounts.setdefault(code, amount)


# Charges and allowances, of a line or of the invoice


def _allowance_or_charge(reader: _Reader, segment: Segment) -> None:
    """ALC: A or C; its code stands in the fifth element, or with some vendors in the second."""
    reader.charge = None
    kind = segment.at(0)
    if kind not in ("A", "C"):
        return
    code = segment.at(4) or segment.at(1)
    stated = (segment.at(4, 3) + " " + segment.at(4, 4)).strip().lower()
    name = stated or meaning("7161", code) or ("allowance" if kind == "A" else "charge")
    reader.charge = Charge(code, name, None, ChargeKind.ALLOWANCE if kind == "A" else ChargeKind.CHARGE, segment.offset)
    target = reader.document.charges if reader.line is None else reader.line.charges
    target.append(reader.charge)


def _charge_amount(reader: _Reader, charge: Charge, amount: Decimal) -> None:
    charge.amount = amount if charge.amount is None else charge.amount


def _percentage(reader: _Reader, segment: Segment) -> None:
    if reader.charge is not None:
        reader.charge.percent = reader.amount(segment)


ANY_HANDLERS: dict[str, Callable[[_Reader, Segment], None]] = {
    "ALC": _allowance_or_charge,
    "PCD": _percentage,
}
LINE_HANDLERS: dict[str, Callable[[_Reader, Segment], None]] = {
    **dict.fromkeys(fields.ITEM_HANDLERS, _item),
    **ANY_HANDLERS,
    "MOA": _line_amount,
    "PRI": _price,
    "QTY": _quantity,
}
HEADER_HANDLERS: dict[str, Callable[[_Reader, Segment], None]] = {
    **ANY_HANDLERS,
    "BGM": _heading,
    "CUX": _currency,
    "DTM": _date,
    "MOA": _invoice_amount,
    "NAD": _party,
    "RFF": _reference,
}
