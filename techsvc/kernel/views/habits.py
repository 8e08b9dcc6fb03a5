"""Keeping how a person likes a list: its columns and its rows a page."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import habits
from techsvc.kernel.models.habits import ListHabit
from techsvc.kernel.pages import ActionPage, ListPage
from techsvc.kernel.pages.links import may_open
from techsvc.kernel.pages.list import SHOWN, SIZES

FORGET: Final = "forget"


class KeepListHabit(ActionPage[ListHabit]):
    """Keeps the columns or the size that was chosen on a list, or forgets both, and goes back to it."""

    permission, title, about_nothing = access.ANY_STAFF, gettext_lazy("How you like this list"), True

    def act(self, thing: Any) -> None:
        page, view = self._list()
        post = self.request.POST
        if FORGET in post:
            habits.forget_list_habit(page, actor=self.user)
        else:
            habits.keep_list_habit(page, columns=self._columns(view), size=self._size(), actor=self.user)

    def message(self, thing: Any) -> str:
        return _("The list is as it was.") if FORGET in self.request.POST else _("Kept for you.")

    def success_url(self, thing: Any) -> str:
        """The list, whose address says how it is shown, so that it can be sent to somebody else."""
        path, _sep, query = self.came_from().partition("?")
        params = QueryDict(query, mutable=True)
        for name in SHOWN if FORGET in self.request.POST else SHOWN - {"cols", "size"}:
            params.pop(name, None)
        if "cols" in self.request.POST:
            params["cols"] = ",".join(self.request.POST.getlist("cols"))
        if "size" in self.request.POST:
            params["size"] = self.request.POST["size"]
        return f"{path}?{params.urlencode(safe=',')}" if params else path

    def _list(self) -> tuple[str, type[ListPage[Any]]]:
        """The list that the person came from, by its name and by its page."""
        path = self.came_from().partition("?")[0]
        try:
            match = resolve(path)
        except Resolver404:
            raise BadRequest(_("That is no list. Open the list and choose there.")) from None
        view = getattr(match.func, "view_class", None)
        if view is None or not issubclass(view, ListPage) or not may_open(self.user, path):
            raise BadRequest(_("That is no list. Open the list and choose there."))
        return match.view_name, view

    def _columns(self, view: type[ListPage[Any]]) -> list[str] | None:
        chosen = self.request.POST.getlist("cols")
        known = [column.key for column in view.columns]
        if not set(chosen) <= set(known):
            raise BadRequest(_("This list has no such column. Open it again and choose."))
        return [key for key in known if key in chosen] or None

    def _size(self) -> int | None:
        size = self.request.POST.get("size", "")
        if size and size not in map(str, SIZES):
            raise BadRequest(_("A page can't have “%(size)s” rows. Choose one of the numbers.") % {"size": size[:20]})
        return int(size) if size else None
