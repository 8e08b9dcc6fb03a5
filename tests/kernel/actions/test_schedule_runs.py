"""Runs of schedules: timed, judged, asked for by hand; and jobs that are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from techsvc.kernel import clock, queries
from techsvc.kernel.actions import jobs, schedules
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState, Schedule, ScheduledRun
from techsvc.kernel.models.people import User

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    rung: list[tuple[str, Any]] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, row: rung.append((name, row)))
    return rung


@pytest.fixture
def poll() -> Schedule:
    """Every five minutes."""
    return Schedule.objects.get(task="kernel.poll")


def rung(schedule: Schedule, **run: Any) -> ScheduledRun:
    given: dict[str, Any] = {"scheduled_for": NOON, "at": NOON} | run
    return ScheduledRun.objects.create(schedule=schedule, **given)


@pytest.mark.parametrize(
    ("result", "words"),
    [({"sent": 2, "kept": 0}, "sent: 2"), ([1, 2, 3], "3"), (7, "7"), (0, ""), (None, ""), ({}, "")],
)
def test_a_run_is_timed_and_its_result_told(poll: Schedule, result: object, words: str) -> None:
    run = rung(poll)
    with clock.at(NOON + timedelta(seconds=3)):
        schedules.carry_out(poll.pk, lambda: result)
    run.refresh_from_db()
    assert (run.began_at, run.ended_at, run.failed, run.result) == (
        NOON + timedelta(seconds=3), NOON + timedelta(seconds=3), False, words,
    )  # fmt: skip


def test_a_failure_is_noted_and_raised(poll: Schedule) -> None:
    def breaks() -> None:
        raise ZeroDivisionError("no reason")

    run = rung(poll)
    with pytest.raises(ZeroDivisionError):
        schedules.carry_out(poll.pk, breaks)
    run.refresh_from_db()
    assert (run.failed, run.result) == (True, "ZeroDivisionError: no reason")


def test_a_task_without_a_run_does_its_work(poll: Schedule) -> None:
    done: list[int] = []
    schedules.carry_out(poll.pk, lambda: done.append(1))
    assert (done, ScheduledRun.objects.count()) == ([1], 0)


@pytest.mark.parametrize(
    ("run", "minutes", "state"),
    [
        (None, 0, "waiting"),
        (None, 4, "waiting"),
        (None, 9, "waiting"),  # the next instant is 10: it is asked for anew every five minutes
        ({}, 1, "waiting"),
        ({}, 6, "missed"),  # rung, and no worker took it
        ({"began_at": NOON}, 1, "running"),
        ({"began_at": NOON, "ended_at": NOON}, 1, "ok"),
        ({"began_at": NOON, "ended_at": NOON, "failed": True}, 1, "failed"),
    ],
)
def test_how_it_stands_with_a_schedule(poll: Schedule, run: dict[str, Any] | None, minutes: int, state: str) -> None:
    if run is not None:
        rung(poll, **run)
    row = queries.schedules_with_last_run().get(pk=poll.pk)
    assert schedules.standing(row, NOON + timedelta(minutes=minutes)) == state


def test_what_did_not_come_is_late_after_its_grace() -> None:
    daily = Schedule.objects.create(task="kernel.tick", title="Nightly", daily_at=time(12))
    rung(daily, at=NOON - timedelta(days=1), began_at=NOON, ended_at=NOON)
    row = queries.schedules_with_last_run().get(pk=daily.pk)
    zone_noon = jobs.due_instant(daily, NOON)
    assert schedules.standing(row, zone_noon + timedelta(minutes=4)) == "ok"
    assert schedules.standing(row, zone_noon + timedelta(minutes=6)) == "missed"
    row.active = False
    assert schedules.standing(row, zone_noon + timedelta(minutes=6)) == "switched_off"


@pytest.mark.parametrize(
    ("rhythm", "at", "following"),
    [
        ({"every_minutes": 5}, "12:04", "12:05"),
        ({"every_minutes": 5}, "12:05", "12:10"),
    ],
)
def test_the_next_run(rhythm: dict[str, Any], at: str, following: str) -> None:
    def instant(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-24 {text}").replace(tzinfo=UTC)

    assert jobs.next_instant(Schedule(**rhythm), instant(at)) == instant(following)


def test_the_next_run_of_a_day_is_tomorrows() -> None:
    daily = Schedule(daily_at=time(2, 30))
    assert jobs.next_instant(daily, NOON) - jobs.due_instant(daily, NOON) == timedelta(days=1)


def test_a_supervisor_runs_it_now_once(
    poll: Schedule, supervisor: User, technician: User, bells: list[tuple[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with pytest.raises(Forbidden):
        schedules.run_now(poll.pk, actor=technician)
    with django_capture_on_commit_callbacks(execute=True), clock.at(NOON):
        schedules.run_now(poll.pk, actor=supervisor)
        with pytest.raises(Refusal, match="running already"):
            schedules.run_now(poll.pk, actor=supervisor)
    assert bells == [("kernel.poll", poll.pk)]
    assert (poll.runs.count(), HistoryEvent.objects.count()) == (1, 1)


def test_what_this_version_does_not_know_is_not_run(supervisor: User) -> None:
    gone = Schedule.objects.create(task="kernel.gone", title="Gone", every_minutes=5)
    with pytest.raises(Refusal, match="does not know how"):
        schedules.run_now(gone.pk, actor=supervisor)
    assert gone.runs.count() == 0


# Jobs that gave up


def test_a_failed_job_goes_on(technician: User, bells: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    job = jobs.start("kernel.sweep", 1, title="Load", key="x", total=10, actor=technician)
    Job.objects.update(state=JobState.FAILED, attempts=5, done=4, result="Broke off", finished_at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        again = jobs.retry(job.pk, actor=technician)
    assert (again.state, again.attempts, again.done, again.result, again.finished_at) == ("waiting", 0, 4, "", None)
    assert bells == [("kernel.sweep", job.pk)]
    assert HistoryEvent.objects.get().before == {"state": "failed", "result": "Broke off"}


def test_only_a_failed_job_of_ones_own_or_by_right(supervisor: User, technician: User) -> None:
    job = jobs.start("kernel.sweep", 1, title="Load", key="x", total=10, actor=supervisor)
    with pytest.raises(Refusal, match="has not failed"):
        jobs.retry(job.pk, actor=supervisor)
    Job.objects.update(state=JobState.FAILED)
    with pytest.raises(Forbidden):
        jobs.retry(job.pk, actor=technician)
    assert (Job.objects.get().state, HistoryEvent.objects.count()) == ("failed", 0)
