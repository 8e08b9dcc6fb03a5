"""Files and mail out of the building and into it: each leaves once, each is kept as it came.

A message that leaves passes three commits: *claimed* (SENDING), *handing over* (the last moment before the
partner can see it) and *settled*. A worker that dies before the second is simply tried again; one that dies
after it left a message that may have arrived, so the partner's folder is looked at before anything is resent.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock, queries
from techsvc.kernel.actions import history, jobs, policies
from techsvc.kernel.errors import Refusal
from techsvc.kernel.gateways import connect
from techsvc.kernel.gateways.couriers import Courier, FileCourier, MailCourier
from techsvc.kernel.gateways.errors import GatewayError, Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import Endpoint
from techsvc.kernel.models.exchange import (
    Attempt,
    Connection,
    Incoming,
    IncomingState,
    Outgoing,
    OutgoingState,
    Sighting,
    TransportKind,
)
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.queries import type_of
from techsvc.kernel.secrets import SecretUnreadable

UPLOADS, MAIL = "upload", "mail"
# What reads incoming files of a kind: the task that is rung with the row's key.
READERS: dict[str, str] = {}
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
HANDING_OVER, UNCERTAIN = "handing over", "uncertain"
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


# ── Out ──────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def queue(
    subject: models.Model,
    *,
    connection: Connection,
    kind: str,
    key: str,
    name: str,
    body: bytes,
    ordering_key: str,
    recipient: str = "",
) -> Outgoing:
    """Queue a message in the transaction of the act that causes it; the same key again returns the first row."""
    outgoing, fresh = Outgoing.objects.get_or_create(
        key=key,
        defaults={
            "connection": connection, "kind": kind, "name": name, "body": body, "recipient": recipient,
            "sha256": hashlib.sha256(body).hexdigest(), "ordering_key": ordering_key,
            "subject_type": type_of(subject), "subject_id": str(subject.pk),
            "queued_at": clock.now(), "due_at": clock.now(),
        },
    )  # fmt: skip
    if fresh:
        jobs.later("kernel.transmit", outgoing.pk)
    return outgoing


def transmit(outgoing_id: int) -> str:
    """Send one message if it is its turn; returns its state afterwards, or "" when it was not its turn."""
    outgoing = _claim(outgoing_id)
    if outgoing is None:
        return ""
    try:
        courier = _courier(outgoing.connection)
        if _handed_over(outgoing) and courier.holds(outgoing.name, outgoing.sha256):
            return _settle(
                outgoing, OutgoingState.SENT, "found", _("The partner has it: the earlier attempt had arrived.")
            )
        if _handed_over(outgoing) and not courier.resend_is_safe:
            return _settle(outgoing, OutgoingState.DEAD, UNCERTAIN, _UNCERTAIN)
        detail = courier.deliver(
            outgoing.name,
            bytes(outgoing.body),
            recipient=outgoing.recipient,
            before_visible=lambda: _note(outgoing, HANDING_OVER),
        )
    except Unknown as fault:
        return _again(outgoing, OutgoingState.UNKNOWN, UNCERTAIN, str(fault))
    except Transient as fault:
        return _again(outgoing, OutgoingState.WAITING, "failed", str(fault))
    except (Permanent, SecretUnreadable) as fault:
        return _settle(outgoing, OutgoingState.DEAD, "refused", str(fault))
    return _settle(outgoing, OutgoingState.SENT, "sent", detail)


_UNCERTAIN = (
    "The attempt broke off at the last moment and the partner's folder does not show the file: it was picked up, "
    "or it never arrived. Ask the partner; then mark it as sent, or send it again."
)


def endpoint(connection: Connection) -> Endpoint:
    """The connection as gateways know it, its password opened for this one use."""
    return Endpoint(
        kind=connection.kind,
        host=connection.host,
        port=connection.port or 0,
        username=connection.username,
        password=connection.secret.open(place=secret_place(connection)),
        host_key=connection.host_key,
        outbox=connection.outbox,
        inbox=connection.inbox,
        root=connection.root,
    )


def secret_place(connection: Connection) -> str:
    """What a connection's password is bound to: it can be opened in this row only."""
    return f"kernel_connection|secret|{connection.code}"


def _mail_endpoint() -> Endpoint | None:
    """The library's mail host, or None where EMAIL_URL is not set."""
    if not settings.EMAIL_URL:
        return None
    return Endpoint(
        kind=settings.MAIL.scheme,
        host=settings.EMAIL_HOST or "",
        port=settings.EMAIL_PORT,
        username=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        timeout=settings.EMAIL_TIMEOUT,
    )


def _courier(connection: Connection) -> Courier:
    if connection.kind == TransportKind.MAIL:
        return MailCourier(_mail_endpoint(), policies.value("library.mail"))
    return FileCourier(endpoint(connection))


def _claim(outgoing_id: int) -> Outgoing | None:
    """Take the message for one attempt: due, not paused, and none of its order is waiting before it."""
    if policies.value("exchange.paused"):
        return None
    with transaction.atomic():
        outgoing = (
            queries.due_outgoing()
            .filter(pk=outgoing_id, connection__active=True)
            .select_for_update(of=("self",), skip_locked=True)
            .first()
        )
        if outgoing is None or _waits_for_an_earlier_one(outgoing):
            return None
        outgoing.state, outgoing.claimed_at = OutgoingState.SENDING, clock.now()
        outgoing.attempts += 1
        outgoing.save(update_fields=["state", "claimed_at", "attempts"])
    return outgoing


def _waits_for_an_earlier_one(outgoing: Outgoing) -> bool:
    done = (OutgoingState.SENT, OutgoingState.CANCELLED)
    return (
        Outgoing.objects.filter(ordering_key=outgoing.ordering_key, pk__lt=outgoing.pk).exclude(state__in=done).exists()
    )


def _handed_over(outgoing: Outgoing) -> bool:
    """Whether an earlier attempt got as far as making the file visible, without our learning how it ended."""
    last = outgoing.attempt_rows.last()
    return last is not None and last.outcome in (HANDING_OVER, UNCERTAIN)


def _note(outgoing: Outgoing, outcome: str, detail: str = "") -> None:
    Attempt.objects.create(outgoing=outgoing, at=clock.now(), outcome=outcome, detail=detail)


@transaction.atomic
def _settle(outgoing: Outgoing, state: OutgoingState, outcome: str, detail: str) -> str:
    _note(outgoing, outcome, detail)
    sent_at = clock.now() if state == OutgoingState.SENT else None
    Outgoing.objects.filter(pk=outgoing.pk).update(
        state=state, sent_at=sent_at, claimed_at=None, last_error="" if sent_at else detail
    )
    if sent_at:
        _ring_for_the_next(outgoing)
    return state


def _ring_for_the_next(outgoing: Outgoing) -> None:
    following = Outgoing.objects.filter(
        ordering_key=outgoing.ordering_key, pk__gt=outgoing.pk, state=OutgoingState.WAITING
    )
    if (row := following.order_by("id").first()) is not None:
        jobs.later("kernel.transmit", row.pk)


def _again(outgoing: Outgoing, state: OutgoingState, outcome: str, detail: str) -> str:
    """Wait, twice as long each time, for another attempt; after the last one a person has to look."""
    if outgoing.attempts >= policies.value("exchange.attempts"):
        return _settle(outgoing, OutgoingState.DEAD, outcome, detail)
    wait = min(FIRST_WAIT * 2 ** (outgoing.attempts - 1), LONGEST_WAIT)
    with transaction.atomic():
        _note(outgoing, outcome, detail)
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=state, due_at=clock.now() + wait, claimed_at=None, last_error=detail
        )
    return state


@transaction.atomic
def retry(outgoing_id: int, *, actor: User, why: str = "") -> Outgoing:
    """Send a message that could not be sent once more, because a person says so."""
    return _by_hand(outgoing_id, OutgoingState.WAITING, "kernel.retry_outgoing", actor=actor, why=why)


@transaction.atomic
def mark_sent(outgoing_id: int, *, actor: User, why: str = "") -> Outgoing:
    """Settle a message that the partner confirmed to have, without sending it again."""
    return _by_hand(outgoing_id, OutgoingState.SENT, "kernel.mark_sent", actor=actor, why=why)


@transaction.atomic
def cancel(outgoing_id: int, *, actor: User, why: str = "") -> Outgoing:
    """Keep a message that has not left from leaving."""
    return _by_hand(outgoing_id, OutgoingState.CANCELLED, "kernel.cancel_outgoing", actor=actor, why=why)


_BY_HAND = {
    OutgoingState.WAITING: (OutgoingState.DEAD,),
    OutgoingState.SENT: (OutgoingState.DEAD, OutgoingState.UNKNOWN),
    OutgoingState.CANCELLED: (OutgoingState.DEAD, OutgoingState.WAITING),
}


def _by_hand(outgoing_id: int, target: OutgoingState, verb: str, *, actor: User, why: str) -> Outgoing:
    access.require(actor, "kernel.settle_messages")
    outgoing = Outgoing.objects.select_for_update().get(pk=outgoing_id)
    before = OutgoingState(outgoing.state)
    if before not in _BY_HAND[target]:
        raise Refusal(
            _("%(name)s is %(state)s: this can't be done now. Reload the page to see where it stands.")
            % {"name": outgoing.name, "state": before.label}
        )
    outgoing.state = target
    outgoing.due_at, outgoing.last_error = clock.now(), ""
    outgoing.sent_at = clock.now() if target == OutgoingState.SENT else None
    if target == OutgoingState.WAITING:
        outgoing.attempts = 0
        _note(outgoing, "released", why or _("Sent again by %(who)s") % {"who": actor})
        jobs.later("kernel.transmit", outgoing.pk)
    outgoing.save()
    history.write(
        outgoing, verb, actor=actor, why=why,
        summary=f"{outgoing.name}: {before.label} → {target.label}", before={"state": before}, after={"state": target},
    )  # fmt: skip
    if target != OutgoingState.WAITING:
        _ring_for_the_next(outgoing)
    return outgoing


@transaction.atomic
def pause_outgoing(*, actor: User, why: str) -> None:
    """Let nothing leave the building until a person releases it (after a restore, or when a vendor asks)."""
    access.require(actor, "kernel.release_outgoing")
    _pause(True, "kernel.pause_outgoing", actor=actor, why=why)


@transaction.atomic
def release_outgoing(*, actor: User, why: str) -> None:
    """Let messages leave again."""
    access.require(actor, "kernel.release_outgoing")
    _pause(False, "kernel.release_outgoing", actor=actor, why=why)
    for outgoing in queries.due_outgoing():
        jobs.later("kernel.transmit", outgoing.pk)


def undo_pause(event: HistoryEvent, *, actor: User) -> None:
    access.require(actor, "kernel.release_outgoing")
    _pause(False, "kernel.release_outgoing", actor=actor, why=_("Undone"), undoes=event)


def _pause(on: bool, verb: str, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> None:
    if policies.value("exchange.paused") == on:
        raise Refusal(_("Outgoing messages are already paused.") if on else _("Outgoing messages are not paused."))
    policy = policies.decide("exchange.paused", on, actor=actor, why=why)
    summary = _("Outgoing messages paused") if on else _("Outgoing messages released")
    history.write(policy, verb, actor=actor, why=why, summary=summary, after={"paused": on}, undoes=undoes)


# ── In ───────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take_in(*, connection: Connection, name: str, body: bytes, kind: str = "") -> tuple[Incoming, bool]:
    """Keep the bytes of a file before anything is made of them; (row, True) when they were never seen before.

    The same bytes under whatever name are a further sighting of the first row, and change nothing else.
    """
    digest = hashlib.sha256(body).hexdigest()
    at = clock.now()
    incoming, fresh = Incoming.objects.get_or_create(
        connection=connection,
        sha256=digest,
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
        jobs.later(READERS[incoming.kind], incoming.pk)
    return incoming, fresh


def upload(name: str, body: bytes, *, kind: str) -> tuple[Incoming, bool]:
    """Keep a file that a member of staff uploaded."""
    return take_in(connection=Connection.objects.get(code=UPLOADS), name=name, body=body, kind=kind)


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


def begin_reading(incoming_id: int) -> Incoming | None:
    """Lock a new incoming file for reading, inside the reader's transaction; None when it was read already."""
    incoming = (
        Incoming.objects.select_for_update(skip_locked=True).filter(pk=incoming_id, state=IncomingState.NEW).first()
    )
    if incoming is not None:
        incoming.attempts += 1
        incoming.save(update_fields=["attempts"])
    return incoming


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
    jobs.later(READERS[incoming.kind], incoming.pk)
    return incoming


def sweep() -> int:
    """Ring for everything that is due and may have lost its doorbell; returns how many were rung."""
    old = clock.now() - DOORBELL_GRACE
    unread = list(
        Incoming.objects.filter(state=IncomingState.NEW, kind__in=READERS, received_at__lt=old).values_list(
            "pk", "kind", "attempts"
        )
    )
    for pk, _kind, _attempts in (row for row in unread if row[2] >= MAX_READS):
        Incoming.objects.filter(pk=pk).update(
            state=IncomingState.HELD,
            fault=_("Reading broke off %(n)d times. Look at the file, then read it again.") % {"n": MAX_READS},
        )
    fresh = [row for row in unread if row[2] < MAX_READS]
    for pk, kind, _attempts in fresh:
        jobs.later(READERS[kind], pk)
    due = list(queries.due_outgoing().filter(connection__active=True).values_list("pk", flat=True))
    for pk in due:
        jobs.later("kernel.transmit", pk)
    return len(due) + len(fresh)


def poll() -> int:
    """Ring for each connection that has an inbox; one that hangs keeps no other waiting."""
    found = list(Connection.objects.filter(active=True).exclude(inbox="").values_list("pk", flat=True))
    for pk in found:
        jobs.later("kernel.collect", pk)
    return len(found)
