"""What keeps patrons private: every look written down, links severed, words forgotten when nobody needs them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock, slots
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Attempt, Outgoing, OutgoingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.privacy import PatronLook


def note_looks(patron_ids: Iterable[uuid.UUID], *, page: str, actor: User, why: str = "") -> None:
    """Write down that somebody saw who these patrons are, or what they asked for; `page` is the page's url name."""
    at = clock.now()
    PatronLook.objects.bulk_create(
        PatronLook(at=at, actor=actor, patron=patron_id, page=page, why=why) for patron_id in dict.fromkeys(patron_ids)
    )


@transaction.atomic
def sever_patron(patron_id: uuid.UUID, *, actor: User, why: str) -> None:
    """Delete the patron's row: what they asked for stays, counted, without a person; mail to them loses its words.

    Refuses while something that is open needs the patron.
    """
    patron = Patron.objects.select_for_update(of=("self",)).select_related("branch").get(pk=patron_id)
    access.require(actor, "kernel.edit_patrons", branch=patron.branch)
    if objections := slots.objections("kernel.patron", patron):
        raise Refusal(_("The patron is still needed. %(why)s") % {"why": " ".join(objections)})
    forget_words(Notice.objects.filter(patron=patron))
    history.write(
        patron,
        "kernel.sever_patron",
        actor=actor,
        summary=_("Patron's link severed"),
        why=why,
        after={"on": str(clock.today())},
    )
    patron.delete()


def severed() -> dict[str, str]:
    """Every patron that was severed, with the reason: bare keys, which say nothing of the person."""
    lines = HistoryEvent.objects.filter(verb="kernel.sever_patron").order_by("pk")
    return dict(lines.values_list("subject_id", "why"))


def sever_again(patrons: Mapping[str, str], *, actor: User) -> list[str]:
    """Sever patrons whom a backup brought back; returns what keeps which of them, in sentences."""
    kept = []
    for pk in Patron.objects.filter(pk__in=patrons).values_list("pk", flat=True):
        try:
            sever_patron(pk, actor=actor, why=patrons[str(pk)])
        except Refusal as refusal:
            kept.append(f"{pk}: {refusal.text}")
    return kept


def forget_words(notices: QuerySet[Notice]) -> int:
    """Leave of settled notices what kind they were, when and how they ended; mail that has not left does not leave."""
    settled = list(notices.exclude(state=NoticeState.DUE).values_list("pk", flat=True))
    mails = Outgoing.objects.filter(notice__in=settled)
    mails.filter(state__in=(OutgoingState.WAITING, OutgoingState.UNKNOWN, OutgoingState.DEAD)).update(
        state=OutgoingState.CANCELLED
    )
    Attempt.objects.filter(outgoing__notice__in=settled).update(detail="")
    mails.update(body=b"", recipient="", last_error="")
    return Notice.objects.filter(pk__in=settled).update(body="", subject="")
