"""Saved views: keeping what a list is asked, renaming, sharing, deleting, pinning to one's home page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import saved_views
from techsvc.kernel.forms import SaveViewForm, ViewForm
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.pages import ActionPage, FormPage, pinned
from techsvc.kernel.slots import Verb


class SaveView(FormPage[SaveViewForm]):
    """Keep what a list is asked now, under a name."""

    permission = access.ANY_STAFF
    title, form_class = gettext_lazy("Save this view"), SaveViewForm

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "") for name in ("page", "query")}

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.user}

    def act(self, form: SaveViewForm) -> SavedView:
        return saved_views.save_view(**form.cleaned_data, actor=self.user)

    def success_url(self, result: SavedView) -> str:
        return pinned.address(result)

    def message(self, result: SavedView) -> str:
        return _("“%(view)s” is saved.") % {"view": result}


class ChangeView(FormPage[ViewForm]):
    """One's own view: its name, whether it is shared; why its list can't answer it, if so."""

    permission = access.ANY_STAFF
    form_class, template = ViewForm, "kernel/saved_view.html"

    def objects(self) -> QuerySet[SavedView]:
        return SavedView.objects.filter(owner=self.user)

    def page_title(self) -> str:
        return str(self.object)

    def crumbs(self) -> list[tuple[str, str]]:
        found = pinned.list_named(self.object.page, self.user)
        return [(str(found.title), reverse(self.object.page))] if found else []

    def verbs(self) -> list[Verb]:
        return [Verb(_("Delete"), reverse("kernel:view_delete", args=[self.object.pk]), method="post", danger=True)]

    def context(self) -> dict[str, Any]:
        return super().context() | {"unfit": pinned.why_unfit(self.object, self.user)}

    def initial(self) -> dict[str, Any]:
        return {"label": self.object.label, "shared": self.object.shared}

    def act(self, form: ViewForm) -> SavedView:
        return saved_views.change_view(self.object.pk, **form.cleaned_data, actor=self.user)

    def success_url(self, result: SavedView) -> str:
        return self.came_from() if pinned.why_unfit(result, self.user) else pinned.address(result)


class _ViewVerb(ActionPage[SavedView]):
    """An act on a view that the person may use."""

    permission = access.ANY_STAFF

    def objects(self) -> QuerySet[SavedView]:
        return SavedView.objects.filter(Q(owner=self.user) | Q(shared=True))

    def success_url(self, thing: SavedView) -> str:
        return self.came_from()


class DeleteView(_ViewVerb):
    """Delete a view; the toast brings it back."""

    def act(self, thing: SavedView) -> SavedView:
        return saved_views.delete_view(thing.pk, actor=self.user)

    def message(self, thing: SavedView) -> str:
        return _("“%(view)s” is deleted.") % {"view": thing}

    def success_url(self, thing: SavedView) -> str:
        return reverse(thing.page) if pinned.list_named(thing.page, self.user) else reverse("workroom:home")


class PinView(_ViewVerb):
    """Put a view on one's home page."""

    def act(self, thing: SavedView) -> SavedView:
        return saved_views.pin_view(thing.pk, actor=self.user)

    def message(self, thing: SavedView) -> str:
        return _("“%(view)s” is on your home page.") % {"view": thing}


class UnpinView(_ViewVerb):
    """Take a view off one's home page."""

    def act(self, thing: SavedView) -> SavedView:
        return saved_views.unpin_view(thing.pk, actor=self.user)

    def message(self, thing: SavedView) -> str:
        return _("“%(view)s” is off your home page.") % {"view": thing}
