"""Files into the building: each is kept as it came before anything is made of it, and read once."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from io import SEEK_END
from typing import BinaryIO

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock, logs
from techsvc.kernel.actions import history, jobs
from techsvc.kernel.actions.exchange.sending import endpoint
from techsvc.kernel.contents import PART
from techsvc.kernel.errors import Refusal
from techsvc.kernel.gateways import connect
from techsvc.kernel.gateways.errors import GatewayError
from techsvc.kernel.models.exchange import (
    Connection,
    Incoming,
    IncomingPart,
    IncomingState,
    Sighting,
    TransportKind,
)
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.secrets import SecretUnreadable

log = logging.getLogger(__name__)
UPLOADS, MAIL = "upload", "mail"
# What reads incoming files of a kind: the name of the task that is given the row's key.
READERS: dict[str, str] = {}
# Incoming rows are rung for at once; the sweeper steps in for those whose doorbell was lost.
DOORBELL_GRACE = timedelta(seconds=20)
MAX_READS = 5


def read_by(kind: str, task: str) -> None:
    """Say which task takes in files of a kind; called from apps.py."""
    READERS[kind] = task


def seed_connections() -> None:
    """The two ways in and out that every library has: uploads by staff, and mail."""
    Connection.objects.bulk_create(
        [
            Connection(code=UPLOADS, name=_("Uploads by staff"), kind=TransportKind.UPLOAD),
            Connection(code=MAIL, name=_("Mail"), kind=TransportKind.MAIL),
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def take_in(*, connection: Connection, name: str, body: bytes, kind: str = "") -> tuple[Incoming, bool]:
    """Keep the bytes of a file before anything is made of them; (row, True) when they were never seen before.

    The same bytes under whatever name are a further sighting of the first row, and change nothing else.
    """
    at = clock.now()
    incoming, fresh = Incoming.objects.get_or_create(
        connection=connection,
        sha256=hashlib.sha256(body).hexdigest(),
        defaults={
            "kind": kind or connection.reads,
            "name": name[:200],
            "body": body,
            "size": len(body),
            "received_at": at,
        },
    )
    Sighting.objects.create(incoming=incoming, at=at, name=name[:200])
    if fresh and incoming.kind in READERS:
        jobs.later("kernel.read", incoming.pk)
    return incoming, fresh


def upload(name: str, body: bytes, *, kind: str) -> tuple[Incoming, bool]:
    """Keep a file that a member of staff uploaded."""
    return take_in(connection=Connection.objects.get(code=UPLOADS), name=name, body=body, kind=kind)


def digest(file: BinaryIO) -> str:
    """By which the bytes of a file are known again."""
    file.seek(0)
    found = hashlib.sha256()
    for part in iter(lambda: file.read(PART), b""):
        found.update(part)
    return found.hexdigest()


@transaction.atomic
def upload_file(name: str, file: BinaryIO, *, kind: str) -> tuple[Incoming, bool]:
    """Keep an uploaded file of any length: `upload`, without the whole of it ever being in memory."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    if size <= PART:
        return upload(name, file.read(), kind=kind)
    incoming, fresh = Incoming.objects.get_or_create(
        connection=Connection.objects.get(code=UPLOADS),
        sha256=digest(file),
        defaults={"kind": kind, "name": name[:200], "body": b"", "size": size, "received_at": clock.now()},
    )
    Sighting.objects.create(incoming=incoming, at=clock.now(), name=name[:200])
    if fresh:
        file.seek(0)
        for number, part in enumerate(iter(lambda: file.read(PART), b"")):
            IncomingPart.objects.create(incoming=incoming, number=number, body=part)
    return incoming, fresh


def collect(connection_id: int) -> int:
    """Fetch every new file of a connection; each is safe with us before it is moved aside there. Returns how many."""
    connection = Connection.objects.get(pk=connection_id)
    if not connection.active or not connection.inbox:
        return 0
    taken, fault = 0, ""
    try:
        with connect(endpoint(connection)) as line:
            for file in line.list():
                _row, fresh = take_in(connection=connection, name=file.name, body=line.get(file.name))
                line.archive(file.name)
                taken += fresh
    except (GatewayError, SecretUnreadable) as error:
        fault = str(error)
    Connection.objects.filter(pk=connection.pk).update(last_polled_at=clock.now(), last_error=fault)
    return taken


def read(incoming_id: int) -> None:
    """Give a new file to its reader.

    The attempt is counted in a commit of its own, so that a file on which readers break off is given up on in the end.
    """
    with transaction.atomic():
        incoming = (
            Incoming.objects.select_for_update(skip_locked=True)
            .defer("body")
            .filter(pk=incoming_id, state=IncomingState.NEW, kind__in=READERS, attempts__lt=MAX_READS)
            .first()
        )
        if incoming is None:
            return
        incoming.attempts += 1
        incoming.save(update_fields=["attempts"])
    with logs.about(f"incoming {incoming.pk}"):
        current_app.tasks[READERS[incoming.kind]](incoming_id)
        log.info("%s: read", incoming.name)


def begin_reading(incoming_id: int) -> Incoming | None:
    """Lock a new incoming file for reading, inside the reader's transaction; None when it was read already."""
    return Incoming.objects.select_for_update(skip_locked=True).filter(pk=incoming_id, state=IncomingState.NEW).first()


def end_reading(incoming: Incoming, state: IncomingState, *, fault: str = "") -> None:
    """Say what became of an incoming file: read, held for a person, or refused with the reason."""
    incoming.state, incoming.fault, incoming.read_at = state, fault, clock.now()
    incoming.save(update_fields=["state", "fault", "read_at"])


@transaction.atomic
def read_again(incoming_id: int, *, actor: User, why: str = "") -> Incoming:
    """Give a held or refused file to its reader once more (after a code was mapped, an order opened)."""
    access.require(actor, "kernel.settle_messages")
    incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if incoming.state not in (IncomingState.HELD, IncomingState.REFUSED) or incoming.kind not in READERS:
        raise Refusal(
            _("%(name)s does not wait for a person, so there is nothing to read again.") % {"name": incoming.name}
        )
    incoming.state, incoming.fault, incoming.attempts = IncomingState.NEW, "", 0
    incoming.save(update_fields=["state", "fault", "attempts"])
    history.write(
        incoming,
        "kernel.read_again",
        actor=actor,
        why=why,
        summary=_("%(name)s is read again") % {"name": incoming.name},
    )
    jobs.later("kernel.read", incoming.pk)
    return incoming


@transaction.atomic
def set_aside(incoming_id: int, *, actor: User, why: str = "") -> Incoming:
    """Say that a held or refused file was seen to by hand; its bytes and its fault stay."""
    access.require(actor, "kernel.settle_messages")
    incoming = Incoming.objects.select_for_update().defer("body").get(pk=incoming_id)
    if incoming.state not in (IncomingState.HELD, IncomingState.REFUSED):
        raise Refusal(_("%(name)s does not wait for a person.") % {"name": incoming.name})
    before = incoming.state
    end_reading(incoming, IncomingState.READ, fault=incoming.fault)
    history.write(
        incoming, "kernel.set_aside", actor=actor, why=why,
        summary=_("%(name)s: settled by hand") % {"name": incoming.name},
        before={"state": before}, after={"state": incoming.state},
    )  # fmt: skip
    return incoming


def undo_set_aside(event: HistoryEvent, *, actor: User) -> Incoming:
    """Let a file wait for a person again."""
    access.require(actor, "kernel.settle_messages")
    incoming = Incoming.objects.select_for_update().defer("body").get(pk=event.subject_id)
    incoming.state, incoming.read_at = event.before["state"], None
    incoming.save(update_fields=["state", "read_at"])
    history.write(
        incoming, "kernel.undo_set_aside", actor=actor, undoes=event,
        summary=_("%(name)s waits for a person again") % {"name": incoming.name},
    )  # fmt: skip
    return incoming


def ring() -> int:
    """Ring for files that wait to be read; those on which readers broke off too often wait for a person instead."""
    waiting = Incoming.objects.filter(
        state=IncomingState.NEW, kind__in=READERS, received_at__lt=clock.now() - DOORBELL_GRACE
    )
    waiting.filter(attempts__gte=MAX_READS).update(
        state=IncomingState.HELD,
        fault=_("Reading broke off %(n)d times. Look at the file, then read it again.") % {"n": MAX_READS},
    )
    fresh = list(waiting.values_list("pk", flat=True))
    for pk in fresh:
        jobs.later("kernel.read", pk)
    return len(fresh)


def poll() -> int:
    """Ring for each connection that has an inbox; one that hangs keeps no other waiting."""
    found = list(Connection.objects.filter(active=True).exclude(inbox="").values_list("pk", flat=True))
    for pk in found:
        jobs.later("kernel.collect", pk)
    return len(found)
