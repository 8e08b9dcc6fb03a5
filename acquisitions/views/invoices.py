"""Invoices: the list, the match of one, a new one by hand, what is decided."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import invoicing
from acquisitions.forms.receiving import WhyForm
from acquisitions.models.invoices import STATES, Invoice
from acquisitions.models.vendors import Vendor
from acquisitions.queries import invoices as reads
from acquisitions.queries.invoices import Matched, MatchedLine
from acquisitions.rules.lifecycle import INVOICE, InvoiceState
from acquisitions.rules.three_way import Verdict
from techsvc.kernel import states
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money
from techsvc.kernel.pages import ActionPage, BulkPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.slots import Verb

NAV = "acquisitions:invoices"


def crumbs() -> list[tuple[str, str]]:
    return [(_("Invoices"), reverse("acquisitions:invoices"))]


def vendor_choices(_user: User) -> Any:
    return Vendor.objects.values_list("pk", "name")


class Invoices(ListPage[Invoice]):
    """Every invoice and credit note."""

    permission, title, nav = "acquisitions.view_invoices", gettext_lazy("Invoices"), NAV
    columns = (
        Column("number", gettext_lazy("Number"), kind="code", sort="number"),
        Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
        Column("kind", gettext_lazy("Kind"), sort="kind", hidden=True),
        Column("dated", gettext_lazy("Dated"), kind="date", sort="dated"),
        Column("lines", gettext_lazy("Lines"), value="line_count", kind="number", sort="line_count", wide=True),
        Column(
            "total",
            gettext_lazy("Total"),
            value=lambda one: (one.total_minor, one.currency),
            kind="money",
            sort="total_minor",
        ),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("entered", gettext_lazy("Entered"), value="entered_at", kind="datetime", sort="entered_at", wide=True),
        Column("entered_by", gettext_lazy("Entered by"), sort="entered_by__display_name", hidden=True),
        Column("approved_by", gettext_lazy("Approved by"), sort="approved_by__display_name", hidden=True),
    )
    filters = (
        Filter(
            "state", gettext_lazy("State"), choices=[(s, states.words(InvoiceState(s))) for s in STATES], lookup="state"
        ),
        Filter("vendor", gettext_lazy("Vendor"), choices=vendor_choices, lookup="vendor"),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            choices=[("invoice", gettext_lazy("Invoice")), ("credit", gettext_lazy("Credit note"))],
            lookup="kind",
        ),
        Filter("since", gettext_lazy("Dated since"), kind="date", lookup="dated__gte"),
    )
    search = ("number__icontains", "vendor__name__icontains", "lines__line__order__number__icontains")
    tabs = (
        Tab(gettext_lazy("To match"), "state=entered&sort=dated"),
        Tab(gettext_lazy("Approved"), "state=approved"),
        Tab(gettext_lazy("Refused"), "state=refused"),
        Tab(gettext_lazy("All")),
    )
    since = "entered_at"
    default_sort = "-entered"
    empty_title = gettext_lazy("No invoice was entered yet.")
    empty_next = gettext_lazy("Vendors send them by EDI; one on paper is entered by hand.")

    def queryset(self) -> QuerySet[Invoice]:
        return reads.invoices()

    def apply_search(self, rows: QuerySet[Invoice], text: str) -> QuerySet[Invoice]:
        return rows.filter(pk__in=super().apply_search(Invoice.objects.all(), text).values("pk"))

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.enter_invoice"):
            return []
        return [Verb(_("Enter an invoice"), reverse("acquisitions:invoice_new"), key="n", primary=True, icon="plus")]

    def row_verbs(self, row: Invoice) -> list[Verb]:
        if row.state != InvoiceState.ENTERED or not self.may("acquisitions.approve_invoice"):
            return []
        return [Verb(_("Approve"), _url("invoice_approve", row), method="post", key="a", icon="check")]

    def bulk(self) -> list[Verb]:
        if not self.may("acquisitions.approve_invoice"):
            return []
        return [Verb(_("Approve what agrees"), reverse("acquisitions:invoices_approve"), method="post")]


class InvoicesApprove(BulkPage[Invoice]):
    """Approves the chosen invoices; those with something to decide stay, each with its reason."""

    permission, nav, title = "acquisitions.approve_invoice", NAV, gettext_lazy("Approve invoices")
    list_page = Invoices

    def objects(self) -> QuerySet[Invoice]:
        return Invoice.objects.all()

    def act_on(self, row: Invoice) -> None:
        invoicing.approve_invoice(row.pk, actor=self.user)

    def done_text(self, count: int) -> str:
        return ngettext("%(n)d invoice is approved.", "%(n)d invoices are approved.", count) % {"n": count}


class InvoiceDetail(DetailPage[Invoice]):
    """The match: ordered, received, billed; lines that agree are folded."""

    permission, nav, kind = "acquisitions.view_invoices", NAV, "acquisitions.invoice"
    template = "acquisitions/invoices/detail.html"

    def objects(self) -> QuerySet[Invoice]:
        return Invoice.objects.select_related("vendor", "entered_by", "approved_by", "incoming")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def page_title(self) -> str:
        words = _("Credit note %(number)s") if self.object.kind == "credit" else _("Invoice %(number)s")
        return words % {"number": self.object.number}

    def state(self, thing: Invoice) -> str:
        return thing.state

    @cached_property
    def held(self) -> Matched:
        return reads.matched(self.object)

    def money(self, minor: int) -> Money:
        return Money(minor, self.object.currency)

    def key_facts(self, thing: Invoice) -> list[Fact]:
        facts = [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("Total"), self.money(thing.total_minor), "money"),
        ]
        if self.held.held_minor:
            facts.append(Fact(_("To pay"), self.money(self.held.payable_minor), "money"))
        return facts

    def facts(self, thing: Invoice) -> list[Fact]:
        message = thing.messages.first()
        return [
            Fact(_("Dated"), thing.dated, "date"),
            Fact(_("Entered"), thing.entered_at, "datetime"),
            Fact(_("Entered by"), thing.entered_by),
            Fact(_("Approved by"), thing.approved_by),
            Fact(_("EDI message"), message, url=message.get_absolute_url() if message else ""),
        ]

    def own_verbs(self, thing: Invoice) -> list[Verb]:
        legal, decide = INVOICE[InvoiceState(thing.state)], self.may("acquisitions.match_invoice")
        verbs = []
        if "approve" in legal and self.may("acquisitions.approve_invoice") and not self.blocked:
            label = _("Approve %(total)s") % {"total": self.money(self.held.payable_minor)}
            verbs.append(
                Verb(label, _url("invoice_approve", thing), method="post", key="a", primary=True, icon="check")
            )
        if thing.state == InvoiceState.ENTERED and decide:
            verbs.append(Verb(_("Add a charge"), _url("invoice_charge", thing), key="c", icon="plus"))
        if "refuse" in legal and decide:
            verbs.append(Verb(_("Refuse"), _url("invoice_refuse", thing), icon="cancel", danger=True))
        if "reopen" in legal and decide:
            verbs.append(Verb(_("Match it after all"), _url("invoice_reopen", thing), method="post", primary=True))
        if "unapprove" in legal and self.may("acquisitions.approve_invoice"):
            verbs.append(Verb(_("Take the approval back"), _url("invoice_unapprove", thing), icon="undo"))
        if thing.vendor.email:
            subject = quote(_("Invoice %(number)s") % {"number": thing.number})
            verbs.append(Verb(_("Ask the vendor"), f"mailto:{thing.vendor.email}?subject={subject}", icon="mail"))
        return verbs

    @cached_property
    def blocked(self) -> list[str]:
        """Why the invoice can't be approved now, as sentences; nothing for one that is not to be approved."""
        if self.object.state != InvoiceState.ENTERED:
            return []
        return [*self._difference(), *(self._undecided() or self._unfunded())]

    def _difference(self) -> list[str]:
        if not self.held.difference_minor:
            return []
        words = {
            "computed": self.money(self.held.computed_minor),
            "total": self.money(self.object.total_minor),
            "difference": self.money(self.held.difference_minor),
        }
        text = _("Lines, charges and tax come to %(computed)s, the total is %(total)s.")
        return [(text + " " + _("Add a charge of %(difference)s, or refuse it.")) % words]

    def _undecided(self) -> list[str]:
        count = len(self.held.open)
        text = ngettext("%(n)d line is to be decided.", "%(n)d lines are to be decided.", count)
        return [text % {"n": count}] if count else []

    def _unfunded(self) -> list[str]:
        return [] if self.effects or not self.problem else [self.problem]

    @cached_property
    def effects(self) -> list[reads.FundEffect]:
        """What paying does to the funds; empty with `problem` set when it can't be told."""
        self.problem = ""
        try:
            return reads.effects(self.held)
        except Refusal as refusal:
            self.problem = refusal.text
            return []

    problem: str = ""

    def _choices(self, one: MatchedLine) -> list[Verb]:
        return [verb for verb in line_verbs(one) if self.opens(verb.url)]

    def context(self) -> dict[str, Any]:
        decide = self.object.state == InvoiceState.ENTERED and self.may("acquisitions.match_invoice")
        shown = self.object.state == InvoiceState.ENTERED
        return super().context() | {
            "blocked": self.blocked,
            "open_lines": [(one, self._choices(one) if decide else []) for one in self.held.open] if shown else [],
            "agreeing": self.held.agreeing if shown else self.held.lines,
            "agreeing_table": Table(
                _("Lines"),
                LINE_COLUMNS,
                self.held.agreeing if shown else self.held.lines,
                row_verbs=_take_back if decide else None,
            ),
            "charges": Table(
                _("Charges"), CHARGE_COLUMNS, self.held.charges, row_verbs=_charge_verbs if decide else None
            ),
            "effects": Table(
                _("Funds after paying"),
                EFFECT_COLUMNS,
                self.effects if shown else [],
                row_url=lambda one: one.fund.get_absolute_url(),
            ),
            "tax": self.money(self.object.tax_minor) if self.object.tax_minor else None,
        }


def _url(name: str, thing: Any, *more: object) -> str:
    return reverse(f"acquisitions:{name}", args=[thing.pk, *more])


def line_verbs(one: MatchedLine) -> list[Verb]:
    """What can be done with a line that does not agree, the likeliest first."""
    line, facts = one.line, one.facts
    hold = Verb(_("Hold line"), _url("invoice_hold", line, line.quantity), method="post")
    payable = min(facts.payable, max(0, facts.ordered - facts.paid))
    pay = Verb(_("Pay %(n)s") % {"n": payable}, _url("invoice_hold", line, line.quantity - payable), method="post")
    receive = Verb(_("Receive %(n)s now") % {"n": facts.to_pay - facts.payable}, _url("invoice_receive", line))
    choices = {
        Verdict.UNKNOWN: [Verb(_("Say which"), _url("invoice_assign", line)), hold],
        Verdict.OVER_BILLED: [pay, hold] if payable else [hold],
        Verdict.NOT_RECEIVED: [receive, pay, hold] if payable else [receive, hold],
        Verdict.PRICE: [Verb(_("Accept price"), _url("invoice_accept", line), method="post"), hold],
        Verdict.NOT_PAID: [hold],
    }
    return choices.get(one.match.verdict, [])


def _take_back(one: MatchedLine) -> list[Verb]:
    if not one.line.held:
        return []
    return [Verb(_("Pay it after all"), _url("invoice_hold", one.line, 0), method="post")]


def _charge_verbs(charge: Any) -> list[Verb]:
    return [Verb(_("Fund"), _url("charge_fund", charge))] if charge.amount_minor > 0 else []


LINE_COLUMNS = (
    Column("position", gettext_lazy("Line"), value="line.position", kind="number"),
    Column("title", gettext_lazy("Title"), value="line.title"),
    Column(
        "order",
        gettext_lazy("Order line"),
        value="line.line",
        url=lambda one: one.line.line.get_absolute_url() if one.line.line else "",
    ),
    Column("ordered", gettext_lazy("Ordered"), value="facts.ordered", kind="number"),
    Column("received", gettext_lazy("Received"), value="facts.received", kind="number"),
    Column("billed", gettext_lazy("Billed"), value="facts.billed", kind="number"),
    Column(
        "amount", gettext_lazy("Amount"), value=lambda one: (one.line.amount_minor, one.facts.currency), kind="money"
    ),
    Column("note", gettext_lazy("Note"), value="match.text"),
)
CHARGE_COLUMNS = (
    Column("label", gettext_lazy("Charge")),
    Column("amount", gettext_lazy("Amount"), value=lambda one: (one.amount_minor, one.invoice.currency), kind="money"),
    Column("fund", gettext_lazy("Paid by"), value=lambda one: one.fund or _("all copies")),
)
EFFECT_COLUMNS = (
    Column("code", gettext_lazy("Fund"), value="fund.code", kind="code"),
    Column("name", gettext_lazy("Name"), value="fund.name"),
    Column("before", gettext_lazy("Available now"), kind="money"),
    Column("after", gettext_lazy("After paying"), kind="money"),
)


# What is decided about an invoice


class InvoiceVerb(ActionPage[Invoice]):
    """Approved, or matched after all."""

    permission, nav = "acquisitions.view_invoices", NAV
    acts: ClassVar = {"approve": invoicing.approve_invoice, "reopen": invoicing.reopen_invoice}
    said: ClassVar = {
        "approve": gettext_lazy("Approved: %(n)s."),
        "reopen": gettext_lazy("%(n)s can be matched again."),
    }
    verb: ClassVar[str] = "approve"

    def objects(self) -> QuerySet[Invoice]:
        return Invoice.objects.all()

    def act(self, thing: Invoice) -> Invoice:
        return self.acts[self.verb](thing.pk, actor=self.user)

    def message(self, thing: Invoice) -> str:
        return self.said[self.verb] % {"n": thing.number}


class Approve(InvoiceVerb):
    permission, verb = "acquisitions.approve_invoice", "approve"

    def success_url(self, thing: Invoice) -> str:
        """Back to the list, when it was approved there."""
        came_from = self.came_from()
        return came_from if came_from.startswith(reverse("acquisitions:invoices")) else thing.get_absolute_url()


class Reopen(InvoiceVerb):
    permission, verb = "acquisitions.match_invoice", "reopen"


class InvoiceWhy(FormPage[WhyForm]):
    """An act on an invoice that needs a reason."""

    nav, form_class = NAV, WhyForm
    acts: ClassVar = {"refuse": invoicing.refuse_invoice, "unapprove": invoicing.unapprove_invoice}
    verb: ClassVar[str]

    def objects(self) -> QuerySet[Invoice]:
        return Invoice.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.number, self.object.get_absolute_url())]

    def act(self, form: WhyForm) -> Invoice:
        return self.acts[self.verb](self.object.pk, why=form.cleaned_data["why"], actor=self.user)

    def message(self, result: Invoice) -> str:
        return _("%(number)s is %(state)s.") % {"number": result, "state": states.words(InvoiceState(result.state))}


class Refuse(InvoiceWhy):
    permission, verb = "acquisitions.match_invoice", "refuse"
    title, submit_label = gettext_lazy("Refuse the invoice"), gettext_lazy("Refuse")


class Unapprove(InvoiceWhy):
    permission, verb = "acquisitions.approve_invoice", "unapprove"
    title, submit_label = gettext_lazy("Take the approval back"), gettext_lazy("Take it back")
