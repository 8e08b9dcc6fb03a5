"""Versions of a record: what each changed, who made it, from where; one of them made the newest again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import records as acts
from cataloging.actions import reviving
from cataloging.marc.record import as_lines
from cataloging.models.records import Record, RecordVersion
from cataloging.queries import versions as kept
from cataloging.rules import words
from cataloging.views.records import NAV, VERSION_COLUMNS, catalog_crumb
from techsvc.kernel import queries
from techsvc.kernel.pages import ActionPage, DetailPage, Fact, Table
from techsvc.kernel.pages.filters import refuse_unknown
from techsvc.kernel.pages.list import whole
from techsvc.kernel.slots import Verb


class VersionDetail(DetailPage[RecordVersion]):
    """One version beside another: the one before it, or the one that the address names.

    It needs no record: what was taken out of the catalog can still be looked at here.
    """

    permission, nav, lookup = "cataloging.view", NAV, "version"
    template = "cataloging/records/version.html"
    remembered = False

    def objects(self) -> QuerySet[RecordVersion]:
        return RecordVersion.objects.filter(record_id=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        refuse_unknown(request.GET, {"with"})
        return super().get(request, **kwargs)

    def page_title(self) -> str:
        return _("Version %(n)d") % {"n": self.object.version}

    def crumbs(self) -> list[tuple[str, str]]:
        if self.record is None:
            return [catalog_crumb()]
        return [catalog_crumb(), (self.record.title, self.record.get_absolute_url())]

    @cached_property
    def record(self) -> Record | None:
        """The record as it is now; None when it is not in the catalog any more."""
        return Record.objects.only("title", "version", "state", "merged_into").filter(pk=self.kwargs["pk"]).first()

    @cached_property
    def beside(self) -> RecordVersion | None:
        """The version to compare with; the first one stands alone."""
        asked = self.request.GET.get("with", "")
        number = whole(asked, what=_("version")) if asked else self.object.version - 1
        found = self.objects().filter(version=number).first()
        if asked and found is None:
            raise BadRequest(_("There is no version %(n)d. Choose one from the list.") % {"n": number})
        return found

    def state(self, thing: RecordVersion) -> str:
        return thing.state

    def key_facts(self, thing: RecordVersion) -> Sequence[Fact]:
        return [Fact(_("When"), thing.at, "datetime"), Fact(_("From"), thing.source)]

    def facts(self, thing: RecordVersion) -> Sequence[Fact]:
        act, load = kept.act_of(thing), kept.load_of(thing)
        who = act.actor if act is not None else load.uploaded_by if load is not None else None
        if load is None:
            return [Fact(_("Who"), who), Fact(_("Act"), act and act.summary)]
        file = reverse("kernel:incoming_file", args=[load.incoming_id])
        return [
            Fact(_("Who"), who),
            Fact(_("Load"), load.name, url=load.get_absolute_url()),
            Fact(_("File as it came"), load.incoming.name, url=file),
        ]

    def tables(self, thing: RecordVersion) -> Sequence[Table]:
        rows = kept.versions_of(thing.record_id).exclude(version=thing.version)
        return [
            Table(_("Compare with another version"), VERSION_COLUMNS, rows, _("There is no other."), row_url=self._with)
        ]

    def _with(self, other: RecordVersion) -> str:
        own = reverse("cataloging:record_version", args=[self.object.record_id, self.object.version])
        return f"{own}?with={other.version}"

    def own_verbs(self, thing: RecordVersion) -> Sequence[Verb]:
        if not self.may("cataloging.edit_records"):
            return ()
        if self.record is None:
            url = reverse("cataloging:record_revive", args=[thing.record_id])
            return (Verb(_("Bring the record back"), url, method="post", icon="undo"),)
        if thing.version == self.record.version or self.record.merged_into_id is not None:
            return ()
        return (Verb(_("Restore"), restore_url(thing, self.record.version), method="post", icon="undo"),)

    def context(self) -> dict[str, Any]:
        version, beside = self.object, self.beside
        lines = [(words.label(line[0]), *line) for line in as_lines(kept.marc_of(version))]
        return super().context() | {
            "beside": beside,
            "differences": kept.differences(beside, version) if beside is not None else [],
            "lines": lines,
            "record": self.record,
            "history": queries.history_of(Record(pk=version.record_id))[:HISTORY_SHOWN],
        }


HISTORY_SHOWN = 30


def restore_url(version: RecordVersion, seen: int) -> str:
    """Where to make a version the newest one, over the one that the page showed."""
    return reverse("cataloging:record_restore", args=[version.record_id, version.version, seen])


class RecordRestore(ActionPage[Record]):
    """Makes an earlier version the newest one, if the newest is still the one that was seen."""

    permission, nav, title = "cataloging.edit_records", NAV, gettext_lazy("Restore")

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("raw", "search")

    def act(self, thing: Record) -> Record:
        return acts.restore_version(thing.pk, self.kwargs["version"], seen=self.kwargs["seen"], actor=self.user)

    def message(self, thing: Record) -> str:
        return _("Version %(n)d is back, as version %(now)d.") % {"n": self.kwargs["version"], "now": thing.version}


class RecordRevive(ActionPage[RecordVersion]):
    """Brings a record back that was taken out of the catalog."""

    permission, nav, title = "cataloging.edit_records", NAV, gettext_lazy("Bring the record back")

    def load(self) -> RecordVersion:
        found = kept.versions_of(self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There was never a record of this number."))
        return found

    def act(self, thing: RecordVersion) -> Record:
        return reviving.revive_record(thing.record_id, actor=self.user)

    def message(self, thing: Record) -> str:
        return _("“%(title)s” is back, as version %(n)d.") % {"title": thing.title, "n": thing.version}
