"""Messages leave once, whatever breaks; files come in once, whatever they are called."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from techsvc.kernel import clock
from techsvc.kernel.actions import exchange, jobs
from techsvc.kernel.actions.exchange import sending
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.gateways import folder
from techsvc.kernel.models.exchange import Attempt, Connection, Incoming, Outgoing, OutgoingState, Sighting
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Count
from techsvc.kernel.models.people import User

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)  # long past: what was due then is due now
ORDER = b"UNB+UNOC:3+1697978:31B+1697684:31B+261124:1200+1'UNZ+0+1'"


def queued(partner: Connection, key: str = "orders:1", *, ordering_key: str = "vendor:1") -> Outgoing:
    with clock.at(NOON):
        return exchange.queue(
            partner,
            connection=partner,
            kind="orders",
            key=key,
            name=f"{key.replace(':', '-')}.edi",
            body=ORDER,
            ordering_key=ordering_key,
        )


def outcomes(outgoing: Outgoing) -> list[str]:
    return list(outgoing.attempt_rows.values_list("outcome", flat=True))


def state(outgoing: Outgoing) -> str:
    outgoing.refresh_from_db()
    return outgoing.state


def test_a_message_is_put_under_its_name_and_settled(partner: Connection, mailbox: Path) -> None:
    outgoing = queued(partner)
    assert exchange.transmit(outgoing.pk) == "sent"
    assert [p.name for p in (mailbox / "in").iterdir()] == ["orders-1.edi"]
    assert (mailbox / "in" / "orders-1.edi").read_bytes() == ORDER
    assert outcomes(outgoing) == ["handing over", "sent"]
    assert state(outgoing) == "sent"
    assert outgoing.attempts == 1


def test_the_same_reason_queues_once(partner: Connection) -> None:
    assert queued(partner).pk == queued(partner).pk
    assert Outgoing.objects.count() == 1


def test_a_sent_message_is_not_sent_again(partner: Connection, mailbox: Path) -> None:
    outgoing = queued(partner)
    exchange.transmit(outgoing.pk)
    (mailbox / "in" / "orders-1.edi").unlink()
    assert exchange.transmit(outgoing.pk) == ""
    assert list((mailbox / "in").iterdir()) == []


def test_a_worker_that_died_before_the_last_moment_is_simply_tried_again(partner: Connection, mailbox: Path) -> None:
    outgoing = queued(partner)
    with clock.at(NOON):
        sending._claim(outgoing.pk)  # the worker dies here
        assert exchange.transmit(outgoing.pk) == ""  # it may still be at work
    with clock.at(NOON + timedelta(minutes=3)):
        assert exchange.transmit(outgoing.pk) == "sent"
    assert (mailbox / "in" / "orders-1.edi").read_bytes() == ORDER
    assert outcomes(outgoing) == ["handing over", "sent"]


def test_a_worker_that_died_after_delivery_is_found_out_by_looking(partner: Connection, mailbox: Path) -> None:
    outgoing = queued(partner)
    with clock.at(NOON):
        claimed = sending._claim(outgoing.pk)
        assert claimed is not None
        sending.note(claimed, sending.HANDING_OVER)
    delivered = mailbox / "in" / "orders-1.edi"
    delivered.write_bytes(ORDER)
    stamp = delivered.stat().st_mtime_ns
    with clock.at(NOON + timedelta(minutes=3)):
        assert exchange.transmit(outgoing.pk) == "sent"
    assert delivered.stat().st_mtime_ns == stamp
    assert outcomes(outgoing) == ["handing over", "found"]


def test_a_file_that_was_picked_up_or_never_arrived_waits_for_a_person(
    partner: Connection, mailbox: Path, technician: User
) -> None:
    outgoing = queued(partner)
    with clock.at(NOON):
        claimed = sending._claim(outgoing.pk)
        assert claimed is not None
        sending.note(claimed, sending.HANDING_OVER)
    with clock.at(NOON + timedelta(minutes=3)):
        assert exchange.transmit(outgoing.pk) == "dead"
    assert list((mailbox / "in").iterdir()) == []
    exchange.mark_sent(outgoing.pk, actor=technician, why="Brodart has it")
    assert state(outgoing) == "sent"
    assert HistoryEvent.objects.get(verb="kernel.mark_sent").why == "Brodart has it"


def test_a_person_may_send_it_again_after_asking(partner: Connection, mailbox: Path, technician: User) -> None:
    outgoing = queued(partner)
    sending._settle(outgoing, OutgoingState.DEAD, sending.UNCERTAIN, "lost line")
    exchange.retry(outgoing.pk, actor=technician)
    assert exchange.transmit(outgoing.pk) == "sent"
    assert (mailbox / "in" / "orders-1.edi").read_bytes() == ORDER


def test_messages_of_one_partner_leave_in_order(partner: Connection, mailbox: Path) -> None:
    first, second = queued(partner, "orders:1"), queued(partner, "orders:2")
    assert exchange.transmit(second.pk) == ""
    assert exchange.transmit(first.pk) == "sent"
    assert exchange.transmit(second.pk) == "sent"


def test_a_wrong_folder_needs_a_person_and_keeps_others_going(partner: Connection, tmp_path: Path) -> None:
    broken = Connection.objects.create(
        code="lost", name="Lost", kind="folder", root=str(tmp_path / "nowhere"), outbox="in"
    )
    stuck, fine = queued(broken, "orders:7", ordering_key="lost"), queued(partner)
    assert exchange.transmit(stuck.pk) == "dead"
    assert exchange.transmit(fine.pk) == "sent"
    stuck.refresh_from_db()
    assert "No such file or directory" in stuck.last_error


def test_a_passing_fault_waits_twice_as_long_each_time_and_ends(
    partner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, body: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_through", full_disk)
    outgoing, at, waits = queued(partner), NOON, []
    with clock.at(NOON):
        Outgoing.objects.update(due_at=NOON)
    for _attempt in range(6):
        with clock.at(at):
            exchange.transmit(outgoing.pk)
        outgoing.refresh_from_db()
        waits.append(int((outgoing.due_at - at).total_seconds() // 60))
        at = outgoing.due_at
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert outgoing.state == "dead"
    assert outcomes(outgoing) == ["failed"] * 6


def test_nothing_leaves_while_paused(partner: Connection, mailbox: Path, supervisor: User) -> None:
    outgoing = queued(partner)
    exchange.pause_outgoing(actor=supervisor, why="Restored last night's backup")
    assert exchange.transmit(outgoing.pk) == ""
    assert list((mailbox / "in").iterdir()) == []
    exchange.release_outgoing(actor=supervisor, why="Checked with the vendors")
    assert exchange.transmit(outgoing.pk) == "sent"


def test_a_technician_may_not_pause(partner: Connection, technician: User) -> None:
    with pytest.raises(Forbidden):
        exchange.pause_outgoing(actor=technician, why="No")
    assert HistoryEvent.objects.count() == 0


def test_mail_is_kept_to_be_read_where_no_mail_server_is_set(partner: Connection) -> None:
    mail = Connection.objects.get(code=exchange.MAIL)
    outgoing = exchange.queue(
        partner, connection=mail, kind="notice", key="n:1", name="n-1.eml", body=b"Subject: Ready\n\nHello",
        ordering_key="n:1", recipient="ada@example.org",
    )  # fmt: skip
    assert exchange.transmit(outgoing.pk) == "sent"
    assert outgoing.attempt_rows.get().detail == "No mail server is set (EMAIL_URL): the mail is kept here to be read."


def test_only_a_dead_message_can_be_retried(partner: Connection, technician: User) -> None:
    outgoing = queued(partner)
    with pytest.raises(Refusal, match="waiting to leave"):
        exchange.retry(outgoing.pk, actor=technician)
    assert state(outgoing) == "waiting"
    assert HistoryEvent.objects.count() == 0


def test_the_sweeper_rings_for_what_lost_its_doorbell(
    partner: Connection, mailbox: Path, django_capture_on_commit_callbacks: object
) -> None:
    outgoing = queued(partner)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert exchange.sweep() == 1
    assert state(outgoing) == "sent"


def test_a_dead_broker_is_counted_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def delay(self, _row: int) -> None:
            raise OSError("no broker")

    jobs._ring("kernel.transmit", Broken(), 1)
    jobs._ring("kernel.transmit", Broken(), 1)
    assert Count.objects.get().value == 2


def test_the_same_bytes_are_one_file_under_whatever_name(partner: Connection) -> None:
    first, fresh = exchange.take_in(connection=partner, name="INVOICE.CEI", body=b"one", kind="x")
    again, not_fresh = exchange.take_in(connection=partner, name="INVOICE2.CEI", body=b"one", kind="x")
    assert (first.pk, fresh, not_fresh) == (again.pk, True, False)
    assert list(Sighting.objects.values_list("name", flat=True)) == ["INVOICE.CEI", "INVOICE2.CEI"]


def test_two_vendors_and_two_days_may_use_one_file_name(partner: Connection, tmp_path: Path) -> None:
    other = Connection.objects.create(code="ingram", name="Ingram", kind="folder", root=str(tmp_path))
    for where, body in ((partner, b"monday"), (partner, b"tuesday"), (other, b"monday")):
        assert exchange.take_in(connection=where, name="INVOICE.CEI", body=body)[1]
    assert Incoming.objects.count() == 3


def test_files_are_fetched_once_and_moved_aside(partner: Connection, mailbox: Path) -> None:
    (mailbox / "out" / "answer.edi").write_bytes(ORDER)
    (mailbox / "out" / "invoice.inv").write_bytes(b"other")
    (mailbox / "out" / ".half.part").write_bytes(b"not yet")
    assert exchange.collect(partner.pk) == 2
    assert exchange.collect(partner.pk) == 0
    assert sorted(p.name for p in (mailbox / "out" / "done").iterdir()) == ["answer.edi", "invoice.inv"]
    assert bytes(Incoming.objects.get(name="answer.edi").body) == ORDER


def test_a_fetch_that_fails_says_so_on_the_connection(partner: Connection, mailbox: Path) -> None:
    (mailbox / "out").rmdir()
    assert exchange.collect(partner.pk) == 0
    partner.refresh_from_db()
    assert "No such file or directory" in partner.last_error
    assert partner.last_polled_at is not None


KILLED_WORKER = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "techsvc.settings"
django.setup()
from techsvc.kernel.actions import exchange
from techsvc.kernel.gateways import folder
def kill(*_): os.kill(os.getpid(), 9)
def kill_after(part, final, real=os.replace):
    real(part, final)
    kill()
if "{moment}" == "before": folder.write_through = kill
else: os.replace = kill_after
exchange.transmit({pk})
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("moment", "ends"), [("before", ["handing over", "sent"]), ("after", ["handing over", "found"])]
)
def test_kill_9_around_the_upload_delivers_one_file(
    partner: Connection, mailbox: Path, moment: str, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_ring", lambda *_: None)  # the worker below answers the door, not this process
    outgoing = queued(partner)
    script = KILLED_WORKER.format(moment=moment, pk=outgoing.pk)
    died = subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": "."}, check=False)
    assert died.returncode == -signal.SIGKILL
    assert state(outgoing) == "sending"
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert exchange.transmit(outgoing.pk) == "sent"
    assert [p.read_bytes() for p in (mailbox / "in").glob("*.edi")] == [ORDER]
    assert outcomes(outgoing) == ends
    assert Attempt.objects.filter(outcome="sent").count() + Attempt.objects.filter(outcome="found").count() == 1
