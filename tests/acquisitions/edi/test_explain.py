"""Codes in words, and whole files in words."""

from __future__ import annotations

import pytest

from acquisitions.edi.codes import FATES, PLAIN, words
from acquisitions.edi.dialects import DIALECTS, split_reference
from acquisitions.edi.explain import explain
from tests.acquisitions.edi.samples import interchange


@pytest.mark.parametrize(
    ("code_list", "code", "expected"),
    [
        ("12B", "400", "back-ordered (vendor code 400)"),
        ("1B", "400", "back-ordered (vendor code 400)"),
        ("8B", "OP", "out of print (vendor code OP)"),
        ("7B", "NP", "not yet published (vendor code NP)"),
        ("1229", "24", "accepted with amendment (vendor code 24)"),
        ("6063", "83", "back-ordered (code 83)"),
        ("1001", "381", "credit note (code 381)"),
        ("7161", "DL", "delivery (vendor code DL)"),
        ("12B", "12", "unknown code 12"),
        ("no list", "1", "unknown code 1"),
        ("8B", "", "no code"),
    ],
)
def test_codes_in_words(code_list: str, code: str, expected: str) -> None:
    assert words(code_list, code) == expected


def test_every_code_has_words() -> None:
    tables = [*PLAIN.values(), *({code: entry[0] for code, entry in table.items()} for table in FATES.values())]
    assert all(meaning and meaning == meaning.strip() for table in tables for meaning in table.values())


@pytest.mark.parametrize(
    ("ref", "parts"), [("17/27", ("17", "27")), ("A/B/3", ("A/B", "3")), ("P28837", ("", "P28837")), ("", ("", ""))]
)
def test_references_come_apart(ref: str, parts: tuple[str, str]) -> None:
    assert split_reference(ref) == parts


FILE = (
    "ORDRSP",
    "BGM+231+R77+29",
    "DTM+137:20260303:102",
    "NAD+SU+1697978::31B++Ingram",
    "CUX+2:USD:9",
    "LIN+1+24+9780439139595:EN",
    "PIA+3+0870701428:IB",
    "IMD+L+050+:::Harry Potter and the goblet of fire: / by J.K. Rowling",
    "QTY+83:14",
    "GIR+001+BR1:LLO+JUV:LFN+:LSQ",
    "FTX+LIN++400:12B:28",
    "FTX+LIN++01:8B:28+Call us",
    "PRI+AAB:29.99:CA:SRP",
    "RFF+LI:41/3",
    "ALC+C++++DL::28",
    "MOA+8:3.50",
    "TAX+7+VAT+++:::17.5+S",
    "MEA+PD+LAY:4",
    "ZZZ+1",
    "UNS+S",
    "CNT+2:1",
)
IN_WORDS = [
    "Interchange 4711 from 1697684 to 3618129.",
    "Message 1: ORDRSP D.96A.",
    "Order response R77, accepted without amendment (code 29).",
    "Date of the message: 2026-03-03.",
    "Supplier: 1697978 Ingram.",
    "Currency USD.",
    "Line 1, accepted with amendment (vendor code 24): EAN 9780439139595.",
    "Substitute: ISBN-10 0870701428.",
    "Title: Harry Potter and the goblet of fire / by J.K. Rowling.",
    "Back-ordered: 14.",
    "Copies, set 001: branch BR1, fund JUV, collection (empty).",
    "Note: back-ordered (vendor code 400).",
    "Note: shipping (vendor code 01); Call us.",
    "List price: 29.99.",
    "Order line: 41/3.",
    "Charge: delivery (vendor code DL).",
    "Allowance or charge: 3.50.",
    "Tax at 17.5 %.",
    "Measurements: PD, LAY, 4.",
    "Other information: 1.",
    "End of the lines.",
    "Control total: 1 line.",
    "End of message 1, 22 segments.",
    "End of interchange 4711, 1 message.",
]


def test_a_file_in_words() -> None:
    data = interchange(*FILE)
    explained = explain(data, DIALECTS["baker_taylor"])
    assert [segment.words for segment in explained] == IN_WORDS
    assert (explained[2].raw, explained[2].tag) == ("BGM+231+R77+29'", "BGM")
    assert all(data[segment.offset :].startswith(segment.raw.encode("latin-1")) for segment in explained)
