"""ORDRSP: what vendors answer, and what becomes of the copies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from acquisitions.edi.dialects import DIALECTS, STANDARD
from acquisitions.edi.fields import Party
from acquisitions.edi.ordrsp import LineOutcome, Status, outcome, read_ordrsp
from techsvc.kernel.errors import BadInput
from tests.acquisitions.edi.samples import message, response

BAKER_TAYLOR = DIALECTS["baker_taylor"]


def test_a_response_is_read() -> None:
    document = read_ordrsp(
        message(
            "ORDRSP",
            "BGM+231+R967634+4",
            "DTM+137:20260304:102",
            "RFF+ON:PO-2026-00041",
            "NAD+BY+1234567::31B",
            "RFF+API:20M1",
            "NAD+SU+1697978::31B",
            "CUX+2:usd:9",
            "LIN+1+24+9780439139595:EN",
            "PIA+5+0439139597:IB",
            "IMD+F+BST+:::ROWLING, J HARRY POTTER AND THE GOB",
            "QTY+21:19",
            "QTY+83:14",
            "DTM+44:20260420:102",
            "FTX+LIN++OB:8B:28+Due in spring",
            "PRI+AAB:29.99:CA:SRP",
            "PRI+AAE:31.5:CA",
            "RFF+LI:PO-2026-00041/3",
            "LOC+7+BR1::92",
            "QTY+11:2",
            "UNS+S",
            "CNT+2:1",
        )
    )
    assert (document.number, document.kind, document.function) == ("R967634", "231", "4")
    assert (document.order_number, document.date, document.currency) == ("PO-2026-00041", date(2026, 3, 4), "USD")
    assert (document.buyer, document.supplier) == (Party("1234567", "20M1"), Party("1697978"))
    (line,) = document.lines
    assert (line.number, line.action_code, line.ean, line.isbn10) == ("1", "24", "9780439139595", "0439139597")
    assert (line.line_ref, line.order_number) == ("PO-2026-00041/3", "PO-2026-00041")
    assert (line.quantities, line.price, line.price_code) == ({"21": 19, "83": 14}, Decimal("31.5"), "AAE")
    assert (line.availability, line.status_texts) == ([Status("8B", "OB")], ["Due in spring"])
    assert (line.expected_on, line.title) == (date(2026, 4, 20), "ROWLING, J HARRY POTTER AND THE GOB")
    assert document.departures == []


def line_outcome(*segments: str, dialect=STANDARD, ordered: int | None = None) -> LineOutcome:
    (line,) = read_ordrsp(response(*segments)).lines
    return outcome(line, dialect, ordered=ordered)


# (segments of the line, accepted, shipped, back-ordered, cancelled, undecided, person needed, reason)
OUTCOMES = [
    ("LIN+1+5|QTY+21:19", 19, 0, 0, 0, 0, False, "accepted (vendor code 5)"),
    (
        "LIN+1+5|QTY+21:1|QTY+12:1|FTX+LIN++IB:8B:28",
        *(0, 1, 0, 0, 0, False),
        "accepted (vendor code 5); in stock (vendor code IB)",
    ),
    (
        "LIN+1+24|QTY+21:4|QTY+12:1|FTX+LIN++400:1B:28",
        *(0, 1, 3, 0, 0, False),
        "accepted with amendment (vendor code 24); back-ordered (vendor code 400)",
    ),
    (
        "LIN+1+2|QTY+21:4|QTY+12:0|FTX+LIN++200:12B:28",
        *(0, 0, 0, 4, 0, False),
        "cancelled (vendor code 2); not accepted (vendor code 200)",
    ),
    (
        "LIN+1+24|QTY+21:19|QTY+83:14|FTX+LIN++OB:8B:28",
        *(5, 0, 14, 0, 0, False),
        "accepted with amendment (vendor code 24); temporarily out of stock (vendor code OB)",
    ),
    (
        "LIN+1+2|QTY+21:3|FTX+LIN++OP:7B:28",
        *(0, 0, 0, 3, 0, False),
        "cancelled (vendor code 2); out of print (vendor code OP)",
    ),
    (
        "LIN+1+24|QTY+21:1|PIA+3+0870701428:IB|FTX+LIN++OP:8B:28",
        *(0, 0, 0, 0, 1, True),
        "accepted with amendment (vendor code 24); out of print (vendor code OP); "
        "the vendor offers 9780870701429 in its place",
    ),
    ("LIN+1+4|QTY+21:3", 0, 0, 0, 0, 3, False, "no action (vendor code 4)"),
    (
        "LIN+1+5|QTY+21:2|FTX+LIN++OP:8B:28",
        *(0, 0, 0, 0, 2, True),
        "accepted (vendor code 5); out of print (vendor code OP); the line is accepted, but its status says otherwise",
    ),
    (
        "LIN+1+3|QTY+21:2|FTX+LIN++903:12B:28",
        *(0, 0, 0, 0, 2, True),
        "accepted with changes (vendor code 3); the price has changed (vendor code 903); the status needs an answer",
    ),
    (
        "LIN+1|QTY+21:2",
        *(0, 0, 0, 0, 2, True),
        "the vendor does not say what becomes of the copies",
    ),
    (
        "LIN+1+24|QTY+21:2|FTX+LIN++XX:8B:28",
        *(2, 0, 0, 0, 0, False),
        "accepted with amendment (vendor code 24); unknown status code XX of list 8B",
    ),
    (
        "LIN+1+5|QTY+21:2|QTY+12:3",
        *(0, 3, 0, 0, 0, True),
        "accepted (vendor code 5); the vendor accounts for 3 copies, 2 are ordered",
    ),
    (
        "LIN+1+7|QTY+21:2|QTY+83:2",
        *(0, 0, 2, 0, 0, True),
        "not accepted (vendor code 7); the line is refused, but copies are promised",
    ),
    ("LIN+1+5", 0, 0, 0, 0, 0, True, "accepted (vendor code 5); the answer tells no quantity"),
    (
        "LIN+1+24|QTY+21:2|FTX+LIN++OB:8B:28|FTX+LIN++OP:8B:28",
        *(0, 0, 0, 0, 2, True),
        "accepted with amendment (vendor code 24); temporarily out of stock (vendor code OB); "
        "out of print (vendor code OP); its status codes contradict each other",
    ),
]


@pytest.mark.parametrize(
    ("segments", "accepted", "shipped", "backordered", "cancelled", "undecided", "person", "reason"),
    OUTCOMES,
    ids=[case[0] for case in OUTCOMES],
)
def test_quantities_are_believed_first_the_action_next_the_status_last(
    segments: str,
    accepted: int,
    shipped: int,
    backordered: int,
    cancelled: int,
    undecided: int,
    person: bool,
    reason: str,
) -> None:
    assert line_outcome(*segments.split("|")) == LineOutcome(
        accepted, shipped, backordered, cancelled, undecided, reason=reason, needs_person=person
    )


@pytest.mark.parametrize(
    ("segments", "shipped", "backordered", "cancelled", "reason"),
    [
        (
            "LIN+1+5|QTY+21:4|QTY+12:4|QTY+85:0|FTX+LIN++01:8B:28",
            4,
            0,
            0,
            "accepted (vendor code 5); shipping (vendor code 01)",
        ),
        (
            "LIN+1+24|QTY+21:2|QTY+12:0|QTY+83:2|FTX+LIN++03:8B:28",
            *(0, 2, 0),
            "accepted with amendment (vendor code 24); back-ordered (vendor code 03)",
        ),
        (
            "LIN+1+2|QTY+21:3|QTY+12:0|QTY+85:3|FTX+LIN++27:8B:28",
            0,
            0,
            3,
            "cancelled (vendor code 2); cancelled (vendor code 27)",
        ),
        (
            "LIN+1+24|QTY+21:2|FTX+LIN++07:7B:28",
            *(0, 2, 0),
            "accepted with amendment (vendor code 24); back-ordered (vendor code 07)",
        ),
    ],
)
def test_a_vendors_private_codes(segments: str, shipped: int, backordered: int, cancelled: int, reason: str) -> None:
    assert line_outcome(*segments.split("|"), dialect=BAKER_TAYLOR) == LineOutcome(
        0, shipped, backordered, cancelled, 0, reason=reason
    )


def test_our_own_quantity_is_used_and_compared() -> None:
    assert line_outcome("LIN+1+5", ordered=3).accepted == 3
    found = line_outcome("LIN+1+5", "QTY+21:2", ordered=3)
    assert (found.accepted, found.needs_person) == (3, True)
    assert found.reason == "accepted (vendor code 5); the vendor answers for 2 copies, 3 are ordered"


def test_date_and_price_come_along_and_a_price_of_nothing_is_none() -> None:
    found = line_outcome("LIN+1+24", "QTY+21:2", "QTY+83:2", "DTM+44:20260420:102", "PRI+AAB:29.99::SRP")
    assert (found.expected_on, found.price) == (date(2026, 4, 20), Decimal("29.99"))
    assert line_outcome("LIN+1+2", "QTY+21:2", "PRI+AAB:0::SRP").price is None


def test_numbers_that_can_not_be_read_are_departures() -> None:
    document = read_ordrsp(response("LIN+1+5", "QTY+21:two", "QTY+12:1.00", "QTY+83:-1"))
    assert document.lines[0].quantities == {"12": 1}
    assert [departure.text for departure in document.departures] == [
        "QTY holds 'two' where a number should be.",
        "QTY holds '-1' where a number should be.",
    ]


def test_the_answers_number_is_the_orders_when_nothing_else_is_told() -> None:
    document = read_ordrsp(message("ORDRSP", "BGM+231+HOGJ-037+4", "LIN+1+5", "RFF+LI:7", "UNS+S"))
    assert (document.order_number, document.lines[0].order_number) == ("HOGJ-037", "HOGJ-037")


def test_another_message_is_refused() -> None:
    with pytest.raises(BadInput, match="is INVOIC, not ORDRSP"):
        read_ordrsp(message("INVOIC", "BGM+380+7+9"))
