"""Records: made from what an order knows, overlaid by full ones, put back to how they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import duplicates, versions
from cataloging.actions.standing import require_version
from cataloging.actions.versions import Draft
from cataloging.marc import files
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import build, parse, to_bytes
from cataloging.models.records import Record, RecordVersion
from cataloging.rules.lifecycle import RECORD, RecordState
from cataloging.rules.matching import Description, brief_of
from cataloging.rules.overlay import KEEP_LOCAL
from cataloging.rules.overlay import overlay as overlaid
from cataloging.rules.words import changed_fields
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import exchange, history, numbers
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

SERIES = "control_no"


# Brief records


def create_brief(description: Description, *, source: str, actor: User, batch: HistoryEvent | None = None) -> Record:
    """A brief record of a title that the library has none of. Refuses a description without a title."""
    return create_briefs([description], source=source, actor=actor, batch=batch)[0]


@transaction.atomic
def create_briefs(
    descriptions: Sequence[Description], *, source: str, actor: User, batch: HistoryEvent | None = None
) -> list[Record]:
    """Brief records in the order of the descriptions; a batch that has a line of its own gets no more lines."""
    access.require(actor, "cataloging.create_brief")
    nameless = [ordinal for ordinal, one in enumerate(descriptions, 1) if not one.title.strip()]
    if nameless:
        text = _("Title %(n)d of %(all)d is empty, and a record needs one. Type it and try again.")
        raise Refusal(text % {"n": nameless[0], "all": len(descriptions)}, field="title")
    drawn = numbers.draw(SERIES, len(descriptions))
    made = versions.create([
        Draft(_brief(one, number), RecordState.BRIEF, source) for one, number in zip(descriptions, drawn, strict=True)
    ])  # fmt: skip
    for record in made if batch is None else ():
        summary = _("Brief record made: %(title)s") % {"title": record.title}
        history.write(record, "cataloging.create_brief", actor=actor, summary=summary, after={"source": source})
    return made


def _brief(description: Description, number: int) -> bytes:
    return to_bytes(build(brief_of(description, control_no=f"ts{number:08d}"), entered=clock.today()))


# Overlay


@transaction.atomic
def keep_file(record_id: int, *, name: str, body: bytes, actor: User) -> Incoming:
    """Keep an uploaded file that may overlay this record. Refuses what isn't exactly one readable record."""
    access.require(actor, "cataloging.edit_records")
    Record.objects.get(pk=record_id)
    one_record(body)
    incoming, fresh = exchange.upload(name, body, kind="marc")
    if fresh:
        exchange.end_reading(incoming, IncomingState.READ)
    return incoming


def one_record(body: bytes) -> Marc:
    """The record in a file that holds one; BadInput in words for any other file."""
    found = []
    for record in files.readable(body):
        found.append(record)
        if len(found) > 1:
            raise BadInput(_("The file holds more than one record. Load it as a file, or cut out the one wanted."))
    if not found:
        raise BadInput(_("The file is empty: it holds no MARC record. Choose another file."))
    return found[0]


@transaction.atomic
def overlay(record_id: int, raw: bytes, *, source: str, actor: User, why: str = "") -> Record:
    """Let a full record take the place of this one, except for the fields that the library keeps.

    Refuses bytes that can't be read or hold no title, a withdrawn record, and a record that is the same already.
    """
    access.require(actor, "cataloging.edit_records")
    incoming = one_record(raw)
    record = Record.objects.select_for_update().get(pk=record_id)
    state = completed(record)
    old = parse(bytes(record.raw))
    merged, _happenings = overlaid(old, incoming, KEEP_LOCAL)
    merged_raw = to_bytes(merged)
    if merged_raw == bytes(record.raw):
        raise Refusal(_("“%(title)s” says all this already; nothing would change.") % {"title": record.title})
    before, after = _move_on(record, Draft(merged_raw, state, source))
    summary = _("Overlaid from %(source)s") % {"source": source}
    history.write(record, "cataloging.overlay", actor=actor, summary=summary, before=before, after=after, why=why)
    return record


@transaction.atomic
def overlay_from(record_id: int, incoming_id: int, *, version: int, actor: User) -> Record:
    """Overlay with a kept file, as it was compared: refused when the record has moved on from that version."""
    access.require(actor, "cataloging.edit_records")
    record = Record.objects.select_for_update().get(pk=record_id)
    require_version(record, version)
    kept = Incoming.objects.get(pk=incoming_id)
    record = overlay(record_id, bytes(kept.body), source=kept.name, actor=actor)
    duplicates.look_at([record.pk])
    return record


def completed(record: Record) -> RecordState:
    """The state after a full description came. Refuses withdrawn records."""
    state = RecordState(record.state)
    return state if state is RecordState.FULL else states.move(RECORD, state, "complete", what=f"“{record.title}”")


def undo_overlay(event: HistoryEvent, *, actor: User) -> Record:
    """Put the record back to the version before. Refuses when it was changed since."""
    access.require(actor, "cataloging.edit_records")
    record = Record.objects.select_for_update().get(pk=event.subject_id)
    if record.version != event.after["version"]:
        raise Refusal(
            _(
                "“%(title)s” was changed since: it is at version %(now)d, this act made version %(then)d. "
                "Undo the later change first, or restore version %(before)d from the list of versions."
            )
            % {
                "title": record.title,
                "now": record.version,
                "then": event.after["version"],
                "before": event.before["version"],
            }
        )
    return _go_back(record, event.before["version"], actor=actor, why=_("Undone"), undoes=event)


@transaction.atomic
def restore_version(record_id: int, version: int, *, seen: int | None = None, actor: User, why: str = "") -> Record:
    """Make an earlier version the newest one.

    Refuses versions that there aren't, the present one, a record that has moved on from the version that was `seen`,
    and one that was merged into another.
    """
    access.require(actor, "cataloging.edit_records")
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.merged_into_id is not None:
        raise Refusal(
            _("“%(title)s” was merged into record %(n)d. Undo the merge first.")
            % {"title": record.title, "n": record.merged_into_id}
        )
    require_version(record, record.version if seen is None else seen)
    if version == record.version:
        raise Refusal(_("Version %(n)d is the present one; there is nothing to restore.") % {"n": version})
    return _go_back(record, version, actor=actor, why=why)


def _go_back(record: Record, version: int, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> Record:
    kept = RecordVersion.objects.filter(record_id=record.pk, version=version).first()
    if kept is None:
        raise Refusal(
            _("“%(title)s” has no version %(n)d. Choose one from its list of versions.")
            % {"title": record.title, "n": version}
        )
    source = _("version %(n)d") % {"n": version}
    before, after = _move_on(record, Draft(versions.bytes_of(kept), RecordState(kept.state), source))
    verb = "cataloging.undo_overlay" if undoes else "cataloging.restore_version"
    summary = _("Put back to version %(n)d") % {"n": version}
    history.write(record, verb, actor=actor, summary=summary, before=before, after=after, why=why, undoes=undoes)
    return record


def _move_on(record: Record, draft: Draft) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the next version of a locked record; what changed, in words, as history's before and after."""
    was, now = changed_fields(parse(bytes(record.raw)), parse(draft.raw))
    before = {"version": record.version, "state": record.state}
    versions.put([record], [draft])
    return before | was, {"version": record.version, "state": str(draft.state)} | now
