"""The console of supervisors and the administrator: people, places, policies, schedules, jobs, the audit log."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.actions import policies
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.forms import PolicyForm
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.policy import Policy
from techsvc.kernel.models.privacy import PatronLook
from techsvc.kernel.pages import Column, Filter, FormPage, ListPage, Page
from techsvc.kernel.pages.links import page_of
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


class History(ConsoleList[HistoryEvent]):
    """The audit log: who did what, when and why."""

    permission = "kernel.view_history"
    title = gettext_lazy("History of everything")
    columns = (
        Column("at", gettext_lazy("When"), kind="datetime", sort="id"),
        Column("who", gettext_lazy("Who"), value="actor.display_name", sort="actor__display_name"),
        Column("what", gettext_lazy("What"), value="summary"),
        Column(
            "about",
            gettext_lazy("About"),
            value=lambda event: f"{event.subject_type.name} {event.subject_id}",
            url=page_of,
            wide=True,
        ),
        Column("why", gettext_lazy("Why")),
        Column("verb", gettext_lazy("Verb"), kind="code", sort="verb", hidden=True),
    )
    filters = (
        Filter("who", gettext_lazy("Who"), choices=staff_choices, lookup="actor_id"),
        Filter("from", gettext_lazy("From"), kind="date", lookup="at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="at__date__lte"),
    )
    search = ("summary__icontains", "verb__startswith")
    default_sort = "-at"
    empty_title = gettext_lazy("Nothing happened yet.")

    def queryset(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.select_related("actor", "subject_type")


class Looks(ConsoleList[PatronLook]):
    """Who saw which patron: the patron is a bare key here, which finds all looks at one."""

    permission = "kernel.view_history"
    title = gettext_lazy("Looks at patrons")
    columns = (
        Column("at", gettext_lazy("When"), kind="datetime", sort="id"),
        Column("who", gettext_lazy("Who"), value="actor.display_name", sort="actor__display_name"),
        Column("patron", gettext_lazy("Patron"), kind="code", sort="patron"),
        Column("page", gettext_lazy("Where"), kind="code", sort="page"),
        Column("why", gettext_lazy("Why")),
    )
    filters = (
        Filter("who", gettext_lazy("Who"), choices=staff_choices, lookup="actor_id"),
        Filter("from", gettext_lazy("From"), kind="date", lookup="at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="at__date__lte"),
    )
    search = ("patron__startswith", "page__icontains")
    default_sort = "-at"
    empty_title = gettext_lazy("Nobody looked at a patron yet.")
    empty_next = gettext_lazy("How long looks are kept stands under “What is kept, and how long”.")

    def queryset(self) -> QuerySet[PatronLook]:
        return PatronLook.objects.select_related("actor")


class Policies(Page):
    """Every policy with the value in force and what it means."""

    permission = "kernel.console"
    title, nav, template = gettext_lazy("Policies"), "kernel:console", "kernel/policies.html"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(policy, policies.shown(policy, value), row) for policy, value, row in policies.in_force()]
        return self.show(rows=rows, may_set=self.may("kernel.set_policy"))


class SetPolicy(FormPage[PolicyForm]):
    """Decide a policy from now on."""

    permission, nav = "kernel.set_policy", "kernel:console"
    form_class, submit_label, compared = PolicyForm, gettext_lazy("Decide"), ("value",)

    def policy(self) -> PolicyDeclaration:
        if self.kwargs["key"] not in policies.DECLARED:
            raise Http404(_("There is no such policy."))
        return policies.DECLARED[self.kwargs["key"]]

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Policies"), reverse("kernel:policies"))]

    def page_title(self) -> str:
        return str(self.policy().label)

    def form_kwargs(self) -> dict[str, Any]:
        return {"policy": self.policy(), "current": policies.value(self.policy().key)}

    def act(self, form: PolicyForm) -> Policy:
        return policies.set_policy(
            self.policy().key, form.cleaned_data["value"], actor=self.user, why=form.cleaned_data["why"]
        )

    def success_url(self, result: Any) -> str:
        return reverse("kernel:policies")
