"""What the rail asks for once a page is there: how much waits behind each of its entries, and what has ended."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from techsvc.kernel import access, queries, slots
from techsvc.kernel.pages import Page


class Waiting(Page):
    """The counts of the whole rail in one answer, each put in its place by name; with a toast for each job that ended.

    Home tells of jobs by itself.
    """

    permission = access.ANY_STAFF
    template = "partials/_waiting.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        counts = slots.waiting(self.user)
        return self.show(
            waiting=[(item.anchor, counts[item.url_name]) for item in slots.nav(self.user)],
            ended=[] if self.is_home() else queries.ends_to_tell(self.user),
        )

    def is_home(self) -> bool:
        """Whether the page that asks is the home page."""
        asking = urlsplit(self.request.headers.get("HX-Current-URL", ""))
        return asking.path == reverse("workroom:home")
