"""Records that may be of one title: the list of them, and what is said of each pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import duplicates
from cataloging.models.duplicates import DuplicatePair
from cataloging.models.records import Record
from cataloging.queries import duplicates as finding
from cataloging.rules import words
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.pages import ActionPage, Column, Filter, ListPage
from techsvc.kernel.slots import Verb

VERDICT_WORDS = {"same": gettext_lazy("The same"), "maybe": gettext_lazy("Perhaps")}


def named(record: Record) -> str:
    """Two records of one title are told apart by their numbers."""
    return f"{record.title} ({record.pk})"


def one_url(pair: DuplicatePair) -> str:
    return reverse("cataloging:record", args=[pair.one_id])


def other_url(pair: DuplicatePair) -> str:
    return reverse("cataloging:record", args=[pair.other_id])


class Duplicates(ListPage[DuplicatePair]):
    """Pairs of records that may be of one title, the most alike first."""

    permission, title, nav = "cataloging.merge_records", gettext_lazy("Duplicates"), NAV
    columns = (
        Column("title", gettext_lazy("Title"), value=lambda pair: named(pair.one), sort="one__title_sort", url=one_url),
        Column("other", gettext_lazy("Other record"), value=lambda pair: named(pair.other), url=other_url),
        Column(
            "items",
            gettext_lazy("Items"),
            value=lambda pair: f"{pair.one_items} + {pair.other_items}",
            kind="code",
            wide=True,
        ),
        Column("verdict", gettext_lazy("Of one title"), kind="state", sort="verdict"),
        Column("reasons", gettext_lazy("Why"), value=lambda pair: " · ".join(pair.reasons)),
        Column("format", gettext_lazy("Format"), value=lambda pair: words.format_name(pair.one.format), wide=True),
        Column("state", gettext_lazy("State"), kind="state", hidden=True),
        Column("found", gettext_lazy("Found"), value="found_at", kind="date", sort="found_at", wide=True),
    )
    filters = (
        Filter("format", gettext_lazy("Format"), choices=list(words.FORMATS.items()), lookup="one__format"),
        Filter("verdict", gettext_lazy("Of one title"), choices=list(VERDICT_WORDS.items()), lookup="verdict"),
    )
    search = ("one__title__icontains", "other__title__icontains")
    since = "found_at"
    empty_title = gettext_lazy("No two records seem to be of one title.")
    empty_next = gettext_lazy("New and changed records are looked at every night, or now.")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]

    def queryset(self) -> QuerySet[DuplicatePair]:
        return finding.with_items(finding.open_pairs()).select_related("one", "other").only(*finding.SHOWN)

    def row_url(self, row: DuplicatePair) -> str:
        return reverse("cataloging:record_merge", args=finding.survivor_first(row))

    def row_verbs(self, row: DuplicatePair) -> Sequence[Verb]:
        away = reverse("cataloging:duplicate_dismiss", args=[row.pk])
        together = reverse("cataloging:record_merge", args=finding.survivor_first(row))
        return (
            Verb(_("Merge"), together, icon="merge"),
            Verb(_("Not duplicates"), away, method="post", icon="stop"),
        )

    def verbs(self) -> list[Verb]:
        return [Verb(_("Look now"), reverse("cataloging:duplicates_search"), method="post", key="n", icon="search")]


class DuplicatesSearch(ActionPage[Any]):
    """Starts a search for duplicates."""

    permission, nav, title = "cataloging.merge_records", NAV, gettext_lazy("Look for duplicates")
    about_nothing = True

    def act(self, thing: Any) -> Job:
        return duplicates.start_search(actor=self.user)

    def message(self, thing: Job) -> str:
        return _("Looking through %(n)s records. The list fills as pairs are found.") % {"n": f"{thing.total:,}"}

    def success_url(self, thing: Job) -> str:
        return reverse("cataloging:duplicates")


class DuplicateDismiss(ActionPage[DuplicatePair]):
    """Says that two records are not of one title."""

    permission, nav, title = "cataloging.merge_records", NAV, gettext_lazy("Not duplicates")

    def objects(self) -> QuerySet[DuplicatePair]:
        return DuplicatePair.objects.select_related("one").defer("one__raw", "one__search")

    def act(self, thing: DuplicatePair) -> Any:
        return duplicates.dismiss_pair(thing.pk, actor=self.user).one

    def message(self, thing: Any) -> str:
        return _("“%(title)s”: not duplicates.") % {"title": thing.title}

    def success_url(self, thing: Any) -> str:
        return self.came_from()
