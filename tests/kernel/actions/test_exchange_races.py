"""Messages and files when workers meet, die or come late; and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app

from techsvc.kernel import clock
from techsvc.kernel.actions import exchange, jobs
from techsvc.kernel.actions.exchange import sending, taking_in
from techsvc.kernel.errors import Refusal
from techsvc.kernel.gateways import folder
from techsvc.kernel.gateways.errors import Permanent, Transient
from techsvc.kernel.models.exchange import Connection, Incoming, IncomingState, Outgoing, OutgoingState
from techsvc.kernel.models.people import User
from tests.racing import at_once

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=3)
KIND, TASK = "tests", "kernel.tick"


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Doorbells that were rung, and nobody answers."""
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, row: rung.append((name, row)))
    return rung


def queued(partner: Connection, number: int = 1, ordering_key: str = "vendor:1") -> Outgoing:
    with clock.at(NOON):
        return exchange.queue(
            partner, connection=partner, kind="orders", key=f"orders:{number}", name=f"{number}.edi", body=b"UNB",
            ordering_key=ordering_key,
        )  # fmt: skip


def now(row: Outgoing) -> Outgoing:
    return Outgoing.objects.get(pk=row.pk)


def sent(row: Outgoing) -> str:
    """What an attempt came to, when the message is due."""
    with clock.at(LATER):
        return exchange.transmit(row.pk)


def handed_over(row: Outgoing) -> None:
    """A worker died after the last moment."""
    with clock.at(NOON):
        claimed = sending._claim(row.pk)
        assert claimed is not None
        sending.note(claimed, sending.HANDING_OVER)


def looks_that_fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_self: object, _name: str) -> None:
        raise error

    monkeypatch.setattr(folder.Folder, "stat", fail)


@pytest.mark.django_db
def test_a_look_that_fails_leaves_it_uncertain(
    partner: Connection, mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(partner)
    handed_over(row)
    with monkeypatch.context() as patch:
        looks_that_fail(patch, Transient("No answer in time."))
        with clock.at(LATER):
            assert exchange.transmit(row.pk) == "unknown"
    with clock.at(LATER + timedelta(minutes=5)):
        assert exchange.transmit(row.pk) == "dead"  # never sent blindly a second time
    assert list((mailbox / "in").iterdir()) == []
    assert "it was picked up, or it never arrived" in now(row).last_error


@pytest.mark.django_db
def test_a_look_that_is_refused_warns_whoever_sends_again(partner: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued(partner)
    handed_over(row)
    looks_that_fail(monkeypatch, Permanent("The password is refused."))
    with clock.at(LATER):
        assert exchange.transmit(row.pk) == "dead"
    assert now(row).last_error == (
        "The password is refused. An earlier attempt may have arrived. Ask the partner; then mark it as sent, or send "
        "it again."
    )


@pytest.mark.django_db
def test_a_worker_that_comes_late_has_no_more_say(partner: Connection) -> None:
    row = queued(partner)
    with clock.at(NOON):
        slow = sending._claim(row.pk)
    assert slow is not None
    with clock.at(LATER):
        assert exchange.transmit(row.pk) == "sent"
        assert sending._again(slow, OutgoingState.WAITING, "failed", "timed out at last") == ""
        assert sending._settle(slow, OutgoingState.DEAD, "refused", "at last") == ""
    assert (now(row).state, now(row).last_error) == ("sent", "")


@pytest.mark.django_db
def test_a_message_that_kills_its_workers_waits_for_a_person(partner: Connection, technician: User) -> None:
    row = queued(partner)
    for attempt in range(6):
        with clock.at(NOON + timedelta(minutes=3 * attempt)):
            assert sending._claim(row.pk) is not None
    with clock.at(NOON + timedelta(minutes=30)):
        assert exchange.transmit(row.pk) == ""
    assert (now(row).state, now(row).last_error) == (
        "dead",
        "6 attempts broke off without a word. Look at the message, then send it again.",
    )
    with clock.at(NOON):
        exchange.retry(row.pk, actor=technician, why="Looked")
    assert sent(row) == "sent"


@pytest.mark.django_db
def test_one_doorbell_for_each_order_of_messages(
    partner: Connection, bells: list[tuple[str, int]], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    rows = [queued(partner, n) for n in range(1, 5)] + [queued(partner, 9, "vendor:2")]
    bells.clear()
    with django_capture_on_commit_callbacks(execute=True), clock.at(LATER):  # type: ignore[attr-defined]
        assert exchange.sweep() == 2
    assert bells == [("kernel.transmit", rows[0].pk), ("kernel.transmit", rows[4].pk)]


@pytest.mark.django_db
def test_the_next_in_order_is_rung_when_one_has_left_or_was_cancelled(
    partner: Connection,
    technician: User,
    bells: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    first, second, third = (queued(partner, n) for n in (1, 2, 3))
    bells.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        sent(first)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        exchange.cancel(second.pk, actor=technician, why="Ordered elsewhere")
    assert bells == [("kernel.transmit", second.pk), ("kernel.transmit", third.pk)]


@pytest.mark.django_db
def test_nothing_leaves_by_a_connection_that_is_switched_off(partner: Connection) -> None:
    row = queued(partner)
    Connection.objects.filter(pk=partner.pk).update(active=False)
    assert sent(row) == ""
    assert (now(row).state, now(row).attempts) == ("waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_of_five_workers_one_sends(partner: Connection, mailbox: Path) -> None:
    row = queued(partner)
    outcomes = at_once(*[lambda: sent(row)] * 5)
    assert sorted(outcomes) == ["", "", "", "", "sent"]
    assert [path.name for path in (mailbox / "in").iterdir()] == ["1.edi"]
    assert now(row).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_reason_at_once_queues_once(partner: Connection) -> None:
    rows = at_once(*[lambda: queued(partner)] * 4)
    assert len({row.pk for row in rows}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_fetches_at_once_keep_each_file_once(partner: Connection, mailbox: Path) -> None:
    for n in range(5):
        (mailbox / "out" / f"{n}.edi").write_bytes(f"file {n}".encode())
    at_once(lambda: exchange.collect(partner.pk), lambda: exchange.collect(partner.pk))
    exchange.collect(partner.pk)
    assert sorted(bytes(body) for body in Incoming.objects.values_list("body", flat=True)) == [
        f"file {n}".encode() for n in range(5)
    ]
    assert not [path for path in (mailbox / "out").iterdir() if path.is_file()]


# Reading


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a department's reader was given; a file named "poison" breaks it off."""
    read: list[int] = []

    class Reader:
        def __call__(self, incoming_id: int) -> None:
            read.append(incoming_id)
            incoming = exchange.begin_reading(incoming_id)
            assert incoming is not None
            if incoming.name == "poison":
                raise MemoryError
            exchange.end_reading(incoming, IncomingState.READ)

    monkeypatch.setitem(taking_in.READERS, KIND, TASK)
    monkeypatch.setitem(current_app.tasks, TASK, Reader())
    return read


def came_in(partner: Connection, name: str = "answer.edi") -> Incoming:
    with clock.at(NOON):
        incoming, fresh = exchange.take_in(connection=partner, name=name, body=name.encode(), kind=KIND)
    assert fresh
    return incoming


def status(incoming: Incoming) -> tuple[str, int]:
    return Incoming.objects.values_list("state", "attempts").get(pk=incoming.pk)


@pytest.mark.django_db
def test_a_file_is_given_to_its_reader_once(partner: Connection, reader: list[int]) -> None:
    incoming = came_in(partner)
    exchange.read(incoming.pk)
    exchange.read(incoming.pk)
    assert reader == [incoming.pk]
    assert status(incoming) == ("read", 1)


@pytest.mark.django_db
def test_a_file_on_which_the_reader_breaks_off_waits_for_a_person_in_the_end(
    partner: Connection, reader: list[int], technician: User
) -> None:
    poison, fine = came_in(partner, "poison"), came_in(partner, "fine")
    for attempt in range(1, taking_in.MAX_READS + 1):
        with pytest.raises(MemoryError):
            exchange.read(poison.pk)
        assert status(poison) == ("new", attempt)
    exchange.read(poison.pk)
    assert len(reader) == taking_in.MAX_READS
    with clock.at(LATER):
        exchange.sweep()
    assert status(poison)[0] == "held"
    assert "Reading broke off 5 times." in Incoming.objects.get(pk=poison.pk).fault
    exchange.read(fine.pk)
    assert status(fine) == ("read", 1)
    exchange.read_again(poison.pk, actor=technician, why="The program was mended")
    assert status(poison) == ("new", 0)


@pytest.mark.django_db
def test_only_what_waits_for_a_person_is_read_again(partner: Connection, reader: list[int], technician: User) -> None:
    incoming = came_in(partner)
    with pytest.raises(Refusal, match="does not wait for a person"):
        exchange.read_again(incoming.pk, actor=technician)
    assert status(incoming) == ("new", 0)


@pytest.mark.django_db
def test_the_sweeper_rings_for_files_that_lost_their_doorbell(
    partner: Connection,
    reader: list[int],
    bells: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    incoming = came_in(partner)
    for seconds, rung in ((10, []), (30, [("kernel.read", incoming.pk)])):
        bells.clear()
        with django_capture_on_commit_callbacks(execute=True), clock.at(NOON + timedelta(seconds=seconds)):  # type: ignore[attr-defined]
            exchange.sweep()
        assert bells == rung


@pytest.mark.django_db
def test_every_connection_with_an_inbox_is_asked_by_itself(
    partner: Connection, bells: list[tuple[str, int]], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    for code, changes in (("off", {"active": False}), ("no-inbox", {"inbox": ""})):
        Connection.objects.create(**{"code": code, "name": code, "kind": "folder", "inbox": "out"} | changes)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert exchange.poll() == 1
    assert bells == [("kernel.collect", partner.pk)]
