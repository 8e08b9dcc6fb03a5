"""Search: one box for words and for anything that a scanner reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import privacy
from techsvc.kernel.pages import Page
from techsvc.kernel.slots import Hit
from techsvc.workroom.queries.finding import Found, find, grouped, shortened

LONGEST = 200  # characters of a text that are looked at


class Search(Page):
    """A code goes straight to its page; words and doubtful codes show what was found; nothing says what to do next."""

    permission = access.ANY_STAFF
    title, template = gettext_lazy("Search"), "workroom/search.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = find(request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST], self.user)
        if request.headers.get("HX-Request"):
            return self.suggest(found)
        if found.only is not None:
            return HttpResponseRedirect(found.only.url)
        self.note_names(found.hits)
        return self.show(found=found, search_text=found.text)

    def suggest(self, found: Found) -> HttpResponse:
        """The first of each kind, for the palette."""
        hits = shortened(found)
        self.note_names(hits)
        more = len(found.hits) > len(hits)
        return self.show(
            template="partials/_search_results.html",
            found=found,
            groups=grouped(hits),
            more=more,
            search_text=found.text,
        )

    def note_names(self, hits: Iterable[Hit]) -> None:
        """Whose names are about to be shown is written down."""
        shown = [hit.patron for hit in hits if hit.patron is not None]
        privacy.note_looks(shown, page="workroom:search", actor=self.user)
