"""Lists and reports as files that a spreadsheet opens. No text in them is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core.exceptions import BadRequest
from django.http import FileResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from techsvc.kernel.pages.cells import Column, guarded

MOST_ROWS = 1_048_575  # what a sheet holds below its head
MOST_TEXT = 32_767  # letters in a cell
EARLIEST = 1900  # the year that spreadsheets begin to count in
IN_MEMORY = 2_000_000  # bytes; a longer file waits on the disk
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"code": 18, "barcode": 18, "number": 10, "money": 16, "date": 12, "datetime": 17, "bool": 8, "state": 18}
USUAL_WIDTH = 30
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'"))


class Echo:
    """A file that gives back what is written, so that csv.writer can feed a streamed answer."""

    def write(self, text: str) -> str:
        return text


def csv_answer(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """Rows as a CSV file, streamed; with the mark that makes spreadsheets read it as UTF-8."""
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([guarded(str(column.label)) for column in columns])
        for row in rows:
            yield writer.writerow([column.csv(row) for column in columns])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(name) or "list"}.csv"'
    return answer


def xlsx_answer(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """Rows as an Excel file with real dates, numbers and money; its head stays in sight and filters."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the answer closes it
    with Workbook(file, BOOK) as book:
        _fill(book, book.add_worksheet(name.translate(NOT_IN_NAMES)[:31] or "techsvc"), columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{slugify(name) or 'list'}.xlsx", content_type=XLSX)


def _fill(book: Workbook, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    form = cache(lambda numbers: book.add_format({"num_format": numbers}) if numbers else None)
    head = book.add_format({"bold": True, "bottom": 1})
    for i, column in enumerate(columns):
        sheet.set_column(i, i, WIDTHS.get(column.kind, USUAL_WIDTH))
        sheet.write_string(0, i, str(column.label), head)
    number = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise BadRequest(_("A spreadsheet holds 1,048,575 rows, and this list has more. Filter it, or take CSV."))
        for i, column in enumerate(columns):
            value, numbers = column.sheet(row)
            _write(sheet, number, i, value, form(numbers))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, number, len(columns) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: Any, form: Any) -> None:
    """A cell of the type that its value has; days before spreadsheets can count are text."""
    if isinstance(value, date) and value.year >= EARLIEST:
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, (str, date)):
        sheet.write_string(row, column, str(value)[:MOST_TEXT])
    else:
        sheet.write_number(row, column, value, form)


Answer = Callable[[str, Sequence[Column], Iterable[Any]], FileResponse | StreamingHttpResponse]
ANSWERS: Mapping[str, Answer] = {"csv": csv_answer, "xlsx": xlsx_answer}


def exported(
    form: str, name: str, columns: Sequence[Column], rows: Iterable[Any]
) -> FileResponse | StreamingHttpResponse:
    """Rows as a file of the form that the address asks for."""
    if form not in ANSWERS:
        raise BadRequest(_("This can be exported as XLSX or CSV, not as “%(name)s”.") % {"name": form[:60]})
    return ANSWERS[form](name, columns, rows)
