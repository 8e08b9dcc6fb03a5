"""Titles that patrons do not see: staff find them as ever, and a badge says so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.models.records import Record
from techsvc.kernel import access
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User


@transaction.atomic
def suppress_record(record_id: int, *, hide: bool, actor: User) -> Record:
    """Hide a title from patrons, or show it again."""
    access.require(actor, "cataloging.edit_records")
    return _suppress(record_id, hide, "cataloging.suppress_record", actor=actor)


def undo_suppress(event: HistoryEvent, *, actor: User) -> Record:
    """Show a title that was hidden, or hide it again. Refuses when that was done by hand since."""
    access.require(actor, "cataloging.edit_records")
    if Record.objects.get(pk=event.subject_id).suppressed != event.after["suppressed"]:
        raise Refusal(_("That was changed by hand since. There is nothing to undo."))
    return _suppress(
        int(event.subject_id), event.before["suppressed"], "cataloging.undo_suppress_record", actor=actor, undoes=event
    )


def _suppress(record_id: int, hide: bool, verb: str, *, actor: User, undoes: HistoryEvent | None = None) -> Record:
    record = Record.objects.select_for_update().defer("raw", "search", "extra").get(pk=record_id)
    if record.suppressed == hide and undoes is None:
        return record
    before, record.suppressed = record.suppressed, hide
    record.save(update_fields=["suppressed"])
    history.write(
        record,
        verb,
        actor=actor,
        summary=_("Hidden from patrons") if hide else _("Shown to patrons"),
        before={"suppressed": before},
        after={"suppressed": hide},
        undoes=undoes,
    )
    return record
