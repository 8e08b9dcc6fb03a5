"""Long jobs: what runs, what is done, what failed; each with its progress, its faults and its end."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import jobs
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, Tab, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.templatetags.techsvc import time_left
from techsvc.kernel.views.console import ConsoleList, staff_choices


class Jobs(ConsoleList[Job]):
    """Long jobs: what runs, what is done, what failed."""

    permission = "kernel.view_jobs"
    title = gettext_lazy("Jobs")
    columns = (
        Column("title", gettext_lazy("What"), sort="title"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("progress", gettext_lazy("Done"), kind="bar", value=lambda job: (job.done, job.total)),
        Column("asked", gettext_lazy("Asked for"), value="created_at", kind="datetime", sort="id"),
        Column("by", gettext_lazy("By"), value="started_by.display_name"),
        Column("faults", gettext_lazy("Held"), value=lambda job: len(job.faults) or None, kind="number"),
        Column("result", gettext_lazy("Result")),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=JobState.choices, lookup="state"),
        Filter("by", gettext_lazy("By"), choices=staff_choices, lookup="started_by_id"),
    )
    tabs = (
        Tab(gettext_lazy("Running"), "state=running"),
        Tab(gettext_lazy("Waiting"), "state=waiting"),
        Tab(gettext_lazy("Failed"), "state=failed"),
    )
    search = ("title__icontains",)
    default_sort = "-asked"
    empty_title, empty_next = gettext_lazy("No long jobs."), gettext_lazy("Loads of many records appear here.")

    def queryset(self) -> QuerySet[Job]:
        return visible_jobs(self.user)

    def row_verbs(self, obj: Job) -> list[Verb]:
        return verbs_of(obj, self.user)


def visible_jobs(user: User) -> QuerySet[Job]:
    """Everybody's for those who look after the house, else one's own."""
    rows = Job.objects.select_related("started_by")
    return rows if access.allowed(user, "kernel.console") else rows.filter(started_by=user)


class RetryJob(ActionPage[Job]):
    """Let a job that gave up go on."""

    permission = "kernel.view_jobs"

    def objects(self) -> QuerySet[Job]:
        return visible_jobs(self.user)

    def act(self, thing: Job) -> Job:
        return jobs.retry(thing.pk, actor=self.user)

    def success_url(self, thing: Job) -> str:
        return self.came_from()


class CancelJob(ActionPage[Job]):
    """Ask a job to stop at its next step."""

    permission = "kernel.view_jobs"

    def objects(self) -> QuerySet[Job]:
        return visible_jobs(self.user)

    def act(self, thing: Job) -> Job:
        return jobs.cancel(thing.pk, actor=self.user)

    def success_url(self, thing: Job) -> str:
        return self.came_from()


def verbs_of(job: Job, user: User) -> list[Verb]:
    """What the person can do with a job: cancel it while it goes on, try it again when it failed."""
    if job.started_by_id != user.pk and not access.allowed(user, "kernel.cancel_jobs"):
        return []
    if job.state == JobState.FAILED:
        return [Verb(_("Try again"), reverse("kernel:job_retry", args=[job.pk]), method="post", key="r")]
    if not job.is_over and not job.cancel_asked:
        return [Verb(_("Cancel"), reverse("kernel:job_cancel", args=[job.pk]), method="post", key="x")]
    return []


class JobDetail(DetailPage[Job]):
    """One long job: how far it is, what went wrong so far, how it ended, and what it made."""

    permission, nav, template = "kernel.view_jobs", "kernel:console", "kernel/job.html"
    kind = "kernel.job"

    def objects(self) -> QuerySet[Job]:
        return visible_jobs(self.user)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Jobs"), reverse("kernel:jobs"))]

    def state(self, thing: Job) -> str:
        return thing.state

    def key_facts(self, thing: Job) -> list[Fact]:
        return [
            Fact(_("Done"), (thing.done, thing.total) if thing.total else None, "bar"),
            Fact(_("Time left"), time_left(thing)),
            Fact(_("Held"), len(thing.faults) or None, "number"),
        ]

    def facts(self, thing: Job) -> list[Fact]:
        return [
            Fact(_("Result"), thing.result),
            Fact(_("Asked for"), thing.created_at, "datetime"),
            Fact(_("By"), thing.started_by),
            Fact(_("Last sign of life"), None if thing.is_over else thing.beat_at, "datetime"),
            Fact(_("Finished"), thing.finished_at, "datetime"),
            Fact(_("Attempts"), thing.attempts, "number"),
        ]

    def tables(self, thing: Job) -> list[Table]:
        held = [{"number": number, "why": why} for number, why in enumerate(thing.faults, 1)]
        columns = (Column("number", _("No."), kind="number"), Column("why", _("Why")))
        return [Table(_("Held so far"), columns, held, _("Nothing was held."))]

    def own_verbs(self, thing: Job) -> list[Verb]:
        there = thing.url and self.opens(thing.url)
        way = [Verb(_("Open what it works on"), thing.url, key="o", primary=True, icon="right")] if there else []
        return [*way, *verbs_of(thing, self.user)]

    def context(self) -> dict[str, Any]:
        job = self.object
        untold = job.is_over and job.told_at is None and job.started_by_id == self.user.pk
        return super().context() | {"goes_on": not job.is_over, "untold": [job] if untold else []}


class JobTold(ActionPage[Job]):
    """Note that the person was told how their job ended; asked by the toast that tells it, or by a press."""

    permission = "kernel.view_jobs"

    def objects(self) -> QuerySet[Job]:
        return Job.objects.filter(started_by=self.user)

    def act(self, thing: Job) -> Job:
        return jobs.note_told(thing.pk, actor=self.user)

    def message(self, thing: Job) -> str:
        return ""

    def success_url(self, thing: Job) -> str:
        return self.came_from()

    def go(self, location: str) -> HttpResponse:
        """Back to where it was pressed; a toast that noted it by itself goes nowhere."""
        return HttpResponse(status=204) if self.request.POST.get("by_itself") else super().go(location)
