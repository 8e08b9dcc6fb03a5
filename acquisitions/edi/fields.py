"""What the readers of all messages share: numbers, dates, the three parts of a message, what a line says of its title.

Lines of every message derive from ItemLine; ITEM_HANDLERS fill it from LIN, PIA, IMD and RFF.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from acquisitions.edi.dialects import split_reference
from acquisitions.edi.model import Departure, Message, Segment
from techsvc.kernel.errors import BadInput
from techsvc.kernel.identifiers import ean13, isbn13, issn

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,8})?")
TITLE_CODES = frozenset({"050", "BTI", "BST", "81", "JTI", ""})
AUTHOR_CODES = frozenset({"009", "010", "011", "BAU", "80"})
PUBLISHER_CODES = frozenset({"109", "120", "BPU"})
YEAR_CODES = frozenset({"170", "BPD"})
IMD_FIELDS = {
    **dict.fromkeys(TITLE_CODES, "title"),
    **dict.fromkeys(AUTHOR_CODES, "author"),
    **dict.fromkeys(PUBLISHER_CODES, "publisher"),
    **dict.fromkeys(YEAR_CODES, "year"),
}
DESCRIPTION_WIDTH = 35
LONGEST_DESCRIPTION = 2000
SUBSTITUTE = frozenset({"2", "3"})
VENDOR_REFERENCES = frozenset({"SLI", "QLI", "SNA"})


@dataclass(slots=True)
class ItemLine:
    """What a line of any message says about its title and order; texts are "" and numbers None where it is silent.

    `ean` is a valid EAN-13 (ISBN-13 for books); `stated_id` is the number as the vendor wrote it, valid or not.
    `line_ref` is RFF+LI as it came; `order_number` comes from RFF+ON, the header, or before the slash of RFF+LI.
    """

    number: str = ""
    offset: int = 0
    ean: str | None = None
    stated_id: str = ""
    isbn10: str | None = None
    issn: str | None = None
    vendor_number: str = ""
    substitute_ean: str | None = None
    title: str = ""
    author: str = ""
    publisher: str = ""
    year: str = ""
    line_ref: str = ""
    order_number: str = ""
    vendor_ref: str = ""


@dataclass(slots=True)
class Party:
    """A library or vendor by its numbers: SAN (or EAN location number), and the account of one with the other."""

    san: str = ""
    account: str = ""


@dataclass(slots=True)
class Parts:
    """A message in three: what stands before the first LIN, the groups that begin with LIN, what follows them."""

    header: list[Segment] = field(default_factory=list)
    lines: list[list[Segment]] = field(default_factory=list)
    summary: list[Segment] = field(default_factory=list)


def expect(message: Message, *types: str) -> None:
    """Raise BadInput unless the message is of one of the types."""
    if message.type not in types:
        raise BadInput(
            f"The message at byte {message.offset} is {message.type or 'of no type'}, not {' or '.join(types)}.",
            offset=message.offset,
        )


def parts(message: Message) -> Parts:
    """Cut a message at its LIN and UNS segments; CNT ends the lines where UNS is missing."""
    cut = Parts()
    current = cut.header
    for segment in message.segments:
        if segment.tag == "LIN" and current is not cut.summary:
            current = []
            cut.lines.append(current)
        elif segment.tag in ("UNS", "CNT"):
            current = cut.summary
        current.append(segment)
    return cut


def number(text: str) -> Decimal | None:
    """A number as vendors write it (1.50, 1,50, 1.234,50, 5.00-); None when it is none."""
    text = text.strip()
    if PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    if text.endswith("-"):
        text = "-" + text[:-1]
    comma, dot = text.rfind(","), text.rfind(".")
    if comma > dot:
        text = text.replace(".", "").replace(",", ".")
    elif comma >= 0:
        text = text.replace(",", "")
    return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None


def whole(text: str) -> int | None:
    """A number of copies; "3.00" is 3, "3.5" is none."""
    found = number(text)
    return int(found) if found is not None and found == found.to_integral_value() else None


def day(segment: Segment) -> date | None:
    """The date of a DTM (formats 102, 101, 203, 204; of a period its first day); None when it is no date."""
    text = segment.at(0, 1)
    if segment.at(0, 2) == "101" or len(text) == 6:
        text = ("20" if text < "70" else "19") + text
    if len(text) < 8 or not (text[:8].isascii() and text[:8].isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def gir_sets(segments: Iterable[Segment]) -> list[dict[str, str]]:
    """The copies of a line: {GIR qualifier: value} for each set number, in the order of first appearance."""
    sets: dict[str, dict[str, str]] = {}
    for segment in segments:
        if segment.tag == "GIR":
            copies = sets.setdefault(segment.at(0), {})
            for element in segment.elements[1:]:
                if len(element) > 1 and element[1]:
                    copies.setdefault(element[1].strip(), element[0].strip())
    return list(sets.values())


def party(target: Party, nad: Segment) -> None:
    """Take the numbers of a NAD: 31B and 9 are the SAN or EAN, 91 and 92 the account ("SAN suffix" gives both)."""
    value, qualifier = nad.at(1), nad.at(1, 2) or nad.at(2)
    head, _, suffix = value.partition(" ")
    if qualifier in ("31B", "9", "16"):
        target.san = target.san or head
        target.account = target.account or suffix.strip()
    elif qualifier in ("91", "92") and suffix:
        target.san = target.san or head
        target.account = suffix.strip()
    elif value:
        target.account = target.account or value


def note_number(departures: list[Departure], segment: Segment, text: str) -> None:
    """Record that a number in a segment can't be read; an empty one is no departure."""
    if text:
        departures.append(Departure(segment.offset, f"{segment.tag} holds {text[:20]!r} where a number should be."))


# What a line says of its title


def take_lin(line: ItemLine, segment: Segment) -> None:
    line.offset = segment.offset
    line.number = segment.at(0)
    _identify(line, segment.at(2), segment.at(2, 1))


def take_pia(line: ItemLine, segment: Segment) -> None:
    function = segment.at(0)
    if function in SUBSTITUTE:
        found = (isbn13(element[0]) or ean13(element[0]) for element in segment.elements[1:])
        line.substitute_ean = line.substitute_ean or next((ean for ean in found if ean), None)
    elif function in ("1", "5", ""):
        for element in segment.elements[1:]:
            _identify(line, element[0].strip(), element[1].strip() if len(element) > 1 else "")


def _identify(line: ItemLine, value: str, kind: str) -> None:
    if not value:
        return
    if kind == "SA":
        line.vendor_number = line.vendor_number or value
        return
    if kind in ("IS", "IN", "BP"):
        # 0000-0000 stands for "no ISSN".
        line.issn = line.issn or (issn(value) if value.strip("0-") else None)
        return
    line.stated_id = line.stated_id or value
    if line.ean is None:
        line.ean = (ean13(value) if len(value) in (12, 13) and value.isdigit() else None) or isbn13(value)
    if len(value) == 10 and line.isbn10 is None and isbn13(value):
        line.isbn10 = value.upper()


def take_imd(line: ItemLine, segment: Segment) -> None:
    """Author (010 surname, 011 forename), title, publisher, year; other descriptions are passed over."""
    elements = segment.elements
    if len(elements) < 3 or elements[0][0] == "C":
        return
    code = elements[1][0]
    name = IMD_FIELDS.get(code)
    text = getattr(line, name) if name else ""
    if name is None or (code == "" and text) or len(text) > LONGEST_DESCRIPTION:
        return
    if code == "011" and text:
        text += ","
    setattr(line, name, join_pieces(text, elements[2][3:], DESCRIPTION_WIDTH))


def join_pieces(text: str, pieces: Iterable[str], width: int) -> str:
    """Text that came in pieces of a width put together; a shorter piece lost the blank at its end."""
    for piece in pieces:
        if piece:
            text += ("" if len(text) % width == 0 else " ") + piece
    return text


def take_rff(line: ItemLine, segment: Segment) -> None:
    kind, value = segment.at(0), segment.at(0, 1)
    if kind == "LI":
        line.line_ref = value
        line.order_number = line.order_number or split_reference(value)[0]
    elif kind == "ON":
        line.order_number = value or line.order_number
    elif kind in VENDOR_REFERENCES:
        line.vendor_ref = line.vendor_ref or value


ITEM_HANDLERS: dict[str, Callable[[ItemLine, Segment], None]] = {
    "LIN": take_lin,
    "PIA": take_pia,
    "IMD": take_imd,
    "RFF": take_rff,
}


def finish_item(line: ItemLine, order_number: str = "") -> None:
    """Make blanks in the descriptions single and fill in the header's order number where the line names none."""
    line.title, line.author = " ".join(line.title.split()), " ".join(line.author.split())
    line.publisher, line.year = " ".join(line.publisher.split()), line.year.strip()
    line.order_number = line.order_number or order_number
