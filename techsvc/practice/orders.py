"""What the practice vendor understands of an ORDERS interchange (EDItEUR's book trade subset of D.96A)."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pydifact.exceptions import EDISyntaxError, MissingImplementationWarning
from pydifact.parser import Parser
from pydifact.segmentcollection import Interchange as Envelope
from pydifact.segments import Segment

LARGEST = 10 * 1024 * 1024  # bytes
CHARSETS = {"UNOA": "latin-1", "UNOB": "latin-1", "UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5"}
CHARSETS |= {"UNOF": "iso8859-7", "UNOW": "utf-8", "UNOX": "utf-8", "UNOY": "utf-8"}
# Which price of a line counts, best first: with tax, list, information, net (code list 5125).
PRICE_QUALIFIERS = ("AAE", "AAB", "AAF", "AAA")
PARSER_FAULTS = (EDISyntaxError, ValueError, StopIteration, IndexError, TypeError, AssertionError, AttributeError)

logging.getLogger("pydifact").setLevel(logging.WARNING)


class Refused(Exception):
    """A file or message that the vendor does not accept; the text is the sentence that it sends back."""


@dataclass(frozen=True)
class Line:
    """One title ordered.

    `position` counts from 1; `number` is the library's own line number; `ids` are (id, qualifier).
    """

    position: int
    number: str
    ids: tuple[tuple[str, str], ...]
    title: str
    quantity: int
    price: Decimal | None
    reference: str


@dataclass(frozen=True)
class Order:
    """One message. Parties are their NAD composites as sent, e.g. ("1694510", "", "31B"), to be echoed."""

    message: str
    number: str
    buyers: tuple[tuple[str, ...], ...]
    suppliers: tuple[tuple[str, ...], ...]
    currency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Orders:
    """An interchange: who sent it to whom, its control reference, its good orders and what is wrong with the others."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    reference: str
    orders: tuple[Order, ...]
    problems: tuple[str, ...]


def read_orders(body: bytes) -> Orders:
    """The orders in `body`; raises Refused when the envelope can't be trusted. One bad message spares the others."""
    if len(body) > LARGEST:
        raise Refused(f"The file has {len(body):,} bytes; the limit is {LARGEST:,}.")
    if not body.strip():
        raise Refused("The file is empty.")
    with warnings.catch_warnings():
        # Said for every segment that pydifact has no table of; what matters here is checked below.
        warnings.simplefilter("ignore", MissingImplementationWarning)
        segments = parse(body)
        envelope = read_header(segments)
    messages = split_messages(segments)
    check_trailer(segments, str(envelope.control_reference), len(messages))
    orders, problems = [], []
    for ordinal, message in enumerate(messages, start=1):
        try:
            orders.append(read_order(message))
        except Refused as refusal:
            problems.append(f"Message {ordinal}: {refusal}")
    return Orders(
        composite(envelope.sender),
        composite(envelope.recipient),
        str(envelope.control_reference),
        tuple(orders),
        tuple(problems),
    )


def parse(body: bytes) -> list[Segment]:
    """Segments by pydifact; the character set is the one that UNB names."""
    syntax = re.search(rb"UNB.(UNO[A-Z])", body[:200])
    charset = CHARSETS.get(syntax.group(1).decode(), "latin-1") if syntax else "latin-1"
    try:
        return list(Parser().parse(body.decode(charset).strip()))
    except UnicodeDecodeError as error:
        raise Refused(f"Byte {error.start} is not in the character set {charset} that UNB names.") from error
    except (*PARSER_FAULTS, RuntimeError) as error:
        raise Refused(f"This is not an EDIFACT interchange: {sentence(error)}.") from error


def read_header(segments: Sequence[Segment]) -> Envelope:
    """UNB: sender, recipient, control reference."""
    try:
        return Envelope.from_segments(segments)
    except PARSER_FAULTS as error:
        raise Refused(f"The file does not begin with a valid interchange header (UNB): {sentence(error)}.") from error


def sentence(error: BaseException) -> str:
    """An error of the parser in words; it quotes the file, which may be anything."""
    return " ".join(str(error).split())[:200].rstrip(".") or "it ends too early"


def split_messages(segments: Sequence[Segment]) -> list[list[Segment]]:
    """UNH to UNT each; raises Refused when they do not pair."""
    messages: list[list[Segment]] = []
    current: list[Segment] | None = None
    for segment in segments:
        if segment.tag == "UNH":
            if current is not None:
                raise Refused(f"Message {len(messages) + 1} has no end (UNT).")
            current = []
        if current is not None:
            current.append(segment)
        if segment.tag == "UNT":
            if current is None:
                raise Refused(
                    f"There is an end of message (UNT) without a beginning (UNH), after message {len(messages)}."
                )
            messages.append(current)
            current = None
    if current is not None:
        raise Refused(f"Message {len(messages) + 1} has no end (UNT): the file is cut off.")
    if not messages:
        raise Refused("The interchange holds no message.")
    return messages


def check_trailer(segments: Sequence[Segment], reference: str, messages: int) -> None:
    """UNZ must be there, repeat the control reference and count the messages (or the groups, where there are some)."""
    trailer = segments[-1]
    if trailer.tag != "UNZ":
        raise Refused("The interchange has no trailer (UNZ): the file is cut off.")
    groups = sum(segment.tag == "UNG" for segment in segments)
    if value(trailer, 0) != str(groups or messages):
        raise Refused(f"The trailer (UNZ) counts {value(trailer, 0)}, the interchange holds {groups or messages}.")
    if value(trailer, 1) != reference:
        raise Refused(
            f"The trailer (UNZ) names the control reference {value(trailer, 1)}, the header (UNB) {reference}."
        )


def read_order(message: Sequence[Segment]) -> Order:
    """One ORDERS message, UNH to UNT."""
    header, trailer = message[0], message[-1]
    check_message(header, trailer, len(message))
    first_line = next((i for i, s in enumerate(message) if s.tag == "LIN"), len(message))
    head = message[:first_line]
    number = next((value(s, 1) for s in head if s.tag == "BGM"), "")
    if not number:
        raise Refused("The order has no number (BGM).")
    check_document(head, number)
    lines = tuple(read_line(group, n) for n, group in enumerate(line_groups(message[first_line:]), start=1))
    if not lines:
        raise Refused(f"Order {number} has no line.")
    return Order(
        message=value(header, 0),
        number=number,
        buyers=parties(head, "BY"),
        suppliers=parties(head, "SU"),
        currency=next((value(s, 0, 1).upper() for s in head if s.tag == "CUX"), "") or "USD",
        lines=lines,
    )


def check_message(header: Segment, trailer: Segment, segments: int) -> None:
    """The message is an order and is all there."""
    if value(header, 1) != "ORDERS":
        raise Refused(f"This vendor takes orders (ORDERS), not {value(header, 1) or 'messages without a type'}.")
    if value(trailer, 0) != str(segments):
        raise Refused(f"The end of message (UNT) counts {value(trailer, 0)} segments, the message has {segments}.")
    if value(trailer, 1) != value(header, 0):
        raise Refused(f"The end of message (UNT) names {value(trailer, 1)}, its beginning (UNH) {value(header, 0)}.")


def check_document(head: Sequence[Segment], number: str) -> None:
    """An original order to somebody."""
    bgm = next(s for s in head if s.tag == "BGM")
    if value(bgm, 0) not in {"220", "224", "120", "22V", ""}:
        raise Refused(f"Order {number}: document code {value(bgm, 0)} (BGM) is not an order (220) or rush order (224).")
    if value(bgm, 2) not in {"9", "7", ""}:
        raise Refused(f"Order {number}: message function {value(bgm, 2)} (BGM) is not an original order (9).")
    if not parties(head, "BY"):
        raise Refused(f"Order {number} does not say who orders (NAD+BY).")


def line_groups(segments: Sequence[Segment]) -> list[list[Segment]]:
    """LIN and what follows it, up to the next LIN or the summary."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if segment.tag in {"UNS", "UNT"}:
            break
        if segment.tag == "LIN":
            groups.append([])
        groups[-1].append(segment)
    return groups


def read_line(group: Sequence[Segment], position: int) -> Line:
    """One LIN group."""
    lin = group[0]
    prices = {value(s, 0, 0): value(s, 0, 1) for s in reversed(group) if s.tag == "PRI"}
    price = next((prices[q] for q in PRICE_QUALIFIERS if q in prices), "")
    quantity = next((value(s, 0, 1) for s in group if s.tag == "QTY" and value(s, 0, 0) == "21"), "")
    if not re.fullmatch(r"\d{1,6}", quantity) or int(quantity) == 0:
        raise Refused(f'Line {position}: the quantity ordered (QTY+21) is "{quantity}", not a whole number above 0.')
    return Line(
        position=position,
        number=value(lin, 0) or str(position),
        ids=identifiers(group),
        title="".join(title_part(s) for s in group if s.tag == "IMD" and is_title(s)).strip(),
        quantity=int(quantity),
        price=amount(price, position),
        reference=next((value(s, 0, 1) for s in group if s.tag == "RFF" and value(s, 0, 0) == "LI"), ""),
    )


def identifiers(group: Sequence[Segment]) -> tuple[tuple[str, str], ...]:
    """(id, qualifier) from LIN first, then PIA; each once. The library's own numbers (SA, BP ...) are among them."""
    found = [(value(group[0], 2, 0), value(group[0], 2, 1) or "EN")]
    for segment in group:
        if segment.tag == "PIA":
            found += [(value(segment, i, 0), value(segment, i, 1)) for i in range(1, len(segment.elements))]
    return tuple(dict.fromkeys(pair for pair in found if pair[0]))


def is_title(imd: Segment) -> bool:
    """050 is the title in EDItEUR's list, BTI in the older one."""
    return value(imd, 1) in {"050", "BTI"}


def title_part(imd: Segment) -> str:
    """A piece of title, cut anywhere after 35 letters, so that blanks at its ends count."""
    return "".join(composite(imd.elements[2])[3:5]) if len(imd.elements) > 2 else ""


def amount(text: str, position: int) -> Decimal | None:
    """A price, with point or comma; None when there is none, or zero for "not known"."""
    if not text:
        return None
    try:
        price = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Refused(f'Line {position}: the price (PRI) "{text}" is not a number.') from None
    if not price.is_finite() or price < 0:
        raise Refused(f'Line {position}: the price (PRI) "{text}" can\'t be.')
    return price or None


def parties(head: Sequence[Segment], role: str) -> tuple[tuple[str, ...], ...]:
    """The NAD composites of a role."""
    return tuple(composite(s.elements[1]) for s in head if s.tag == "NAD" and value(s, 0) == role and value(s, 1))


def composite(element: object) -> tuple[str, ...]:
    """An element as its components."""
    return tuple(str(part) for part in element) if isinstance(element, list | tuple) else (str(element),)


def value(segment: Segment, element: int, component: int = 0) -> str:
    """A component of a segment, empty when it was not sent."""
    if element >= len(segment.elements):
        return ""
    parts = composite(segment.elements[element])
    return parts[component].strip() if component < len(parts) else ""
