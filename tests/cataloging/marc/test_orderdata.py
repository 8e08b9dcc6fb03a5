"""Vendors' carts: copies by branch and fund, and a sentence for each thing that is wrong."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc import mnemonic
from cataloging.marc.orderdata import (
    CartTitle,
    OrderedCopies,
    OrderProfile,
    price_of,
    profile_of,
    read_cart,
    read_order_data,
    read_price,
)
from cataloging.marc.record import Record, to_bytes
from techsvc.kernel.errors import BadInput, Refusal

PROFILE = OrderProfile()
WHOLE = "a whole number from 1 to 9999. The row is left out."
ROWS = (("MAIN", "1"), ("EAST", "2"), ("WEST", "1"))


def record(*lines: str) -> Record:
    return mnemonic.read("\n".join(["=LDR  00000nam a2200000 a 4500", *lines]))[0]


def cart() -> bytes:
    """Two titles for three branches each: four copies of a novel, four of a children's book."""
    novel = record(
        "=020  \\\\‡a0307450252 ;‡c24.00",
        "=100  \\\\$aDonohue, Keith",
        "=245  \\\\$aANGELS OF DESTRUCTION",
        *(f"=970  \\\\$a{branch}$b{count}$cAF$fADULT$p24.00$tBOOK" for branch, count in ROWS),
    )
    sassy = record(
        "=020  \\\\$a9780446406147",
        "=245  \\\\$aAPOLOGIZE, APOLOGIZE!",
        *(f"=970  \\\\$a{branch}$b{count}$cJF$fCHILD$p14.99$nrush" for branch, count in ROWS),
    )
    return to_bytes(novel) + b"\r\n" + to_bytes(sassy)


def totals(titles: list[CartTitle]) -> tuple[int, dict[str, Decimal]]:
    """(copies, list price by fund)."""
    by_fund: dict[str, Decimal] = defaultdict(Decimal)
    rows = [row for title in titles for row in title.copies]
    for row in rows:
        by_fund[row.fund] += row.quantity * (row.price or 0)
    return sum(row.quantity for row in rows), dict(by_fund)


def test_a_cart() -> None:
    titles = read_cart(cart(), PROFILE)
    assert [(t.position, t.title, t.author, t.isbn13, t.isbn_raw, t.price, t.faults) for t in titles] == [
        (1, "ANGELS OF DESTRUCTION", "Donohue, Keith", "9780307450258", "0307450252", Decimal("24.00"), []),
        (2, "APOLOGIZE, APOLOGIZE!", "", "9780446406147", "9780446406147", Decimal("14.99"), []),
    ]
    assert titles[0].copies[1] == OrderedCopies("EAST", "ADULT", "AF", "BOOK", 2, Decimal("24.00"))
    assert titles[1].copies[0] == OrderedCopies("MAIN", "CHILD", "JF", "", 1, Decimal("14.99"), "rush")
    assert totals(titles) == (8, {"ADULT": Decimal("96.00"), "CHILD": Decimal("59.96")})


def test_another_vendors_subfields() -> None:
    profile = profile_of({"tag": "970", "branch": "o", "quantity": "q", "fund": "f", "price": "p", "collection": ""})
    copies, faults = read_order_data(record("=970  \\\\‡p$19.99‡fJUV‡oBR1‡q1"), profile)
    assert copies == [OrderedCopies("BR1", "JUV", "", "", 1, Decimal("19.99"))]
    assert faults == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"tag": "97"}, '"97" won\'t do for tag'),
        ({"fund": "ff"}, '"ff" won\'t do for fund: a subfield code is one letter or digit'),
        ({"funds": "f"}, '"funds" is not a part of order data'),
    ],
)
def test_profile_of_refuses(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        profile_of(data)


@pytest.mark.parametrize(
    ("row", "kept", "faults"),
    [
        ("$aMAIN$b1$fADULT$p24.00", 1, []),
        ("$aMAIN$fADULT$p24.00", 1, []),
        ("$aMAIN$b0$fADULT$p24.00", 0, ['the quantity \"0\" for MAIN is not ' + WHOLE]),
        ("$aMAIN$b-1$fADULT$p24.00", 0, ['the quantity \"-1\" for MAIN is not ' + WHOLE]),
        ("$aMAIN$btwo$fADULT$p24.00", 0, ['the quantity \"two\" for MAIN is not ' + WHOLE]),
        ("$aMAIN$b10000$fADULT$p24.00", 0, ['the quantity \"10000\" for MAIN is not ' + WHOLE]),
        ("$b1$fADULT$p24.00", 1, ["no branch. Choose one."]),
        ("$aMAIN$b1$p24.00", 1, ["no fund for MAIN. Choose one."]),
        ("$aMAIN$b1$fADULT$pfree", 1, ['the price "free" for MAIN is not an amount of money. Correct it.']),
        ("$aMAIN$b1$fADULT$p-4.00", 1, ['the price "-4.00" for MAIN is not an amount of money. Correct it.']),
        ("$aMAIN$b1$fADULT", 1, ["no price for MAIN, and none in 020 $c. Enter it."]),
    ],
)  # fmt: skip
def test_faulty_rows(row: str, kept: int, faults: list[str]) -> None:
    copies, found = read_order_data(record("=245  00$aSassy", f"=970  \\\\{row}"), PROFILE)
    assert (len(copies), found) == (kept, [f"Field 970, number 1: {text}" for text in faults])


def test_price_falls_back_to_the_list_price() -> None:
    copies, faults = read_order_data(record("=020  \\\\‡a141659423X ;‡c$25.00 (cloth)", "=970  \\\\$aM$fF"), PROFILE)
    assert (copies[0].price, faults) == (Decimal("25.00"), [])


def test_a_title_without_order_data() -> None:
    title = read_cart(to_bytes(record("=020  \\\\$a1416594230", "=500  \\\\$aNothing")), PROFILE)[0]
    assert title.faults == [
        "There is no title (245 $a). Enter it.",
        '"1416594230" is not an ISBN: its check digit or length is wrong. Correct it before ordering.',
        "There is no order data (field 970). Enter branch, fund and copies by hand.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25", "25"), ("$25.00", "25.00"), ("USD 25.00", "25.00"), ("25.00 USD", "25.00"), ("£7.99", "7.99"),
        ("1,250.00", "1250.00"), ("25,00", "25.00"), ("1,250", "1250"), ("12.3456", "12.3456"), (" 5.5 ", "5.5"),
        ("-5", None), ("", None), ("free", None), ("1.2.3", None), ("12.34567", None), ("25.00 each", None),
    ],
)  # fmt: skip
def test_read_price(text: str, expected: str | None) -> None:
    assert read_price(text) == (Decimal(expected) if expected else None)


def test_price_of_nothing() -> None:
    assert price_of(record("=020  \\\\$a141659423X$cpbk.")) is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty"),
        (b"\xef\xbb\xbf\r\n", "This file is empty"),
        (b"%PDF-1.7\n1 0 obj", "This file is a PDF, not MARC"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a ZIP archive or an Excel workbook, not MARC"),
        (b"isbn,title\n1,2\n", r"a table \(CSV\), not MARC"),
        (b"<html><body>Log in", r"a web page \(HTML\), not MARC"),
        (b'<?xml version="1.0"?><x/>', "This file is XML, not MARC"),
        (b"UNB+UNOC:3+1556150:31B'", "an EDIFACT message, not MARC"),
    ],
)
def test_files_that_are_no_cart(data: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_cart(data, PROFILE)


def test_a_cart_that_breaks_off() -> None:
    data = cart()
    titles = read_cart(data[:-40], PROFILE)
    start, end = data.index(b"\r\n") + 2, len(data) - 40
    assert [title.record is None for title in titles] == [False, True]
    assert (titles[1].offset, titles[1].raw) == (start, data[start:end])
    assert titles[1].faults == [
        f"Record 2: the record at byte {start} breaks off at byte {end}: its leader says {len(data) - start} bytes, "
        f"{end - start} bytes are there. Nothing was taken from it. Load it again."
    ]


def test_a_record_with_a_wrong_length_is_mended_and_says_so() -> None:
    data = cart()
    titles = read_cart(b"00999" + data[5:], PROFILE)
    assert [title.title for title in titles] == ["ANGELS OF DESTRUCTION", "APOLOGIZE, APOLOGIZE!"]
    assert titles[0].faults[0].endswith("Its lengths were put right; check it.")
    assert totals(titles)[0] == 8


@given(st.integers(0, len(cart())))
def test_cut_anywhere_nothing_is_silently_left_out(end: int) -> None:
    data = cart()[:end]
    try:
        titles = read_cart(data, PROFILE)
    except BadInput:
        assert end < 24
        return
    assert b"".join(title.raw for title in titles) == data.replace(b"\x1d\r\n", b"\x1d").removesuffix(b"\r")
    assert all(title.record is not None or title.faults for title in titles)


def test_a_real_cart(shared_data: Path) -> None:
    data = (shared_data / "edi" / "book" / "brodart_onorder_marc_with_funds.mrc").read_bytes()
    titles = read_cart(data, PROFILE)
    assert [len(title.copies) for title in titles] == [8] * 11
    assert [title.faults for title in titles] == [[]] * 11
    copies, by_fund = totals(titles)
    assert copies == 88
    assert by_fund == {
        "TESTFUND1": Decimal("783.92"),
        "TESTFUND2": Decimal("279.84"),
        "TESTFUND3": Decimal("574.60"),
        "TESTFUND4": Decimal("375.76"),
        "TESTFUND6": Decimal("105.00"),
    }
    assert sum(by_fund.values()) == Decimal("2119.12")
    first = titles[0]
    assert (first.title, first.isbn13, first.isbn_raw) == ("ACT OF LOVE", "9781416594239", "141659423X")
