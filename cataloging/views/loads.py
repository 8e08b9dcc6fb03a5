"""Loads of files of records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import loads, passes
from cataloging.forms import NO_PROFILE, LoadForm
from cataloging.marc.record import as_lines
from cataloging.models.loads import LOAD_STATES, OUTCOMES, Load, LoadProfile, LoadRow
from cataloging.queries.loaded import Looked, looked_at
from cataloging.queries.usual import usual_profile
from cataloging.rules import words
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.slots import Verb

SHOWN = 100
OUTCOME_WORDS = {
    "create": gettext_lazy("New"),
    "overlay": gettext_lazy("Overlays"),
    "withdraw": gettext_lazy("Withdraws"),
    "held": gettext_lazy("Held for you"),
    "rejected": gettext_lazy("Rejected"),
    "unchanged": gettext_lazy("Unchanged"),
}
ROW_COLUMNS = (
    Column("position", gettext_lazy("Record"), kind="number", sort="position"),
    Column("title", gettext_lazy("Title"), sort="title"),
    Column("outcome", gettext_lazy("Outcome"), kind="state", sort="outcome"),
    Column("reason", gettext_lazy("Why")),
    Column(
        "record",
        gettext_lazy("In the catalog"),
        value="record.title",
        url=lambda row: row.record.get_absolute_url() if row.record else "",
    ),
    Column("offset", gettext_lazy("At byte"), kind="number", sort="offset"),
    Column("length", gettext_lazy("Bytes"), kind="number", sort="length"),
)
POSITION, TITLE, OUTCOME, WHY, IN_CATALOG, OFFSET, LENGTH = ROW_COLUMNS
HELD_COLUMNS = (POSITION, TITLE, WHY, IN_CATALOG)
REJECTED_COLUMNS = (POSITION, WHY, OFFSET, LENGTH)
FIRST_COLUMNS = (POSITION, TITLE, OUTCOME, WHY, IN_CATALOG)


def loads_crumb() -> tuple[str, str]:
    return _("Loads"), reverse("cataloging:loads")


def rows_of(load_id: int) -> QuerySet[LoadRow]:
    """The rows of a load with the titles that they are about."""
    rows = LoadRow.objects.filter(load=load_id).select_related("record", "load")
    return rows.defer("record__raw", "record__search", "record__extra", "record__subjects")


def row_page(row: LoadRow) -> str:
    return reverse("cataloging:load_row", args=[row.pk])


def decisions(row: LoadRow) -> Sequence[Verb]:
    """What a person may decide of a held row."""
    if row.load.state == "undone":
        return ()
    labels = [("create", _("New record")), ("reject", _("Leave out"))]
    if row.record_id:
        labels.insert(0, ("overlay", _("Overlay")))
    return [
        Verb(label, reverse("cataloging:load_decide", args=[row.pk, decision]), method="post")
        for decision, label in labels
    ]


class Loads(ListPage[Load]):
    """Every file that was looked at or loaded."""

    permission, title, nav = "cataloging.view_loads", gettext_lazy("Loads"), NAV
    columns = (
        Column("name", gettext_lazy("File"), sort="name"),
        Column("number", gettext_lazy("No."), value="pk", kind="number", sort="id"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("size", gettext_lazy("Bytes"), value="incoming.size", kind="number", sort="incoming__size"),
        Column("by", gettext_lazy("Uploaded by"), value="uploaded_by.display_name", sort="uploaded_by__display_name"),
        Column("created", gettext_lazy("Uploaded"), value="created_at", kind="datetime", sort="created_at"),
        Column("loaded", gettext_lazy("Loaded"), value="loaded_at", kind="datetime", sort="loaded_at"),
    )
    filters = (
        Filter(
            "state",
            gettext_lazy("State"),
            choices=[(state, state.capitalize()) for state in LOAD_STATES],
            lookup="state",
        ),
    )
    search = ("name__icontains",)
    tabs = (Tab(gettext_lazy("All")), Tab(gettext_lazy("Looked at, not loaded"), "state=preview"))
    default_sort = "-created"
    empty_title = gettext_lazy("No file was loaded yet.")
    empty_next = gettext_lazy("Vendors deliver full records as a .mrc file with the invoice or by mail.")

    def queryset(self) -> QuerySet[Load]:
        return Load.objects.select_related("incoming", "uploaded_by").defer("incoming__body")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]

    def verbs(self) -> list[Verb]:
        verbs = [Verb(_("Load profiles"), reverse("cataloging:load_profiles"))]
        if self.may("cataloging.load_records"):
            load = reverse("cataloging:load_new")
            verbs.insert(0, Verb(_("Load a file"), load, key="n", primary=True, icon="upload"))
        return verbs


def _chosen(profile: str) -> LoadProfile | None:
    """The profile that a person chose; none, where they chose that."""
    return None if profile == NO_PROFILE else LoadProfile.objects.filter(pk=profile).first()


class LoadNew(FormPage[LoadForm]):
    """Takes a file and shows what loading would make of it."""

    permission, nav = "cataloging.load_records", NAV
    title, form_class, submit_label = gettext_lazy("Load a file of records"), LoadForm, gettext_lazy("Look at it")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), loads_crumb()]

    def form_kwargs(self) -> dict[str, Any]:
        return {"profiles": LoadProfile.objects.filter(active=True)}

    def act(self, form: LoadForm) -> Load:
        file, chosen = form.cleaned_data["file"], form.cleaned_data["profile"]
        profile = usual_profile(file.name) if not chosen else _chosen(chosen)
        return loads.open_load(file, file.name, profile=profile, actor=self.user)

    def message(self, result: Load) -> str:
        if result.state == "reading":
            return _("Looking at it goes on by itself; you may leave this page. Nothing is loaded yet.")
        return _("Nothing is loaded yet: look at what would happen, then load.")


class LoadDetail(DetailPage[Load]):
    """One load: what would happen or happened to each stretch of the file."""

    permission, nav, kind = "cataloging.view_loads", NAV, "cataloging.load"
    template = "cataloging/loads/detail.html"

    def objects(self) -> QuerySet[Load]:
        return Load.objects.select_related("incoming", "uploaded_by", "profile").defer("incoming__body")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), loads_crumb()]

    def state(self, thing: Load) -> str:
        return thing.state

    @property
    def counts(self) -> dict[str, int]:
        if not hasattr(self, "_counts"):
            self._counts = loads.counted(self.object)
        return self._counts

    @property
    def left(self) -> int:
        """How many rows loading would still bring in."""
        if not hasattr(self, "_left"):
            self._left = passes.pending(self.object).count()
        return self._left

    def facts(self, thing: Load) -> Sequence[Fact]:
        rows = reverse("cataloging:load_rows", args=[thing.pk])
        return [
            *(
                Fact(OUTCOME_WORDS[outcome], self.counts[outcome], "number", f"{rows}?outcome={outcome}")
                for outcome in OUTCOMES
            ),
            Fact(_("Bytes"), thing.incoming.size, "number"),
            Fact(_("Profile"), thing.profile, url=thing.profile.get_absolute_url() if thing.profile else ""),
            Fact(_("Uploaded by"), thing.uploaded_by),
            Fact(_("Uploaded"), thing.created_at, "datetime"),
            Fact(_("Loaded"), thing.loaded_at, "datetime"),
        ]

    def tables(self, thing: Load) -> Sequence[Table]:
        rows = rows_of(thing.pk)
        parts = (
            ("held", _("Held: decide, or they stay out"), HELD_COLUMNS, self._decisions),
            ("overlay", _("Overlaid: look at what changes"), HELD_COLUMNS, None),
            ("rejected", _("Rejected: ask the vendor"), REJECTED_COLUMNS, None),
        )
        made = [
            Table(title, columns, rows.filter(outcome=outcome)[:SHOWN], row_url=row_page, row_verbs=verbs)
            for outcome, title, columns, verbs in parts
            if self.counts[outcome]
        ]
        return [*made, Table(_("The first records of the file"), FIRST_COLUMNS, rows[:20], row_url=row_page)]

    def _decisions(self, row: LoadRow) -> Sequence[Verb]:
        return decisions(row) if self.may("cataloging.load_records") else ()

    def own_verbs(self, thing: Load) -> Sequence[Verb]:
        if not self.may("cataloging.load_records"):
            return ()
        verbs = []
        if self.left and loads.may_load(thing):
            label = _("Load %(n)d records") if thing.state == "preview" else _("Load the other %(n)d")
            url = reverse("cataloging:load_commit", args=[thing.pk])
            verbs.append(Verb(label % {"n": self.left}, url, method="post", primary=True, icon="load"))
        if loads.may_discard(thing):
            url = reverse("cataloging:load_discard", args=[thing.pk])
            verbs.append(Verb(_("Discard"), url, method="post", danger=True, icon="delete"))
        return verbs

    def context(self) -> dict[str, Any]:
        job = loads.job_of(self.object) if self.object.state in ("reading", "loading") else None
        return super().context() | {"job": job, "total": sum(self.counts.values())}


class LoadRows(ListPage[LoadRow]):
    """Every stretch of a file."""

    permission, title, nav = "cataloging.view_loads", gettext_lazy("Records of the file"), NAV
    columns = ROW_COLUMNS
    filters = (Filter("outcome", gettext_lazy("Outcome"), choices=list(OUTCOME_WORDS.items()), lookup="outcome"),)
    search = ("title__icontains",)
    default_sort = "position"

    def queryset(self) -> QuerySet[LoadRow]:
        return rows_of(self.kwargs["pk"])

    def crumbs(self) -> list[tuple[str, str]]:
        load = Load.objects.filter(pk=self.kwargs["pk"]).first()
        if load is None:
            raise Http404(_("There is no such load."))
        return [catalog_crumb(), loads_crumb(), (load.name, load.get_absolute_url())]

    def row_url(self, row: LoadRow) -> str:
        return row_page(row)


class LoadRowDetail(DetailPage[LoadRow]):
    """One record of a file beside ours: what would change, or what changed; held ones are decided here."""

    permission, nav = "cataloging.view_loads", NAV
    template = "cataloging/loads/row.html"

    def objects(self) -> QuerySet[LoadRow]:
        return LoadRow.objects.select_related("load__incoming", "load__profile", "record").defer("record__search")

    def page_title(self) -> str:
        return self.object.title or _("Record %(n)d of the file") % {"n": self.object.position}

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), loads_crumb(), (self.object.load.name, self.object.load.get_absolute_url())]

    def state(self, thing: LoadRow) -> str:
        return thing.outcome

    @cached_property
    def looked(self) -> Looked:
        return looked_at(self.object)

    def facts(self, thing: LoadRow) -> Sequence[Fact]:
        ours = thing.record
        return [
            Fact(_("Why"), thing.reason),
            Fact(_("In the catalog"), ours and ours.title, url=ours.get_absolute_url() if ours else ""),
            Fact(_("Record"), thing.position, "number"),
            Fact(_("File in the archive"), thing.member),
            Fact(_("At byte"), thing.offset, "number"),
            Fact(_("Bytes"), thing.length, "number"),
        ]

    def own_verbs(self, thing: LoadRow) -> Sequence[Verb]:
        return decisions(thing) if thing.outcome == "held" and self.may("cataloging.load_records") else ()

    def context(self) -> dict[str, Any]:
        incoming = self.looked.incoming
        lines = [] if incoming is None else [(words.label(line[0]), *line) for line in as_lines(incoming)]
        return super().context() | {"comparison": self.looked.comparison, "lines": lines}


class LoadVerb(ActionPage[Load]):
    """An act on a whole load."""

    permission, nav = "cataloging.load_records", NAV

    def objects(self) -> QuerySet[Load]:
        return Load.objects.all()


class LoadCommit(LoadVerb):
    """Brings what was looked at into the catalog."""

    title = gettext_lazy("Load")

    def act(self, thing: Load) -> Load:
        return loads.commit_load(thing.pk, actor=self.user)

    def message(self, thing: Load) -> str:
        if thing.state == "loading":
            return _("Loading goes on by itself; you may leave this page.")
        return _("Loaded: %(counts)s.") % {"counts": loads.in_words(loads.counted(thing))}


class LoadDiscard(LoadVerb):
    """Puts a looked-at file aside."""

    title = gettext_lazy("Discard")

    def act(self, thing: Load) -> Load:
        return loads.discard_load(thing.pk, actor=self.user)

    def message(self, thing: Load) -> str:
        return _("Discarded. Upload the file again to look at it anew.")


class LoadDecide(ActionPage[LoadRow]):
    """Settles a held row."""

    permission, nav, title = "cataloging.load_records", NAV, gettext_lazy("Decide")

    def objects(self) -> QuerySet[LoadRow]:
        return LoadRow.objects.select_related("load")

    def act(self, thing: LoadRow) -> Load:
        return loads.decide(thing.pk, self.kwargs["decision"], actor=self.user).load

    def message(self, thing: Load) -> str:
        return _("Decided.")
