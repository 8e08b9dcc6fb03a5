"""DESADV: cartons and what is in them."""

from __future__ import annotations

from datetime import date

import pytest

from acquisitions.edi.desadv import read_desadv
from acquisitions.edi.fields import Party
from techsvc.kernel.errors import BadInput
from tests.acquisitions.edi.samples import message

HEADER = (
    "BGM+351+MOM9681366+9",
    "DTM+137:20260303:102",
    "DTM+11:202603021530:203",
    "DTM+132:20260306:102",
    "RFF+PK:VEE0214439",
    "RFF+BM:2036362399",
    "NAD+SU+1697978::9",
    "NAD+BY+1234567 0011::9",
)


def test_cartons_with_their_labels_and_lines() -> None:
    document = read_desadv(
        message(
            "DESADV",
            *HEADER,
            "CPS+1",
            "PAC+2+5",
            "CPS+2+1",
            "GIN+BJ+00016921002621109648",
            "LIN+1++9780307887436:EN",
            "QTY+12:2",
            "RFF+ON:PO-2026-00041",
            "RFF+LI:PO-2026-00041/1",
            "LIN+2",
            "PIA+5+0439139597:IB",
            "QTY+12:1.0",
            "RFF+LI:PO-2026-00041/2",
            "CPS+3+1",
            "GIN+BJ+016921002621109655",
            "LIN+3++9780439139595:EN",
            "QTY+12:18",
            "RFF+ON:PO-2026-00040",
            "CNT+2:3",
        )
    )
    assert (document.number, document.date, document.despatched_on, document.expected_on) == (
        "MOM9681366",
        date(2026, 3, 3),
        date(2026, 3, 2),
        date(2026, 3, 6),
    )
    assert (document.packing_slip, document.bill_of_lading) == ("VEE0214439", "2036362399")
    assert (document.buyer, document.supplier) == (Party("1234567", "0011"), Party("1697978"))
    assert [(carton.sscc, carton.package) for carton in document.cartons] == [
        ("016921002621109648", "2"),
        ("016921002621109655", "3"),
    ]
    assert [
        (line.ean, line.quantity, line.order_number, line.line_ref)
        for carton in document.cartons
        for line in carton.lines
    ] == [
        ("9780307887436", 2, "PO-2026-00041", "PO-2026-00041/1"),
        ("9780439139595", 1, "PO-2026-00041", "PO-2026-00041/2"),
        ("9780439139595", 18, "PO-2026-00040", ""),
    ]


def test_a_label_seen_before_is_the_same_carton() -> None:
    document = read_desadv(
        message(
            "DESADV",
            *HEADER,
            *("CPS+1", "GIN+BJ+016921002621109648", "LIN+1++9780307887436:EN", "QTY+12:1"),
            *("CPS+2", "GIN+BJ+016921002621109648", "LIN+2++9780439139595:EN", "QTY+12:1"),
        )
    )
    (carton,) = document.cartons
    assert [line.ean for line in carton.lines] == ["9780307887436", "9780439139595"]


def test_several_labels_for_one_content() -> None:
    document = read_desadv(
        message("DESADV", *HEADER, "CPS+1", "GIN+BJ+016921002621109648+016921002621109655", "LIN+1", "QTY+12:40")
    )
    (carton,) = document.cartons
    assert (carton.sscc, carton.further_ssccs) == ("016921002621109648", ["016921002621109655"])


def test_lines_without_cartons_and_the_headers_order_number() -> None:
    document = read_desadv(message("DESADV", *HEADER, "RFF+ON:6877871", "LIN+001", "PIA+5+9780738507330", "QTY+12:x"))
    (carton,) = document.cartons
    assert (carton.sscc, carton.lines[0].ean, carton.lines[0].order_number) == ("", "9780738507330", "6877871")
    assert [departure.text for departure in document.departures] == ["QTY holds 'x' where a number should be."]


def test_another_message_is_refused() -> None:
    with pytest.raises(BadInput, match="is INVOIC, not DESADV"):
        read_desadv(message("INVOIC", "BGM+380+7+9"))
