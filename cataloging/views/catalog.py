"""The catalog: what the library has and has coming, found by words, numbers and filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import F, IntegerField, QuerySet
from django.db.models.expressions import ExpressionWrapper
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.models.records import STATES, Record
from cataloging.queries import search as finding
from cataloging.queries.holdings import where_available
from cataloging.rules import words
from cataloging.rules.languages import LANGUAGES
from cataloging.rules.lifecycle import ItemState
from cataloging.views import downloads
from cataloging.views.records import NAV, branch_choices
from techsvc.kernel import clock
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import Column, Filter, ListPage, Tab
from techsvc.kernel.pages.list import Listed
from techsvc.kernel.slots import Verb

EARLIEST_DECADE = 1900
AVAILABILITY = {
    "available": (gettext_lazy("Available"), (ItemState.AVAILABLE,)),
    "in_hand": (gettext_lazy("Being made ready"), (ItemState.RECEIVED, ItemState.IN_PROCESS)),
    "on_order": (gettext_lazy("On order"), (ItemState.ON_ORDER,)),
    "out": (gettext_lazy("Checked out or on hold"), (ItemState.CHECKED_OUT, ItemState.ON_HOLD_SHELF)),
}


def decades(_user: User) -> list[tuple[int, str]]:
    this = clock.today().year // 10 * 10
    return [(year, _("%(year)ds") % {"year": year}) for year in range(this, EARLIEST_DECADE - 1, -10)]


class Records(ListPage[Record]):
    """The catalog."""

    permission, title, nav = "cataloging.view", gettext_lazy("Catalog"), NAV
    template = "cataloging/records/list.html"
    columns = (
        Column("title", gettext_lazy("Title"), sort="title_sort"),
        Column("author", gettext_lazy("Author"), sort="author"),
        Column("format", gettext_lazy("Format"), value=lambda row: words.format_name(row.format), sort="format"),
        Column("year", gettext_lazy("Year"), value="pub_year", kind="code", sort="pub_year", wide=True),
        Column("where", gettext_lazy("Where")),
        Column("state", gettext_lazy("Description"), kind="state", sort="state"),
        Column(
            "patrons",
            gettext_lazy("Patrons"),
            value=lambda row: "hidden_from_patrons" if row.suppressed else "",
            kind="state",
            hidden=True,
        ),
        Column("isbn", gettext_lazy("ISBN"), kind="code", wide=True),
        Column("ddc", gettext_lazy("Dewey number"), kind="code", sort="ddc", hidden=True),
        Column("publisher", gettext_lazy("Publisher"), hidden=True),
        Column("added", gettext_lazy("Added"), value="created_at", kind="date", sort="pk", hidden=True),
        Column("changed", gettext_lazy("Changed"), value="updated_at", kind="date", sort="updated_at", hidden=True),
    )
    filters = (
        Filter("format", gettext_lazy("Format"), choices=list(words.FORMATS.items()), lookup="format"),
        Filter(
            "branch",
            gettext_lazy("Branch"),
            choices=branch_choices,
            apply=lambda rows, value: rows.filter(finding.at_branch(int(value))),
            pairs=finding.branches_of_records,
        ),
        Filter("language", gettext_lazy("Language"), choices=list(LANGUAGES.items()), lookup="language"),
        Filter("decade", gettext_lazy("Years"), choices=decades, lookup="decade"),
        Filter(
            "state",
            gettext_lazy("Description"),
            choices=[(state, state.capitalize()) for state in STATES],
            lookup="state",
        ),
        Filter(
            "items",
            gettext_lazy("Items"),
            choices=[(name, label) for name, (label, _states) in AVAILABILITY.items()],
            apply=lambda rows, value: rows.filter(finding.has_item_in(*AVAILABILITY[value][1])),
        ),
    )
    search = ("title",)
    search_help = gettext_lazy(
        "Words, “a phrase”, a number or barcode; ti: au: su: se: pub: yr:1990-2000 lang: dewey: call: hist* OR -not."
    )
    counted_to = finding.COUNTED
    page_size = 25
    tabs = (
        Tab(gettext_lazy("All"), counted=False),
        Tab(gettext_lazy("Brief"), "state=brief", counted=False),
        Tab(gettext_lazy("Full"), "state=full", counted=False),
        Tab(gettext_lazy("Newest"), "sort=-added", counted=False),
    )
    exports = downloads.WORDS
    empty_title = gettext_lazy("The catalog is empty.")
    empty_next = gettext_lazy("Records come with orders, or from a file of MARC records.")

    def queryset(self) -> QuerySet[Record]:
        decade = ExpressionWrapper(F("pub_year") / 10 * 10, output_field=IntegerField())
        return Record.objects.defer("raw", "search", "extra").annotate(decade=decade)

    def apply_search(self, rows: QuerySet[Record], text: str) -> QuerySet[Record]:
        return finding.matching(rows, self.understood(text))

    def understood(self, text: str) -> finding.Asked | None:
        """What a text asks for, read once for the page."""
        if text not in self._understood:
            self._understood[text] = finding.understood(text)
        return self._understood[text]

    @cached_property
    def _understood(self) -> dict[str, finding.Asked | None]:
        return {}

    def export(self, form: str, listed: Listed, rows: QuerySet[Record]) -> HttpResponseBase:
        if form in downloads.WORDS:
            return downloads.list_answer(form, self.page_title(), rows)
        return super().export(form, listed, rows)

    def fill(self, rows: Sequence[Record]) -> None:
        where = where_available([row.pk for row in rows])
        for row in rows:
            hidden = _("hidden from patrons") if row.suppressed else ""
            vars(row)["where"] = "; ".join(filter(None, [where.get(row.pk, ""), hidden]))

    def answer(self, listed: Listed, rows: QuerySet[Record]) -> HttpResponse:
        """The best first, unless the person sorts; where nothing has all that is asked, what comes nearest."""
        count, listed = self._tallied(listed, rows)
        if not listed.text:
            return self.paged(listed, rows, count)
        among = self._narrowed(replace(listed, text=""))
        if not count:
            near = finding.nearest(among, listed.text)
            return self.paged(listed, near.rows, near.count, near=near)
        if not listed.sort:
            rows = finding.best_first(among, self.understood(listed.text), many=count > finding.RANKED)
        return self.paged(listed, rows, count)

    def verbs(self) -> list[Verb]:
        made = [Verb(_("To catalog"), reverse("cataloging:to_catalog"), key="t", icon="catalog")]
        made.append(Verb(_("Browse"), reverse("cataloging:headings"), key="b", icon="rows"))
        if self.may("cataloging.merge_records"):
            made.append(Verb(_("Duplicates"), reverse("cataloging:duplicates"), icon="half"))
        if self.may("cataloging.view_loads"):
            made.append(Verb(_("Loads"), reverse("cataloging:loads"), icon="load"))
        if self.may("cataloging.load_records"):
            made.append(Verb(_("Load a file"), reverse("cataloging:load_new"), key="n", primary=True, icon="upload"))
        return made
