"""Lists and reports as files that a spreadsheet opens."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from techsvc.kernel.pages.cells import Column, guarded


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
