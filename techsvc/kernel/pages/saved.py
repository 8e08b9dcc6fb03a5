"""The row above a list: the department's tabs, the person's saved views and shared ones, each with its count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

from django.core.exceptions import BadRequest, ObjectDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from techsvc.kernel import access, queries
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.models.people import User
from techsvc.kernel.pages.filters import Filter, Options, Tab

BESIDE = 6  # saved views that stand beside the tabs and are counted; the others are in a menu
# What a list raises when it is asked what it does not know, or what is gone.
UNFIT = (BadRequest, ValueError, ValidationError, ObjectDoesNotExist)


class Listing(Protocol):
    """What a list is asked here."""

    filters: ClassVar[Sequence[Filter]]
    tabs: ClassVar[Sequence[Tab]]
    request: HttpRequest

    @property
    def user(self) -> User: ...

    @property
    def filter_options(self) -> Options: ...

    @classmethod
    def asked(cls, user: User, query: str, options: Options | None = None) -> Self: ...

    def matching(self, params: QueryDict) -> QuerySet[Any]: ...


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A tab: `view` when somebody saved it, `unfit` why the list can't answer it any more."""

    label: Any
    url: str
    current: bool = False
    rows: QuerySet[Any] | None = None
    count: int | None = None
    view: SavedView | None = None
    mine: bool = False
    may_delete: bool = False
    unfit: str = ""


@dataclass(frozen=True, slots=True)
class Tabs:
    """The row: what stands in it, what is behind "More"; the list's name and its question, when it can be saved."""

    shown: list[ViewTab]
    more: list[ViewTab]
    page: str = ""
    question: str = ""

    @property
    def current(self) -> ViewTab | None:
        """The saved view that the list shows now."""
        return next((tab for tab in (*self.shown, *self.more) if tab.current and tab.view), None)


def question(page: Listing, params: QueryDict) -> QueryDict:
    """What is asked of the rows, and which columns; in one order, without where in the list the person stands."""
    made = QueryDict(mutable=True)
    for name in (*(one.name for one in page.filters), "q", "sort", "cols"):
        if typed := params.get(name, "").strip():
            made[name] = typed
    return made


def tabs(page: Listing, count: int) -> Tabs | None:
    """The row above the list, whose current tab is known to find `count` rows; the others take one query together.

    None for a list that has no tabs and, being about one thing, no saved views.
    """
    name = _name(page.request)
    if not name and not page.tabs:
        return None
    here = question(page, page.request.GET)
    saved = [_of_view(page, view, here) for view in queries.views_of(page.user, name)] if name else []
    saved = [tab for tab in saved if tab.mine or not tab.unfit]
    first = sorted(saved, key=lambda tab: not tab.current)[:BESIDE]
    own = _own(page, here, is_saved=any(tab.current for tab in saved))
    beside = [tab for tab in saved if tab in first]
    more = [tab for tab in saved if tab not in first]
    return Tabs(_counted([*own, *beside], count), more, name, here.urlencode())


def _name(request: HttpRequest) -> str:
    """The URL name of a list; "" where the address carries which thing the list is about."""
    match = request.resolver_match
    return match.view_name if match is not None and not match.kwargs else ""


def _own(page: Listing, here: QueryDict, *, is_saved: bool) -> list[ViewTab]:
    """The department's tabs; one of them shows everything."""
    whole = () if any(not tab.query for tab in page.tabs) else (Tab(_("All"), counted=False),)
    asked = {name: typed for name, typed in here.items() if name != "cols"}
    made = []
    for tab in (*page.tabs, *whole):
        params = QueryDict(tab.query)
        current = not is_saved and question(page, params).dict() == asked
        rows = page.matching(params) if tab.counted and not current else None
        made.append(ViewTab(tab.label, f"?{tab.query}", current, rows))
    return made


def _of_view(page: Listing, view: SavedView, here: QueryDict) -> ViewTab:
    mine = view.owner_id == page.user.pk
    may_delete = mine or access.allowed(page.user, "kernel.tidy_views")
    made = ViewTab(view.label, f"?{view.query}", view=view, mine=mine, may_delete=may_delete)
    asked = page.asked(page.user, view.query, page.filter_options)
    try:
        rows = asked.matching(asked.request.GET)
    except UNFIT as wrong:
        return replace(made, url=reverse("kernel:view", args=[view.pk]), unfit=str(wrong))
    current = question(page, asked.request.GET) == here
    return replace(made, current=current, rows=None if current else rows)


def _counted(tabs: Sequence[ViewTab], count: int) -> list[ViewTab]:
    found = iter(queries.count_and_oldest([(tab.rows, "") for tab in tabs if tab.rows is not None]))
    return [
        replace(tab, count=count if tab.current else next(found)[0] if tab.rows is not None else None) for tab in tabs
    ]
