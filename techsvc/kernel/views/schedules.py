"""What is done again and again: when it ran, what came of it, when it runs next, and what is late."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import clock, queries
from techsvc.kernel.actions import jobs, schedules
from techsvc.kernel.forms import RhythmForm
from techsvc.kernel.models.jobs import Schedule, ScheduledRun
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList

RUNS_SHOWN = 30


def standing(schedule: Schedule) -> str:
    return schedules.standing(schedule, clock.now())


def next_run(schedule: Schedule) -> Any:
    return jobs.next_instant(schedule, clock.now()) if schedule.active else None


def last_took(schedule: Schedule) -> str:
    return schedules.duration(*(getattr(schedule, name, None) for name in ("last_began_at", "last_ended_at")))


def schedule_url(schedule: Schedule) -> str:
    return reverse("kernel:schedule", args=[schedule.pk])


def run_state(run: ScheduledRun) -> str:
    if run.ended_at is None:
        return "running" if run.began_at else "waiting"
    return "failed" if run.failed else "ok"


RUNS = (
    Column("at", gettext_lazy("Rung"), kind="datetime"),
    Column("state", gettext_lazy("State"), value=run_state, kind="state"),
    Column("took", gettext_lazy("Took"), value=schedules.took),
    Column("result", gettext_lazy("Result")),
)


class Schedules(ConsoleList[Schedule]):
    """What is done again and again, and when it last ran."""

    permission = "kernel.console"
    title = gettext_lazy("Schedules")
    columns = (
        Column("title", gettext_lazy("What"), sort="title"),
        Column("state", gettext_lazy("State"), value=standing, kind="state"),
        Column("rhythm", gettext_lazy("Rhythm"), value=jobs.rhythm),
        Column("last", gettext_lazy("Last run"), value="last_run", kind="datetime", sort="last_run"),
        Column("took", gettext_lazy("Took"), value=last_took, wide=True),
        Column("result", gettext_lazy("Result"), value="last_result", wide=True),
        Column("next", gettext_lazy("Next run"), value=next_run, kind="datetime"),
        Column("why", gettext_lazy("Why"), hidden=True),
    )
    filters = (Filter("active", gettext_lazy("Switched on"), kind="flag", lookup="active"),)
    default_sort = "title"
    empty_title = gettext_lazy("Nothing is done by itself.")

    def queryset(self) -> QuerySet[Schedule]:
        return queries.schedules_with_last_run()

    def row_url(self, obj: Schedule) -> str:
        return schedule_url(obj)

    def row_verbs(self, obj: Schedule) -> list[Verb]:
        return verbs_of(obj) if self.may("kernel.set_policy") else []


def verbs_of(schedule: Schedule) -> list[Verb]:
    def at(name: str) -> str:
        return reverse(f"kernel:schedule_{name}", args=[schedule.pk])

    return [
        Verb(_("Run now"), at("run"), method="post", key="r"),
        Verb(_("Edit"), at("rhythm"), key="e"),
        Verb(_("Stop") if schedule.active else _("Start"), at("switch"), method="post", key="s"),
    ]


class ScheduleDetail(DetailPage[Schedule]):
    """One schedule and its runs."""

    permission, nav, kind = "kernel.console", "kernel:console", "kernel.schedule"

    def objects(self) -> QuerySet[Schedule]:
        return queries.schedules_with_last_run()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Schedules"), reverse("kernel:schedules"))]

    def state(self, obj: Schedule) -> str:
        return standing(obj)

    def facts(self, obj: Schedule) -> list[Fact]:
        return [
            Fact(_("Rhythm"), jobs.rhythm(obj)),
            Fact(_("Next run"), next_run(obj), "datetime"),
            Fact(_("Last run"), getattr(obj, "last_run", None), "datetime"),
            Fact(_("Took"), last_took(obj)),
            Fact(_("Why"), obj.why),
        ]

    def tables(self, obj: Schedule) -> list[Table]:
        return [Table(_("Runs"), RUNS, obj.runs.order_by("-at", "-id")[:RUNS_SHOWN], empty=_("It has not run yet."))]

    def own_verbs(self, obj: Schedule) -> list[Verb]:
        return verbs_of(obj) if self.may("kernel.set_policy") else []


class SetRhythm(FormPage[RhythmForm]):
    """How often a schedule runs."""

    permission, nav = "kernel.set_policy", "kernel:console"
    form_class = RhythmForm

    def objects(self) -> QuerySet[Schedule]:
        return Schedule.objects.all()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Schedules"), reverse("kernel:schedules"))]

    def page_title(self) -> str:
        return str(self.object.title)

    def initial(self) -> dict[str, Any]:
        return {"every_minutes": self.object.every_minutes, "daily_at": self.object.daily_at}

    def act(self, form: RhythmForm) -> Schedule:
        return jobs.set_rhythm(self.object.pk, actor=self.user, **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("kernel:schedules")


class SwitchSchedule(ActionPage[Schedule]):
    """Stop or start a schedule."""

    permission = "kernel.set_policy"

    def objects(self) -> QuerySet[Schedule]:
        return Schedule.objects.all()

    def act(self, thing: Schedule) -> Schedule:
        return jobs.switch_schedule(thing.pk, actor=self.user)

    def success_url(self, thing: Schedule) -> str:
        return self.came_from()


class RunSchedule(ActionPage[Schedule]):
    """Do now, once, what a schedule does."""

    permission = "kernel.set_policy"

    def objects(self) -> QuerySet[Schedule]:
        return Schedule.objects.all()

    def act(self, thing: Schedule) -> Schedule:
        return schedules.run_now(thing.pk, actor=self.user)

    def message(self, thing: Schedule) -> str:
        return _("“%(title)s” was rung for. Reload in a moment to see what came of it.") % {"title": thing.title}

    def success_url(self, thing: Schedule) -> str:
        return schedule_url(thing)
