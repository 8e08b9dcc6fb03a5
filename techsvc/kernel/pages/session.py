"""What happens to a request of nobody: a page goes to the sign-in, a part of a page says that the session ended."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.csrf import csrf_failure

from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.pages.form import FormPage, keep_typing


def session_ended() -> HttpResponse:
    return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})


def keep_for(person: User, request: HttpRequest, view_func: Any) -> None:
    """A form that was sent plainly, without a script, after the session lapsed: keep what was typed as a draft."""
    view = getattr(view_func, "view_class", None)
    if not (isinstance(view, type) and issubclass(view, FormPage) and view.drafted):
        return
    page, nobody, request.user = view(**view_func.view_initkwargs), request.user, person
    try:
        page.setup(request, **request.resolver_match.kwargs if request.resolver_match else {})
        page.guard()
        keep_typing(page, actor=person)
    except (Refusal, BadRequest, Http404):
        pass  # who may not send it has nothing to keep
    finally:
        request.user = nobody


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
        if request.method == "POST" and hasattr(request, "lapsed"):
            keep_for(request.lapsed, request, view_func)
        return super().handle_no_permission(request, view_func)
