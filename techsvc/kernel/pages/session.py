"""What happens to a request of nobody: a page goes to the sign-in, a part of a page says that the session ended."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.csrf import csrf_failure


def session_ended() -> HttpResponse:
    return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form of an earlier session: what asked from within a page gets a new token and sends it again."""
    return session_ended() if request.headers.get("HX-Request") else csrf_failure(request, reason)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's own, which would swap the sign-in page into a table cell: parts of pages get 401 and an event instead.

    static/js/forms.js hears the event, asks for the password over the page, and what was under way goes on.
    """

    def handle_no_permission(  # type: ignore[override]  # Django's own only ever redirects
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request"):
            return session_ended()
        return super().handle_no_permission(request, view_func)
