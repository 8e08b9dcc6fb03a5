"""Standard numbers, check digits and scans: tables of cases with exact answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsvc.kernel import identifiers as ids
from techsvc.kernel.identifiers import BarcodePattern, Check, ScanKind, read_scan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9781416594239", "9781416594239"),
        ("141659423X ;", "9781416594239"),
        ("]E09781416594239", "9781416594239"),
        ("]X0141659423X", "9781416594239"),
        ("141659423x", "9781416594239"),
        ("0-306-40615-2 (pbk.) :", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"),
        ("978\u20110\u2011306\u201140615\u20117", "9780306406157"),
        ("ISBN-13: 978 0 306 40615 7", "9780306406157"),
        ("ISBN-10 0306406152", "9780306406157"),
        ("(hardcover) 0306406152 $25.00", "9780306406157"),
        ("0306406153 0306406152", "9780306406157"),
        ("9798886451740", "9798886451740"),
        ("0306406153", None),
        ("9780306406158", None),
        ("9790060115615", None),
        ("030640615", None),
        ("20306406152", None),
        ("", None),
        ("ACT OF LOVE", None),
    ],
)
def test_isbn13(text: str, expected: str | None) -> None:
    assert ids.isbn13(text) == expected


@pytest.mark.parametrize(
    ("isbn", "expected"),
    [("9781416594239", "141659423X"), ("0306406152", "0306406152"), ("9798886451740", None), ("nothing", None)],
)
def test_isbn10(isbn: str, expected: str | None) -> None:
    assert ids.isbn10(isbn) == expected


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_isbn_round_trip(body: str) -> None:
    ten = body + ids.mod11_digit(body)
    thirteen = ids.isbn13(ten)
    assert thirteen is not None
    assert ids.ean_ok(thirteen)
    assert ids.isbn10(thirteen) == ten


@given(st.from_regex(r"3[0-9]{12}", fullmatch=True), st.integers(0, 13), st.integers(1, 9))
def test_luhn_finds_every_wrong_digit(body: str, place: int, change: int) -> None:
    code = body + ids.luhn_digit(body)
    assert ids.luhn_ok(code)
    wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]
    assert not ids.luhn_ok(wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("786936735390", "786936735390"),
        ("0786936735390", "786936735390"),
        ("7 86936 73539 0", "786936735390"),
        ("786936735390 (Blu-ray)", "786936735390"),
        ("4006381333931", "4006381333931"),
        ("786936735391", None),
        ("12345", None),
    ],
)
def test_upc(text: str, expected: str | None) -> None:
    assert ids.upc(text) == expected


def test_upc_as_ean() -> None:
    assert ids.ean13("786936735390") == "0786936735390"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0378-5955", "0378-5955"),
        ("03785955", "0378-5955"),
        ("ISSN 2434-561x (online)", "2434-561X"),
        ("0378-5954", None),
    ],
)
def test_issn(text: str, expected: str | None) -> None:
    assert ids.issn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  2008031392", "2008031392"),
        ("n78-890351", "n78890351"),
        ("n 78890351 ", "n78890351"),
        ("85-2", "85000002"),
        ("2001-000002", "2001000002"),
        ("75-425165//r75", "75425165"),
        (" 79139101 /AC/r932", "79139101"),
        ("123", None),
        ("", None),
    ],
)
def test_lccn(text: str, expected: str | None) -> None:
    assert ids.lccn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(OCoLC)ocm00012345", "12345"),
        ("ocn778419313", "778419313"),
        ("on1023456789", "1023456789"),
        ("(OCoLC)778419313", "778419313"),
        ("778419313", "778419313"),
        ("(DLC)2008031392", None),
        ("ocm0", None),
    ],
)
def test_oclc(text: str, expected: str | None) -> None:
    assert ids.oclc(text) == expected


ITEM = "31234000000016"
CARD = "21234000000018"
CARTON = "003456789012345670"
TORN = "That is not a whole barcode: scan it again."
TYPED = "It looks like an ISBN, but its check digit is wrong. Check it."
ADD_ON = "That is only the small code beside the large one. Scan the large one."
PAPERBACK_NOTE = (
    "A UPC with a five-digit add-on is on mass-market paperbacks; it is not the ISBN. Scan the inside cover."
)


@pytest.mark.parametrize(
    ("text", "kind", "value", "note"),
    [
        ("9781416594239", ScanKind.ISBN, "9781416594239", ""),
        ("]E09781416594239", ScanKind.ISBN, "9781416594239", ""),
        ("]X0141659423X", ScanKind.ISBN, "9781416594239", ""),
        ("141659423X", ScanKind.ISBN, "9781416594239", ""),
        ("978-1-4165-9423-9", ScanKind.ISBN, "9781416594239", ""),
        ("978141659423952500", ScanKind.ISBN, "9781416594239", "Price on the cover: 25.00 USD."),
        ("]E09781416594239]E252500", ScanKind.ISBN, "9781416594239", "Price on the cover: 25.00 USD."),
        ("9781416594239 90000", ScanKind.ISBN, "9781416594239", ""),
        ("9781416594238", ScanKind.UNKNOWN, "9781416594238", TORN),
        ("]E09781416594238", ScanKind.UNKNOWN, "9781416594238", TORN),
        ("978141659423", ScanKind.UNKNOWN, "978141659423", TORN),
        ("]E0978141659", ScanKind.UNKNOWN, "978141659", TORN),
        ("1416594238", ScanKind.UNKNOWN, "1416594238", TYPED),
        ("]E09781416594239]E104", ScanKind.ISBN, "9781416594239", ""),
        ("]E3978141659423952500", ScanKind.ISBN, "9781416594239", "Price on the cover: 25.00 USD."),
        ("]E252500", ScanKind.UNKNOWN, "52500", ADD_ON),
        ("]E104", ScanKind.UNKNOWN, "04", ADD_ON),
        ("]E496385074", ScanKind.UPC, "96385074", ""),
        ("]E496385075", ScanKind.UNKNOWN, "96385075", TORN),
        ("]X09781416594239", ScanKind.ISBN, "9781416594239", ""),
        ("786936735390", ScanKind.UPC, "786936735390", ""),
        ("]E00786936735390", ScanKind.UPC, "786936735390", ""),
        ("78693673539000799", ScanKind.UPC, "786936735390", PAPERBACK_NOTE),
        ("9770378595002", ScanKind.ISSN, "0378-5955", ""),
        ("9770378595002 07", ScanKind.ISSN, "0378-5955", "Issue code 07."),
        ("0378-5955", ScanKind.ISSN, "0378-5955", ""),
        (ITEM, ScanKind.ITEM_BARCODE, ITEM, ""),
        (f"]F0A{ITEM}B", ScanKind.ITEM_BARCODE, ITEM, ""),
        (f"a{ITEM}b\r", ScanKind.ITEM_BARCODE, ITEM, ""),
        (CARD, ScanKind.PATRON_CARD, CARD, ""),
        (f"]A0{ITEM}", ScanKind.ITEM_BARCODE, ITEM, ""),
        (f"]A1{CARD}", ScanKind.PATRON_CARD, CARD, ""),
        (f"]C0{ITEM}", ScanKind.ITEM_BARCODE, ITEM, ""),
        (f"]F0d{CARD}A", ScanKind.PATRON_CARD, CARD, ""),
        (f"C{CARD}d", ScanKind.PATRON_CARD, CARD, ""),
        (f"e{CARD}d", ScanKind.UNKNOWN, f"e{CARD}d", ""),
        ("]F0A12345B", ScanKind.UNKNOWN, "12345", ""),
        ("A12345B", ScanKind.UNKNOWN, "A12345B", ""),
        ("]C0PO-2026-00042", ScanKind.ORDER_NUMBER, "PO-2026-00042", ""),
        ("31234000000017", ScanKind.UNKNOWN, "31234000000017", TORN),
        ("]F0A31234000000017B", ScanKind.UNKNOWN, "31234000000017", TORN),
        ("3123400000001", ScanKind.UNKNOWN, "3123400000001", TORN),
        ("po-2026-00042", ScanKind.ORDER_NUMBER, "PO-2026-00042", ""),
        ("INV-2026-00007", ScanKind.INVOICE_NUMBER, "INV-2026-00007", ""),
        (CARTON, ScanKind.CARTON, CARTON, ""),
        ("00" + CARTON, ScanKind.CARTON, CARTON, ""),
        (f"]C100{CARTON}", ScanKind.CARTON, CARTON, ""),
        (f"(00) {CARTON}", ScanKind.CARTON, CARTON, ""),
        ("", ScanKind.UNKNOWN, "", "The scan is empty. Scan again."),
        ("Jacobson, Howard", ScanKind.UNKNOWN, "Jacobson, Howard", ""),
    ],
)
def test_read_scan(text: str, kind: ScanKind, value: str, note: str) -> None:
    scan = read_scan(text)
    assert (scan.kind, scan.value, scan.raw) == (kind, value, text)
    assert scan.note == note


def test_a_librarys_own_pattern() -> None:
    patterns = (BarcodePattern(ScanKind.ITEM_BARCODE, "R", length=8, check=Check.NONE),)
    assert read_scan("R0001234", patterns).kind is ScanKind.ITEM_BARCODE
    assert read_scan("R000123", patterns).kind is ScanKind.UNKNOWN


def test_of_two_patterns_that_fit_the_one_with_the_right_check_digit_is_read() -> None:
    patterns = (
        BarcodePattern(ScanKind.PATRON_CARD, "", length=6, check=Check.MOD_10),
        BarcodePattern(ScanKind.ITEM_BARCODE, "", length=6, check=Check.MOD_43),
    )
    assert read_scan("12345F", patterns).kind is ScanKind.ITEM_BARCODE  # 1 + 2 + 3 + 4 + 5 = 15, which is F
    assert read_scan("12345G", patterns).note == "That is not a whole barcode: scan it again."
    assert read_scan("123455", patterns).kind is ScanKind.PATRON_CARD


@pytest.mark.parametrize(
    ("code", "right"), [("CODE39W", True), ("12345F", True), ("12345f", True), ("12345E", False), ("é1", False)]
)
def test_the_check_character_of_code_39(code: str, right: bool) -> None:
    assert ids.mod43_ok(code) is right


@pytest.mark.parametrize(
    ("text", "code"),
    [(f"]F0A{ITEM}B", ITEM), (f"]A0{ITEM}", ITEM), ("]F0A12-3B", "12-3"), ("A12-3B", "A12-3B"), (" x\r\n", "x")],
)
def test_a_plain_code_is_without_what_stands_around_it(text: str, code: str) -> None:
    assert ids.plain_code(text) == code


@given(st.text(max_size=40))
def test_read_scan_never_fails(text: str) -> None:
    assert read_scan(text).raw == text
