"""Rings the doorbell of the workers, carries long jobs, and starts what is scheduled."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.jobs import Count, Job, JobState, Schedule, ScheduledRun
from techsvc.kernel.models.people import User

log = logging.getLogger(__name__)
# A running job that gave no sign for so long lost its worker; the sweeper rings for it again.
SILENCE = timedelta(minutes=2)
# The doorbell of a new job is rung at once; the sweeper steps in for those whose bell was lost.
DOORBELL_GRACE = timedelta(seconds=30)
MAX_ATTEMPTS = 5
LONGEST_RHYTHM = 720  # minutes; what is rarer is daily


class Cancelled(Exception):
    """Raised inside a long job when a person asked to cancel it."""


class Overtaken(Exception):
    """Raised inside a long job that was silent for so long that another worker took it over."""


@dataclass(frozen=True, slots=True)
class ScheduleDeclaration:
    """A schedule as it is when the library is new; supervisors change the row, not this."""

    task: str
    title: Any
    every_minutes: int | None = None
    daily_at: time | None = None
    why: Any = ""


SCHEDULES: list[ScheduleDeclaration] = []


def declare(*schedules: ScheduleDeclaration) -> None:
    SCHEDULES.extend(schedules)


def later(task: str, row_id: int | str) -> None:
    """Ring for a task after commit. A broker that is down is counted, not raised: the sweeper finds the row."""
    call = current_app.tasks[task]
    transaction.on_commit(lambda: _ring(task, call, row_id))


def _ring(name: str, call: object, row_id: int | str) -> None:
    try:
        call.delay(row_id)  # type: ignore[attr-defined]
    except (OperationalError, OSError) as error:
        log.warning("doorbell for %s not rung: %s", name, error)
        _count("doorbell_failed")


def _count(name: str) -> None:
    day = clock.today()
    Count.objects.bulk_create([Count(name=name, day=day)], ignore_conflicts=True)
    Count.objects.filter(name=name, day=day).update(value=F("value") + 1)


@transaction.atomic
def start(task: str, row_id: int | str, *, title: str, key: str, total: int, actor: User, url: str = "") -> Job:
    """Begin a long job, once per `key`; a repeat returns the job that is already there."""
    job, fresh = Job.objects.get_or_create(
        key=key,
        defaults={
            "task": task, "row_id": str(row_id), "title": title, "total": total,
            "started_by": actor, "created_at": clock.now(), "url": url,
        },
    )  # fmt: skip
    if fresh:
        later(task, job.pk)
    return job


def claim(job_id: int) -> Job | None:
    """Take a job for running: None when it is finished, cancelled, or another worker has it."""
    at = clock.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, beat_at__lt=at - SILENCE)
    taken = Job.objects.filter(free, pk=job_id).update(state=JobState.RUNNING, beat_at=at, attempts=F("attempts") + 1)
    return Job.objects.get(pk=job_id) if taken else None


@transaction.atomic
def step(job: Job, *, done: int = 1, faults: Iterable[str] = ()) -> None:
    """Say that `done` more pieces are through, and which of them went wrong, a sentence each.

    Raises Cancelled when a person asked for it, and Overtaken when another worker has the job now. Called inside the
    transaction of the pieces, both take these pieces back; called after it, they stay.
    """
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.attempts != job.attempts or row.state != JobState.RUNNING:
        raise Overtaken
    row.done += done
    row.beat_at = clock.now()
    row.faults = [*row.faults, *faults]
    row.save(update_fields=["done", "beat_at", "faults"])
    if row.cancel_asked:
        raise Cancelled


def finish(job: Job, *, result: str, state: JobState = JobState.DONE) -> None:
    """Close a job with the sentence that tells how it ended."""
    _mine(job).update(state=state, result=result, finished_at=clock.now())


def fail(job: Job, why: str) -> None:
    """An attempt went wrong: wait for the next one, or give up after the last and say so."""
    last = job.attempts >= MAX_ATTEMPTS
    _mine(job).update(
        state=JobState.FAILED if last else JobState.WAITING, result=why, finished_at=clock.now() if last else None
    )


def _mine(job: Job) -> QuerySet[Job]:
    """The row, while this attempt has it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


@transaction.atomic
def cancel(job_id: int, *, actor: User) -> Job:
    """Ask a job to stop at its next step; what it has done stays."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.started_by_id != actor.pk:
        access.require(actor, "kernel.cancel_jobs")
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        raise Refusal(_("“%(title)s” is already over, there is nothing to cancel.") % {"title": job.title})
    before = job.state
    job.cancel_asked = True
    if before == JobState.WAITING:
        job.state, job.finished_at, job.result = JobState.CANCELLED, clock.now(), _("Cancelled before it began.")
        job.told_at = job.finished_at if job.started_by_id == actor.pk else None
    job.save(update_fields=["cancel_asked", "state", "finished_at", "result", "told_at"])
    history.write(
        job, "kernel.cancel_job", actor=actor, summary=_("%(title)s: cancelled") % {"title": job.title},
        before={"state": before}, after={"state": job.state},
    )  # fmt: skip
    return job


@transaction.atomic
def note_told(job_id: int, *, actor: User) -> Job:
    """Note that the person who began a job was told how it ended. Refuses others, and a job that is not over."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.started_by_id != actor.pk:
        raise Forbidden(_("Only the person who began “%(title)s” is told how it ended.") % {"title": job.title})
    if not job.is_over:
        raise Refusal(_("“%(title)s” is not over yet.") % {"title": job.title})
    if job.told_at is None:
        job.told_at = clock.now()
        job.save(update_fields=["told_at"])
    return job


@transaction.atomic
def retry(job_id: int, *, actor: User, why: str = "") -> Job:
    """Let a job that gave up go on from where it stopped. Refuses one that has not failed."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.started_by_id != actor.pk:
        access.require(actor, "kernel.cancel_jobs")
    if job.state != JobState.FAILED:
        raise Refusal(_("“%(title)s” has not failed, so there is nothing to try again.") % {"title": job.title})
    result = job.result
    job.state, job.attempts, job.cancel_asked, job.finished_at, job.result = JobState.WAITING, 0, False, None, ""
    job.told_at = None
    job.save(update_fields=["state", "attempts", "cancel_asked", "finished_at", "result", "told_at"])
    history.write(
        job, "kernel.retry_job", actor=actor, why=why, summary=_("%(title)s: tried again") % {"title": job.title},
        before={"state": JobState.FAILED, "result": result}, after={"state": job.state},
    )  # fmt: skip
    later(job.task, job.pk)
    return job


def sweep() -> int:
    """Ring again for jobs whose doorbell or worker was lost; one that loses every worker fails. Returns how many."""
    at = clock.now()
    unrung = Q(state=JobState.WAITING, created_at__lt=at - DOORBELL_GRACE)
    silent = Q(state=JobState.RUNNING, beat_at__lt=at - SILENCE)
    Job.objects.filter(silent, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        finished_at=at,
        result=_("Broke off %(n)d times without a word. What was done stays.") % {"n": MAX_ATTEMPTS},
    )
    lost = list(Job.objects.filter(unrung | silent))
    for job in lost:
        later(job.task, job.pk)
    return len(lost)


# Schedules


def ring_schedules() -> list[str]:
    """Start every schedule whose instant has come; unique(schedule, instant) lets one beat of many win."""
    at = clock.now()
    return [schedule.task for schedule in Schedule.objects.filter(active=True) if _ring_schedule(schedule, at)]


@transaction.atomic
def _ring_schedule(schedule: Schedule, at: datetime) -> bool:
    if schedule.task not in current_app.tasks:  # left over from another version: it may not keep the others waiting
        log.warning("schedule %s names no task that exists", schedule.task)
        return False
    _run, fresh = ScheduledRun.objects.get_or_create(
        schedule=schedule, scheduled_for=due_instant(schedule, at), defaults={"at": at}
    )
    if fresh:
        later(schedule.task, schedule.pk)
    return fresh


def due_instant(schedule: Schedule, at: datetime) -> datetime:
    """The latest instant, not after `at`, for which the schedule should have run.

    A daily time that the change to summer time leaves out comes an hour later; one that comes twice counts once.
    """
    if schedule.every_minutes:
        period = schedule.every_minutes * 60
        return datetime.fromtimestamp(at.timestamp() // period * period, tz=UTC)
    zone = timezone.get_default_timezone()
    today = at.astimezone(zone).date()
    todays = _instant(today, schedule, zone)
    return todays if todays <= at else _instant(today - timedelta(days=1), schedule, zone)


def next_instant(schedule: Schedule, at: datetime) -> datetime:
    """The first instant after `at` for which the schedule runs."""
    due = due_instant(schedule, at)
    if schedule.every_minutes:
        return due + timedelta(minutes=schedule.every_minutes)
    zone = timezone.get_default_timezone()
    return _instant(due.astimezone(zone).date() + timedelta(days=1), schedule, zone)


def _instant(day: date, schedule: Schedule, zone: tzinfo) -> datetime:
    return datetime.combine(day, schedule.daily_at or time(), tzinfo=zone).astimezone(UTC)


def seed_schedules() -> None:
    """Rows for declared schedules that the library does not have yet."""
    Schedule.objects.bulk_create(
        [
            Schedule(task=s.task, title=s.title, every_minutes=s.every_minutes, daily_at=s.daily_at, why=s.why)
            for s in SCHEDULES
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def switch_schedule(schedule_id: int, *, actor: User) -> Schedule:
    """Stop a schedule that runs, start one that is stopped."""
    access.require(actor, "kernel.set_policy")
    schedule = Schedule.objects.select_for_update().get(pk=schedule_id)
    schedule.active = not schedule.active
    schedule.save(update_fields=["active"])
    word = _("started") if schedule.active else _("stopped")
    history.write(
        schedule,
        "kernel.switch_schedule",
        actor=actor,
        summary=f"{schedule.title}: {word}",
        after={"active": schedule.active},
    )
    return schedule


@transaction.atomic
def set_rhythm(
    schedule_id: int, *, every_minutes: int | None = None, daily_at: time | None = None, actor: User, why: str
) -> Schedule:
    """Let a schedule run every so many minutes, or daily at a time of the library's day; exactly one of them."""
    access.require(actor, "kernel.set_policy")
    if (every_minutes is None) == (daily_at is None):
        raise Refusal(_("Say either every how many minutes, or at what time of the day."), field="every_minutes")
    if every_minutes is not None and not 1 <= every_minutes <= LONGEST_RHYTHM:
        raise Refusal(
            _("Every 1 to %(most)d minutes; for once a day, say at what time.") % {"most": LONGEST_RHYTHM},
            field="every_minutes",
        )
    schedule = Schedule.objects.select_for_update().get(pk=schedule_id)
    before = rhythm(schedule)
    schedule.every_minutes, schedule.daily_at = every_minutes, daily_at
    schedule.save(update_fields=["every_minutes", "daily_at"])
    history.write(
        schedule,
        "kernel.set_rhythm",
        actor=actor,
        why=why,
        summary=f"{schedule.title}: {before} → {rhythm(schedule)}",
        before={"rhythm": before},
        after={"rhythm": rhythm(schedule)},
    )
    return schedule


def rhythm(schedule: Schedule) -> str:
    """How often, in words."""
    if schedule.every_minutes:
        return _("every %(n)s min") % {"n": schedule.every_minutes}
    return _("daily at %(time)s") % {"time": f"{schedule.daily_at:%H:%M}"}
