"""Files of lists: every row, with the types that a spreadsheet knows, and nothing that it runs."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import BadRequest
from django.test import Client

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Column, exports

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Cell = tuple[str, str]  # (type, what is written)


def book_of(answer: Any) -> zipfile.ZipFile:
    assert answer["Content-Type"] == exports.XLSX
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def sheet_of(book: zipfile.ZipFile) -> ElementTree.Element:
    return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own file


def cells(sheet: ElementTree.Element) -> list[list[Cell]]:
    return [[_cell(cell) for cell in row.findall("x:c", NS)] for row in sheet.findall(".//x:row", NS)]


def _cell(cell: ElementTree.Element) -> Cell:
    text = "".join(part.text or "" for part in cell.iter(f"{{{NS['x']}}}t"))
    return cell.get("t", "n"), text or cell.findtext("x:v", "", NS)


def made(columns: tuple[Column, ...], *rows: dict[str, Any]) -> list[list[Cell]]:
    return cells(sheet_of(book_of(exports.xlsx_answer("A list", columns, rows))))


def test_a_list_is_a_spreadsheet_with_every_row(client: Client, staff: User, many: list[Branch]) -> None:
    answer = client.get("/branches/?export=xlsx&cols=code,name,spent,state&sort=code")
    assert answer["Content-Disposition"] == 'attachment; filename="branches.xlsx"'
    book = book_of(answer)
    rows = cells(sheet_of(book))
    assert rows[0] == [("inlineStr", word) for word in ("Code", "Name", "Spent", "State")]
    assert len(rows) == 63
    row = Branch.objects.get(code="b00")
    assert rows[1] == [
        ("inlineStr", "b00"),
        ("inlineStr", "Branch 00"),
        ("n", f"{row.pk + 0.05:.2f}"),
        ("inlineStr", "Active"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "{=1}", "012"])
def test_no_text_is_a_formula_a_link_or_a_number(text: str) -> None:
    book = book_of(exports.xlsx_answer("List", (Column("text", text),), [{"text": text}]))
    assert cells(sheet_of(book)) == [[("inlineStr", text)], [("inlineStr", text)]]
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert b"<hyperlink" not in book.read("xl/worksheets/sheet1.xml")


def test_values_have_their_types() -> None:
    columns = (
        Column("number", "Number", kind="number"),
        Column("money", "Money", kind="money"),
        Column("day", "Day", kind="date"),
        Column("at", "At", kind="datetime"),
        Column("share", "Share", kind="percent"),
        Column("bar", "Bar", kind="bar"),
        Column("yes", "Yes", kind="bool"),
        Column("barcode", "Barcode", kind="barcode"),
    )
    row = {
        "number": Decimal("1.5"),
        "money": (120_050, "JPY"),
        "day": date(2026, 11, 24),
        "at": datetime(2026, 11, 24, 12, tzinfo=UTC),
        "share": 50,
        "bar": (1, 2),
        "yes": True,
        "barcode": "31234000012345",
    }
    kinds = [kind for kind, _text in made(columns, row)[1]]
    assert kinds == ["n", "n", "n", "n", "n", "inlineStr", "inlineStr", "inlineStr"]
    texts = [text for _kind, text in made(columns, row)[1]]
    assert texts[:3] == ["1.5", "120050", "46350"]
    assert texts[4:] == ["0.5", "1/2", "yes", "31234000012345"]


def test_money_and_days_are_shown_as_such() -> None:
    columns = (
        Column("usd", "USD", kind="money"),
        Column("jpy", "JPY", kind="money"),
        Column("day", "Day", kind="date"),
    )
    row = {"usd": (5, "USD"), "jpy": (5, "JPY"), "day": date(2026, 11, 24)}
    styles = book_of(exports.xlsx_answer("List", columns, [row])).read("xl/styles.xml").decode()
    for form in ("#,##0.00 [$USD]", "#,##0 [$JPY]", "yyyy-mm-dd"):
        assert f'formatCode="{form}"' in styles


def test_what_is_missing_or_out_of_reach_is_written_too() -> None:
    columns = (Column("day", "Day", kind="date"), Column("text", "Text"), Column("count", "Count", kind="number"))
    assert made(columns, {"day": date(1492, 1, 1), "text": "x" * 40_000, "count": None})[1] == [
        ("inlineStr", "1492-01-01"),
        ("inlineStr", "x" * exports.MOST_TEXT),
        ("inlineStr", ""),
    ]


def test_the_head_stays_and_filters(client: Client, staff: User, many: list[Branch]) -> None:
    sheet = sheet_of(book_of(client.get("/branches/?export=xlsx&cols=code,name")))
    pane = sheet.find(".//x:pane", NS)
    assert pane is not None
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    autofilter = sheet.find("x:autoFilter", NS)
    assert autofilter is not None
    assert autofilter.get("ref") == "A1:B63"


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    with pytest.raises(BadRequest, match="this list has more"):
        exports.xlsx_answer("List", (Column("n", "N"),), [{"n": 1}] * 3)


def test_a_report_is_a_spreadsheet_too(client: Client, staff: User) -> None:
    rows = cells(sheet_of(book_of(client.get("/spending/?export=xlsx"))))
    assert rows[1] == [("inlineStr", "=Adult"), ("n", "1200.00"), ("inlineStr", "3/4")]
