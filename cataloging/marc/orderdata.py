"""Order data in MARC: a vendor's cart, one record a title, with a field for each branch's copies.

Vendors put branch, fund, quantity and the rest into subfields of a local field that the library chose with them;
OrderProfile says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from cataloging.marc import iso2709
from cataloging.marc.classes import Field, Record
from cataloging.marc.fields import first, subfields
from cataloging.marc.iso2709 import Span, SpanKind
from cataloging.marc.record import parse, project
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.identifiers import isbn13

MAX_QUANTITY = 9999
PRICE = re.compile(r"(?<![0-9.,-])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:[.,][0-9]{1,4})?(?![0-9.,]*[0-9])")
AROUND_PRICE = re.compile(r"^(?:[A-Za-z]{2,3})?\s*[$£€]?\s*|\s*[A-Za-z]{3}$")


@dataclass(frozen=True, slots=True)
class OrderProfile:
    """Where a vendor's records carry order data: the tag, and a subfield code for each fact ("" = not carried)."""

    tag: str = "970"
    branch: str = "a"
    quantity: str = "b"
    collection: str = "c"
    fund: str = "f"
    price: str = "p"
    note: str = "n"
    item_type: str = "t"
    call_number: str = ""
    barcode: str = ""
    order: str = "o"


def profile_of(data: Mapping[str, object]) -> OrderProfile:
    """A profile from stored settings ({"tag": "970", "fund": "f"}); raises Refusal for what isn't a tag or code."""
    known = {place.name for place in fields(OrderProfile)}
    for name, value in data.items():
        if name not in known:
            raise Refusal(f'"{name}" is not a part of order data. Known are: {", ".join(sorted(known))}.', field=name)
        if not re.fullmatch("[0-9A-Za-z]{3}" if name == "tag" else "[0-9a-z]?", str(value)):
            wanted = "a tag has three digits or letters" if name == "tag" else "a subfield code is one letter or digit"
            raise Refusal(f'"{value}" won\'t do for {name}: {wanted}.', field=name)
    return OrderProfile(**{name: str(value) for name, value in data.items()})


@dataclass(frozen=True, slots=True)
class OrderedCopies:
    """Copies of one title for one branch on one fund; codes are as the vendor sent them, price is for one copy."""

    branch: str
    fund: str
    collection: str
    item_type: str
    quantity: int
    price: Decimal | None
    note: str = ""
    call_number: str = ""
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class CartTitle:
    """One title of a cart: its place in the file, what it is, the copies wanted, and a sentence for each fault.

    `record` is None when the bytes are not a record; `raw` holds them in any case.
    """

    position: int
    offset: int
    raw: bytes
    record: Record | None = None
    title: str = ""
    author: str = ""
    isbn13: str = ""
    isbn_raw: str = ""
    order_number: str = ""
    price: Decimal | None = None
    copies: list[OrderedCopies] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_order_data(record: Record, profile: OrderProfile) -> tuple[list[OrderedCopies], list[str]]:
    """The copies that a record orders, and a sentence for each fault.

    A row without a branch or fund is kept, so that a person can fill it in; one whose quantity can't be read is left
    out. No quantity means one copy; no price means the one in 020 $c.
    """
    copies: list[OrderedCopies] = []
    faults: list[str] = []
    list_price = price_of(record)
    rows = record.get_fields(profile.tag)
    if not rows:
        faults.append(f"There is no order data (field {profile.tag}). Enter branch, fund and copies by hand.")
    for ordinal, row in enumerate(rows, 1):
        found, wrong = _copies(row, profile, list_price)
        copies += [found] if found else []
        faults += [f"Field {profile.tag}, number {ordinal}: {text}" for text in wrong]
    return copies, faults


def _copies(row: Field, profile: OrderProfile, list_price: Decimal | None) -> tuple[OrderedCopies | None, list[str]]:
    faults = []
    branch, fund = _value(row, profile.branch), _value(row, profile.fund)
    where = f" for {branch}" if branch else ""
    if not branch:
        faults.append("no branch. Choose one.")
    if not fund:
        faults.append(f"no fund{where}. Choose one.")
    price_text = _value(row, profile.price)
    price = read_price(price_text) if price_text else list_price
    if price_text and price is None:
        faults.append(f'the price "{price_text}"{where} is not an amount of money. Correct it.')
    elif price is None:
        faults.append(f"no price{where}, and none in 020 $c. Enter it.")
    quantity = _quantity(_value(row, profile.quantity) or "1")
    if quantity is None:
        text = _value(row, profile.quantity)
        faults.append(
            f'the quantity "{text}"{where} is not a whole number from 1 to {MAX_QUANTITY}. The row is left out.'
        )
        return None, faults
    found = OrderedCopies(
        branch=branch,
        fund=fund,
        collection=_value(row, profile.collection),
        item_type=_value(row, profile.item_type),
        quantity=quantity,
        price=price,
        note=_value(row, profile.note),
        call_number=_value(row, profile.call_number),
        barcode=_value(row, profile.barcode),
    )
    return found, faults


def _value(row: Field, code: str) -> str:
    return subfields(row, code) if code else ""


def _quantity(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,5}", text) and 1 <= int(text) <= MAX_QUANTITY else None


def read_price(text: str) -> Decimal | None:
    """The amount in a price as vendors write it ("$25.00", "USD 25", "1,250.00", "25,00"); None for anything else."""
    amount = AROUND_PRICE.sub("", text.strip())
    if not PRICE.fullmatch(amount):
        return None
    return Decimal(_with_point(amount))


def _with_point(amount: str) -> str:
    """A comma before one, two or four last digits is a decimal comma; other commas only group thousands."""
    if "." not in amount and re.search(r",(?:[0-9]{1,2}|[0-9]{4})$", amount):
        return amount.replace(",", ".")
    return amount.replace(",", "")


def price_of(record: Record) -> Decimal | None:
    """The first price in 020 $c (024 $c, 037 $c), whatever stands around it: "$25.00 (pbk.)"."""
    for tag in ("020", "024", "037"):
        for text in (text for found in record.get_fields(tag) for text in found.get_subfields("c")):
            amount = PRICE.search(text)
            if amount:
                return Decimal(_with_point(amount.group()))
    return None


# A whole cart


def read_cart(data: bytes, profile: OrderProfile) -> list[CartTitle]:
    """Every title of a cart file, the unreadable ones too, each with its faults.

    Raises BadInput when the file is empty or is not MARC at all; the text says what it seems to be instead.
    """
    if not data.strip(b"\xef\xbb\xbf\r\n\t \x00\x1a"):
        raise BadInput("This file is empty. Download the cart from the vendor's site again.")
    spans = [span for span in iso2709.split(data) if not _blank(span)]
    if not any(iso2709.LEADER_START.match(span.data) for span in spans):
        raise BadInput(
            f"This file is {iso2709.looks_like(data)}, not MARC. Download the cart as MARC records (.mrc) instead.",
            offset=0,
        )
    return [_cart_title(position, span, profile) for position, span in enumerate(spans, 1)]


def _blank(span: Span) -> bool:
    return not span.data.strip(b"\xef\xbb\xbf\r\n\t \x00\x1a")


def _cart_title(position: int, span: Span, profile: OrderProfile) -> CartTitle:
    """A title from one span; a record with wrong lengths is mended if nothing in it is in doubt, and says so."""
    faults: list[str] = []
    data: bytes | None = span.data
    if span.kind is not SpanKind.RECORD:
        data = iso2709.mend(span.data)
        done = "Its lengths were put right; check it." if data else "Nothing was taken from it. Load it again."
        faults.append(f"Record {position}: {span.why}. {done}")
    if data is None:
        return CartTitle(position, span.offset, span.data, faults=faults)
    try:
        record = parse(data)
    except BadInput as error:
        place = f"Record {position} at byte {span.offset}"
        return CartTitle(position, span.offset, span.data, faults=[*faults, f"{place}: {error.text}"])
    return _described(CartTitle(position, span.offset, span.data, record, faults=faults), profile)


def _described(entry: CartTitle, profile: OrderProfile) -> CartTitle:
    record = entry.record
    if record is None:
        return entry
    about = project(record)
    isbn_raw = first(record, ["020"], "a")
    copies, faults = read_order_data(record, profile)
    return CartTitle(
        entry.position,
        entry.offset,
        entry.raw,
        record,
        title=about.title,
        author=about.author,
        isbn13=next(iter(about.isbns13), ""),
        isbn_raw=isbn_raw,
        order_number=_order_number(record, profile),
        price=price_of(record) or next((row.price for row in copies if row.price is not None), None),
        copies=copies,
        faults=[*entry.faults, *_title_faults(about.title, isbn_raw), *faults],
    )


def _order_number(record: Record, profile: OrderProfile) -> str:
    """The number of the order that a title stands on already, in the records of open orders."""
    return next((number for row in record.get_fields(profile.tag) if (number := _value(row, profile.order))), "")


def _title_faults(title: str, isbn_raw: str) -> Iterable[str]:
    if not title:
        yield "There is no title (245 $a). Enter it."
    if isbn_raw and isbn13(isbn_raw) is None:
        yield f'"{isbn_raw}" is not an ISBN: its check digit or length is wrong. Correct it before ordering.'
