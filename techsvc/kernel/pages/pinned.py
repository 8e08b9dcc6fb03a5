"""Saved views away from their list: whether a question can be kept, and the tiles of what a person pinned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _

from techsvc.kernel import access, queries
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import saved
from techsvc.kernel.pages.filters import ready_options
from techsvc.kernel.pages.list import ListPage
from techsvc.kernel.slots import Worklist

LONGEST = 1000  # characters of a question that are kept


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a person pinned: worklists, and the views that their lists can't answer any more."""

    lists: list[Worklist]
    unfit: list[SavedView]


def list_named(name: str, user: User) -> type[ListPage[Any]] | None:
    """The list of this URL name, if there is one and the person may open it."""
    try:
        view = resolve(reverse(name)).func
    except NoReverseMatch:
        return None
    page = getattr(view, "view_class", None)
    found = isinstance(page, type) and issubclass(page, ListPage) and access.allowed(user, page.permission)
    return page if found else None


def address(view: SavedView) -> str:
    """The list with the view's question."""
    return f"{reverse(view.page)}?{view.query}"


def checked(user: User, name: str, query: str) -> str:
    """The question as it is kept. Raises BadRequest for what the list does not know, and for lists not to be opened."""
    page = list_named(name, user)
    if page is None:
        raise BadRequest(_("This list keeps no views, or you may not open it. Open a list from the rail."))
    asked = page.asked(user, query)
    kept = saved.question(asked, asked.request.GET).urlencode()
    asked.listed(page.asked(user, kept).request.GET)
    if len(kept) > LONGEST:
        raise BadRequest(_("This asks too much to be kept. Take out a filter or a column."))
    return kept


def pinned(user: User) -> Pinned:
    """What the person pinned; views of lists that they may not open stay away. One query; counting is left to slots."""
    lists, unfit = [], []
    for view in (pin.view for pin in queries.pins_of(user)):
        page = list_named(view.page, user)
        if page is None:
            continue
        try:
            lists.append(Worklist(view.label, address(view), _rows(page, user, view), page.since))
        except saved.UNFIT:
            unfit.append(view)
    return Pinned(lists, unfit)


def why_unfit(view: SavedView, user: User) -> str:
    """Why the list can't answer the view any more, in words; "" when it can."""
    page = list_named(view.page, user)
    if page is None:
        return _("Its list is gone, or you may not open it any more.")
    try:
        asked = page.asked(user, view.query)
        asked.matching(asked.request.GET)
    except saved.UNFIT as wrong:
        return str(wrong)
    return ""


def _rows(page: type[ListPage[Any]], user: User, view: SavedView) -> QuerySet[Any]:
    """What the list would show. The filters' options are not read for it: the question was checked when it was kept."""
    asked = page.asked(user, view.query, ready_options(page.filters, user))
    return asked.matching(asked.request.GET)
