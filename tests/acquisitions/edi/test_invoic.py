"""INVOIC: lines, charges, tax and totals, as vendors fill them."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from acquisitions.edi.dialects import STANDARD
from acquisitions.edi.fields import Party
from acquisitions.edi.invoic import read_invoic
from acquisitions.edi.invoices import ON_TOP, PER_UNIT, REPEATED, TAX_INSIDE, ChargeKind, InvoiceKind
from techsvc.kernel.errors import BadInput
from tests.acquisitions.edi.samples import invoice, message

D = Decimal
GOBLET = ("LIN+1++9780439139595:EN", "QTY+47:2", "MOA+203:36.06", "PRI+AAA:18.03", "PRI+AAB:21.99", "RFF+LI:41/2")


def test_an_invoice_is_read() -> None:
    document = read_invoic(
        message(
            "INVOIC",
            "BGM+380+B766274+43",
            "DTM+137:20260303:102",
            "DTM+13:20260402:102",
            "NAD+BY+1234567::31B",
            "RFF+API:20M1",
            "NAD+SU+1697684::31B",
            "CUX+2:usd:4",
            "LIN+1",
            "PIA+5+1741047625:IB",
            "PIA+5+9781741047622:EN",
            "IMD+F+81+:::LONELY PLANET ALASKA",
            "IMD+F+80+:::Benchwick, Greg",
            "QTY+47:2",
            "QTY+192:1",
            "GIR+001+BR1:LLO+34148009564714:LAC",
            "MOA+203:36.06:USD:4",
            "PRI+INV:21.99:CA:RTP",
            "RFF+LI:16600/29",
            "UNS+S",
            "CNT+2:1",
            "MOA+86:42.66",
            "ALC+C++6++C&P",
            "MOA+8:6.6",
        )
    )
    assert (document.number, document.kind, document.currency) == ("B766274", InvoiceKind.INVOICE, "USD")
    assert (document.date, document.due_on) == (date(2026, 3, 3), date(2026, 4, 2))
    assert (document.buyer, document.supplier) == (Party("1234567", "20M1"), Party("1697684"))
    (line,) = document.lines
    assert (line.ean, line.isbn10, line.title) == ("9781741047622", "1741047625", "LONELY PLANET ALASKA")
    assert (line.author, line.line_ref, line.order_number) == ("Benchwick, Greg", "16600/29", "16600")
    assert (line.quantity, line.free_quantity, line.amount) == (2, 1, D("36.06"))
    assert (line.unit_list, line.unit_net) == (D("21.99"), D("18.0300"))
    assert line.copies == [{"LLO": "BR1", "LAC": "34148009564714"}]
    (charge,) = document.charges
    assert (charge.code, charge.words, charge.amount) == ("C&P", "cataloging and processing", D("6.6"))
    assert (document.total, document.difference, document.totals_agree) == (D("42.66"), D("0.00"), True)
    assert (document.notes, document.departures) == ([], [])


# (line segments, summary, computed, totals agree, notes)
TOTALS = [
    ("plain", GOBLET, ("MOA+86:36.06",), "36.06", True, []),
    ("charge", GOBLET, ("MOA+86:39.56", "ALC+C++++DL::28", "MOA+8:3.50"), "39.56", True, []),
    ("allowance", GOBLET, ("MOA+86:31.06", "ALC+A++++DI::28", "MOA+8:5.00"), "31.06", True, []),
    (
        "discount and delivery",
        GOBLET,
        ("MOA+86:34.56", "ALC+A++++DI::28", "MOA+8:5.00", "ALC+C++++DL::28", "MOA+8:3.50"),
        *("34.56", True, []),
    ),
    ("tax", GOBLET, ("MOA+9:38.94", "TAX+7+VAT+++:::8+S", "MOA+124:2.88"), "38.94", True, []),
    ("two rates of tax", GOBLET, ("MOA+9:39.06", "TAX+7", "MOA+124:2.00", "TAX+7", "MOA+124:1.00"), "39.06", True, []),
    ("total tax beside its parts", GOBLET, ("MOA+9:38.94", "MOA+176:2.88", "TAX+7", "MOA+124:2.88"), "38.94", True, []),
    ("tax inside", GOBLET, ("MOA+9:36.06", "MOA+124:2.88"), "36.06", True, [TAX_INSIDE]),
    ("tax of the lines", (*GOBLET, "TAX+7", "MOA+124:2.88"), ("MOA+86:38.94",), "38.94", True, []),
    (
        "tax of the lines and its total",
        (*GOBLET, "TAX+7", "MOA+124:2.88"),
        ("MOA+86:38.94", "MOA+176:2.88"),
        *("38.94", True, []),
    ),
    ("only the total of lines", GOBLET, ("MOA+79:36.06", "ALC+C++++DL", "MOA+8:3.50"), "39.56", True, []),
    (
        "allowance of the line is inside its amount",
        (*GOBLET, "ALC+A++++DI::28", "PCD+3:18", "MOA+8:7.92"),
        ("MOA+86:36.06",),
        *("36.06", True, []),
    ),
    (
        "charge of the line comes on top",
        (*GOBLET, "ALC+C++++CA::28", "MOA+8:2.00"),
        ("MOA+86:38.06",),
        *("38.06", True, [ON_TOP]),
    ),
    (
        "summary repeats the charges of the lines",
        (*GOBLET, "ALC+C++++G74::28", "MOA+8:2.00"),
        ("MOA+86:36.06", "ALC+C++++G74::28:TOTAL SERVICE CHARGE", "MOA+8:2.00"),
        *("36.06", True, [REPEATED]),
    ),
    (
        "amounts for one copy",
        ("LIN+1", "QTY+47:2", "MOA+203:18.03", "LIN+2", "QTY+47:3", "MOA+203:10"),
        ("MOA+86:66.06",),
        *("66.06", True, [PER_UNIT]),
    ),
    (
        "percentage",
        ("LIN+1", "QTY+47:1", "MOA+203:33.33"),
        ("MOA+86:34.16", "ALC+C++++FC", "PCD+3:2.5"),
        *("34.16", True, []),
    ),
    ("no amount of the line", ("LIN+1", "QTY+47:3", "PRI+AAA:10.01"), ("MOA+86:30.03",), "30.03", True, []),
    ("a cent", GOBLET, ("MOA+86:36.07",), "36.06", True, []),
    (
        "wrong",
        GOBLET,
        ("MOA+86:37.06",),
        *("36.06", False),
        [
            "Lines, charges and tax come to 36.06, the invoice states 37.06: a difference of 1.00. "
            "Check it with the vendor."
        ],
    ),
    (
        "no total",
        GOBLET,
        (),
        *("36.06", False),
        ["The invoice states no total; the sum of its lines was taken. Check it against the paper."],
    ),
]


@pytest.mark.parametrize(
    ("lines", "summary", "computed", "agree", "notes"), [case[1:] for case in TOTALS], ids=[case[0] for case in TOTALS]
)
def test_totals(lines: tuple[str, ...], summary: tuple[str, ...], computed: str, agree: bool, notes: list[str]) -> None:
    document = read_invoic(invoice(*lines, summary=summary))
    assert (document.computed, document.totals_agree, document.notes) == (D(computed), agree, notes)
    assert document.total - document.computed == document.difference


def test_charges_before_the_first_line_belong_to_the_invoice() -> None:
    document = read_invoic(invoice("ALC+C++++PAB", "MOA+8:147.14", *GOBLET, summary=("MOA+79:183.2", "MOA+9:183.2")))
    assert [(charge.words, charge.kind, charge.included) for charge in document.charges] == [
        ("postage", ChargeKind.CHARGE, False)
    ]
    assert document.totals_agree


def test_what_a_reading_found_is_written_into_the_amounts() -> None:
    repeated = read_invoic(
        invoice(
            *GOBLET,
            "ALC+C++++G74",
            "MOA+8:2.00",
            summary=("MOA+86:36.06", "ALC+C++++G74", "MOA+8:2.00"),
            bgm="BGM+380+1",
        )
    )
    assert [charge.included for charge in repeated.charges] == [True]
    per_unit = read_invoic(invoice("LIN+1", "QTY+47:2", "MOA+203:18.03", summary=("MOA+86:36.06",)))
    assert [(line.amount, line.unit_net) for line in per_unit.lines] == [(D("36.06"), D("18.0300"))]
    inside = read_invoic(invoice(*GOBLET, summary=("MOA+9:36.06", "MOA+124:2.88")))
    assert (inside.tax, inside.tax_included) == (D("2.88"), True)


def test_a_dialect_may_say_that_amounts_are_for_one_copy() -> None:
    per_unit = dataclasses.replace(STANDARD, amount_per_unit=True)
    document = read_invoic(invoice("LIN+1", "QTY+47:2", "MOA+203:18.03", summary=("MOA+86:40.00",)), per_unit)
    assert (document.lines[0].amount, document.computed, document.totals_agree) == (D("36.06"), D("36.06"), False)


def test_prices_that_are_amounts_show_that_amounts_are_for_one_copy() -> None:
    document = read_invoic(invoice("LIN+1", "QTY+47:2", "MOA+203:18.03", "PRI+AAA:18.03", summary=("MOA+86:99",)))
    assert (document.computed, document.totals_agree) == (D("36.06"), False)


def test_a_line_whose_price_is_not_its_amount_gets_a_note() -> None:
    document = read_invoic(invoice("LIN+4", "QTY+47:1", "PRI+AAA:30.00", "MOA+203:600.00", summary=("MOA+86:600",)))
    assert document.lines[0].note == "1 times 30.00 is 30.00, but the line is billed at 600.00."


def test_a_credit_note_counts_in_its_own_direction() -> None:
    document = read_invoic(invoice(*GOBLET, summary=("MOA+86:36.06",), bgm="BGM+381+CR-1+9"))
    assert (document.kind, document.total, document.lines[0].amount) == (InvoiceKind.CREDIT, D("36.06"), D("36.06"))


@pytest.mark.parametrize(
    ("bgm", "notes"),
    [
        ("BGM+380+N-1+9", ["The invoice is negative; it was read as a credit."]),
        ("BGM+381+N-1+9", []),
    ],
)
def test_negative_amounts_are_a_credit(bgm: str, notes: list[str]) -> None:
    document = read_invoic(
        invoice(
            *("LIN+1", "QTY+47:-2", "MOA+203:-36.06", "PRI+AAA:18.03"),
            summary=("MOA+86:-38.06", "ALC+C++++DL", "MOA+8:-2.00"),
            bgm=bgm,
        )
    )
    assert (document.kind, document.total, document.totals_agree) == (InvoiceKind.CREDIT, D("38.06"), True)
    line = document.lines[0]
    assert (line.quantity, line.amount, line.unit_net) == (2, D("36.06"), D("18.03"))
    assert (document.charges[0].amount, document.notes, line.note) == (D("2.00"), notes, "")


def test_numbers_as_vendors_write_them() -> None:
    document = read_invoic(
        invoice(
            *("LIN+1", "QTY+47:2,00", "MOA+203:1.234,50", "PRI+AAA:61725:CT::100"),
            *("LIN+2", "QTY+47:1020A", "MOA+203:5,00-", "PRI+INV:$1.179"),
            summary=("MOA+86:1229.5",),
        )
    )
    first, second = document.lines
    assert (first.quantity, first.amount, first.unit_net) == (2, D("1234.50"), D("617.2500"))
    assert (second.quantity, second.amount) == (0, D("-5.00"))
    assert document.totals_agree
    assert [departure.text for departure in document.departures] == [
        "QTY holds '1020A' where a number should be.",
        "PRI holds '$1.179' where a number should be.",
    ]


def test_numbers_that_only_python_would_take_are_refused() -> None:
    document = read_invoic(invoice("LIN+1", "QTY+47:1_0", "MOA+203:1e3", "PRI+AAA:NaN", summary=("MOA+86:Infinity",)))
    assert [departure.text[:15] for departure in document.departures] == [
        "QTY holds '1_0'",
        "MOA holds '1e3'",
        "PRI holds 'NaN'",
        "MOA holds 'Infi",
    ]
    assert document.total == 0


def test_an_identifier_that_is_none_is_kept_as_stated() -> None:
    document = read_invoic(invoice("LIN+1++987654321:EN", "QTY+47:1", "MOA+203:1", summary=("MOA+86:1",)))
    assert (document.lines[0].ean, document.lines[0].stated_id) == (None, "987654321")


def test_another_message_is_refused() -> None:
    with pytest.raises(BadInput, match="is ORDERS, not INVOIC"):
        read_invoic(message("ORDERS", "BGM+220+7+9"))
