"""Files and mail out of the building: each leaves once.

A message that leaves passes three commits: *claimed* (SENDING), *handing over* (the last moment before the
partner can see it) and *settled*. A worker that dies before the second is simply tried again; one that dies
after it left a message that may have arrived, so the partner's folder is looked at before anything is resent.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import clock, logs, queries
from techsvc.kernel.actions import jobs, policies
from techsvc.kernel.gateways.couriers import Courier, FileCourier, MailCourier
from techsvc.kernel.gateways.errors import Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import Endpoint
from techsvc.kernel.models.exchange import Attempt, Connection, Outgoing, OutgoingState, TransportKind
from techsvc.kernel.queries import type_of
from techsvc.kernel.secrets import SecretUnreadable

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
HANDING_OVER, UNCERTAIN = "handing over", "uncertain"
_ASK_FIRST = "An earlier attempt may have arrived. Ask the partner; then mark it as sent, or send it again."
_GONE_OR_NEVER_THERE = (
    "The attempt broke off at the last moment and the partner's folder does not show the file: it was picked up, "
    "or it never arrived. Ask the partner; then mark it as sent, or send it again."
)


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
    """Send one message if it is its turn; returns its state afterwards.

    "" when it was not its turn, or when another attempt has taken over since.
    """
    outgoing = _claim(outgoing_id)
    if outgoing is None:
        return ""
    with logs.about(f"outgoing {outgoing.pk}"):
        state = _attempt(outgoing)
        log.info("%s: %s", outgoing.name, state)
    return state


def _attempt(outgoing: Outgoing) -> str:
    """Look first when an earlier attempt may have arrived, else deliver; returns the state that it came to."""
    unsure = _handed_over(outgoing)
    try:
        courier = _courier(outgoing.connection)
        if unsure and courier.holds(outgoing.name, outgoing.sha256):
            return _settle(outgoing, OutgoingState.SENT, "found", _("The partner has it: an earlier attempt arrived."))
        if unsure and not courier.resend_is_safe:
            return _settle(outgoing, OutgoingState.DEAD, UNCERTAIN, _GONE_OR_NEVER_THERE)
        detail = _deliver(outgoing, courier)
    except Unknown as fault:
        return _again(outgoing, OutgoingState.UNKNOWN, UNCERTAIN, str(fault))
    except Transient as fault:
        # A look that failed leaves the earlier attempt as uncertain as it was.
        state, outcome = (OutgoingState.UNKNOWN, UNCERTAIN) if unsure else (OutgoingState.WAITING, "failed")
        return _again(outgoing, state, outcome, str(fault))
    except (Permanent, SecretUnreadable) as fault:
        warning = f" {_ASK_FIRST}" if unsure else ""
        return _settle(outgoing, OutgoingState.DEAD, UNCERTAIN if unsure else "refused", f"{fault}{warning}")
    return _settle(outgoing, OutgoingState.SENT, "sent", detail)


def _deliver(outgoing: Outgoing, courier: Courier) -> str:
    return courier.deliver(
        outgoing.name,
        bytes(outgoing.body),
        recipient=outgoing.recipient,
        before_visible=lambda: note(outgoing, HANDING_OVER),
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
    """What a connection's password is bound to: this row, and the host that it was set for.

    So a password pasted into another row can't be read there, and one that was set for a vendor's server is never
    sent to another server, or unencrypted to the same.
    """
    where = f"{connection.kind}|{connection.host}|{connection.port or 0}"
    return f"kernel_connection|secret|{connection.code}|{where}"


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
        if outgoing is None or queries.waits_for_an_earlier_one(outgoing):
            return None
        if outgoing.state == OutgoingState.SENDING and outgoing.attempts >= policies.value("exchange.attempts"):
            _give_up(outgoing)
            return None
        outgoing.state, outgoing.claimed_at = OutgoingState.SENDING, clock.now()
        outgoing.attempts += 1
        outgoing.save(update_fields=["state", "claimed_at", "attempts"])
    return outgoing


def _give_up(outgoing: Outgoing) -> None:
    """Attempts that end without a word kill their workers: a person has to look."""
    text = _("%(n)d attempts broke off without a word.") % {"n": outgoing.attempts}
    unsure = _handed_over(outgoing)
    advice = _ASK_FIRST if unsure else _("Look at the message, then send it again.")
    _settle(outgoing, OutgoingState.DEAD, UNCERTAIN if unsure else "broke off", f"{text} {advice}")


def _handed_over(outgoing: Outgoing) -> bool:
    """Whether an earlier attempt got as far as making the file visible, without our learning how it ended."""
    last = outgoing.attempt_rows.last()
    return last is not None and last.outcome in (HANDING_OVER, UNCERTAIN)


def note(outgoing: Outgoing, outcome: str, detail: str = "") -> None:
    """Write down one step of an attempt."""
    Attempt.objects.create(outgoing=outgoing, at=clock.now(), outcome=outcome, detail=detail)


@transaction.atomic
def _settle(outgoing: Outgoing, state: OutgoingState, outcome: str, detail: str) -> str:
    note(outgoing, outcome, detail)
    sent_at = clock.now() if state == OutgoingState.SENT else None
    mine = _still_ours(outgoing).update(
        state=state, sent_at=sent_at, claimed_at=None, last_error="" if sent_at else detail
    )
    if mine and sent_at:
        ring_for_the_next(outgoing)
    return state if mine else ""


def _still_ours(outgoing: Outgoing) -> models.QuerySet[Outgoing]:
    """The row, unless a later attempt took it over while this one was thought dead: then that one decides."""
    return Outgoing.objects.filter(pk=outgoing.pk, attempts=outgoing.attempts)


def ring_for_the_next(outgoing: Outgoing) -> None:
    """Ring for the message that waited for this one."""
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
        note(outgoing, outcome, detail)
        mine = _still_ours(outgoing).update(state=state, due_at=clock.now() + wait, claimed_at=None, last_error=detail)
    return state if mine else ""


def ring() -> int:
    """Ring for every message that is due and whose turn it is; returns how many."""
    due = list(queries.due_outgoing(in_turn=True).filter(connection__active=True).values_list("pk", flat=True))
    for pk in due:
        jobs.later("kernel.transmit", pk)
    return len(due)
