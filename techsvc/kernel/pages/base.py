"""What every page has: a permission, a title, crumbs, verbs, and one way to do something once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from techsvc.kernel import access, queries
from techsvc.kernel.actions import history, submissions
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages.links import may_open
from techsvc.kernel.slots import Verb

Thing = TypeVar("Thing", bound=Model)
HEADLINES = {
    400: gettext_lazy("That can't be read"),
    403: gettext_lazy("You may not do this"),
    422: gettext_lazy("That can't be done now"),
}


def problem(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """A page that says what is wrong; the bare sentence for a request that swaps a part of a page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    context = {"headline": HEADLINES[status], "sentence": sentence, "title": HEADLINES[status]}
    return render(request, "generic/problem.html", context, status=status)


def toast(request: HttpRequest, text: str, *, undo: HistoryEvent | None = None, level: str = "success") -> None:
    """Tell the person on the next page; `undo` adds the button that takes the act back."""
    tags = f"undo-{undo.pk}" if undo is not None else ""
    messages.add_message(request, getattr(messages, level.upper()), text, extra_tags=tags)


def own_path(request: HttpRequest, url: str | None) -> str:
    """The path and query of an address of ours; empty for anybody else's."""
    if not url or not url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Page(View):
    """A page that states who may open it.

    `permission` is a declared right, or access.ANY_STAFF; `nav` the url name of the rail's entry that it
    belongs to. What a subclass adds to the template it adds in `context()`.
    """

    permission: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    nav: ClassVar[str] = ""
    template: ClassVar[str] = "base.html"
    remembered: ClassVar[bool] = False  # whether the palette offers it again among what was opened lately

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        if not cls.permission:
            raise ImproperlyConfigured(f"{cls.__qualname__} states no permission (access.ANY_STAFF: all staff).")
        return super().as_view(**initkwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            self.guard()
            return super().dispatch(request, *args, **kwargs)
        except Forbidden as refusal:
            return problem(request, 403, refusal.text)
        except Refusal as refusal:
            return problem(request, 422, refusal.text)
        except BadRequest as wrong:
            return problem(request, 400, str(wrong))

    def guard(self) -> None:
        """Raise Forbidden unless the person may open this page."""
        access.require(self.user, self.permission)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def may(self, permission: str, *, branch: Branch | None = None) -> bool:
        """Whether the person has a right, for deciding which verbs to show."""
        return access.allowed(self.user, permission, branch=branch)

    def opens(self, url: str) -> bool:
        """Whether the person may follow this link; what they may not open is shown as plain words."""
        return may_open(self.user, url)

    def page_title(self) -> str:
        return str(self.title)

    def crumbs(self) -> list[tuple[str, str]]:
        """(label, url) of the pages above this one."""
        return []

    def verbs(self) -> list[Verb]:
        """What can be done here; the primary one first."""
        return []

    def context(self) -> dict[str, Any]:
        return {
            "page": self,
            "title": self.page_title(),
            "crumbs": [(label, url) for label, url in self.crumbs() if self.opens(url)],
            "verbs": self.verbs(),
            "nav_current": self.nav,
        }

    def show(self, *, status: int = 200, template: str = "", **extra: Any) -> HttpResponse:
        return render(self.request, template or self.template, self.context() | extra, status=status)


class ObjectPage(Page, Generic[Thing]):
    """A page about one thing, named by the URL; only what `objects()` holds exists for the person."""

    lookup: ClassVar[str] = "pk"
    _object: Thing | None = None

    def objects(self) -> QuerySet[Thing]:
        """What this person may see."""
        raise NotImplementedError(f"{type(self).__qualname__}.objects()")

    def branch_of(self, thing: Thing) -> Branch | None:
        """The branch that the thing belongs to, when rights are limited by branch."""
        return None

    @property
    def object(self) -> Thing:
        if self._object is None:
            self._object = self.load()
        return self._object

    def load(self) -> Thing:
        found = self.objects().filter(**{self.lookup: self.kwargs[self.lookup]}).first()
        if found is None:
            raise Http404(_("It does not exist, or it is not yours to see. Search for it above."))
        branch = self.branch_of(found)
        if branch is not None:
            access.require(self.user, self.permission, branch=branch)
        return found


class Submits(Page):
    """A page that does something when it is posted to: once per key, wholly or not at all."""

    def guard(self) -> None:
        """Who may, and no POST without its key, whatever else is wrong with it."""
        super().guard()
        if self.request.method == "POST":
            self.posted_key()

    def posted_key(self) -> str:
        """The key that the form carried; a form without one is refused."""
        try:
            return str(uuid.UUID(self.request.POST.get("_key", "")))
        except ValueError:
            raise BadRequest(
                _("The form came without its key, so it can't be told from a repeat. Reload the page and try again.")
            ) from None

    def once(self, act: Callable[[], str]) -> HttpResponse:
        """Run `act` in a transaction and go where it says; a repeated key goes where the first one went."""
        key = self.posted_key()
        with transaction.atomic():
            first = submissions.claim(key, user=self.user, path=self.request.path)
            if first is None:
                location = act()
                submissions.settle(key, location=location)
            else:
                location = first.location or self.came_from()
                toast(self.request, _("This was sent before and counted once."), level="info")
        return self.go(location)

    def go(self, location: str) -> HttpResponse:
        if self.request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": location})
        return HttpResponseRedirect(location)

    def came_from(self) -> str:
        """The page the person came from, or home."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or self.request.headers.get("Referer")
        return own_path(self.request, asked) or reverse("workroom:home")

    def newest_undoable(self, thing: Any) -> HistoryEvent | None:
        """The thing's newest line of history, if the person could take it back."""
        if not isinstance(thing, Model):
            return None
        newest = queries.history_of(thing).first()
        return newest if newest is not None and history.can_undo(newest) else None
