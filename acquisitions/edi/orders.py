"""ORDERS: a purchase order to a vendor, with the library's grid (branch, fund, collection ...) of its copies.

What can't be sent rightly is refused before anything is sent, with a sentence that names the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from acquisitions.edi import fields
from acquisitions.edi.charsets import transliterate
from acquisitions.edi.dialects import GRID, STANDARD, BuyerForm, Dialect, split_reference, write_reference
from acquisitions.edi.edifact import Address, Envelope, Outgoing, encode, segment
from acquisitions.edi.fields import DESCRIPTION_WIDTH, ItemLine, Party
from acquisitions.edi.model import Message, Segment
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import ean13, isbn10, isbn13
from techsvc.kernel.money import unit_price

GIR_ITEMS = 5
NOTE_WIDTH = 70
NOTE_PIECES = 5
LONGEST_NUMBER = 35


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Copies that share branch, fund, collection, item type and call number: one row of the grid."""

    branch: str = ""
    fund: str = ""
    collection: str = ""
    item_type: str = ""
    quantity: int = 1
    call_number: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineDoc:
    """One title of an order. `unit_price` is the list price of one copy; `line_ref` comes back in RFF+LI.

    The ISBN-10 that is sent is the one that belongs to `ean13`; `isbn10` alone is enough to order by.
    """

    number: int
    ean13: str | None
    title: str
    quantity: int
    isbn10: str | None = None
    author: str = ""
    publisher: str = ""
    year: str = ""
    unit_price: Decimal | None = None
    copies: tuple[CopyGroup, ...] = ()
    note: str = ""
    line_ref: str = ""
    vendor_number: str = ""


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """One purchase order; `po_number_of_city` is the number the city's finance office gave it."""

    number: str
    date: date
    buyer: Party
    supplier: Party
    lines: tuple[OrderLineDoc, ...]
    currency: str = "USD"
    test: bool = False
    po_number_of_city: str = ""
    rush: bool = False


# Writing


def write_orders(
    document: OrderDocument,
    *,
    interchange_ref: int,
    message_ref: int,
    dialect: Dialect = STANDARD,
    prepared: datetime | None = None,
) -> bytes:
    """The bytes of an ORDERS interchange; `prepared` is local time (else midnight of the order's date).

    Raises Refusal for what a vendor could misread: no line, no identifier, a wrong check digit, copies that don't add
    up, a missing SAN or account, a reference or grid code that is too long.
    """
    body = [*_header(document, dialect), *_lines(document, dialect)]
    body += [segment("UNS", "S"), segment("CNT", ["2", str(len(document.lines))])]
    envelope = Envelope(
        sender=_address(document.buyer, "The library"),
        recipient=_address(document.supplier, dialect.name),
        control_ref=interchange_ref,
        prepared=prepared or datetime.combine(document.date, time()),
        application="ORDERS",
        charset=dialect.charset,
        test=document.test,
    )
    return encode(envelope, [Outgoing(message_ref, "ORDERS", body)])


def _address(party: Party, who: str) -> Address:
    if party.san:
        return Address(party.san, "14" if len(party.san) == 13 else "31B")
    if party.account:
        return Address(party.account, "91")
    raise Refusal(f"{who} has no SAN and no account number. Enter one before sending orders.", field="san")


def _header(document: OrderDocument, dialect: Dialect) -> Iterator[Segment]:
    if not 0 < len(document.number) <= LONGEST_NUMBER:
        raise Refusal(
            f"The order number {document.number!r} must have 1 to {LONGEST_NUMBER} characters.", field="number"
        )
    if not document.lines:
        raise Refusal(f"Order {document.number} has no lines. Add a line before sending it.")
    yield segment("BGM", "224" if document.rush else "220", document.number, "9")
    yield segment("DTM", ["137", f"{document.date:%Y%m%d}", "102"])
    if document.po_number_of_city:
        yield segment("RFF", ["CR", document.po_number_of_city])
    yield from _buyer(document.buyer, dialect)
    yield segment("NAD", "SU", _nad_id(document.supplier))
    yield segment("CUX", ["2", document.currency, "9"])


def _buyer(buyer: Party, dialect: Dialect) -> Iterator[Segment]:
    if dialect.buyer is BuyerForm.SAN:
        yield segment("NAD", "BY", _nad_id(buyer))
        if buyer.san and buyer.account:
            yield segment("RFF", ["API", buyer.account])
        return
    if not buyer.account or (dialect.buyer is BuyerForm.SAN_SUFFIX and not buyer.san):
        what = "SAN and account number" if dialect.buyer is BuyerForm.SAN_SUFFIX else "account number"
        raise Refusal(f"{dialect.name} needs the library's {what}. Enter them on the vendor's page.", field="account")
    name = buyer.account if dialect.buyer is BuyerForm.ACCOUNT else f"{buyer.san} {buyer.account}"
    yield segment("NAD", "BY", [name, "", "91"])


def _nad_id(party: Party) -> list[str]:
    if party.san:
        return [party.san, "", "9" if len(party.san) == 13 else "31B"]
    return [party.account, "", "91"]


def _lines(document: OrderDocument, dialect: Dialect) -> Iterator[Segment]:
    sent: dict[str, int] = {}
    for position, line in enumerate(document.lines, 1):
        ref = write_reference(dialect, document.number, line.line_ref or str(line.number))
        if ref in sent:
            raise Refusal(f"Lines {sent[ref]} and {line.number} have the same reference {ref}. Give each its own.")
        sent[ref] = line.number
        yield from _identity(line, position if dialect.sequential_lines else line.number, dialect)
        yield from _descriptions(line, dialect)
        yield segment("QTY", ["21", str(line.quantity)])
        yield from _grid(line, dialect)
        yield from _note(line, dialect)
        if line.unit_price is not None:
            yield segment("PRI", [dialect.price, _price_text(line)])
        yield segment("RFF", ["LI", ref])


def _identity(line: OrderLineDoc, number: int, dialect: Dialect) -> Iterator[Segment]:
    """LIN and PIA; a line that the vendor could take for another title is refused."""
    stated = line.ean13 or line.isbn10
    ean = (ean13(stated) or isbn13(stated)) if stated else None
    if stated and ean is None:
        raise Refusal(f"Line {line.number}: {stated} is not a valid ISBN or EAN. Check the number.", field="isbn")
    if ean is None and not (line.vendor_number and dialect.vendor_number):
        raise Refusal(
            f"Line {line.number} ({line.title or 'no title'}) has no ISBN, EAN or vendor's number; the vendor "
            "can't tell what is ordered. Add a number or order it by mail.",
            field="isbn",
        )
    yield segment("LIN", str(number), "", [ean, "EN"]) if ean else segment("LIN", str(number))
    ten = isbn10(ean) if ean and dialect.isbn10 else None
    others = [[ten, "IB"]] if ten else []
    if line.vendor_number and dialect.vendor_number:
        others.append([line.vendor_number, "SA"])
    if others:
        yield segment("PIA", "5", *others)


def _descriptions(line: OrderLineDoc, dialect: Dialect) -> Iterator[Segment]:
    """IMD for each description, two pieces of 35 characters in each, repeated for what is longer."""
    for code, name in dialect.descriptions:
        pieces = _pieces(getattr(line, name), DESCRIPTION_WIDTH, dialect.charset)
        if not pieces and dialect.empty_descriptions:
            yield segment("IMD", dialect.description_format, code)
        for start in range(0, len(pieces), 2):
            yield segment("IMD", dialect.description_format, code, ["", "", "", *pieces[start : start + 2]])


def _grid(line: OrderLineDoc, dialect: Dialect) -> Iterator[Segment]:
    """GIR sets, five codes to a segment; the next segment of the same set has the same number."""
    if line.quantity < 1:
        raise Refusal(f"Line {line.number} orders {line.quantity} copies. Order at least one.", field="quantity")
    if not line.copies or not dialect.grid:
        return
    total = sum(group.quantity for group in line.copies)
    if total != line.quantity:
        raise Refusal(
            f"Line {line.number} orders {line.quantity} copies, but its copies add up to {total}. Correct one of them.",
            field="quantity",
        )
    collapsed = "LQT" in dialect.grid
    sets = [group for group in line.copies for _ in range(1 if collapsed else group.quantity)]
    if len(sets) > 999:
        raise Refusal(f"Line {line.number} has {len(sets)} sets of copies; 999 can be sent. Divide the line.")
    for number, group in enumerate(sets, 1):
        codes = _grid_codes(group, line, dialect)
        for start in range(0, len(codes), GIR_ITEMS):
            yield segment("GIR", f"{number:03}", *codes[start : start + GIR_ITEMS])


def _grid_codes(group: CopyGroup, line: OrderLineDoc, dialect: Dialect) -> list[list[str]]:
    codes = []
    for qualifier in dialect.grid:
        name = GRID[qualifier]
        value = str(getattr(group, name))
        if len(transliterate(value, dialect.charset)) > LONGEST_NUMBER:
            what = name.replace("_", " ")
            raise Refusal(
                f"Line {line.number}: the {what} {value} has more than {LONGEST_NUMBER} characters. Shorten it."
            )
        if value or qualifier in dialect.empty_grid:
            codes.append([value, qualifier])
    return codes


def _note(line: OrderLineDoc, dialect: Dialect) -> Iterator[Segment]:
    pieces = _pieces(line.note, NOTE_WIDTH, dialect.charset)
    if not pieces and dialect.empty_note:
        yield segment("FTX", "LIN")
    for start in range(0, len(pieces), NOTE_PIECES):
        yield segment("FTX", "LIN", "", "", pieces[start : start + NOTE_PIECES])


def _pieces(text: str, width: int, charset: str) -> list[str]:
    """The text in pieces of a width, measured as it is sent: transliterated, with single blanks."""
    plain = " ".join(transliterate(text, charset).split())
    return [plain[start : start + width] for start in range(0, len(plain), width)]


def _price_text(line: OrderLineDoc) -> str:
    """A price with two decimals, four where they are needed."""
    if line.unit_price is None or line.unit_price < 0:
        raise Refusal(f"Line {line.number} has the price {line.unit_price}. Correct it.", field="unit_price")
    text = f"{unit_price(line.unit_price):f}"
    return text[:-2] if text.endswith("00") else text


# Reading


def read_orders(message: Message) -> OrderDocument:
    """The order of an ORDERS message; raises BadInput for another message. Whether it is a test, only UNB says."""
    fields.expect(message, "ORDERS")
    parts = fields.parts(message)
    parties = {"BY": Party(), "SU": Party()}
    current: Party | None = None
    order: dict[str, str] = {"currency": "USD"}
    ordered_on = date.min
    for part in parts.header:
        if part.tag == "BGM":
            order["rush"], order["number"] = part.at(0), part.at(1)
        elif part.tag == "DTM" and part.at(0) == "137":
            ordered_on = fields.day(part) or ordered_on
        elif part.tag == "NAD":
            current = parties.get(part.at(0))
            if current is not None:
                fields.party(current, part)
        elif part.tag == "RFF" and part.at(0) == "API" and current is not None:
            current.account = part.at(0, 1)
        elif part.tag == "RFF" and part.at(0) == "CR":
            order["city"] = part.at(0, 1)
        elif part.tag == "CUX":
            order["currency"] = part.at(0, 1).upper()
    number = order.get("number", "")
    return OrderDocument(
        number=number,
        date=ordered_on,
        buyer=parties["BY"],
        supplier=parties["SU"],
        lines=tuple(_read_line(group, position, number) for position, group in enumerate(parts.lines, 1)),
        currency=order["currency"],
        po_number_of_city=order.get("city", ""),
        rush=order.get("rush") == "224",
    )


def _read_line(group: list[Segment], position: int, order_number: str) -> OrderLineDoc:
    item = ItemLine()
    quantity, price, note = 0, None, ""
    for part in group:
        handler = fields.ITEM_HANDLERS.get(part.tag)
        if handler is not None:
            handler(item, part)
        elif part.tag == "QTY" and part.at(0) == "21":
            quantity = fields.whole(part.at(0, 1)) or 0
        elif part.tag == "PRI" and price is None:
            price = fields.number(part.at(0, 1))
        elif part.tag == "FTX":
            note = fields.join_pieces(note, part.elements[3] if len(part.elements) > 3 else [], NOTE_WIDTH)
    fields.finish_item(item, order_number)
    order, line_ref = split_reference(item.line_ref)
    return OrderLineDoc(
        number=fields.whole(item.number) or position,
        ean13=item.ean,
        title=item.title,
        quantity=quantity,
        isbn10=item.isbn10,
        author=item.author,
        publisher=item.publisher,
        year=item.year,
        unit_price=price,
        copies=tuple(_copy_group(codes) for codes in fields.gir_sets(group)),
        note=note.strip(),
        line_ref=line_ref if order == order_number else item.line_ref,
        vendor_number=item.vendor_number,
    )


def _copy_group(codes: dict[str, str]) -> CopyGroup:
    texts = {name: codes.get(qualifier, "") for qualifier, name in GRID.items() if name != "quantity"}
    return CopyGroup(quantity=fields.whole(codes.get("LQT", "1")) or 1, **texts)
