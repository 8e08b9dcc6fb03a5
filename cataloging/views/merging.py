"""Two records side by side, and the one that is made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import merging, moving
from cataloging.marc.record import parse
from cataloging.models.records import Record
from cataloging.rules import merging as rules
from cataloging.rules import words
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel.pages import ActionPage, Fact
from techsvc.kernel.slots import Verb


class MergeRecords(ActionPage[Record]):
    """Field by field: what is ticked stays. The record of the address survives; posting merges the other into it."""

    permission, nav = "cataloging.merge_records", NAV
    title, submit_label = gettext_lazy("Merge two records"), gettext_lazy("Merge")
    template = "cataloging/records/merge.html"

    def objects(self) -> QuerySet[Record]:
        return Record.objects.select_related("merged_into").defer("search", "merged_into__raw", "merged_into__search")

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (_("Duplicates"), reverse("cataloging:duplicates"))]

    @cached_property
    def other(self) -> Record:
        found = self.objects().filter(pk=self.kwargs["other"]).first()
        if found is None or found.pk == self.object.pk:
            raise Http404(_("There is no other record of this number. Look at the list of duplicates again."))
        return found

    def verbs(self) -> list[Verb]:
        swapped = reverse("cataloging:record_merge", args=[self.other.pk, self.object.pk])
        return [Verb(_("Keep the other one instead"), swapped, icon="refresh")]

    def confirm_text(self, thing: Record) -> str:
        return _("Merge record %(other)d into record %(n)d, “%(title)s”? The ticked fields stay.") % {
            "other": self.other.pk,
            "n": thing.pk,
            "title": thing.title,
        }

    def confirm_facts(self, thing: Record) -> Sequence[Fact]:
        return (
            Fact(_("What moves here"), moving.in_words(self.other)),
            Fact(_("What is here already"), moving.in_words(thing)),
        )

    def context(self) -> dict[str, Any]:
        survivor, loser = parse(bytes(self.object.raw)), parse(bytes(self.other.raw))
        rows = rules.side_by_side(survivor, loser)
        ticked = self.ticked() or rules.default_choice(survivor, loser)
        lines = [(words.label(row.tag), row, _beside(row.left, ticked), _beside(row.right, ticked)) for row in rows]
        return super().context() | {"record": self.object, "other": self.other, "lines": lines}

    def ticked(self) -> Collection[str]:
        """What was ticked a moment ago; nothing when one of the records has changed since, so that it is asked anew."""
        post = self.request.POST
        now = (str(self.object.version), str(self.other.version))
        return post.getlist("keep") if (post.get("version"), post.get("other_version")) == now else ()

    def act(self, thing: Record) -> Record:
        post = self.request.POST
        seen = post.get("version", ""), post.get("other_version", "")
        if not all(text.isdecimal() and len(text) < 10 for text in seen):
            raise BadRequest(_("The form doesn't say which versions were compared. Open the comparison again."))
        versions = int(seen[0]), int(seen[1])
        return merging.merge_records(
            thing.pk, self.other.pk, seen=versions, choice=post.getlist("keep"), actor=self.user
        )

    def message(self, thing: Record) -> str:
        return _("Merged. Record %(n)d leads here now.") % {"n": self.other.pk}


def _beside(cell: rules.Cell | None, ticked: Collection[str]) -> dict[str, Any] | None:
    """A cell as the page shows it."""
    if cell is None:
        return None
    text = words.content(cell.text)
    return {"key": cell.key, "text": text, "checked": cell.key in ticked, "fixed": cell.fixed}
