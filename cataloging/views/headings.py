"""Browse lists: names, subjects, titles, series and genres in the order of the alphabet."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.queries import headings
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel.pages import Page
from techsvc.kernel.pages.filters import refuse_unknown
from techsvc.kernel.slots import Verb

KINDS = {
    "subject": gettext_lazy("Subjects"),
    "name": gettext_lazy("Names"),
    "title": gettext_lazy("Titles"),
    "series": gettext_lazy("Series"),
    "genre": gettext_lazy("Genres"),
}


class Headings(Page):
    """One kind of heading, from what is typed on; a click finds exactly its records."""

    permission, nav, title = "cataloging.view", NAV, gettext_lazy("Browse headings")
    template = "cataloging/records/headings.html"

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]

    def verbs(self) -> list[Verb]:
        return [Verb(_("Items in shelf order"), f"{reverse('cataloging:items')}?sort=call_number", icon="rows")]

    def get(self, request: HttpRequest) -> HttpResponse:
        refuse_unknown(request.GET, {"kind", "q", "after", "before"})
        kind, start, after, before = (self._asked(name) for name in ("kind", "q", "after", "before"))
        kind = kind or "subject"
        if kind not in KINDS:
            raise BadRequest(_("There is no list of “%(kind)s”. Choose one of the tabs.") % {"kind": kind[:60]})
        found = headings.browse(kind, start, after=after, before=before)
        return self.show(found=found, kind=kind, kinds=KINDS.items(), start=start)

    def _asked(self, name: str) -> str:
        return self.request.GET.get(name, "").replace("\x00", "").strip()[: headings.LONGEST_SORT]
