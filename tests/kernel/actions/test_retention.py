"""What is forgotten is what the page counted, in batches, with one line of history; the rest stays."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session

from techsvc.kernel import clock, queries
from techsvc.kernel.actions import exchange, jobs, people, policies, privacy, retention, sweeping
from techsvc.kernel.errors import Forbidden
from techsvc.kernel.models.exchange import Connection, Incoming
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, Schedule, ScheduledRun
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest
from techsvc.kernel.models.privacy import PatronLook

pytestmark = pytest.mark.django_db
KERNELS = {
    "looks", "notice_words", "form_keys", "drafts", "sessions", "wrong_passwords", "sign_ins", "jobs", "runs",
    "documents", "messages",
}  # fmt: skip


def one_of_each(who: User, days: int, partner: Connection) -> None:
    """One row of everything that the kernel forgets, so many days old."""
    at = clock.now() - timedelta(days=days)
    mark = f"{days}"
    patron = Patron.objects.create(card=mark, name="Ada", branch=who.branch)  # type: ignore[misc]
    poll = Schedule.objects.get(task="kernel.poll")
    with clock.at(at):
        privacy.note_looks([patron.pk], page="x", actor=who)
        incoming, _fresh = exchange.take_in(connection=partner, name=mark, body=mark.encode(), kind="edi")
    Incoming.objects.filter(pk=incoming.pk).update(state="read")
    Notice.objects.create(
        kind="x", key=mark, ref="1", patron=patron, body="b", created_at=at, settled_at=at, state="told"
    )
    Submission.objects.create(key=uuid.uuid4(), user=who, path="/", at=at)
    Draft.objects.create(user=who, path=mark, fields={}, saved_at=at)
    Session.objects.create(session_key=mark, session_data="", expire_date=at)
    AccessAttempt.objects.create(username=mark, ip_address="192.0.2.1", user_agent=mark, failures_since_start=1)
    AccessAttempt.objects.filter(username=mark).update(attempt_time=at)
    AccessLog.objects.create(username=mark)
    AccessLog.objects.filter(username=mark).update(attempt_time=at)
    jobs.start("kernel.sweep", 1, title="Load", key=mark, total=1, actor=who)
    Job.objects.filter(key=mark).update(state="done", finished_at=at)
    ScheduledRun.objects.create(schedule=poll, scheduled_for=at, at=at)
    PrintRequest.objects.create(
        kind="x", key=mark, title="Label", subject_type=queries.type_of(Branch),
        subject_id="1", document=b"%PDF", state="printed", asked_by=who, asked_at=at,
    )  # fmt: skip


@pytest.fixture
def old(technician: User, partner: Connection) -> None:
    """One row of everything that is ten years old, and one of today."""
    for days in (3650, 0):
        one_of_each(technician, days, partner)


def counted() -> dict[str, int]:
    return {code: retention.due(keeping).count() for code, keeping in retention.DECLARED.items()}


@pytest.mark.usefixtures("old")
def test_what_is_counted_is_what_goes() -> None:
    before = counted()
    assert {code for code, count in before.items() if count == 1} == KERNELS
    history = HistoryEvent.objects.count()
    assert sweeping.forget() == before
    assert set(counted().values()) == {0}
    event = HistoryEvent.objects.latest("id")
    assert (HistoryEvent.objects.count(), event.verb, event.after) == (
        history + 1,
        "kernel.purge",
        dict.fromkeys(KERNELS, 1),
    )
    assert set(sweeping.forget().values()) == {0}
    assert HistoryEvent.objects.count() == history + 1


@pytest.mark.usefixtures("old")
def test_what_is_young_stays_whole() -> None:
    sweeping.forget()
    for model in (PatronLook, Submission, Draft, Session, AccessAttempt, AccessLog, Job, ScheduledRun):
        assert model._default_manager.count() == 1, model
    assert Notice.objects.get(key="0").body == "b"
    assert Incoming.objects.exclude(body=b"").get().name == "0"
    assert PrintRequest.objects.get(document__isnull=False).key == "0"
    assert (Patron.objects.count(), Incoming.objects.count(), PrintRequest.objects.count()) == (2, 2, 2)


@pytest.mark.usefixtures("old")
def test_batches_are_small_and_come_to_an_end(monkeypatch: pytest.MonkeyPatch, technician: User) -> None:
    for _ in range(6):
        with clock.at(clock.now() - timedelta(days=400)):
            privacy.note_looks([uuid.uuid4()], page="x", actor=technician)
    monkeypatch.setattr(retention, "BATCH", 2)
    assert sweeping.forget()["looks"] == 7


@pytest.mark.usefixtures("old")
def test_the_policy_in_force_says_how_long(supervisor: User) -> None:
    policies.set_policy("keep.looks", 4000, actor=supervisor, why="A complaint is looked into")
    assert sweeping.forget()["looks"] == 0
    assert PatronLook.objects.count() == 2


def test_a_schedules_latest_run_stays_however_old() -> None:
    poll = Schedule.objects.get(task="kernel.poll")
    at = clock.now() - timedelta(days=3650)
    ScheduledRun.objects.create(schedule=poll, scheduled_for=at, at=at)
    assert sweeping.forget()["runs"] == 0
    assert poll.runs.count() == 1


def test_what_never_leaves_is_not_among_them() -> None:
    kept: set[Any] = {keeping.due(clock.now()).model._meta.label for keeping in retention.DECLARED.values()}
    assert not kept & {
        "kernel.HistoryEvent",
        "kernel.Policy",
        "acquisitions.LedgerEntry",
        "acquisitions.LedgerTransaction",
    }
    assert all(keeping.why for keeping in retention.DECLARED.values())


def test_only_the_system_and_who_sets_policies_forget(technician: User) -> None:
    with pytest.raises(Forbidden):
        retention.purge(actor=technician)


def test_whom_a_backup_brings_back_is_severed_again(central: Branch, supervisor: User) -> None:
    ada = Patron.objects.create(card="1", name="Ada", branch=central)
    other = Patron.objects.create(card="2", name="Ben", branch=central)
    privacy.sever_patron(ada.pk, actor=supervisor, why="Asked for it")
    known = privacy.severed()
    assert known == {str(ada.pk): "Asked for it"}
    Patron.objects.create(pk=uuid.UUID(next(iter(known))), card="1", name="Ada", branch=central)
    assert privacy.sever_again(known, actor=people.system()) == []
    assert Patron.objects.get() == other


def test_who_is_needed_after_a_restore_is_told(central: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("techsvc.kernel.slots._objections", {"kernel.patron": [lambda _patron: ["A hold is open."]]})
    ada = Patron.objects.create(card="1", name="Ada", branch=central)
    kept = privacy.sever_again({str(ada.pk): "x"}, actor=people.system())
    assert kept == [f"{ada.pk}: The patron is still needed. A hold is open."]
    assert Patron.objects.count() == 1
