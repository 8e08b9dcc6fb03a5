"""Tells a patron that what they wait for is ready."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import clock, states
from techsvc.kernel.actions import policies
from techsvc.kernel.actions.notices import Due, NoticeKind, Words

# Nobody is told of what has been ready for so long: after weeks without mail a restart must not burst.
FRESH = timedelta(days=14)


def due(as_of: datetime) -> Iterator[Due]:
    """Holds that are ready and not told yet; a hold made ready again is a new thing to tell."""
    ready = Hold.objects.filter(state=HoldState.READY, ready_at__gt=as_of - FRESH)
    for hold in ready.only("pk", "patron_id", "ready_at"):
        patron = str(hold.patron_id) if hold.patron_id else None
        yield Due(ref=str(hold.pk), patron_id=patron, version=f"{hold.ready_at:%Y%m%d%H%M%S}")


def still_due(ref: str) -> str:
    """Asked under lock at the moment of sending."""
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=int(ref))
    if hold.state == HoldState.READY:
        return ""
    return _("Not ready any more: %(state)s.") % {"state": states.words(HoldState(hold.state))}


def text(ref: str) -> Words:
    hold = Hold.objects.select_related("record", "pickup").get(pk=int(ref))
    return Words(
        subject=_("Ready for you at %(branch)s") % {"branch": hold.pickup},
        body=_(
            "Hello,\n\nwhat you asked for is ready:\n\n    %(title)s\n\n"
            "Pick it up at %(branch)s by %(day)s.\n\n%(library)s\n"
        )
        % {
            "title": hold.record.title,
            "branch": hold.pickup,
            "day": formats.date_format(hold.keep_until or clock.today()),
            "library": policies.value("library.name"),
        },
    )


HOLD_READY = NoticeKind("circulation.hold_ready", "Ready for pickup", due, still_due, text)
