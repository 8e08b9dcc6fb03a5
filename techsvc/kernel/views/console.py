"""The console of supervisors and the administrator: its front page, and what its lists share."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ListPage, Page
from techsvc.kernel.views import doors

M = TypeVar("M", bound=Model)


class ConsoleList(ListPage[M], Generic[M]):
    """A list behind one of the console's doors."""

    nav = "kernel:console"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))] if self.may("kernel.console") else []


def staff_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in User.objects.values_list("pk", "display_name")]


def branch_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]


class Console(Page):
    """The doors to everything that a supervisor looks after."""

    permission = "kernel.console"
    title, nav, template = gettext_lazy("Console"), "kernel:console", "kernel/console.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            troubles=doors.troubles(self.user),
            paused=doors.is_paused(),
            may_release=self.may("kernel.release_outgoing"),
            rooms=doors.open_rooms(self.user),
        )
