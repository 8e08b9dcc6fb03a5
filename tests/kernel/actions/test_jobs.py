"""Long jobs: begun once, run by one worker, cancelled at a step, given up on in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from techsvc.kernel import clock, queries
from techsvc.kernel.actions import jobs
from techsvc.kernel.actions.jobs import Cancelled, Overtaken
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Count, Job, JobState
from techsvc.kernel.models.people import User
from tests.racing import at_once

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TASK = "kernel.collect"  # any task that exists


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Doorbells that were rung, instead of work."""
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, row_id: rung.append((name, str(row_id))))
    return rung


def begun(actor: User, key: str = "load:1") -> Job:
    return jobs.start(TASK, 1, title="Load of 3", key=key, total=3, actor=actor)


@pytest.mark.django_db
def test_the_same_key_begins_one_job(
    technician: User, bells: list[tuple[str, str]], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        job = begun(technician)
        assert begun(technician) == job
    assert bells == [(TASK, str(job.pk))]


@pytest.mark.django_db
def test_an_unknown_task_fails_at_once(technician: User) -> None:
    with pytest.raises(KeyError), transaction.atomic():
        jobs.start("kernel.no_such_task", 1, title="x", key="x", total=1, actor=technician)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_from_start_to_finish(technician: User) -> None:
    job = jobs.claim(begun(technician).pk)
    assert job is not None
    assert jobs.claim(job.pk) is None
    for faults in ((), ["Record 2 has no title."], ()):
        jobs.step(job, faults=faults)
    jobs.finish(job, result="2 loaded, 1 not")
    job.refresh_from_db()
    assert (job.state, job.done, job.faults) == ("done", 3, ["Record 2 has no title."])
    assert jobs.claim(job.pk) is None


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once(technician: User) -> None:
    job = jobs.cancel(begun(technician).pk, actor=technician)
    assert (job.state, job.result) == (JobState.CANCELLED, "Cancelled before it began.")
    assert HistoryEvent.objects.get(verb="kernel.cancel_job").after == {"state": "cancelled"}
    with pytest.raises(Refusal, match="“Load of 3” is already over"):
        jobs.cancel(job.pk, actor=technician)
    assert jobs.claim(job.pk) is None


@pytest.mark.django_db
def test_a_running_job_stops_at_its_next_step(technician: User) -> None:
    job = jobs.claim(begun(technician).pk)
    assert job is not None
    jobs.step(job)
    jobs.cancel(job.pk, actor=technician)
    with pytest.raises(Cancelled), transaction.atomic():
        jobs.step(job)
    job.refresh_from_db()
    assert (job.done, job.state) == (1, JobState.RUNNING)
    jobs.finish(job, result="Stopped after 1 of 3.", state=JobState.CANCELLED)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


@pytest.mark.django_db
def test_only_who_may_cancels_other_peoples_jobs(technician: User, supervisor: User) -> None:
    job = begun(supervisor)
    with pytest.raises(Forbidden):
        jobs.cancel(job.pk, actor=technician)
    job.refresh_from_db()
    assert (job.state, HistoryEvent.objects.count()) == (JobState.WAITING, 0)
    jobs.cancel(begun(technician, "other").pk, actor=supervisor)


@pytest.mark.django_db
def test_the_end_is_told_once_to_who_began_the_job(technician: User, supervisor: User) -> None:
    job = begun(technician)
    with pytest.raises(Refusal, match="is not over yet"):
        jobs.note_told(job.pk, actor=technician)
    mine = jobs.claim(job.pk)
    assert mine is not None
    jobs.finish(mine, result="3 loaded")
    with pytest.raises(Forbidden, match="Only the person who began"):
        jobs.note_told(job.pk, actor=supervisor)
    assert list(queries.ends_to_tell(technician)) == [job]
    assert list(queries.ends_to_tell(supervisor)) == []
    with clock.at(NOON):
        jobs.note_told(job.pk, actor=technician)
    jobs.note_told(job.pk, actor=technician)
    job.refresh_from_db()
    assert job.told_at == NOON
    assert list(queries.ends_to_tell(technician)) == []


@pytest.mark.django_db
def test_who_cancels_their_own_waiting_job_need_not_be_told(technician: User, supervisor: User) -> None:
    jobs.cancel(begun(technician, "own").pk, actor=technician)
    assert list(queries.ends_to_tell(technician)) == []
    other = jobs.cancel(begun(technician, "other").pk, actor=supervisor)
    assert list(queries.ends_to_tell(technician)) == [other]


@pytest.mark.django_db
def test_an_attempt_that_fails_is_tried_again_and_given_up_after_the_fifth(technician: User) -> None:
    pk = begun(technician).pk
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        job = jobs.claim(pk)
        assert job is not None
        assert job.attempts == attempt
        jobs.fail(job, "The disk is full.")
        job.refresh_from_db()
        assert job.state == (JobState.FAILED if attempt == jobs.MAX_ATTEMPTS else JobState.WAITING)
    assert (job.result, job.finished_at is not None) == ("The disk is full.", True)
    assert jobs.claim(pk) is None


@pytest.mark.django_db
def test_a_silent_worker_is_overtaken_and_has_no_more_say(technician: User) -> None:
    with clock.at(NOON):
        slow = jobs.claim(begun(technician).pk)
    with clock.at(NOON + timedelta(minutes=1)):
        assert jobs.claim(1 if slow is None else slow.pk) is None
    with clock.at(NOON + timedelta(minutes=3)):
        assert slow is not None
        quick = jobs.claim(slow.pk)
        assert quick is not None
        with pytest.raises(Overtaken):
            jobs.step(slow)
        jobs.fail(slow, "late word")
        jobs.finish(slow, result="late word")
        jobs.step(quick)
    quick.refresh_from_db()
    assert (quick.state, quick.done, quick.result) == (JobState.RUNNING, 1, "")


@pytest.mark.django_db
def test_the_sweeper_rings_for_lost_jobs_and_gives_up_on_poison(
    technician: User, bells: list[tuple[str, str]], django_capture_on_commit_callbacks: object
) -> None:
    with clock.at(NOON):
        waiting, running, poison = (begun(technician, key) for key in "abc")
        for job in (running, poison):
            jobs.claim(job.pk)
        Job.objects.filter(pk=poison.pk).update(attempts=jobs.MAX_ATTEMPTS)
    with clock.at(NOON + timedelta(seconds=20)):
        assert jobs.sweep() == 0
    bells.clear()
    later = NOON + timedelta(minutes=3)
    with clock.at(later), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert jobs.sweep() == 2
    assert bells == [(TASK, str(running.pk)), (TASK, str(waiting.pk))]
    poison.refresh_from_db()
    assert (poison.state, poison.finished_at) == (JobState.FAILED, later)
    assert poison.result == "Broke off 5 times without a word. What was done stays."


@pytest.mark.django_db(transaction=True)
def test_of_six_workers_one_has_the_job(technician: User) -> None:
    job = begun(technician)
    claims = at_once(*[lambda: jobs.claim(job.pk)] * 6)
    assert len([claim for claim in claims if claim is not None]) == 1
    job.refresh_from_db()
    assert job.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_steps_of_two_pieces_at_once_are_both_counted(technician: User) -> None:
    job = jobs.claim(begun(technician).pk)
    assert job is not None
    at_once(*[lambda: jobs.step(job, faults=["x"])] * 4)
    job.refresh_from_db()
    assert (job.done, job.faults) == (4, ["x"] * 4)


@pytest.mark.django_db
def test_a_broker_that_is_down_is_counted_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (1, 0, 1):
        with clock.at(NOON - timedelta(days=day)):
            jobs._count("doorbell_failed")
    assert [*Count.objects.order_by("day").values_list("value", flat=True)] == [2, 1]
