"""ORDRSP: what a vendor answers to an order, line by line, and what becomes of the copies.

Vendors fill quantities, line actions and status codes in contradictory ways. Quantities are believed first, then the
line's action, status codes last; what stays open is left to a person.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from acquisitions.edi import fields
from acquisitions.edi.codes import ACTION_FATES, QUANTITY_FATES, Fate, words
from acquisitions.edi.dialects import STANDARD, Dialect, status_fate
from acquisitions.edi.fields import ItemLine, Party
from acquisitions.edi.model import Departure, Message, Segment, collector_paused

ORDERED = "21"
PRICES = ("AAE", "AAB", "AAF", "AAA", "CAL", "INV")
EXPECTED_DATES = frozenset({"44", "17", "67", "69"})
ACCEPTING = frozenset({"3", "5", "24"})
REFUSING = frozenset({"2", "7", "10"})


@dataclass(frozen=True, slots=True)
class Status:
    """A status code and the list it comes from (12B order status, 8B availability, or the vendor's own use of one)."""

    code_list: str
    code: str


@dataclass(slots=True)
class ResponseLine(ItemLine):
    """One answered line; `quantities` are by QTY code (21 ordered, 12 despatched, 83 back-ordered, 85 cancelled)."""

    action_code: str = ""
    quantities: dict[str, int] = field(default_factory=dict)
    price: Decimal | None = None
    price_code: str = ""
    availability: list[Status] = field(default_factory=list)
    status_texts: list[str] = field(default_factory=list)
    expected_on: datetime.date | None = None


@dataclass(slots=True)
class ResponseDocument:
    """One ORDRSP message; `function` is BGM's (4 change, 27 not accepted, 29 accepted as it stands)."""

    number: str = ""
    kind: str = ""
    order_number: str = ""
    date: datetime.date | None = None
    function: str = ""
    currency: str = "USD"
    buyer: Party = field(default_factory=Party)
    supplier: Party = field(default_factory=Party)
    lines: list[ResponseLine] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What becomes of a line's copies: five counts that add up to the copies ordered, and why, in words.

    `accepted` will be sent, `shipped` is on its way, `undecided` waits for a person when `needs_person` is set.
    """

    accepted: int = 0
    shipped: int = 0
    backordered: int = 0
    cancelled: int = 0
    undecided: int = 0
    price: Decimal | None = None
    expected_on: datetime.date | None = None
    reason: str = ""
    needs_person: bool = False


# Reading


def read_ordrsp(message: Message) -> ResponseDocument:
    """The answer of an ORDRSP message; raises BadInput for another message."""
    fields.expect(message, "ORDRSP")
    with collector_paused():
        cut = fields.parts(message)
        document = ResponseDocument()
        party: Party | None = None
        for segment in cut.header:
            if segment.tag == "NAD":
                party = {"BY": document.buyer, "SU": document.supplier}.get(segment.at(0))
                if party is not None:
                    fields.party(party, segment)
            else:
                _take_header(document, party, segment)
        # The number of the answer is the order's own with vendors that send no RFF+ON.
        document.order_number = document.order_number or document.number
        document.lines = [_read_line(group, document) for group in cut.lines]
    return document


def _take_header(document: ResponseDocument, party: Party | None, segment: Segment) -> None:
    tag, kind = segment.tag, segment.at(0)
    if tag == "BGM":
        document.kind, document.number, document.function = kind, segment.at(1), segment.at(2)
    elif tag == "DTM" and kind == "137":
        document.date = fields.day(segment)
    elif tag == "RFF" and kind == "ON":
        document.order_number = segment.at(0, 1)
    elif tag == "RFF" and kind == "API" and party is not None:
        party.account = party.account or segment.at(0, 1)
    elif tag == "CUX":
        document.currency = segment.at(0, 1).upper() or document.currency


def _read_line(group: list[Segment], document: ResponseDocument) -> ResponseLine:
    line = ResponseLine()
    for segment in group:
        if segment.tag == "LOC":
            # Quantities behind a place divide those of the line, which were told before.
            break
        handler = HANDLERS.get(segment.tag)
        if handler is not None:
            handler(line, segment)
        elif segment.tag == "QTY":
            _take_quantity(line, segment, document.departures)
    line.action_code = group[0].at(1)
    for segment in group:
        if segment.tag == "RFF" and not line.line_ref:
            fields.take_rff(line, segment)
    fields.finish_item(line, document.order_number)
    return line


def _take_quantity(line: ResponseLine, segment: Segment, departures: list[Departure]) -> None:
    count = fields.whole(segment.at(0, 1))
    if count is None or count < 0:
        fields.note_number(departures, segment, segment.at(0, 1))
    else:
        code = segment.at(0)
        line.quantities[code] = line.quantities.get(code, 0) + count


def _take_date(line: ResponseLine, segment: Segment) -> None:
    if segment.at(0) in EXPECTED_DATES:
        line.expected_on = fields.day(segment) or line.expected_on


def _take_price(line: ResponseLine, segment: Segment) -> None:
    price, code = fields.number(segment.at(0, 1)), segment.at(0)
    if price is None or code not in PRICES:
        return
    if not line.price_code or PRICES.index(code) < PRICES.index(line.price_code):
        line.price, line.price_code = price, code


def _take_text(line: ResponseLine, segment: Segment) -> None:
    """FTX: a status code of a list, or words."""
    if code := segment.at(2):
        line.availability.append(Status(segment.at(2, 1), code))
    if len(segment.elements) > 3 and (text := fields.join_pieces("", segment.elements[3], 70).strip()):
        line.status_texts.append(text)


HANDLERS: dict[str, Callable[[ResponseLine, Segment], None]] = {
    **fields.ITEM_HANDLERS,
    "DTM": _take_date,
    "FTX": _take_text,
    "PRI": _take_price,
}


# Meaning


def outcome(line: ResponseLine, dialect: Dialect = STANDARD, *, ordered: int | None = None) -> LineOutcome:
    """What becomes of the line's copies; `ordered` is what our order says, for answers that don't repeat it."""
    stated = line.quantities.get(ORDERED)
    asked = ordered if ordered is not None else stated
    counts = dict.fromkeys(Fate, 0)
    for code, fate in QUANTITY_FATES.items():
        counts[fate] += line.quantities.get(code, 0)
    told = sum(counts.values())
    rest = (asked or 0) - told
    fates = _status_fates(line, dialect)
    concerns = _concerns(line, asked, stated, rest)
    if rest > 0:
        fate, concern = _fate_of_rest(line, fates, counts)
        counts[fate] += rest
        concerns += [concern] if concern else []
    if asked is None and not told:
        concerns.append("the answer tells no quantity")
    return LineOutcome(
        accepted=counts[Fate.ACCEPTED],
        shipped=counts[Fate.SHIPPED],
        backordered=counts[Fate.BACKORDERED],
        cancelled=counts[Fate.CANCELLED],
        undecided=counts[Fate.UNDECIDED],
        price=line.price or None,  # some vendors send 0 for what they don't supply
        expected_on=line.expected_on,
        reason="; ".join([*_reasons(line, dialect), *concerns]),
        needs_person=bool(concerns),
    )


def _status_fates(line: ResponseLine, dialect: Dialect) -> list[Fate]:
    """What the line's status codes say, a repeated fate once."""
    found = (status_fate(dialect, status.code_list, status.code) for status in line.availability)
    return list(dict.fromkeys(entry[1] for entry in found if entry is not None))


def _fate_of_rest(line: ResponseLine, fates: list[Fate], counts: dict[Fate, int]) -> tuple[Fate, str]:
    """(fate, concern or "") of the copies that no quantity accounts for: by the action, then by the status.

    A status that has its own quantity speaks of those copies, not of the rest.
    """
    action = line.action_code
    by_status = [fate for fate in fates if not counts[fate]]
    if line.substitute_ean:
        return Fate.UNDECIDED, f"the vendor offers {line.substitute_ean} in its place"
    by_action = ACTION_FATES.get(action)
    if by_action is Fate.CANCELLED:
        return by_action, ""
    if len(by_status) > 1 and Fate.UNDECIDED not in by_status:
        return Fate.UNDECIDED, "its status codes contradict each other"
    if by_action is Fate.ACCEPTED:
        if by_status and by_status[0] in (Fate.CANCELLED, Fate.UNDECIDED):
            return Fate.UNDECIDED, "the line is accepted, but its status says otherwise"
        return (by_status[0] if by_status else by_action), ""
    if by_status:
        return by_status[0], "" if by_status[0] is not Fate.UNDECIDED else "the status needs an answer"
    if action in ACCEPTING:
        return Fate.ACCEPTED, ""
    if action == "4":
        return Fate.UNDECIDED, ""
    return Fate.UNDECIDED, "the vendor does not say what becomes of the copies"


def _concerns(line: ResponseLine, asked: int | None, stated: int | None, rest: int) -> list[str]:
    """Why a person must look, from the quantities alone."""
    concerns = []
    if asked is not None and stated is not None and asked != stated:
        concerns.append(f"the vendor answers for {stated} copies, {asked} are ordered")
    if asked is not None and rest < 0:
        concerns.append(f"the vendor accounts for {asked - rest} copies, {asked} are ordered")
    if line.action_code in REFUSING and any(line.quantities.get(code) for code in ("12", "57", "83")):
        concerns.append("the line is refused, but copies are promised")
    return concerns


def _reasons(line: ResponseLine, dialect: Dialect) -> list[str]:
    """The action, the statuses and the vendor's words, as people read them."""
    reasons = [words("1229", line.action_code)] if line.action_code else []
    for status in line.availability:
        entry = status_fate(dialect, status.code_list, status.code)
        reasons.append(
            entry[0] if entry else f"unknown status code {status.code} of list {status.code_list or '(none)'}"
        )
    return [*reasons, *line.status_texts]
