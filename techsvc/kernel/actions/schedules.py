"""Runs of schedules: carried out, timed and judged; one that does not come is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history, jobs
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.jobs import Schedule, ScheduledRun
from techsvc.kernel.models.people import User

# A run is late when it has not begun so long after its instant.
GRACE = timedelta(minutes=5)


def carry_out(schedule_id: int, act: Callable[[], object]) -> None:
    """Do what a schedule is for, and note how long it took and what came of it; a failure is noted and raised."""
    waiting = ScheduledRun.objects.filter(schedule_id=schedule_id, began_at=None).order_by("-at", "-id")
    run = ScheduledRun.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[:1]))
    run.update(began_at=clock.now())
    try:
        result = act()
    except Exception as fault:
        run.update(ended_at=clock.now(), failed=True, result=f"{type(fault).__name__}: {fault}"[:500])
        raise
    run.update(ended_at=clock.now(), result=_in_words(result))


def _in_words(result: object) -> str:
    """What an act returned, for people: counts by what; nothing is no word."""
    if isinstance(result, Mapping):
        return ", ".join(f"{what}: {count}" for what, count in result.items() if count)
    count = len(result) if isinstance(result, Sized) else result
    return str(count) if isinstance(count, int) and count else ""


@transaction.atomic
def run_now(schedule_id: int, *, actor: User) -> Schedule:
    """Ring for a schedule once, beside its rhythm. Refuses while it runs, and what this version does not know."""
    access.require(actor, "kernel.set_policy")
    schedule = Schedule.objects.select_for_update().get(pk=schedule_id)
    at = clock.now()
    if schedule.task not in current_app.tasks:
        raise Refusal(_("This version does not know how to do “%(title)s”.") % {"title": schedule.title})
    recent = schedule.runs.filter(ended_at=None, at__gt=at - GRACE)
    if recent.exists():
        raise Refusal(_("“%(title)s” is running already. Look again in a minute.") % {"title": schedule.title})
    ScheduledRun.objects.create(schedule=schedule, scheduled_for=at, at=at)
    history.write(
        schedule, "kernel.run_schedule", actor=actor, summary=_("%(title)s: run now") % {"title": schedule.title}
    )
    jobs.later(schedule.task, schedule.pk)
    return schedule


def standing(schedule: Schedule, at: datetime) -> str:
    """How it stands with a schedule of queries.schedules_with_last_run: a state word."""
    if not schedule.active:
        return "switched_off"
    last, began, ended = (getattr(schedule, name) for name in ("last_run", "last_began_at", "last_ended_at"))
    due = jobs.due_instant(schedule, at)
    rung = last is not None and last >= due
    if (not rung and at - due > GRACE) or (last is not None and began is None and at - last > GRACE):
        return "missed"
    if began is None:
        return "waiting"
    if ended is None:
        return "running" if at - began < timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) else "broke_off"
    return "failed" if getattr(schedule, "last_failed", False) else "ok"


def took(run: ScheduledRun) -> str:
    """How long a run took, in words; empty while it runs."""
    return duration(run.began_at, run.ended_at)


def duration(began: datetime | None, ended: datetime | None) -> str:
    if began is None or ended is None:
        return ""
    seconds = (ended - began).total_seconds()
    if seconds < 60:
        return _("%(n).1f s") % {"n": seconds}
    return _("%(n)d min") % {"n": round(seconds / 60)}
