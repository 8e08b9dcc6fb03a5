"""Reports: rows that a function computes, their totals and their chart, on screen, on paper and as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.pages.base import Page
from techsvc.kernel.pages.cells import Column, rendered, shown
from techsvc.kernel.pages.charts import Bars
from techsvc.kernel.pages.exports import exported
from techsvc.kernel.pages.filters import Filter, all_options, ask, refuse_unknown


class ReportPage(Page):
    """A report. Its filters only give values; `rows` makes the table of them."""

    template = "generic/report.html"
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    empty_title: ClassVar[Any] = gettext_lazy("Nothing to report for this choice.")

    def rows(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The lines of the report; `values` holds what was asked, by filter, None where nothing was."""
        raise NotImplementedError(f"{type(self).__qualname__}.rows()")

    def totals(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The last line, by the columns' keys; empty for none."""
        return {}

    def chart(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Bars | None:
        """What is drawn above the table, from the same columns; None for a table alone."""
        return None

    def row_url(self, row: Any) -> str:
        """The page of what a line is about; empty for none."""
        return ""

    def note(self, values: Mapping[str, Any]) -> str:
        """What the reader has to know: where the figures come from, as of when."""
        return ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        refuse_unknown(request.GET, {"export"} | {one.name for one in self.filters})
        asked = ask(self.filters, request.GET, all_options(self.filters, self.user))
        values = {one.filter.name: one.value for one in asked}
        rows = self.rows(values)
        export = request.GET.get("export", "")
        if export:
            return exported(export, self.page_title(), self.columns, rows)
        totals = self.totals(rows, values)
        return self.show(
            asked=asked,
            columns=self.columns,
            rows=[rendered(self.columns, row, url=self.row_url(row), opens=self.opens) for row in rows],
            chart=self.chart(rows, values) if rows else None,
            totals=self._totals_cells(totals) if totals else [],
            note=self.note(values),
        )

    def _totals_cells(self, totals: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """(class, html) per column; columns without a total stay empty, the first says what the line is."""
        return [
            (column.css, shown(totals[column.key], column.kind) if column.key in totals else "" if i else _("Total"))
            for i, column in enumerate(self.columns)
        ]
