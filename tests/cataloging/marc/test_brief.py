"""Brief records: each format reads back as itself, with a leader and 008 that hold."""

from __future__ import annotations

from datetime import date

import pytest

from cataloging.marc.fields import control
from cataloging.marc.record import Brief, Format, as_lines, build, parse, project, to_bytes
from cataloging.rules import validation
from techsvc.kernel.money import Money

ENTERED = date(2026, 11, 24)
LOVE = Brief(
    title="The act of love",
    author="Jacobson, Howard",
    isbn13="9781416594239",
    publisher="Simon & Schuster",
    pub_year=2009,
    edition="First edition",
    price=Money(2500),
    control_no="TS000001",
)


def test_a_brief_book() -> None:
    assert as_lines(build(LOVE, entered=ENTERED)) == [
        ("LDR", " ", " ", [("", "00000nam a22000005c 4500")]),
        ("001", " ", " ", [("", "TS000001")]),
        ("008", " ", " ", [("", "261124s2009    xx ||||| |||||||| ||eng d")]),
        ("020", " ", " ", [("a", "9781416594239"), ("c", "$25.00")]),
        ("040", " ", " ", [("a", "techsvc"), ("b", "eng"), ("c", "techsvc")]),
        ("100", "1", " ", [("a", "Jacobson, Howard")]),
        ("245", "1", "4", [("a", "The act of love")]),
        ("250", " ", " ", [("a", "First edition")]),
        ("264", " ", "1", [("b", "Simon & Schuster"), ("c", "2009")]),
        ("336", " ", " ", [("a", "text"), ("b", "txt"), ("2", "rdacontent")]),
        ("337", " ", " ", [("a", "unmediated"), ("b", "n"), ("2", "rdamedia")]),
        ("338", " ", " ", [("a", "volume"), ("b", "nc"), ("2", "rdacarrier")]),
    ]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_reads_back_as_itself(form: Format) -> None:
    brief = Brief(title="Tangled", upc="786936735390", pub_year=2011, format=form)
    record = parse(to_bytes(build(brief, entered=ENTERED)))
    found = project(record)
    assert (found.format, found.title, found.pub_year, found.language) == (form, "Tangled", 2011, "eng")
    assert found.upcs == ("786936735390",)
    assert len(control(record, "008")) == 40
    assert validation.faults(record) == []


def test_a_title_alone_is_enough() -> None:
    record = parse(to_bytes(build(Brief(title=" Zut !\n"), entered=ENTERED)))
    assert control(record, "008")[6:15] == "nuuuu    "
    assert project(record).title == "Zut !"
    assert "001" not in record
