"""DESADV: what a vendor has sent, carton by carton (CPS), each with its SSCC when the vendor gives one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from acquisitions.edi import fields
from acquisitions.edi.fields import ItemLine, Party
from acquisitions.edi.model import Departure, Message, Segment, collector_paused

DESPATCHED = frozenset({"12", "46"})
ARRIVAL_DATES = frozenset({"132", "17", "2"})
CARTON_NUMBERS = frozenset({"BJ", "AW"})


@dataclass(slots=True)
class DespatchLine(ItemLine):
    """One title in a carton: how many copies of it."""

    quantity: int = 0


@dataclass(slots=True)
class Carton:
    """One carton: the SSCC on its label ("" when none is told), the vendor's number for it, its lines.

    `further_ssccs` are more labels that the vendor gives to the same content.
    """

    sscc: str = ""
    package: str = ""
    lines: list[DespatchLine] = field(default_factory=list)
    further_ssccs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DespatchDocument:
    """One DESADV message."""

    number: str = ""
    date: datetime.date | None = None
    despatched_on: datetime.date | None = None
    expected_on: datetime.date | None = None
    order_number: str = ""
    packing_slip: str = ""
    bill_of_lading: str = ""
    buyer: Party = field(default_factory=Party)
    supplier: Party = field(default_factory=Party)
    cartons: list[Carton] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)


def read_desadv(message: Message) -> DespatchDocument:
    """The despatch advice of a DESADV message; raises BadInput for another message."""
    fields.expect(message, "DESADV")
    document = DespatchDocument()
    with collector_paused():
        reader = _Reader(document)
        for segment in message.segments:
            reader.take(segment)
        for carton in document.cartons:
            for line in carton.lines:
                fields.finish_item(line, document.order_number)
        document.cartons = [carton for carton in document.cartons if carton.lines or carton.sscc]
    return document


class _Reader:
    """Walks a message: header, then CPS groups with packages (PAC, GIN) and lines (LIN)."""

    def __init__(self, document: DespatchDocument) -> None:
        self.document = document
        self.by_sscc: dict[str, Carton] = {}
        self.carton: Carton | None = None
        self.line: DespatchLine | None = None

    def take(self, segment: Segment) -> None:
        tag = segment.tag
        if tag == "CPS":
            self.carton, self.line = Carton(package=segment.at(0)), None
            self.document.cartons.append(self.carton)
        elif tag == "LIN":
            self.line = DespatchLine()
            fields.take_lin(self.line, segment)
            self.open_carton().lines.append(self.line)
        elif tag == "GIN" and segment.at(0) in CARTON_NUMBERS:
            self.label(segment)
        elif self.line is not None:
            self.take_in_line(self.line, segment)
        else:
            _take_header(self.document, segment)

    def open_carton(self) -> Carton:
        if self.carton is None:
            self.carton = Carton()
            self.document.cartons.append(self.carton)
        return self.carton

    def label(self, gin: Segment) -> None:
        """Give the carton its SSCC; a number seen before is the same carton again, not a second one."""
        numbers = [part.strip() for element in gin.elements[1:] for part in element if part.strip()]
        for number in numbers:
            sscc = number[2:] if len(number) == 20 and number.startswith("00") else number
            carton = self.open_carton()
            if sscc in self.by_sscc and not carton.sscc and self.by_sscc[sscc] is not carton:
                known = self.by_sscc[sscc]
                known.lines += carton.lines
                self.document.cartons.pop()  # the carton in hand is always the last one
                self.carton = known
            elif not carton.sscc:
                carton.sscc = sscc
                self.by_sscc[sscc] = carton
            elif sscc != carton.sscc:
                carton.further_ssccs.append(sscc)

    def take_in_line(self, line: DespatchLine, segment: Segment) -> None:
        handler = fields.ITEM_HANDLERS.get(segment.tag)
        if handler is not None:
            handler(line, segment)
        elif segment.tag == "QTY" and segment.at(0) in DESPATCHED:
            count = fields.whole(segment.at(0, 1))
            if count is None:
                fields.note_number(self.document.departures, segment, segment.at(0, 1))
            else:
                line.quantity = count


def _take_header(document: DespatchDocument, segment: Segment) -> None:
    tag, kind = segment.tag, segment.at(0)
    if tag == "BGM":
        document.number = segment.at(1)
    elif tag == "DTM":
        _take_date(document, kind, fields.day(segment))
    elif tag == "NAD" and kind in ("BY", "SU"):
        fields.party(document.buyer if kind == "BY" else document.supplier, segment)
    elif tag == "RFF" and kind in HEADER_REFERENCES:
        setattr(document, HEADER_REFERENCES[kind], segment.at(0, 1))


HEADER_REFERENCES = {"ON": "order_number", "PK": "packing_slip", "BM": "bill_of_lading"}


def _take_date(document: DespatchDocument, kind: str, day: datetime.date | None) -> None:
    if kind == "137":
        document.date = day
    elif kind == "11":
        document.despatched_on = day
    elif kind in ARRIVAL_DATES:
        document.expected_on = document.expected_on or day
