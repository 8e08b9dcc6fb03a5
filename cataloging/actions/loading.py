"""Brings rows of a load into the catalog and out of it; the caller has the right, the lock and the history."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from cataloging.actions import versions
from cataloging.actions.previews import readable
from cataloging.actions.records import completed
from cataloging.actions.versions import Draft
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import parse, project, to_bytes
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Record, RecordVersion
from cataloging.queries import matching
from cataloging.queries.matching import Wanted
from cataloging.rules.lifecycle import RecordState
from cataloging.rules.matching import Verdict
from cataloging.rules.overlay import KEEP_LOCAL
from cataloging.rules.overlay import overlay as overlaid
from techsvc.kernel.errors import Refusal

CHUNK = 200
NAMED = 5
WRITTEN = ("outcome", "reason", "record", "version_before", "version_after")

Locked = dict[int | None, Record]


def bring_in(load: Load, rows: Sequence[LoadRow], body: bytes) -> None:
    """Create and overlay what these rows say. Each row ends with its record's version, or another outcome and why."""
    incoming = {row.pk: readable(body[row.offset : row.offset + row.length])[0] for row in rows}
    source = f"load {load.pk}: {load.name}"
    _create([row for row in rows if row.outcome == "create"], incoming, load, source)
    _overlay([row for row in rows if row.outcome == "overlay"], incoming, source)
    LoadRow.objects.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )


def _create(rows: Sequence[LoadRow], incoming: dict[int, Marc], load: Load, source: str) -> None:
    """New records, except where the catalog got the same title from elsewhere since the preview."""
    projections = {row.pk: project(incoming[row.pk]) for row in rows}
    found = matching.find([Wanted.projected(projections[row.pk]) for row in rows])
    mine = set(load.rows.exclude(record=None).values_list("record_id", flat=True)) if any(found) else set()
    fresh = []
    for row, candidates in zip(rows, found, strict=True):
        came = [
            one
            for one in candidates
            if one.verdict is Verdict.SAME and one.record.created_at > load.created_at and one.record.pk not in mine
        ]
        if came:
            row.outcome, row.record = "held", came[0].record
            row.reason = _("came into the catalog since the preview: %(why)s") % {"why": ", ".join(came[0].reasons)}
        else:
            fresh.append(row)
    made = versions.create(
        [Draft(to_bytes(incoming[row.pk]), RecordState.FULL, source, projections[row.pk]) for row in fresh]
    )
    for row, record in zip(fresh, made, strict=True):
        row.record, row.version_before, row.version_after = record, None, record.version


def _overlay(rows: Sequence[LoadRow], incoming: dict[int, Marc], source: str) -> None:
    """Overlay existing records; what has become impossible since the preview is held with the reason."""
    locked = _lock(rows)
    ready: list[tuple[LoadRow, Record, Draft]] = []
    for row in rows:
        record = locked[row.record_id]
        try:
            merged, _happenings = overlaid(parse(bytes(record.raw)), incoming[row.pk], KEEP_LOCAL)
            draft = Draft(to_bytes(merged), completed(record), source)
        except Refusal as refusal:
            row.outcome, row.reason = "held", refusal.text
            continue
        if draft.raw == bytes(record.raw):
            row.outcome = "unchanged"
        else:
            ready.append((row, record, draft))
    for row, record, _draft in ready:
        row.version_before, row.version_after = record.version, record.version + 1
    versions.put([record for _row, record, _draft in ready], [draft for _row, _record, draft in ready])


def take_back(load: Load) -> None:
    """Remove what the load created and put back what it overlaid. Refuses, and changes nothing, when it is too late."""
    rows = list(load.rows.exclude(version_after=None))
    locked = _lock(rows)
    changed = [row.title for row in rows if locked[row.record_id].version != row.version_after]
    if changed:
        raise Refusal(
            _("%(n)d records were changed since: %(titles)s. Undo those changes first.")
            % {"n": len(changed), "titles": _some(changed)}
        )
    overlaid_rows = [row for row in rows if row.version_before is not None]
    for start in range(0, len(overlaid_rows), CHUNK):
        _put_back(overlaid_rows[start : start + CHUNK], locked)
    load.rows.exclude(version_after=None).filter(version_before=None).update(record=None)
    load.rows.update(version_before=None, version_after=None)
    created = _pks([row for row in rows if row.version_before is None])
    try:
        Record.objects.filter(pk__in=created).delete()
    except ProtectedError as error:
        used = sorted({str(getattr(thing, "record", thing)) for thing in error.protected_objects})
        raise Refusal(
            _("%(n)d records have items, holds or orders by now: %(titles)s. Withdraw those first, or keep the load.")
            % {"n": len(used), "titles": _some(used)}
        ) from None


def _put_back(rows: Sequence[LoadRow], locked: Locked) -> None:
    """The versions before, as new versions."""
    wanted = RecordVersion.objects.filter(record_id__in=_pks(rows), version__in={row.version_before for row in rows})
    kept: dict[tuple[int | None, int | None], RecordVersion] = {(one.record_id, one.version): one for one in wanted}
    found = [kept[row.record_id, row.version_before] for row in rows]
    drafts = [
        Draft(versions.bytes_of(one), RecordState(one.state), _("version %(n)d") % {"n": one.version}) for one in found
    ]
    versions.put([locked[row.record_id] for row in rows], drafts)


def _lock(rows: Sequence[LoadRow]) -> Locked:
    """The records of these rows by key, locked."""
    return {one.pk: one for one in Record.objects.select_for_update().filter(pk__in=_pks(rows)).order_by("pk")}


def _pks(rows: Sequence[LoadRow]) -> list[int]:
    return [row.record_id for row in rows if row.record_id is not None]


def _some(titles: Sequence[str]) -> str:
    named = ", ".join(f"“{title}”" for title in titles[:NAMED])
    return f"{named} …" if len(titles) > NAMED else named
