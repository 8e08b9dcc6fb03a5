"""Reports: where each fund stands against the year that has passed, and how vendors deliver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.queries.delivery import Delivery, deliveries
from acquisitions.queries.funds import chosen_year
from acquisitions.queries.funds import funds as all_funds
from acquisitions.rules.pace import days_over, percent_over
from acquisitions.views.funds import balance_of, percent
from techsvc.kernel import clock
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Bars, Column, Filter, ReportPage
from techsvc.kernel.slots import Verb

NAV = "acquisitions:fund_report"


def _money(part: str) -> Any:
    return lambda fund: (getattr(fund, f"{part}_minor"), fund.currency)


CODE = Column("code", gettext_lazy("Fund"), kind="code")
SPENT = Column("expended", gettext_lazy("Spent"), value=_money("expended"), kind="money")
ENCUMBERED = Column("encumbered", gettext_lazy("Encumbered"), value=_money("encumbered"), kind="money")
FREE = Column("available", gettext_lazy("Free"), value=_money("available"), kind="money")
ALLOCATED = Column("allocated", gettext_lazy("Allocated"), value=_money("allocated"), kind="money")


class FundReport(ReportPage):
    """Spent, encumbered and free of each fund, against the part of the fiscal year that is over."""

    permission, nav = "acquisitions.view_funds", NAV
    columns = (
        CODE,
        Column("name", gettext_lazy("Name")),
        Column("branch", gettext_lazy("Branch"), wide=True),
        SPENT,
        ENCUMBERED,
        FREE,
        ALLOCATED,
        Column("committed", gettext_lazy("Committed"), value=lambda fund: percent(balance_of(fund)), kind="percent"),
    )
    filters = (
        Filter("year", gettext_lazy("Year"), choices=lambda _user: FiscalYear.objects.values_list("code", "code")),
        Filter("branch", gettext_lazy("Branch"), choices=lambda _user: Branch.objects.values_list("pk", "name")),
    )
    empty_title = gettext_lazy("No fund has money in this year. Allocate some under Funds.")

    def page_title(self) -> str:
        year = self.year
        return _("Funds against the year %(year)s") % {"year": year} if year else _("Funds against the year")

    @cached_property
    def year(self) -> FiscalYear | None:
        return chosen_year(self.request.GET.get("year", ""))

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.view_orders"):
            return []
        return [Verb(_("How vendors deliver"), reverse("acquisitions:vendor_report"), key="v", icon="vendor")]

    def rows(self, values: Mapping[str, Any]) -> Sequence[Fund]:
        """Funds that have, or had, money in the year."""
        rows = all_funds(self.year).order_by("code")
        if values["branch"]:
            rows = rows.filter(branch=values["branch"])
        return [fund for fund in rows if balance_of(fund).allocated or balance_of(fund).committed]

    def row_url(self, row: Fund) -> str:
        return f"{row.get_absolute_url()}?year={self.year}"

    def totals(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sums, where there is one currency; francs are not added to dollars."""
        currencies = {fund.currency for fund in rows}
        if len(currencies) != 1:
            return {}
        summed = ("expended", "encumbered", "available", "allocated")
        return {part: (sum(getattr(fund, f"{part}_minor") for fund in rows), *currencies) for part in summed}

    def chart(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Bars | None:
        if self.year is None:
            return None
        over = percent_over(self.year.starts_on, self.year.ends_on, clock.today())
        mark = (_("%(percent)s %% of the year is over") % {"percent": int(over)}, over)
        title = _("What each fund has spent, promised and left")
        return Bars(title, CODE, (SPENT, ENCUMBERED, FREE), FREE, rows, mark)

    def note(self, values: Mapping[str, Any]) -> str:
        year = self.year
        if year is None:
            return ""
        over, whole = days_over(year.starts_on, year.ends_on, clock.today())
        said = {"over": over, "whole": whole, "year": year}
        return (
            _("Day %(over)s of %(whole)s of %(year)s. The figures are the sums of the ledger as it stands now.") % said
        )


VENDOR = Column("vendor", gettext_lazy("Vendor"))
RECEIVED = Column("received", gettext_lazy("Received"), kind="number")
TO_COME = Column("to_come", gettext_lazy("To come"), kind="number")
LATE = Column("late", gettext_lazy("Late"), kind="number")
ORDERED = Column("ordered", gettext_lazy("Copies ordered"), kind="number")


class VendorReport(ReportPage):
    """What was ordered from each vendor, what came of it, what is late, and how long it took."""

    permission, nav = "acquisitions.view_orders", NAV
    title = gettext_lazy("How vendors deliver")
    columns = (
        VENDOR,
        Column("lines", gettext_lazy("Lines"), kind="number"),
        ORDERED,
        RECEIVED,
        TO_COME,
        LATE,
        Column("days", gettext_lazy("Days until received"), kind="number"),
    )
    filters = (
        Filter("from", gettext_lazy("Ordered from"), kind="date"),
        Filter("to", gettext_lazy("Ordered until"), kind="date"),
    )
    empty_title = gettext_lazy("Nothing was ordered in these days.")

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.view_funds"):
            return []
        return [Verb(_("Funds against the year"), reverse(NAV), key="f", icon="fund")]

    def rows(self, values: Mapping[str, Any]) -> Sequence[Delivery]:
        return deliveries(values["from"], values["to"])

    def row_url(self, row: Delivery) -> str:
        return reverse("acquisitions:vendor", args=[row.vendor_id])

    def totals(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {part: sum(getattr(row, part) for row in rows) for part in DELIVERED}

    def chart(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Bars:
        return Bars(
            _("What became of the copies ordered"), VENDOR, (RECEIVED, TO_COME, LATE), ORDERED, rows, looks=LOOKS
        )

    def note(self, values: Mapping[str, Any]) -> str:
        return _("Cancelled copies are not counted. Days run from the order to the first receipt of each copy.")


LOOKS = ("full", "rest", "warn")
DELIVERED = ("lines", "ordered", "received", "to_come", "late")
