"""Search: one box for words and for anything that a scanner reads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.pages import Page
from techsvc.workroom.queries.finding import find

LONGEST = 200  # characters of a text that are looked at
SUGGESTED = 12  # hits under the box


class Search(Page):
    """A code goes straight to its page; words and doubtful codes show what was found; nothing says what to do next."""

    permission = access.ANY_STAFF
    title, template = gettext_lazy("Search"), "workroom/search.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = find(request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST], self.user)
        if request.headers.get("HX-Request"):
            hits = found.hits[:SUGGESTED]
            return self.show(template="partials/_search_results.html", hits=hits, search_text=found.text)
        if found.only is not None:
            return HttpResponseRedirect(found.only.url)
        return self.show(found=found, search_text=found.text)
