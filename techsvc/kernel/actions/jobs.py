"""Rings the doorbell of the workers, carries long jobs, and starts what is scheduled."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.jobs import Count, Job, JobState, Schedule, ScheduledRun
from techsvc.kernel.models.people import User

log = logging.getLogger(__name__)
# A running job that gave no sign for so long lost its worker; the sweeper rings for it again.
SILENCE = timedelta(minutes=2)
MAX_ATTEMPTS = 5


class Cancelled(Exception):
    """Raised inside a long job when a person asked to cancel it; what was done stays done."""


@dataclass(frozen=True, slots=True)
class ScheduleDeclaration:
    """A schedule as it is when the library is new; supervisors change the row, not this."""

    task: str
    title: str
    every_minutes: int | None = None
    daily_at: time | None = None
    why: str = ""


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
    taken = (
        Job.objects.filter(pk=job_id, state=JobState.WAITING)
        | Job.objects.filter(pk=job_id, state=JobState.RUNNING, beat_at__lt=at - SILENCE)
    ).update(state=JobState.RUNNING, beat_at=at, attempts=F("attempts") + 1)
    return Job.objects.get(pk=job_id) if taken else None


def step(job: Job, *, done: int = 1, fault: str = "") -> None:
    """Say that `done` more pieces are through. Raises Cancelled when a person asked for it."""
    row = Job.objects.select_for_update().get(pk=job.pk) if connection.in_atomic_block else Job.objects.get(pk=job.pk)
    row.done += done
    row.beat_at = clock.now()
    if fault:
        row.faults = [*row.faults, fault]
    row.save(update_fields=["done", "beat_at", "faults"])
    if row.cancel_asked:
        raise Cancelled


def finish(job: Job, *, result: str, state: JobState = JobState.DONE) -> None:
    """Close a job with the sentence that tells how it ended."""
    Job.objects.filter(pk=job.pk).update(state=state, result=result, finished_at=clock.now())


def fail(job: Job, why: str) -> None:
    """An attempt went wrong: wait for the next one, or give up after the last and say so."""
    last = job.attempts >= MAX_ATTEMPTS
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED if last else JobState.WAITING, result=why, finished_at=clock.now() if last else None
    )


@transaction.atomic
def cancel(job_id: int, *, actor: User) -> Job:
    """Ask a job to stop at its next step; what it has done stays."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.started_by_id != actor.pk:
        access.require(actor, "kernel.settle_messages")
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        raise Refusal(_("“%(title)s” is already over, there is nothing to cancel.") % {"title": job.title})
    job.cancel_asked = True
    if job.state == JobState.WAITING:
        job.state, job.finished_at, job.result = JobState.CANCELLED, clock.now(), _("Cancelled before it began.")
    job.save()
    return job


def sweep() -> int:
    """Ring again for jobs whose doorbell or worker was lost; returns how many."""
    at = clock.now()
    lost = Job.objects.filter(state=JobState.WAITING, created_at__lt=at - timedelta(seconds=30)) | Job.objects.filter(
        state=JobState.RUNNING, beat_at__lt=at - SILENCE
    )
    for job in lost:
        later(job.task, job.pk)
    return len(lost)


def ring_schedules() -> list[str]:
    """Start every schedule whose instant has come; unique(schedule, instant) lets one beat of many win."""
    at = clock.now().replace(second=0, microsecond=0)
    rung = []
    for schedule in Schedule.objects.filter(active=True):
        instant = due_instant(schedule, at)
        with transaction.atomic():
            fresh = ScheduledRun.objects.bulk_create(
                [ScheduledRun(schedule=schedule, scheduled_for=instant, at=at)], ignore_conflicts=True
            )
            mine = bool(fresh) and ScheduledRun.objects.filter(schedule=schedule, scheduled_for=instant, at=at).exists()
            if mine:
                later(schedule.task, schedule.pk)
                rung.append(schedule.task)
    return rung


def due_instant(schedule: Schedule, at: datetime) -> datetime:
    """The latest instant, not after `at`, for which the schedule should have run."""
    if schedule.every_minutes:
        period = schedule.every_minutes * 60
        return datetime.fromtimestamp(at.timestamp() // period * period, tz=at.tzinfo)
    local = timezone.localtime(at)
    hour = schedule.daily_at or time()
    todays = local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return todays if todays <= local else todays - timedelta(days=1)


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
