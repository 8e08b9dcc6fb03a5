"""Records: the catalog, one record, its overlay and its versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cataloging.actions import records
from cataloging.forms import OverlayForm
from cataloging.marc.record import as_lines, parse
from cataloging.models.items import Item
from cataloging.models.records import Record, RecordVersion
from cataloging.queries import comparing, worklists
from cataloging.queries import duplicates as doubles
from cataloging.rules import validation, words
from cataloging.rules.lifecycle import GONE, RecordState
from cataloging.views import downloads
from techsvc.kernel import states
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, FormPage, Table
from techsvc.kernel.slots import Verb

NAV = "cataloging:records"
DOUBLES_SHOWN = 3


def catalog_crumb() -> tuple[str, str]:
    return _("Catalog"), reverse("cataloging:records")


def branch_choices(_user: User) -> list[tuple[Any, Any]]:
    return list(Branch.objects.values_list("pk", "name"))


ITEM_COLUMNS = (
    Column("barcode", gettext_lazy("Barcode"), value=lambda item: item.barcode or _("none yet"), kind="barcode"),
    Column("volume", gettext_lazy("Volume")),
    Column("call_number", gettext_lazy("Call number"), kind="code"),
    Column("branch", gettext_lazy("Branch"), value="branch.name"),
    Column("collection", gettext_lazy("Collection"), value="collection.name"),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("since", gettext_lazy("Since"), value="state_since", kind="date", wide=True),
)
VERSION_COLUMNS = (
    Column("version", gettext_lazy("Version"), kind="number"),
    Column("state", gettext_lazy("Description"), kind="state"),
    Column("source", gettext_lazy("From")),
    Column("at", gettext_lazy("When"), kind="datetime"),
)
FAULT_COLUMNS = (
    Column("severity", gettext_lazy("Weight"), value=lambda fault: fault.severity.value.capitalize()),
    Column("field", gettext_lazy("Field"), value=lambda fault: f"{words.label(fault.tag)} ({fault.tag})"),
    Column("text", gettext_lazy("What is wrong")),
)


class RecordDetail(DetailPage[Record]):
    """One record: its fields in words, its items, its versions, and what other departments know of it."""

    permission, nav, kind = "cataloging.view", NAV, "cataloging.record"
    template = "cataloging/records/detail.html"

    def objects(self) -> QuerySet[Record]:
        into = Record.objects.only("title")
        return Record.objects.defer("search").prefetch_related(Prefetch("merged_into", into))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What was taken out of the catalog leads to what is kept of it."""
        kept = RecordVersion.objects.filter(record_id=self.kwargs["pk"])
        if not Record.objects.filter(pk=self.kwargs["pk"]).exists() and (last := kept.first()) is not None:
            return HttpResponseRedirect(reverse("cataloging:record_version", args=[last.record_id, last.version]))
        return super().get(request, **kwargs)

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]

    def state(self, thing: Record) -> str:
        return thing.state

    def key_facts(self, thing: Record) -> Sequence[Fact]:
        return [
            Fact(_("Author"), thing.author),
            Fact(_("Format"), words.format_name(thing.format)),
            Fact(_("Year"), thing.pub_year),
        ]

    def facts(self, thing: Record) -> Sequence[Fact]:
        return [
            Fact(_("ISBN"), thing.isbn, "code"),
            Fact(_("Edition"), thing.edition),
            Fact(_("Publisher"), thing.publisher),
            Fact(_("Dewey number"), thing.ddc, "code"),
            Fact(_("LC call number"), thing.lcc, "code"),
            Fact(_("Control number"), thing.control_no, "code"),
            Fact(_("Patrons"), "hidden_from_patrons" if thing.suppressed else None, "state"),
            Fact(_("Still missing"), ", ".join(validation.missing(self.marc))),
        ]

    @property
    def marc(self) -> Any:
        """The record as MARC, parsed once for the page."""
        if not hasattr(self, "_marc"):
            self._marc = parse(bytes(self.object.raw))
        return self._marc

    def tables(self, thing: Record) -> Sequence[Table]:
        items = Item.objects.filter(record=thing).select_related("branch", "collection")
        items = items.order_by("volume_sort", "branch__name", "call_sort", "pk")
        kept = RecordVersion.objects.filter(record_id=thing.pk).defer("raw")
        found = validation.faults(self.marc)
        return [
            Table(
                _("Items"),
                ITEM_COLUMNS,
                items,
                _("No items. An order makes them."),
                row_url=Item.get_absolute_url,
                row_verbs=self._item_verbs,
            ),
            *([Table(_("To correct"), FAULT_COLUMNS, found)] if found else []),
            Table(_("Versions"), VERSION_COLUMNS, kept, row_url=self._version_url, row_verbs=self._version_verbs),
        ]

    def _item_verbs(self, item: Item) -> Sequence[Verb]:
        if item.state in GONE or not self.may("cataloging.edit_items", branch=item.branch):
            return ()
        return (Verb(_("Label"), reverse("cataloging:item_label", args=[item.pk]), icon="label"),)

    def _version_url(self, version: RecordVersion) -> str:
        return reverse("cataloging:record_version", args=[version.record_id, version.version])

    def _version_verbs(self, version: RecordVersion) -> Sequence[Verb]:
        compare = Verb(_("Compare"), self._version_url(version), icon="eye")
        if version.version == self.object.version or not self.may("cataloging.edit_records"):
            return (compare,)
        url = reverse("cataloging:record_restore", args=[self.object.pk, version.version, self.object.version])
        return (compare, Verb(_("Restore"), url, method="post", icon="undo"))

    def own_verbs(self, thing: Record) -> Sequence[Verb]:
        if thing.state == "withdrawn":
            return ()
        return (*self._describing(thing), *self._adding(thing), *self._hiding(thing))

    def _hiding(self, thing: Record) -> Sequence[Verb]:
        if not self.may("cataloging.edit_records"):
            return ()
        hide, label = ("show", _("Show to patrons")) if thing.suppressed else ("hide", _("Hide from patrons"))
        url = reverse("cataloging:record_suppress", args=[thing.pk, hide])
        return (Verb(label, url, method="post", icon="eye"),)

    def _adding(self, thing: Record) -> Sequence[Verb]:
        if not self.may("cataloging.add_items"):
            return ()
        return (Verb(_("Add items"), reverse("cataloging:record_add_items", args=[thing.pk]), key="a", icon="scan"),)

    def _describing(self, thing: Record) -> Sequence[Verb]:
        if not self.may("cataloging.edit_records"):
            return ()
        is_brief, waiting = thing.state == "brief", worklists.next_item(thing)
        label = Verb(_("Label"), reverse("cataloging:record_label", args=[thing.pk]), key="l", icon="label")
        return (
            *([label] if waiting is not None else []),
            Verb(
                _("Overlay"),
                reverse("cataloging:record_overlay", args=[thing.pk]),
                key="o",
                primary=is_brief,
                icon="merge",
            ),
        )

    def context(self) -> dict[str, Any]:
        lines = [(words.label(line[0]), *line) for line in as_lines(self.marc)]
        into = self.object.merged_into
        said = {"lines": lines, "merged_into": into, "doubles": self._doubles(self.object), "files": downloads.WORDS}
        return super().context() | said

    def _doubles(self, thing: Record) -> list[tuple[str, str, str]]:
        """The records that this one may double, for those who may settle it."""
        if not self.may("cataloging.merge_records"):
            return []
        return [
            (
                (pair.other if pair.one_id == thing.pk else pair.one).title,
                reverse("cataloging:record_merge", args=doubles.survivor_first(pair)),
                ", ".join(pair.reasons),
            )
            for pair in doubles.open_pairs_of(thing)[:DOUBLES_SHOWN]
        ]


class RecordOverlay(FormPage[OverlayForm]):
    """Takes the file with the full record; nothing changes before it was compared."""

    permission, nav = "cataloging.edit_records", NAV
    title, form_class, submit_label = gettext_lazy("Overlay"), OverlayForm, gettext_lazy("Compare")

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("raw", "search")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (self.object.title, self.object.get_absolute_url())]

    def act(self, form: OverlayForm) -> Incoming:
        file = form.cleaned_data["file"]
        return records.keep_file(self.object.pk, name=file.name, body=file.read(), actor=self.user)

    def success_url(self, result: Incoming) -> str:
        return reverse("cataloging:record_compare", args=[self.object.pk, result.pk])

    def message(self, result: Incoming) -> str:
        return _("“%(name)s” was read. Compare, then overlay.") % {"name": result.name}


class RecordCompare(ActionPage[Record]):
    """The record as it is beside the record as it would be; posting overlays."""

    permission, nav = "cataloging.edit_records", NAV
    title, submit_label = gettext_lazy("Compare"), gettext_lazy("Overlay")
    template = "cataloging/records/compare.html"

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("search")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (self.object.title, self.object.get_absolute_url())]

    def incoming(self) -> Incoming:
        found = Incoming.objects.filter(pk=self.kwargs["incoming"], kind="marc").first()
        if found is None:
            raise Http404(_("This file is not here any more. Upload it again."))
        return found

    def confirm_text(self, thing: Record) -> str:
        count = len(self.comparison.changes)
        return ngettext(
            "Overlay “%(title)s”? %(n)d field changes.", "Overlay “%(title)s”? %(n)d fields change.", count
        ) % {"title": thing.title, "n": count}

    @property
    def comparison(self) -> comparing.Comparison:
        if not hasattr(self, "_comparison"):
            self._comparison = comparing.compared(self.object, bytes(self.incoming().body))
        return self._comparison

    def context(self) -> dict[str, Any]:
        return super().context() | {"comparison": self.comparison, "record": self.object}

    def act(self, thing: Record) -> Record:
        typed = self.request.POST.get("version", "")
        if not typed.isdecimal():
            raise BadRequest(_("The form doesn't say which version was compared. Open the comparison again."))
        return records.overlay_from(thing.pk, self.kwargs["incoming"], version=int(typed), actor=self.user)

    def success_url(self, thing: Record) -> str:
        """To the next item of the title that waits for its label, if one does: that is the next thing to do."""
        item = worklists.next_item(thing)
        if item is not None and self.may("cataloging.edit_items", branch=item.branch):
            return reverse("cataloging:item_label", args=[item.pk])
        return str(thing.get_absolute_url())

    def message(self, thing: Record) -> str:
        return _("Overlaid. The description is %(state)s.") % {"state": states.words(RecordState(thing.state))}
