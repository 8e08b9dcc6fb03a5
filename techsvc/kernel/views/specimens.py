"""Specimens: one page of every kind over values that are made up, for the style page. They show and never act."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, clock
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.pages import (
    ActionForm,
    ActionPage,
    Bars,
    BenchPage,
    BenchVerb,
    Column,
    DetailPage,
    Fact,
    Filter,
    FormPage,
    ListPage,
    Page,
    ReportPage,
    ScanResult,
    Tab,
    Table,
)
from techsvc.kernel.slots import Panel, Verb

TITLE = "The Women"
LONG = "A title that is much longer than its column and does not stop where one would like it to, volume 12"
AT = datetime(2026, 11, 23, 15, 10, tzinfo=UTC)
STATES = ("on_order", "received", "late", "lost", "draft")
NOWHERE = "#page"


class Specimen(Page):
    """A page that is drawn into the style page, without the shell around it."""

    permission = access.ANY_STAFF
    title = gettext_lazy("Specimen")

    def context(self) -> dict[str, Any]:
        return super().context() | {"shell": "kernel/style/bare.html", "still": True}


def drawn(view: type[Page], request: HttpRequest, **kwargs: Any) -> SafeString:
    """What a page of this kind shows, whatever the style page itself was asked."""
    bare = copy.copy(request)
    bare.GET = QueryDict()
    page = view()
    page.setup(bare, **kwargs)
    answer: HttpResponse = page.get(bare, **kwargs)  # type: ignore[attr-defined]  # every kind answers GET
    return SafeString(answer.content.decode())


def _nth(row: Role, values: Sequence[Any]) -> Any:
    return values[row.pk % len(values)]


COLUMNS = (
    Column("title", gettext_lazy("Text"), value=lambda row: _nth(row, (TITLE, LONG)), sort="name"),
    Column("barcode", gettext_lazy("Barcode"), value=lambda _row: "31234000012345", kind="barcode"),
    Column(
        "money", gettext_lazy("Money"), value=lambda row: _nth(row, ((120410, "USD"), (-1318, "EUR"))), kind="money"
    ),
    Column("state", gettext_lazy("State"), value=lambda row: _nth(row, STATES), kind="state", sort="code"),
    Column("bar", gettext_lazy("Progress"), value=lambda row: _nth(row, ((12, 20), (3, 2))), kind="bar"),
    Column("date", gettext_lazy("Date"), value=lambda row: _nth(row, (AT.date(), None)), kind="date"),
    Column("at", gettext_lazy("Instant"), value=lambda _row: AT, kind="datetime", wide=True),
    Column("yes", gettext_lazy("Yes or no"), value=lambda row: bool(row.pk % 2), kind="bool", hidden=True),
)


class SpecimenList(Specimen, ListPage[Role]):
    """A list with all that a list may have."""

    columns, search, default_sort, page_size = COLUMNS, ("name__icontains",), "title", 25
    filters = (
        Filter("code", gettext_lazy("Choice"), choices=(("technician", gettext_lazy("Technician")),), lookup="code"),
        Filter("since", gettext_lazy("Date"), kind="date"),
        Filter("over", gettext_lazy("Number"), kind="number"),
    )
    tabs = (Tab(gettext_lazy("All")), Tab(gettext_lazy("Technicians"), "code=technician"))

    def queryset(self) -> QuerySet[Role]:
        return Role.objects.all()

    def row_url(self, row: Role) -> str:
        return NOWHERE

    def row_verbs(self, row: Role) -> list[Verb]:
        return [Verb(_("Receive"), NOWHERE, key="r"), Verb(_("Claim"), NOWHERE, key="c")]

    def bulk(self) -> list[Verb]:
        return [Verb(_("Print"), NOWHERE), Verb(_("Cancel"), NOWHERE, danger=True)]


class SpecimenDetail(Specimen, DetailPage[User]):
    """One thing, with a panel of another department and its history."""

    def objects(self) -> QuerySet[User]:
        return User.objects.filter(pk=self.user.pk)

    def facts(self, thing: User) -> Sequence[Fact]:
        return FACTS

    def tables(self, thing: User) -> Sequence[Table]:
        rows = list(Role.objects.all()[:2])
        verbs = [Verb(_("Add a line"), NOWHERE, icon="plus")]
        return [
            Table(_("A table"), COLUMNS[:4], rows, verbs=verbs, row_verbs=lambda _row: verbs),
            Table(_("A table of nothing"), COLUMNS, (), _("Nothing is here yet. Add a line above.")),
        ]

    def context(self) -> dict[str, Any]:
        panel = Panel(_("A panel"), "partials/_key_facts.html", {"key_facts": KEY_FACTS})
        return super().context() | {"panels": [panel], "history": history(self.user), "may_undo": True}


class SpecimenForm(ActionForm):
    """Every widget that forms use."""

    text = forms.CharField(label=gettext_lazy("Text"), help_text=gettext_lazy("What helps stands under the field."))
    code = forms.CharField(
        label=gettext_lazy("Code"), widget=forms.TextInput(attrs={"class": "code-field", "data-scan": True})
    )
    long = forms.CharField(label=gettext_lazy("Long text"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    number = forms.IntegerField(label=gettext_lazy("Number"), max_value=20)
    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    mail = forms.EmailField(label=gettext_lazy("Mail"))
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput, required=False)
    choice = forms.ChoiceField(label=gettext_lazy("Choice"), choices=(("", "–"), ("a", gettext_lazy("One of these"))))
    many = forms.MultipleChoiceField(
        label=gettext_lazy("Several"),
        choices=(("a", gettext_lazy("This")), ("b", gettext_lazy("That"))),
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(label=gettext_lazy("File"))
    yes = forms.BooleanField(label=gettext_lazy("Yes or no"), required=False)
    off = forms.CharField(label=gettext_lazy("Not to be changed"), initial="R-2026-0412", disabled=True)


class SpecimenForms(Specimen, FormPage[SpecimenForm]):
    """A form that was sent with nothing right: the summary, and an error at every field."""

    form_class, submit_label, drafted = SpecimenForm, gettext_lazy("Save"), False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        wrong = QueryDict("number=21&day=2026-02-30&mail=nobody&choice=b&many=c")
        return self.answer(self.form(wrong))

    def cancel_url(self) -> str:
        return NOWHERE


class SpecimenQuestion(Specimen, ActionPage[Role]):
    """A question with its numbers, refused a moment ago."""

    about_nothing, submit_label = True, gettext_lazy("Send the order")

    def confirm_text(self, thing: Any) -> str:
        return _("Send 42 lines, $1,204.10, to Ingram?")

    def confirm_facts(self, thing: Any) -> Sequence[Fact]:
        return KEY_FACTS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        refused = _("Line 41 can't be sent: it was cancelled on 3 March. Reopen it first.")
        return self.ask(refused=refused) or HttpResponse()


class SpecimenBench(Specimen, BenchPage):
    """A bench before its first scan."""

    def bench_verbs(self) -> Sequence[BenchVerb]:
        return (BenchVerb("finish", _("Finish"), "f", tone="primary"),)

    def progress(self) -> tuple[int, int]:
        return 12, 20


class SpecimenReport(Specimen, ReportPage):
    """A report with its chart and its totals."""

    columns = (
        Column("fund", gettext_lazy("Fund")),
        Column("spent", gettext_lazy("Spent"), kind="money"),
        Column("promised", gettext_lazy("Encumbered"), kind="money"),
        Column("free", gettext_lazy("Free"), kind="money"),
    )

    def rows(self, values: Any) -> Sequence[dict[str, Any]]:
        return FUNDS

    def totals(self, rows: Any, values: Any) -> dict[str, Any]:
        return {key: (sum(row[key][0] for row in rows), "USD") for key in ("spent", "promised", "free")}

    def chart(self, rows: Any, values: Any) -> Bars:
        fund, *parts = self.columns
        return Bars(_("Funds"), fund, parts, parts[-1], rows, (_("40 % of the year is over"), Fraction(40)))


FUNDS = [
    {"fund": "ADU-FIC", "spent": (531_90, "USD"), "promised": (71_98, "USD"), "free": (996_12, "USD")},
    {"fund": "AV-MUSIC", "spent": (70_44, "USD"), "promised": (40_00, "USD"), "free": (-12_62, "USD")},
    {"fund": "NEW", "spent": (0, "USD"), "promised": (0, "USD"), "free": (0, "USD")},
]
KEY_FACTS = (
    Fact(gettext_lazy("Lines"), 42, "number"),
    Fact(gettext_lazy("Total"), (120410, "USD"), "money"),
    Fact(gettext_lazy("Expected"), AT.date(), "date"),
)
FACTS = (
    Fact(gettext_lazy("Vendor"), "Ingram Library Services", url=NOWHERE),
    Fact(gettext_lazy("Barcode"), "31234000012345", "barcode"),
    Fact(gettext_lazy("State"), "on_order", "state"),
    Fact(gettext_lazy("Committed"), 37, "percent"),
    Fact(gettext_lazy("Note"), LONG),
)


def results() -> list[ScanResult]:
    """What a scan may come to."""
    again = (BenchVerb("damage", _("Damaged"), "d"), BenchVerb("wrong", _("Wrong title"), "w", tone="stop"))
    return [
        ScanResult(
            "ok", f"{TITLE} / Hannah, Kristin", _("2 of 2, for Central"), _("Put it on the truck."), verbs=again
        ),
        ScanResult("warn", f"{TITLE} / Hannah, Kristin", _("A hold waits."), _("The tag is printing. Hold truck.")),
        ScanResult("stop", _("978 1 250 17863 2 is on no order of this carton."), "", _("Put it aside.")),
    ]


def history(actor: User) -> list[HistoryEvent]:
    """Lines of history: one that can be undone, one in a batch, one that was undone."""
    made = [
        HistoryEvent(
            pk=pk,
            at=AT - timedelta(hours=pk),
            actor=actor,
            verb=verb,
            summary=summary,
            before=before,
            after=after,
            why=why,
        )
        for pk, verb, summary, before, after, why in (
            (
                1,
                "kernel.set_policy",
                _("Claim after 60 days"),
                {"days": 90},
                {"days": 60},
                _("They answer sooner now."),
            ),
            (2, "kernel.created", _("Order 2026-0412 placed"), {}, {}, ""),
            (3, "kernel.set_policy", _("Claim after 90 days"), {}, {}, ""),
        )
    ]
    HistoryEvent(pk=4, undoes=made[2], at=AT, actor=actor)  # which makes the third an undone one
    return made


def jobs(actor: User) -> list[tuple[Job, str]]:
    """(Job, time left): under way, being stopped, done, failed."""
    told: tuple[dict[str, Any], ...] = (
        {"state": "running", "done": 4210, "total": 12_000, "faults": [1, 2, 3], "url": NOWHERE},
        {"state": "running", "done": 10, "total": 12_000, "cancel_asked": True},
        {"state": "done", "done": 12_000, "total": 12_000, "finished_at": AT, "result": _("11,997 loaded, 3 held.")},
        {"state": "failed", "finished_at": AT, "result": _("The file ends in the middle of a record.")},
    )
    made = [
        Job(pk=n, title=_("Loading vendor file"), started_by=actor, created_at=clock.now(), **one)
        for n, one in enumerate(told, 1)
    ]
    return [(job, _("1 minute") if job.pk == 1 else "") for job in made]
