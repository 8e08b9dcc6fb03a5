"""What people decide about messages that leave: send again, mark as sent, cancel; pause and release them all."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.policy import default

from django.db import transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history, jobs, policies
from techsvc.kernel.actions.exchange import sending
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Outgoing, OutgoingState, TransportKind
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

# target → the states from which a person may bring a message there
BY_HAND = {
    OutgoingState.WAITING: (OutgoingState.DEAD,),
    OutgoingState.SENT: (OutgoingState.DEAD, OutgoingState.UNKNOWN),
    OutgoingState.CANCELLED: (OutgoingState.DEAD, OutgoingState.WAITING),
}


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


@transaction.atomic
def send_once_more(outgoing_id: int, *, actor: User, why: str) -> Outgoing:
    """Send a mail again that was sent, as a new one to its reader. Refuses files, and mail whose words are gone."""
    access.require(actor, "kernel.settle_messages")
    mail = Outgoing.objects.select_for_update(of=("self",)).select_related("connection").get(pk=outgoing_id)
    if mail.connection.kind != TransportKind.MAIL or mail.state != OutgoingState.SENT or not mail.body:
        raise Refusal(_("Only mail that was sent, and whose words are still kept, can be sent once more."))
    mail.body = _as_new(bytes(mail.body), mail.attempts)
    mail.sha256 = hashlib.sha256(mail.body).hexdigest()
    mail.state, mail.attempts, mail.due_at, mail.sent_at = OutgoingState.WAITING, 0, clock.now(), None
    mail.save()
    sending.note(mail, "released", why)
    history.write(
        mail, "kernel.send_once_more", actor=actor, why=why,
        summary=_("%(name)s: sent once more") % {"name": mail.name},
        before={"state": OutgoingState.SENT}, after={"state": mail.state},
    )  # fmt: skip
    jobs.later("kernel.transmit", mail.pk)
    return mail


def _as_new(body: bytes, times: int) -> bytes:
    """The mail under another Message-ID, since readers drop one that they have seen."""
    message = message_from_bytes(body, policy=default)
    name, _at, domain = str(message["Message-ID"]).strip("<> ").partition("@")
    message.replace_header("Message-ID", f"<{name}.{times}.{clock.now():%Y%m%d%H%M%S}@{domain}>")
    return message.as_bytes()


def _by_hand(outgoing_id: int, target: OutgoingState, verb: str, *, actor: User, why: str) -> Outgoing:
    access.require(actor, "kernel.settle_messages")
    outgoing = Outgoing.objects.select_for_update().get(pk=outgoing_id)
    before = OutgoingState(outgoing.state)
    if before not in BY_HAND[target]:
        raise Refusal(
            _("%(name)s is %(state)s: this can't be done now. Reload the page to see where it stands.")
            % {"name": outgoing.name, "state": before.label}
        )
    outgoing.state = target
    outgoing.due_at, outgoing.last_error = clock.now(), ""
    outgoing.sent_at = clock.now() if target == OutgoingState.SENT else None
    if target == OutgoingState.WAITING:
        outgoing.attempts = 0
        sending.note(outgoing, "released", why or _("Sent again by %(who)s") % {"who": actor})
        jobs.later("kernel.transmit", outgoing.pk)
    outgoing.save()
    history.write(
        outgoing, verb, actor=actor, why=why,
        summary=f"{outgoing.name}: {before.label} → {target.label}", before={"state": before}, after={"state": target},
    )  # fmt: skip
    if target != OutgoingState.WAITING:
        sending.ring_for_the_next(outgoing)
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
    sending.ring()


def undo_pause(event: HistoryEvent, *, actor: User) -> None:
    access.require(actor, "kernel.release_outgoing")
    _pause(False, "kernel.release_outgoing", actor=actor, why=_("Undone"), undoes=event)


def _pause(on: bool, verb: str, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> None:
    if policies.value("exchange.paused") == on:
        raise Refusal(
            _("Outgoing messages are already paused. Release them on this page.")
            if on
            else _("Outgoing messages are not paused.")
        )
    policy = policies.decide("exchange.paused", on, actor=actor, why=why)
    summary = _("Outgoing messages paused") if on else _("Outgoing messages released")
    history.write(policy, verb, actor=actor, why=why, summary=summary, after={"paused": on}, undoes=undoes)
