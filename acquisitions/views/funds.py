"""Funds: where they stand, what was posted, money granted and moved; fiscal years."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import funds, ledger
from acquisitions.forms.funds import AllocateForm, FundForm, TransferForm, YearForm
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.queries.funds import Balance, Posting, balances, chosen_year, postings
from acquisitions.queries.funds import funds as all_funds
from acquisitions.rules.encumbrance import Reach, reach
from techsvc.kernel.models.places import Branch
from techsvc.kernel.money import to_minor
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Table
from techsvc.kernel.slots import Verb

NAV = "acquisitions:funds"
SHOWN = 200
KINDS = {
    "allocate": gettext_lazy("Allocated"),
    "transfer": gettext_lazy("Moved"),
    "encumber": gettext_lazy("Encumbered"),
    "disencumber": gettext_lazy("Let go"),
    "expend": gettext_lazy("Spent"),
    "credit": gettext_lazy("Credited"),
    "reverse": gettext_lazy("Taken back"),
}


STANDINGS = {Reach.OK: "open", Reach.WARN: "nearly_committed", Reach.STOP: "beyond_its_stop"}


def crumbs(fund: Fund | None = None) -> list[tuple[str, str]]:
    found = [(_("Funds"), reverse(NAV))]
    return [*found, (fund.code, fund.get_absolute_url())] if fund is not None else found


def standing(fund: Fund, balance: Balance) -> str:
    """The fund's state in words: open, beyond its warning, beyond its stop, closed."""
    if not fund.active:
        return "closed"
    return STANDINGS[reach(balance, warn_percent=fund.warn_percent, stop_percent=fund.stop_percent)]


def balance_of(row: Any) -> Balance:
    """The balance of a row of the list, from the columns that the query brought."""
    return Balance(row.allocated_minor, row.encumbered_minor, row.expended_minor)


def _money(part: str) -> Any:
    return lambda fund: (getattr(fund, f"{part}_minor"), fund.currency)


class Funds(ListPage[Fund]):
    """Every fund and where it stands in the year."""

    permission, title, nav = "acquisitions.view_funds", gettext_lazy("Funds"), NAV
    columns = (
        Column("code", gettext_lazy("Code"), kind="code", sort="code"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("branch", gettext_lazy("Branch"), sort="branch__name", wide=True),
        Column(
            "state", gettext_lazy("State"), value=lambda fund: standing(fund, balance_of(fund)), kind="state", wide=True
        ),
        Column("allocated", gettext_lazy("Allocated"), value=_money("allocated"), kind="money", sort="allocated_minor"),
        Column(
            "encumbered", gettext_lazy("Encumbered"), value=_money("encumbered"), kind="money", sort="encumbered_minor"
        ),
        Column("expended", gettext_lazy("Spent"), value=_money("expended"), kind="money", sort="expended_minor"),
        Column("available", gettext_lazy("Available"), value=_money("available"), kind="money", sort="available_minor"),
        Column("committed", gettext_lazy("Committed"), value=lambda fund: percent(balance_of(fund)), kind="percent"),
        Column("account", gettext_lazy("Finance account"), value="account_no", kind="code", hidden=True),
    )
    filters = (
        Filter(
            "year",
            gettext_lazy("Year"),
            choices=lambda _user: FiscalYear.objects.values_list("code", "code"),
            apply=lambda rows, _value: rows,
        ),
        Filter(
            "branch",
            gettext_lazy("Branch"),
            choices=lambda _user: Branch.objects.values_list("pk", "name"),
            lookup="branch",
        ),
        Filter("active", gettext_lazy("Open for orders"), lookup="active", kind="flag"),
    )
    search = ("code__icontains", "name__icontains", "account_no__startswith")
    default_sort = "code"
    empty_title, empty_next = (
        gettext_lazy("No funds yet."),
        gettext_lazy("Open a year, add funds, allocate money to them."),
    )

    @cached_property
    def year(self) -> FiscalYear | None:
        return chosen_year(self.request.GET.get("year", ""))

    def page_title(self) -> str:
        return _("Funds in %(year)s") % {"year": self.year} if self.year is not None else _("Funds")

    def queryset(self) -> QuerySet[Fund]:
        return all_funds(self.year)

    def verbs(self) -> list[Verb]:
        years = Verb(_("Fiscal years"), reverse("acquisitions:years"), icon="calendar")
        if not self.may("acquisitions.edit_funds"):
            return [years]
        return [Verb(_("New fund"), reverse("acquisitions:fund_new"), key="n", primary=True, icon="plus"), years]


def percent(balance: Balance) -> int | None:
    """How much of the fund is committed, in whole percent; None where nothing was allocated."""
    return balance.committed * 100 // balance.allocated if balance.allocated else None


POSTING_COLUMNS = (
    Column("at", gettext_lazy("When"), kind="datetime"),
    Column("kind", gettext_lazy("What"), value=lambda row: KINDS[row.kind]),
    Column("why", gettext_lazy("Why")),
    Column("available", gettext_lazy("Available"), value=lambda row: (row.available, row.currency), kind="money"),
    Column("encumbered", gettext_lazy("Encumbered"), value=lambda row: (row.encumbered, row.currency), kind="money"),
    Column("expended", gettext_lazy("Spent"), value=lambda row: (row.expended, row.currency), kind="money"),
    Column("by", gettext_lazy("Who"), value="actor"),
)


class FundDetail(DetailPage[Fund]):
    """One fund: its balance and its ledger in a year."""

    permission, nav, kind = "acquisitions.view_funds", NAV, "acquisitions.fund"
    template = "acquisitions/wide.html"

    def objects(self) -> QuerySet[Fund]:
        return Fund.objects.select_related("branch")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def page_title(self) -> str:
        return f"{self.object.code} · {self.object.name}"

    @cached_property
    def year(self) -> FiscalYear | None:
        return chosen_year(self.request.GET.get("year", ""))

    @cached_property
    def balance(self) -> Balance:
        return balances(self.year, [self.object.pk])[self.object.pk] if self.year is not None else Balance()

    def state(self, thing: Fund) -> str:
        return standing(thing, self.balance)

    def key_facts(self, thing: Fund) -> Sequence[Fact]:
        parts = (
            (_("Allocated"), self.balance.allocated),
            (_("Encumbered"), self.balance.encumbered),
            (_("Spent"), self.balance.expended),
            (_("Available"), self.balance.available),
        )
        return [Fact(label, (minor, thing.currency), "money") for label, minor in parts]

    def facts(self, thing: Fund) -> Sequence[Fact]:
        return [
            Fact(_("Year"), self.year),
            Fact(_("Committed"), f"{percent(self.balance)} %" if self.balance.allocated else ""),
            Fact(_("Warns at"), f"{thing.warn_percent} %" if thing.warn_percent is not None else _("never")),
            Fact(_("Stops at"), f"{thing.stop_percent} %" if thing.stop_percent is not None else _("never")),
            Fact(_("Branch"), thing.branch),
            Fact(_("Audience"), thing.audience),
            Fact(_("Format"), thing.format),
            Fact(_("Finance account"), thing.account_no, "code"),
        ]

    def tables(self, thing: Fund) -> Sequence[Table]:
        rows: list[Posting] = postings(thing, self.year, limit=SHOWN) if self.year is not None else []
        return [Table(_("Ledger"), POSTING_COLUMNS, rows, _("No money was posted to this fund in this year."))]

    def own_verbs(self, thing: Fund) -> Sequence[Verb]:
        verbs = []
        if self.may("acquisitions.allocate"):
            verbs += [
                Verb(_("Allocate"), reverse("acquisitions:fund_allocate", args=[thing.pk]), key="a", icon="plus"),
                Verb(_("Move money"), reverse("acquisitions:fund_transfer", args=[thing.pk]), key="m", icon="right"),
            ]
        if self.may("acquisitions.edit_funds"):
            verbs.append(Verb(_("Edit"), reverse("acquisitions:fund_edit", args=[thing.pk]), key="e", icon="edit"))
        return verbs


class FundNew(FormPage[FundForm]):
    """Sets up a fund."""

    permission, nav, title = "acquisitions.edit_funds", NAV, gettext_lazy("New fund")
    form_class = FundForm

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def act(self, form: FundForm) -> Fund:
        return funds.save_fund(Fund(**form.cleaned_data), actor=self.user)


class FundForms(FormPage[Any]):
    """A form about one fund."""

    nav = NAV

    @property
    def fund(self) -> Fund:
        return cast(Fund, self.object)

    def objects(self) -> QuerySet[Fund]:
        return Fund.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs(self.object)

    def success_url(self, result: Any) -> str:
        return str(self.object.get_absolute_url())


class FundEdit(FundForms):
    """Changes a fund."""

    permission, title, form_class = "acquisitions.edit_funds", gettext_lazy("Edit fund"), FundForm

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.fund, name) for name in FundForm.base_fields}

    def act(self, form: FundForm) -> Fund:
        for name, value in form.cleaned_data.items():
            setattr(self.fund, name, value)
        return funds.save_fund(self.fund, actor=self.user)


class MoneyForms(FundForms):
    """Money that goes to or from the fund; the history line is the fund's."""

    permission, compared = "acquisitions.allocate", ()

    def initial(self) -> dict[str, Any]:
        return {"year": chosen_year("")}

    def message(self, result: Fund) -> str:
        return _("Posted.")


class FundAllocate(MoneyForms):
    """Grants money."""

    title, form_class, submit_label = gettext_lazy("Allocate"), AllocateForm, gettext_lazy("Allocate")

    def act(self, form: AllocateForm) -> Fund:
        data = form.cleaned_data
        amount = to_minor(data["amount"], self.fund.currency)
        ledger.allocate(self.fund, data["year"], amount, why=data["why"], actor=self.user)
        return self.fund


class FundTransfer(MoneyForms):
    """Moves money to another fund."""

    title, form_class, submit_label = gettext_lazy("Move money"), TransferForm, gettext_lazy("Move it")

    def form_kwargs(self) -> dict[str, Any]:
        return {"source": self.fund}

    def act(self, form: TransferForm) -> Fund:
        data = form.cleaned_data
        amount = to_minor(data["amount"], self.fund.currency)
        ledger.transfer(self.fund, data["target"], amount, year=data["year"], why=data["why"], actor=self.user)
        return self.fund


class Years(ListPage[FiscalYear]):
    """Every fiscal year."""

    permission, title, nav = "acquisitions.view_funds", gettext_lazy("Fiscal years"), NAV
    columns = (
        Column("code", gettext_lazy("Year"), sort="code"),
        Column("from", gettext_lazy("From"), value="starts_on", kind="date", sort="starts_on"),
        Column("to", gettext_lazy("To"), value="ends_on", kind="date", sort="ends_on"),
        Column("state", gettext_lazy("State"), value=lambda year: "open" if year.open else "closed", kind="state"),
    )
    default_sort = "-from"
    empty_title = gettext_lazy("No fiscal year yet.")
    empty_next = gettext_lazy("Open the year for which money is granted.")

    def queryset(self) -> QuerySet[FiscalYear]:
        return FiscalYear.objects.all()

    def row_url(self, row: FiscalYear) -> str:
        return f"{reverse(NAV)}?year={row.code}"

    def row_verbs(self, row: FiscalYear) -> Sequence[Verb]:
        if not row.open or not self.may("acquisitions.edit_funds"):
            return ()
        return (Verb(_("Close"), reverse("acquisitions:year_close", args=[row.pk]), method="post"),)

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.edit_funds"):
            return []
        return [Verb(_("Open a year"), reverse("acquisitions:year_new"), key="n", primary=True, icon="plus")]


class YearNew(FormPage[YearForm]):
    """Opens a fiscal year."""

    permission, nav, title = "acquisitions.edit_funds", NAV, gettext_lazy("Open a year")
    form_class, submit_label = YearForm, gettext_lazy("Open it")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (_("Fiscal years"), reverse("acquisitions:years"))]

    def act(self, form: YearForm) -> FiscalYear:
        data = form.cleaned_data
        return funds.open_year(data["code"], starts_on=data["starts_on"], ends_on=data["ends_on"], actor=self.user)

    def success_url(self, result: FiscalYear) -> str:
        return reverse("acquisitions:years")


class YearClose(ActionPage[FiscalYear]):
    """Closes a fiscal year."""

    permission, nav = "acquisitions.edit_funds", NAV

    def objects(self) -> QuerySet[FiscalYear]:
        return FiscalYear.objects.all()

    def act(self, thing: FiscalYear) -> FiscalYear:
        return funds.close_year(thing.pk, actor=self.user)

    def success_url(self, thing: FiscalYear) -> str:
        return reverse("acquisitions:years")
