"""What the rail asks for once a page is there: how much waits behind each of its entries."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from techsvc.kernel import access, slots
from techsvc.kernel.pages import Page


class Waiting(Page):
    """The counts of the whole rail in one answer; each goes to its place by name."""

    permission = access.ANY_STAFF
    template = "partials/_waiting.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        counts = slots.waiting(self.user)
        return self.show(waiting=[(item.anchor, counts[item.url_name]) for item in slots.nav(self.user)])
