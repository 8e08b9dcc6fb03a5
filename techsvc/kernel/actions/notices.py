"""The notice engine: departments say what is due, the kernel sends it once, after asking again.

A kind never shows its tables: `due` names what has to be told, `still_due` is asked under lock at the moment of
sending, `text` makes the words. One row per key keeps two runs, two workers and a restart from telling twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import exchange, history, policies
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Connection, Outgoing, OutgoingState
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.people import Patron, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to tell: `ref` is the department's own row, `version` changes when it is a new thing to tell."""

    ref: str
    patron_id: str | None
    version: str = "1"


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a notice. No patron's name or title belongs in the subject."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice, registered by the department that knows when it is due."""

    code: str
    label: str
    due: Callable[[datetime], Iterable[Due]]
    still_due: Callable[[str], str]
    """Empty when it is still true, else the sentence that says why it is not."""
    text: Callable[[str], Words]


KINDS: dict[str, NoticeKind] = {}
# Mail in these states did not reach its reader, as far as anybody knows.
NOT_ARRIVED = (OutgoingState.DEAD, OutgoingState.UNKNOWN)


def register(kind: NoticeKind) -> None:
    KINDS[kind.code] = kind


def send_due() -> dict[str, int]:
    """Record what is due and send it; one notice or kind that fails keeps no other back. Returns counts by outcome."""
    outcomes: Counter[str] = Counter()
    for kind in KINDS.values():
        outcomes.update(_tried(partial(_record, kind), f"kind {kind.code}"))
    for pk in list(
        Notice.objects.filter(state=NoticeState.DUE, kind__in=KINDS).order_by("id").values_list("pk", flat=True)
    ):
        outcomes.update(_tried(partial(_send, pk), f"notice {pk}"))
    return dict(outcomes)


def _tried(act: Callable[[], str], what: str) -> list[str]:
    """What came of it; a failure of the program is logged, and tried again at the next run."""
    try:
        outcome = act()
    except Exception:
        log.exception("%s failed", what)
        outcome = "failed"
    return [outcome] if outcome else []


@transaction.atomic
def _record(kind: NoticeKind) -> str:
    at = clock.now()
    Notice.objects.bulk_create(
        [
            Notice(
                kind=kind.code,
                key=f"{kind.code}:{due.ref}:{due.version}",
                ref=due.ref,
                patron_id=due.patron_id,
                created_at=at,
            )
            for due in kind.due(at)
        ],
        ignore_conflicts=True,
    )
    return ""


@transaction.atomic
def _send(notice_id: int) -> str:
    notice = (
        Notice.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("patron")
        .filter(pk=notice_id, state=NoticeState.DUE)
        .first()
    )
    if notice is None:
        return "taken"
    kind, patron = KINDS[notice.kind], notice.patron
    if patron is None:
        return _close(notice, NoticeState.SUPPRESSED, _("Nobody to tell: the patron's link was severed."))
    if reason := kind.still_due(notice.ref):
        return _close(notice, NoticeState.SUPPRESSED, reason)
    try:
        words = kind.text(notice.ref)
    except Refusal as refusal:
        return _close(notice, NoticeState.BY_HAND, refusal.text)
    notice.subject, notice.body = " ".join(words.subject.split())[:200], words.body
    if reason := _why_by_hand(patron):
        return _close(notice, NoticeState.BY_HAND, reason)
    _queue(notice, patron)
    return _close(notice, NoticeState.QUEUED, "")


def _why_by_hand(patron: Patron) -> str:
    """Why the patron can't be told by mail; empty when they can."""
    if not patron.wants_notices:
        return _("Does not want mail.")
    if not patron.email:
        return _("No mail address.")
    return "" if patron.email.isascii() else _("The mail address can't be sent to.")


def _queue(notice: Notice, patron: Patron) -> None:
    notice.outgoing = exchange.queue(
        notice,
        connection=Connection.objects.get(code=exchange.MAIL),
        kind="notice",
        key=f"notice:{notice.key}",
        name=f"notice-{notice.pk}.eml",
        body=mail_bytes(message_id=f"notice-{notice.pk}", to=patron.email, subject=notice.subject, body=notice.body),
        ordering_key=f"notice:{notice.pk}",
        recipient=patron.email,
    )


def mail_bytes(*, message_id: str, to: str, subject: str, body: str) -> bytes:
    """A plain-text mail whose Message-ID comes from its reason, so that a repeat is known as one."""
    sender = Address(policies.value("library.name"), addr_spec=policies.value("library.mail"))
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message.as_bytes()


def _close(notice: Notice, state: NoticeState, reason: str) -> str:
    notice.state, notice.reason, notice.settled_at = state, reason, clock.now()
    notice.save()
    return state


@transaction.atomic
def told_instead(outgoing_id: int, *, actor: User, why: str) -> Notice:
    """Say that a person was told by hand because the mail did not arrive; the mail leaves no more."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("patron__branch").get(outgoing=outgoing_id)
    access.require(actor, "kernel.view_patrons", branch=notice.patron.branch if notice.patron else None)
    mail = Outgoing.objects.select_for_update().get(pk=outgoing_id)
    if mail.state not in NOT_ARRIVED:
        raise Refusal(_("This mail is %(state)s: there is nobody to tell.") % {"state": mail.get_state_display()})
    mail.state = OutgoingState.CANCELLED
    mail.save(update_fields=["state"])
    _close(notice, NoticeState.TOLD, why)
    history.write(notice, "kernel.told", actor=actor, why=why, summary=_("Told by hand, the mail did not arrive"))
    return notice


@transaction.atomic
def mark_told(notice_id: int, *, actor: User) -> Notice:
    """Say that a person was told by phone or at the desk."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("patron__branch").get(pk=notice_id)
    access.require(actor, "kernel.view_patrons", branch=notice.patron.branch if notice.patron else None)
    if notice.state != NoticeState.BY_HAND:
        raise Refusal(_("This notice does not wait to be told by hand."))
    _close(notice, NoticeState.TOLD, notice.reason)
    history.write(notice, "kernel.told", actor=actor, summary=_("Told by hand"))
    return notice
