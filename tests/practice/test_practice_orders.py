"""What the practice vendor reads, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from techsvc.practice.orders import Line, Refused, read_orders
from tests.practice.conftest import BOOKS, orders_file

GOOD = orders_file("PO-1001")


def test_every_field_of_an_order() -> None:
    orders = read_orders(GOOD)
    assert (orders.sender, orders.recipient, orders.reference) == (("1694510", "31B"), ("1697684", "31B"), "17")
    assert orders.problems == ()
    (order,) = orders.orders
    assert (order.number, order.currency, order.message) == ("PO-1001", "USD", "1")
    assert order.buyers == (("1694510", "", "31B"), ("LIB-MAIN", "", "91"))
    assert order.suppliers == (("1697684", "", "31B"),)
    assert order.lines[3] == Line(
        position=4,
        number="4",
        ids=(("9780679732761", "EN"), ("9780679732761", "IB"), ("704", "SA")),
        title="Invisible man: a novel",
        quantity=45,
        price=Decimal("18.00"),
        reference="PO-1001/4",
    )
    assert len(order.lines) == len(BOOKS)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (b"'UNZ+1+17'", b"'", "The interchange has no trailer (UNZ): the file is cut off."),
        (b"UNZ+1+17", b"UNZ+2+17", "The trailer (UNZ) counts 2, the interchange holds 1."),
        (b"UNZ+1+17", b"UNZ+1+18", "The trailer (UNZ) names the control reference 18, the header (UNB) 17."),
        (b"UNT+38+1'", b"", "Message 1 has no end (UNT): the file is cut off."),
        (
            b"UNH+1+ORDERS:D:96A:UN:EAN008'",
            b"",
            "There is an end of message (UNT) without a beginning (UNH), after message 0.",
        ),
        (b"UNH+1+", b"UNH+0+ORDERS:D:96A:UN'UNH+1+", "Message 1 has no end (UNT)."),
        (GOOD, b"", "The file is empty."),
        (b"261124:0900", b"tomorrow", "The file does not begin with a valid interchange header (UNB): "),
        (b"UNOC", b"UNOY", None),
    ],
)
def test_envelopes(old: bytes, new: bytes, text: str | None) -> None:
    assert old in GOOD
    if text is None:
        assert len(read_orders(GOOD.replace(old, new)).orders) == 1
        return
    with pytest.raises(Refused) as caught:
        read_orders(GOOD.replace(old, new))
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (b"ORDERS:D", b"OSTENQ:D", "This vendor takes orders (ORDERS), not OSTENQ."),
        (b"UNT+38+1", b"UNT+37+1", "The end of message (UNT) counts 37 segments, the message has 38."),
        (b"UNT+38+1", b"UNT+38+2", "The end of message (UNT) names 2, its beginning (UNH) 1."),
        (b"BGM+220+PO-1001+9", b"BGM+220++9", "The order has no number (BGM)."),
        (b"BGM+220", b"BGM+231", "Order PO-1001: document code 231 (BGM) is not an order (220) or rush order (224)."),
        (b"PO-1001+9'", b"PO-1001+1'", "Order PO-1001: message function 1 (BGM) is not an original order (9)."),
        (b"NAD+BY", b"NAD+DP", "Order PO-1001 does not say who orders (NAD+BY)."),
        (b"QTY+21:3", b"QTY+21:0", 'Line 2: the quantity ordered (QTY+21) is "0", not a whole number above 0.'),
        (b"QTY+21:3", b"QTY+21:many", 'Line 2: the quantity ordered (QTY+21) is "many", not a whole number above 0.'),
        (b"AAE:16.99", b"AAE:cheap", 'Line 2: the price (PRI) "cheap" is not a number.'),
        (b"AAE:16.99", b"AAE:-1", 'Line 2: the price (PRI) "-1" can\'t be.'),
    ],
)
def test_a_bad_message_is_named_and_spares_the_next(old: bytes, new: bytes, text: str) -> None:
    both = orders_file("PO-1001", "PO-1002")
    first, second = both.split(b"UNH+2", 1)
    orders = read_orders(first.replace(old, new) + b"UNH+2" + second)
    assert orders.problems == (f"Message 1: {text}",)
    assert [order.number for order in orders.orders] == ["PO-1002"]


def test_a_price_may_be_missing_or_have_a_comma() -> None:
    lines = read_orders(GOOD.replace(b"AAE:16.99", b"AAE:16,99").replace(b"AAE:17.00", b"AAE:0")).orders[0].lines
    assert [line.price for line in lines] == [Decimal("20.00"), Decimal("16.99"), None, Decimal("18.00")]


def test_a_long_title_comes_in_pieces() -> None:
    body = GOOD.replace(
        b"IMD+L+050+:::The Road'", b"IMD+L+050+:::The road that we have walked for so :long that 'IMD+L+050+:::it ends'"
    ).replace(b"UNT+38", b"UNT+39")
    assert read_orders(body).orders[0].lines[2].title == "The road that we have walked for so long that it ends"


def test_utf8_where_the_header_says_so() -> None:
    body = orders_file("PO-1", books=(("9788437604947", "Cien años", 1, "9.95"),)).replace(b"UNOC", b"UNOY")
    assert read_orders(body.decode("latin-1").encode()).orders[0].lines[0].title == "Cien años"
    with pytest.raises(Refused, match="is not in the character set utf-8 that UNB names"):
        read_orders(body)


@pytest.mark.parametrize(
    "name",
    [
        "brodart_orders_001",
        "brodart_orders_evergreen",
        "bt_orders_nad_suffix",
        "evergreen_orders_0LGQQtTxuv",
        "evergreen_orders_zBFqgVwJ7l",
    ],
)
def test_real_orders(shared_data: Path, name: str) -> None:
    orders = read_orders((shared_data / "edi" / "book" / f"{name}.edi").read_bytes())
    assert orders.problems == ()
    (order,) = orders.orders
    assert all(line.reference.startswith(f"{order.number}/") for line in order.lines)
    assert all(1 <= line.quantity <= 19 and line.title for line in order.lines)
