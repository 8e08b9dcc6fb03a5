"""Schedules: every instant once, whatever beats, clocks and summer times do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.conf import LazySettings

from techsvc.kernel import clock
from techsvc.kernel.actions import jobs, people, retention
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Schedule, ScheduledRun
from techsvc.kernel.models.people import User
from tests.racing import at_once

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
TASK = "kernel.sweep"


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, _row: rung.append(name))
    return rung


@pytest.fixture
def new_york(settings: LazySettings) -> None:
    settings.TIME_ZONE = "America/New_York"


def alone(**rhythm: object) -> Schedule:
    """The only schedule that is active."""
    Schedule.objects.update(active=False)
    return Schedule.objects.create(task="kernel.tick", title="Only this", **rhythm)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "at", "due"),
    [
        (1, "2026-11-24 12:00:59", "2026-11-24 12:00"),
        (5, "2026-11-24 12:04:59", "2026-11-24 12:00"),
        (5, "2026-11-24 12:05:00", "2026-11-24 12:05"),
        (60, "2026-11-24 12:59:00", "2026-11-24 12:00"),
    ],
)
def test_every_so_many_minutes(minutes: int, at: str, due: str) -> None:
    assert jobs.due_instant(Schedule(every_minutes=minutes), utc(at)) == utc(due)


# New York enters summer time on 8 March 2026 (02:30 does not come) and leaves it on 1 November (01:30 comes twice).
@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize(
    ("daily", "at", "due"),
    [
        (time(2, 30), "2026-07-10 06:29", "2026-07-09 06:30"),
        (time(2, 30), "2026-07-10 06:30", "2026-07-10 06:30"),
        (time(2, 30), "2026-07-10 23:00", "2026-07-10 06:30"),
        (time(2, 30), "2026-01-10 07:30", "2026-01-10 07:30"),
        (time(23, 0), "2026-07-10 02:00", "2026-07-09 03:00"),
        # the hour that is left out: 02:30 is 03:30 of the new time, and not before
        (time(2, 30), "2026-03-08 07:29", "2026-03-07 07:30"),
        (time(2, 30), "2026-03-08 07:30", "2026-03-08 07:30"),
        # the hour that comes twice: the first one counts, in and after the second
        (time(1, 30), "2026-11-01 05:29", "2026-10-31 05:30"),
        (time(1, 30), "2026-11-01 05:30", "2026-11-01 05:30"),
        (time(1, 30), "2026-11-01 06:10", "2026-11-01 05:30"),
        (time(1, 30), "2026-11-01 06:30", "2026-11-01 05:30"),
        (time(1, 30), "2026-11-02 06:30", "2026-11-02 06:30"),
    ],
)
def test_daily_at_a_time_of_the_librarys_day(daily: time, at: str, due: str) -> None:
    assert jobs.due_instant(Schedule(daily_at=daily), utc(at)) == utc(due)


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01", "2026-07-10"])
@pytest.mark.parametrize("daily", [time(1, 30), time(2, 30)])
def test_a_day_of_any_length_has_one_run(day: str, daily: time) -> None:
    midnight = utc(f"{day} 05:00")  # of New York, an hour more or less
    schedule = Schedule(daily_at=daily)
    instants = {jobs.due_instant(schedule, midnight + timedelta(minutes=n)) for n in range(23 * 60)}
    assert len({instant for instant in instants if instant > midnight - timedelta(hours=1)}) == 1
    assert all(jobs.due_instant(schedule, instant) == instant for instant in instants)


@pytest.mark.django_db
def test_an_instant_is_rung_once(bells: list[str], django_capture_on_commit_callbacks: object) -> None:
    alone(every_minutes=5)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        for seconds, rung in ((0, ["kernel.tick"]), (20, []), (60, []), (5 * 60, ["kernel.tick"])):
            with clock.at(NOON + timedelta(seconds=seconds)):
                assert jobs.ring_schedules() == rung
    assert bells == ["kernel.tick"] * 2


@pytest.mark.django_db
def test_after_three_days_down_it_runs_once() -> None:
    schedule = alone(daily_at=time(2, 30))
    for at, rung in ((NOON, 1), (NOON + timedelta(days=3), 1), (NOON + timedelta(days=3, minutes=1), 0)):
        with clock.at(at):
            assert len(jobs.ring_schedules()) == rung
    assert schedule.runs.count() == 2


@pytest.mark.django_db
def test_a_clock_that_is_set_back_rings_nothing_twice() -> None:
    alone(every_minutes=5)
    for hours, rung in ((0, 1), (-1, 1), (0, 0)):  # the hour before was never rung for, so it is, once
        with clock.at(NOON + timedelta(hours=hours)):
            assert len(jobs.ring_schedules()) == rung


@pytest.mark.django_db
def test_a_schedule_left_over_from_another_version_keeps_no_other_waiting() -> None:
    alone(every_minutes=5)
    Schedule.objects.create(task="kernel.gone", title="A title before", every_minutes=1)
    with clock.at(NOON):
        assert jobs.ring_schedules() == ["kernel.tick"]
    assert ScheduledRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_five_beats_one_rings(bells: list[str]) -> None:
    alone(every_minutes=5)

    def beat() -> list[str]:
        with clock.at(NOON):
            return jobs.ring_schedules()

    rung = at_once(*[beat] * 5)
    assert sorted(rung) == [[], [], [], [], ["kernel.tick"]]
    assert bells == ["kernel.tick"]
    assert ScheduledRun.objects.count() == 1


@pytest.mark.django_db
def test_a_supervisor_stops_and_starts_a_schedule(supervisor: User, technician: User) -> None:
    schedule = Schedule.objects.get(task=TASK)
    with pytest.raises(Forbidden):
        jobs.switch_schedule(schedule.pk, actor=technician)
    assert Schedule.objects.get(task=TASK).active
    assert not jobs.switch_schedule(schedule.pk, actor=supervisor).active
    with clock.at(NOON):
        assert TASK not in jobs.ring_schedules()
    assert jobs.switch_schedule(schedule.pk, actor=supervisor).active
    assert [event.summary for event in HistoryEvent.objects.order_by("id")] == [
        "Send what waits, read what came: stopped",
        "Send what waits, read what came: started",
    ]


@pytest.mark.django_db
def test_old_runs_are_forgotten_and_nothing_runs_again_for_it() -> None:
    alone(every_minutes=5)
    with clock.at(NOON - timedelta(days=61)):
        jobs.ring_schedules()
    with clock.at(NOON):
        jobs.ring_schedules()
        assert retention.purge(actor=people.system())["runs"] == 1
        assert jobs.ring_schedules() == []


@pytest.mark.django_db
def test_seeding_again_keeps_what_the_library_changed() -> None:
    Schedule.objects.filter(task=TASK).update(every_minutes=2, active=False)
    jobs.seed_schedules()
    assert Schedule.objects.filter(task=TASK).values_list("every_minutes", "active").get() == (2, False)


@pytest.mark.django_db
def test_a_supervisor_decides_how_often(supervisor: User, technician: User) -> None:
    schedule = Schedule.objects.get(task=TASK)
    changed = jobs.set_rhythm(schedule.pk, daily_at=time(6, 30), actor=supervisor, why="Quiet nights")
    assert (changed.every_minutes, changed.daily_at) == (None, time(6, 30))
    event = HistoryEvent.objects.get(verb="kernel.set_rhythm")
    assert (event.summary, event.why) == (
        "Send what waits, read what came: every 1 min → daily at 06:30",
        "Quiet nights",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("every", "at"), [(None, None), (5, time(6)), (0, None), (721, None)])
def test_a_rhythm_is_one_of_two_and_within_reason(supervisor: User, every: int | None, at: time | None) -> None:
    schedule = Schedule.objects.get(task=TASK)
    with pytest.raises(Refusal):
        jobs.set_rhythm(schedule.pk, every_minutes=every, daily_at=at, actor=supervisor, why="No")
    schedule.refresh_from_db()
    assert (schedule.every_minutes, schedule.daily_at) == (1, None)
    assert HistoryEvent.objects.count() == 0
