"""ORDERS: what is sent to each vendor, what is refused, and that it comes back as it was."""

from __future__ import annotations

import dataclasses
import warnings
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydifact.segmentcollection import Interchange as Peer

from acquisitions.edi.charsets import transliterate
from acquisitions.edi.dialects import DIALECTS, PRESETS, STANDARD, Dialect, find_dialect
from acquisitions.edi.edifact import decode
from acquisitions.edi.fields import Party
from acquisitions.edi.orders import CopyGroup, OrderDocument, OrderLineDoc, read_orders, write_orders
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.identifiers import gs1_digit, isbn10
from tests.acquisitions.edi.samples import PREPARED, message

READY_PLAYER_ONE = OrderLineDoc(
    number=1,
    ean13="9780307887436",
    isbn10="030788743X",
    title="Ready player one",
    author="Cline, Ernest",
    publisher="Crown",
    year="2011",
    quantity=3,
    unit_price=Decimal("28.00"),
    copies=(
        CopyGroup("BR1", "JUV", "JFIC", "BOOK", 2, "FIC CLI"),
        CopyGroup("BR2", "ADULT", "FIC", "BOOK", 1, "FIC CLI"),
    ),
    note="No stickers on the cover, please.",
    line_ref="1",
)
GOBLET = OrderLineDoc(
    number=2,
    ean13="9780439139595",
    isbn10="0439139597",
    title="Harry Potter and the goblet of fire / by J.K. Rowling ; illustrations by Mary GrandPré",
    quantity=1,
    line_ref="2",
)
ORDER = OrderDocument(
    number="PO-2026-00041",
    date=date(2026, 3, 3),
    buyer=Party("1234567", "20M1"),
    supplier=Party("1697978"),
    lines=(READY_PLAYER_ONE, GOBLET),
)


def write(order: OrderDocument = ORDER, dialect: Dialect = STANDARD) -> bytes:
    return write_orders(order, interchange_ref=7, message_ref=9, dialect=dialect, prepared=PREPARED)


def segments(data: bytes) -> list[str]:
    """The segments as text, cut at terminators that are not released."""
    return data.decode("latin-1").replace("?'", "\0").replace("\0", "?\u2019").split("'")[1:-1]


def with_line(line: OrderLineDoc, **changes: object) -> OrderDocument:
    return dataclasses.replace(ORDER, lines=(dataclasses.replace(line, **changes),))


def test_an_order_as_the_standard_has_it() -> None:
    assert segments(write()) == [
        "UNB+UNOC:3+1234567:31B+1697978:31B+260303:0915+7++ORDERS",
        "UNH+9+ORDERS:D:96A:UN:EAN008",
        "BGM+220+PO-2026-00041+9",
        "DTM+137:20260303:102",
        "NAD+BY+1234567::31B",
        "RFF+API:20M1",
        "NAD+SU+1697978::31B",
        "CUX+2:USD:9",
        "LIN+1++9780307887436:EN",
        "PIA+5+030788743X:IB",
        "IMD+L+009+:::Cline, Ernest",
        "IMD+L+050+:::Ready player one",
        "IMD+L+109+:::Crown",
        "IMD+L+170+:::2011",
        "QTY+21:3",
        "GIR+001+BR1:LLO+JUV:LFN+JFIC:LSQ+BOOK:LST+2:LQT",
        "GIR+001+FIC CLI:LSM",
        "GIR+002+BR2:LLO+ADULT:LFN+FIC:LSQ+BOOK:LST+1:LQT",
        "GIR+002+FIC CLI:LSM",
        "FTX+LIN+++No stickers on the cover, please.",
        "PRI+AAE:28.00",
        "RFF+LI:PO-2026-00041/1",
        "LIN+2++9780439139595:EN",
        "PIA+5+0439139597:IB",
        "IMD+L+050+:::Harry Potter and the goblet of fire: / by J.K. Rowling ; illustrations ",
        "IMD+L+050+:::by Mary GrandPr\xe9",
        "QTY+21:1",
        "RFF+LI:PO-2026-00041/2",
        "UNS+S",
        "CNT+2:2",
        "UNT+30+9",
        "UNZ+1+7",
    ]


@pytest.mark.parametrize(
    ("dialect", "expected", "absent"),
    [
        ("ingram", ["GIR+001+BR1:LLO+JFIC:LSQ+BOOK:LST+2:LQT", "IMD+F+BTI+:::Ready player one"], "LFN"),
        ("baker_taylor", ["NAD+BY+1234567 20M1::91", "RFF+LI:1"], "RFF+API"),
        ("brodart", ["GIR+001+BR1:LLO+JUV:LFN+JFIC:LSQ+BOOK:LST+2:LQT", "PRI+AAB:28.00"], "LSM"),
        ("midwest_tape", ["GIR+001+BR1:LLO+JUV:LFN+2:LQT"], "LST"),
        ("uls", ["FTX+LIN"], "LFN"),
        ("recorded_books", ["GIR+002+BR2:LLO+FIC:LSQ+BOOK:LST+1:LQT"], "LFN"),
        ("midwest_library_service", ["NAD+BY+20M1::91", "IMD+F+BAU"], "GIR"),
    ],
)
def test_each_vendor_gets_its_own_form(dialect: str, expected: list[str], absent: str) -> None:
    written = segments(write(dialect=DIALECTS[dialect]))
    assert [segment for segment in expected if segment not in written] == []
    assert not any(absent in segment for segment in written)


def test_agreed_grid_codes_are_sent_empty() -> None:
    order = with_line(GOBLET, copies=(CopyGroup("BR1", quantity=1),))
    assert "GIR+001+BR1:LLO+:LSQ+:LST+1:LQT+:LSM" in segments(write(order, DIALECTS["baker_taylor"]))
    assert "GIR+001+BR1:LLO+1:LQT" in segments(write(order))


def test_without_lqt_each_copy_is_a_set() -> None:
    by_copy = dataclasses.replace(STANDARD, grid=("LLO", "LFN"))
    found = [segment for segment in segments(write(dialect=by_copy)) if segment.startswith("GIR")]
    assert found == ["GIR+001+BR1:LLO+JUV:LFN", "GIR+002+BR1:LLO+JUV:LFN", "GIR+003+BR2:LLO+ADULT:LFN"]


def test_grid_codes_and_notes_are_escaped() -> None:
    order = with_line(
        GOBLET, copies=(CopyGroup("O'B", fund="A+B:C", call_number="J ?"),), note="Don\u2019t rush: it's + 1?"
    )
    line = read_orders(decode(write(order)).messages[0]).lines[0]
    assert line.copies == (CopyGroup("O'B", fund="A+B:C", call_number="J ?"),)
    assert line.note == "Don't rush: it's + 1?"


def test_city_number_rush_test_and_location_numbers() -> None:
    order = dataclasses.replace(
        ORDER, po_number_of_city="26-0815", rush=True, test=True, buyer=Party("5013546098818"), currency="GBP"
    )
    written = segments(write(order))
    assert written[0] == "UNB+UNOC:3+5013546098818:14+1697978:31B+260303:0915+7++ORDERS++++1"
    assert written[2:8] == [
        "BGM+224+PO-2026-00041+9",
        "DTM+137:20260303:102",
        "RFF+CR:26-0815",
        "NAD+BY+5013546098818::9",
        "NAD+SU+1697978::31B",
        "CUX+2:GBP:9",
    ]


def test_a_disc_is_ordered_by_upc_or_by_the_vendors_number() -> None:
    upc = segments(write(with_line(GOBLET, ean13="043396279094", isbn10=None)))
    assert "LIN+1++0043396279094:EN" in upc
    assert not any(segment.startswith("PIA") for segment in upc)
    own = segments(write(with_line(GOBLET, ean13=None, isbn10=None, vendor_number="11519934")))
    assert own[own.index("LIN+1") + 1] == "PIA+5+11519934:SA"


def test_an_isbn10_is_enough() -> None:
    assert "LIN+1++9780439139595:EN" in segments(write(with_line(GOBLET, ean13=None)))


@pytest.mark.parametrize(
    ("price", "written"),
    [("28", "28.00"), ("9.1234", "9.1234"), ("9.12345", "9.1234"), ("0", "0.00"), ("1E+3", "1000.00")],
)
def test_prices_have_two_or_four_decimals(price: str, written: str) -> None:
    assert f"PRI+AAE:{written}" in segments(write(with_line(GOBLET, unit_price=Decimal(price))))


REFUSALS = [
    ({"ean13": None, "isbn10": None}, "Line 2 (Harry Potter and the goblet of fire / by J.K. Rowling ; illustrations"),
    ({"ean13": "9780439139594"}, "Line 2: 9780439139594 is not a valid ISBN or EAN. Check the number."),
    ({"quantity": 0}, "Line 2 orders 0 copies. Order at least one."),
    (
        {"copies": (CopyGroup("BR1", quantity=2),)},
        "Line 2 orders 1 copies, but its copies add up to 2. Correct one of them.",
    ),
    ({"copies": (CopyGroup("B" * 36),)}, f"Line 2: the branch {'B' * 36} has more than 35 characters. Shorten it."),
    ({"unit_price": Decimal("-1")}, "Line 2 has the price -1. Correct it."),
    ({"line_ref": "x" * 30}, f"The reference PO-2026-00041/{'x' * 30} has 44 characters; EDItEUR standard keeps 35"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS)
def test_a_line_that_could_be_misread_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        write(with_line(GOBLET, **changes))
    assert refusal.value.text.startswith(sentence)


@pytest.mark.parametrize(
    ("changes", "dialect", "sentence"),
    [
        ({"lines": ()}, "standard", "Order PO-2026-00041 has no lines."),
        ({"number": ""}, "standard", "The order number '' must have 1 to 35 characters."),
        ({"buyer": Party()}, "standard", "The library has no SAN and no account number."),
        ({"supplier": Party()}, "ingram", "Ingram has no SAN and no account number."),
        ({"buyer": Party("1234567")}, "baker_taylor", "Baker & Taylor needs the library's SAN and account number."),
        ({"buyer": Party("1234567")}, "midwest_library_service", "Midwest Library Service needs the library's account"),
        (
            {"number": "PO-2026-0000000000041"},
            "ingram",
            "The reference PO-2026-0000000000041/1 has 23 characters; Ingram",
        ),
        ({"lines": (GOBLET, GOBLET)}, "standard", "Lines 2 and 2 have the same reference PO-2026-00041/2."),
    ],
)
def test_an_order_that_could_be_misread_is_refused(changes: dict[str, object], dialect: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        write(dataclasses.replace(ORDER, **changes), DIALECTS[dialect])
    assert refusal.value.text.startswith(sentence)


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(Refusal, match="There is no EDI dialect 'gobi'"):
        find_dialect("gobi")
    assert find_dialect("ingram").max_reference == 22


def test_an_order_comes_back_as_it_was() -> None:
    assert read_orders(decode(write()).messages[0]) == ORDER


def test_another_message_is_refused() -> None:
    with pytest.raises(BadInput, match="is INVOIC, not ORDERS") as refusal:
        read_orders(message("INVOIC", "BGM+380+7+9"))
    assert refusal.value.offset == 61


@pytest.mark.parametrize("dialect", PRESETS, ids=lambda dialect: dialect.code)
def test_an_independent_reader_finds_the_same_segments(dialect: Dialect) -> None:
    data = write(dialect=dialect)
    with warnings.catch_warnings():
        # It has no tables for the service segments of syntax 3, and says so each time.
        warnings.simplefilter("ignore")
        (peer,) = Peer.from_str(data.decode("latin-1")).get_messages()
    ours = decode(data).messages[0].segments
    assert [segment.tag for segment in ours] == [segment.tag for segment in peer.segments]
    closing = segments(data)[-2:]
    assert closing == [f"UNT+{len(ours) + 2}+9", "UNZ+1+7"]


texts = st.text(max_size=160)
codes = st.text(alphabet="ABCabc019 .-/+:?'", max_size=12).map(str.strip)
groups = st.builds(CopyGroup, codes, codes, codes, codes, st.integers(1, 40), codes)


def books(number: int) -> str:
    body = f"978{number:09}"
    return body + gs1_digit(body)


@st.composite
def lines(draw: st.DrawFn, number: int) -> OrderLineDoc:
    copies = tuple(draw(st.lists(groups, max_size=4)))
    ean = books(draw(st.integers(0, 999_999_999)))
    return OrderLineDoc(
        number=number,
        ean13=ean,
        isbn10=isbn10(ean),
        title=draw(texts),
        author=draw(texts),
        publisher=draw(texts),
        year=draw(st.sampled_from(["", "2026", "c1999"])),
        quantity=sum(group.quantity for group in copies) or draw(st.integers(1, 999)),
        unit_price=draw(st.none() | st.decimals(0, 9999, places=2)),
        copies=copies,
        note=draw(st.text(max_size=800)),
        line_ref=str(number),
    )


@given(st.integers(1, 4).flatmap(lambda count: st.tuples(*(lines(number) for number in range(1, count + 1)))))
def test_any_order_comes_back(drawn: tuple[OrderLineDoc, ...]) -> None:
    data = write(dataclasses.replace(ORDER, lines=drawn))
    found = decode(data)
    assert found.all_departures() == []
    assert read_orders(found.messages[0]).lines == tuple(_as_sent(line) for line in drawn)


def _as_sent(line: OrderLineDoc) -> OrderLineDoc:
    """Texts as they are sent: in Latin-1 with single blanks."""
    names = ("title", "author", "publisher", "note")
    return dataclasses.replace(line, **{name: " ".join(transliterate(getattr(line, name)).split()) for name in names})
