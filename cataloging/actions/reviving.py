"""Brings back records that were taken out of the catalog: their versions outlive them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import moving, versions
from cataloging.actions.standing import require_version
from cataloging.actions.versions import Draft
from cataloging.models.records import Record, RecordVersion
from cataloging.rules.lifecycle import RecordState
from techsvc.kernel import access, sql
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

RIGHT = "cataloging.edit_records"


@transaction.atomic
def revive_record(record_id: int, *, actor: User) -> Record:
    """The record again under its old number, as it last was. Refuses one that is in the catalog."""
    access.require(actor, RIGHT)
    sql.take_turn(f"cataloging.record:{record_id}")
    if Record.objects.filter(pk=record_id).exists():
        raise Refusal(_("Record %(n)d is in the catalog; there is nothing to bring back.") % {"n": record_id})
    kept = RecordVersion.objects.filter(record_id=record_id)
    newest = kept.first()
    last = kept.exclude(state=RecordState.WITHDRAWN).first() or newest
    if newest is None or last is None:
        raise Refusal(_("There was never a record %(n)d.") % {"n": record_id})
    source = _("version %(n)d") % {"n": last.version}
    draft = Draft(versions.bytes_of(last), RecordState(last.state), source)
    record = versions.bring_back(record_id, newest.version, draft)
    summary = _("Brought back into the catalog, as version %(n)d was") % {"n": last.version}
    history.write(record, "cataloging.revive", actor=actor, summary=summary, after={"version": record.version})
    return record


def undo_revive(event: HistoryEvent, *, actor: User) -> Record:
    """Take it out again. Refuses when it was changed since, or has items, holds or orders by now."""
    access.require(actor, RIGHT)
    record = Record.objects.select_for_update().get(pk=event.subject_id)
    require_version(record, event.after["version"])
    if moving.counted(record):
        raise Refusal(
            _("“%(title)s” has %(what)s by now. Take those away first.")
            % {"title": record.title, "what": moving.in_words(record)}
        )
    history.write(record, "cataloging.undo_revive", actor=actor, summary=_("Taken out again"), undoes=event)
    versions.remove([record.pk], source=_("taken out again"))
    return record
