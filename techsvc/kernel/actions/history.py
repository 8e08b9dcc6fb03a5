"""Writes lines of history, and undoes what can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.errors import Refusal
from techsvc.kernel.logs import request_id
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.queries import type_of


class Undo(Protocol):
    """Takes an act back. It calls history.write(..., undoes=event) itself and refuses when it is too late."""

    def __call__(self, event: HistoryEvent, *, actor: User) -> object: ...


UNDOS: dict[str, Undo] = {}


def undoable(verb: str, undo: Undo) -> None:
    """Say how acts of this verb are undone; called from apps.py."""
    UNDOS[verb] = undo


def write(
    subject: Model,
    verb: str,
    *,
    actor: User,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
    batch: HistoryEvent | None = None,
    undoes: HistoryEvent | None = None,
) -> HistoryEvent:
    """One line of history about `subject`; `before` and `after` hold the changed fields in plain JSON."""
    return HistoryEvent.objects.create(
        at=clock.now(),
        actor=actor,
        verb=verb,
        subject_type=type_of(subject),
        subject_id=str(subject.pk),
        summary=summary,
        before=before or {},
        after=after or {},
        why=why,
        batch=batch,
        undoes=undoes,
        request_id=request_id.get(),
    )


def can_undo(event: HistoryEvent) -> bool:
    """Whether the line has an undo that was not used yet (the undo itself may still refuse)."""
    return event.verb in UNDOS and not hasattr(event, "undone_by")


@transaction.atomic
def undo(event_id: int, *, actor: User) -> HistoryEvent:
    """Take back the act of a history line. Refuses what was taken back already, and what has no undo."""
    access.require(actor, "kernel.undo")
    # History can't be locked (no right to update it): of two undos at once, the unique `undoes` stops the second.
    event = HistoryEvent.objects.select_related("undone_by__actor").get(pk=event_id)
    if hasattr(event, "undone_by"):
        raise Refusal(_("This was already undone by %(who)s.") % {"who": event.undone_by.actor})
    how: Callable[..., object] | None = UNDOS.get(event.verb)
    if how is None:
        raise Refusal(
            _("This can't be undone by a button: “%(what)s”. Make the opposite change by hand.")
            % {"what": event.summary}
        )
    try:
        with transaction.atomic():
            how(event, actor=actor)
    except IntegrityError as clash:
        if "undoes" not in str(clash):
            raise
        raise Refusal(_("Somebody else has just undone this.")) from None
    event.refresh_from_db()
    if not hasattr(event, "undone_by"):
        raise RuntimeError(f"The undo of {event.verb} wrote no line that undoes it.")
    return event
