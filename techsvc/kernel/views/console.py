"""The console of supervisors and the administrator: people, places, policies, schedules, jobs, the audit log."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, queries
from techsvc.kernel.actions import jobs, policies
from techsvc.kernel.forms import PolicyForm
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState, Schedule
from techsvc.kernel.models.people import User
from techsvc.kernel.models.policy import Policy
from techsvc.kernel.pages import ActionPage, Column, Filter, FormPage, ListPage, Page
from techsvc.kernel.slots import Verb

ROOMS = (
    ("people", "kernel.manage_people", gettext_lazy("People"), gettext_lazy("Who may sign in, at which branch.")),
    (
        "roles",
        "kernel.manage_people",
        gettext_lazy("Roles and rights"),
        gettext_lazy("What each role may do, how far, up to which amount."),
    ),
    ("branches", "kernel.manage_places", gettext_lazy("Branches"), gettext_lazy("The library's buildings.")),
    (
        "printers",
        "kernel.manage_places",
        gettext_lazy("Printers"),
        gettext_lazy("Where labels come out, and their stock."),
    ),
    (
        "connections",
        "kernel.manage_connections",
        gettext_lazy("Connections to partners"),
        gettext_lazy("Hosts, folders and keys of vendors."),
    ),
    (
        "policies",
        "kernel.console",
        gettext_lazy("Policies"),
        gettext_lazy("What this library decides for itself, and why."),
    ),
    (
        "schedules",
        "kernel.console",
        gettext_lazy("Schedules"),
        gettext_lazy("What is done again and again, and when it last ran."),
    ),
    ("jobs", "kernel.view_jobs", gettext_lazy("Jobs"), gettext_lazy("Long work: running, done, failed.")),
    (
        "outgoing",
        "kernel.view_messages",
        gettext_lazy("Outgoing messages"),
        gettext_lazy("What left, waits, or needs a person; pause and release."),
    ),
    (
        "incoming",
        "kernel.view_messages",
        gettext_lazy("Incoming files"),
        gettext_lazy("Every file as it came, and what became of it."),
    ),
    (
        "notices",
        "kernel.view_patrons",
        gettext_lazy("Notices"),
        gettext_lazy("Who was told what, and who has to be told by hand."),
    ),
    (
        "history",
        "kernel.view_history",
        gettext_lazy("History of everything"),
        gettext_lazy("Who did what, when and why."),
    ),
)


class Console(Page):
    """The doors to everything that a supervisor looks after."""

    permission = "kernel.console"
    title, nav, template = gettext_lazy("Console"), "kernel:console", "kernel/console.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        open_to_me = (room for room in ROOMS if access.allowed(self.user, room[1]))
        return self.show(
            rooms=[(label, sentence, reverse(f"kernel:{name}")) for name, _right, label, sentence in open_to_me]
        )


class History(ListPage[HistoryEvent]):
    """The audit log: who did what, when and why."""

    permission = "kernel.view_history"
    title, nav = gettext_lazy("History of everything"), "kernel:console"
    columns = (
        Column("at", gettext_lazy("When"), kind="datetime", sort="id"),
        Column("who", gettext_lazy("Who"), value="actor.display_name", sort="actor__display_name"),
        Column("what", gettext_lazy("What"), value="summary"),
        Column("about", gettext_lazy("About"), value=lambda event: f"{event.subject_type.name} {event.subject_id}"),
        Column("why", gettext_lazy("Why")),
        Column("verb", gettext_lazy("Verb"), kind="code", sort="verb", hidden=True),
    )
    filters = (
        Filter(
            "who",
            gettext_lazy("Who"),
            choices=lambda _user: [(str(pk), n) for pk, n in User.objects.values_list("pk", "display_name")],
            lookup="actor_id",
        ),
        Filter("from", gettext_lazy("From"), kind="date", lookup="at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="at__date__lte"),
    )
    search = ("summary__icontains", "verb__startswith")
    default_sort = "-at"
    empty_title = gettext_lazy("Nothing happened yet.")

    def queryset(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.select_related("actor", "subject_type")


class Jobs(ListPage[Job]):
    """Long jobs: what runs, what is done, what failed."""

    permission = "kernel.view_jobs"
    title, nav = gettext_lazy("Jobs"), "kernel:console"
    columns = (
        Column("title", gettext_lazy("What"), sort="title"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("progress", gettext_lazy("Done"), kind="bar", value=lambda job: (job.done, job.total)),
        Column("asked", gettext_lazy("Asked for"), value="created_at", kind="datetime", sort="id"),
        Column("by", gettext_lazy("By"), value="started_by.display_name"),
        Column("result", gettext_lazy("Result")),
    )
    filters = (Filter("state", gettext_lazy("State"), choices=JobState.choices, lookup="state"),)
    default_sort = "-asked"
    empty_title, empty_next = gettext_lazy("No long jobs."), gettext_lazy("Loads of many records appear here.")

    def queryset(self) -> QuerySet[Job]:
        rows = Job.objects.select_related("started_by")
        return rows if self.may("kernel.console") else rows.filter(started_by=self.user)

    def row_url(self, obj: Job) -> str:
        return obj.url

    def row_verbs(self, obj: Job) -> list[Verb]:
        if obj.state not in (JobState.WAITING, JobState.RUNNING):
            return []
        return [Verb(_("Cancel"), reverse("kernel:job_cancel", args=[obj.pk]), method="post", key="x")]


class CancelJob(ActionPage[Job]):
    """Ask a job to stop at its next step."""

    permission = "kernel.view_jobs"

    def objects(self) -> QuerySet[Job]:
        return Job.objects.all()

    def act(self, thing: Job) -> Job:
        return jobs.cancel(thing.pk, actor=self.user)

    def success_url(self, thing: Job) -> str:
        return reverse("kernel:jobs")


class Schedules(ListPage[Schedule]):
    """What is done again and again, and when it last ran."""

    permission = "kernel.console"
    title, nav = gettext_lazy("Schedules"), "kernel:console"
    columns = (
        Column("title", gettext_lazy("What"), sort="title"),
        Column(
            "rhythm",
            gettext_lazy("Rhythm"),
            value=lambda s: (
                _("every %(n)s min") % {"n": s.every_minutes}
                if s.every_minutes
                else _("daily at %(t)s") % {"t": s.daily_at}
            ),
        ),
        Column("last", gettext_lazy("Last run"), value="last_run", kind="datetime"),
        Column("active", gettext_lazy("Active"), kind="bool"),
        Column("why", gettext_lazy("Why")),
    )
    default_sort = "title"

    def queryset(self) -> QuerySet[Schedule]:
        return queries.schedules_with_last_run()

    def row_verbs(self, obj: Schedule) -> list[Verb]:
        if not self.may("kernel.set_policy"):
            return []
        label = _("Stop") if obj.active else _("Start")
        return [Verb(label, reverse("kernel:schedule_switch", args=[obj.pk]), method="post", key="s")]


class SwitchSchedule(ActionPage[Schedule]):
    """Stop or start a schedule."""

    permission = "kernel.set_policy"

    def objects(self) -> QuerySet[Schedule]:
        return Schedule.objects.all()

    def act(self, thing: Schedule) -> Schedule:
        return jobs.switch_schedule(thing.pk, actor=self.user)

    def success_url(self, thing: Schedule) -> str:
        return reverse("kernel:schedules")


class Policies(Page):
    """Every policy with the value in force and what it means."""

    permission = "kernel.console"
    title, nav, template = gettext_lazy("Policies"), "kernel:console", "kernel/policies.html"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(rows=policies.in_force())


class SetPolicy(FormPage[PolicyForm]):
    """Decide a policy from now on."""

    permission, nav = "kernel.set_policy", "kernel:console"
    form_class, submit_label = PolicyForm, gettext_lazy("Decide")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Policies"), reverse("kernel:policies"))]

    def page_title(self) -> str:
        return str(policies.declared(self.kwargs["key"]).label)

    def initial(self) -> dict[str, Any]:
        return {"value": policies.value(policies.declared(self.kwargs["key"]).key)}

    def act(self, form: PolicyForm) -> Policy:
        return policies.set_policy(
            self.kwargs["key"], form.cleaned_data["value"], actor=self.user, why=form.cleaned_data["why"]
        )

    def success_url(self, result: Any) -> str:
        return reverse("kernel:policies")
