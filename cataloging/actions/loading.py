"""Brings judged records of a file into the catalog; the caller has the right, the lock and the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from cataloging.actions import loaded_items, versions
from cataloging.actions.previews import Judged
from cataloging.actions.reading import Readable
from cataloging.actions.records import completed
from cataloging.actions.versions import Draft
from cataloging.marc.record import parse, to_bytes
from cataloging.models.items import Item
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Record
from cataloging.queries import matching
from cataloging.rules.lifecycle import GONE, RECORD, RecordState
from cataloging.rules.matching import Verdict
from cataloging.rules.overlay import overlay as overlaid
from cataloging.rules.profiles import Profile
from techsvc.kernel import clock, slots, sql, states
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User

BATCH = 500
WRITTEN = ("outcome", "reason", "record", "version_before", "version_after")
BROUGHT_IN = ("create", "overlay", "withdraw")

Locked = dict[int | None, Record]


class Work(NamedTuple):
    """What is loaded, by which profile, for whom."""

    load: Load
    profile: Profile
    actor: User

    @property
    def source(self) -> str:
        return f"load {self.load.pk}: {self.load.name}"


class Ready(NamedTuple):
    """A row that can be brought in, and the record of the file."""

    row: LoadRow
    piece: Readable


def bring_in(work: Work, judged: Sequence[Judged], *, anew: bool) -> None:
    """Do what the rows of a chunk say and write them. Each ends with its record's version, or another outcome and why.

    Without `anew` the rows were just judged and are not in the database yet; with it they were judged some time ago.
    """
    ready = [Ready(row, piece) for row, piece in judged if isinstance(piece, Readable)]
    _create(work, [one for one in ready if one.row.outcome == "create"], anew=anew)
    _overlay(work, [one for one in ready if one.row.outcome == "overlay"])
    _withdraw(work, [one.row for one in ready if one.row.outcome == "withdraw"])
    rows = [row for row, _piece in judged]
    if not anew:
        insert(rows)
    changed = _bring_items(work, ready)
    if anew or changed:
        LoadRow.objects.bulk_create(
            rows if anew else changed,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=WRITTEN,
        )


def insert(rows: Sequence[LoadRow]) -> None:
    """Write new rows of a load."""
    for row, number in zip(rows, sql.numbers("cataloging_loadrow", len(rows)), strict=True):
        row.pk = number
    sql.copy_in(
        'cataloging_loadrow (id, load_id, position, "offset", length, record_id, version_before, version_after, '
        "member, title, outcome, reason)",
        map(_line, rows),
    )


def _line(row: LoadRow) -> str:
    plain = (row.pk, row.load_id, row.position, row.offset, row.length)
    numbers = [*map(str, plain), *map(sql.or_null, (row.record_id, row.version_before, row.version_after))]
    return "\t".join([*numbers, sql.tabbed((row.member, row.title, row.outcome, row.reason))]) + "\n"


def _create(work: Work, ready: Sequence[Ready], *, anew: bool) -> None:
    """New records, except where the catalog got the same title from elsewhere since the preview."""
    fresh = _still_new(work, ready) if anew else ready
    at = clock.now()
    lines = [piece.lines for _row, piece in fresh if piece.lines]
    for (row, _piece), pk in zip(fresh, versions.insert(lines, at), strict=True):
        row.record_id, row.version_before, row.version_after = pk, None, 1


def _still_new(work: Work, ready: Sequence[Ready]) -> list[Ready]:
    rules, load = work.profile.matching, work.load
    found = matching.find([piece.wanted(rules) for _row, piece in ready], rules)
    pks = {one.record.pk for candidates in found for one in candidates}
    mine = set(load.rows.filter(record__in=pks).values_list("record_id", flat=True)) if pks else set()
    fresh = []
    for one, candidates in zip(ready, found, strict=True):
        came = [
            other
            for other in candidates
            if other.verdict is Verdict.SAME
            and other.record.created_at > load.created_at
            and other.record.pk not in mine
        ]
        if came:
            one.row.outcome, one.row.record = "held", came[0].record
            one.row.reason = _("came into the catalog since the preview: %(why)s") % {"why": ", ".join(came[0].reasons)}
        else:
            fresh.append(one)
    return fresh


def _overlay(work: Work, ready: Sequence[Ready]) -> None:
    """Overlay existing records; what has become impossible since the preview is held with the reason."""
    locked = lock([row for row, _piece in ready])
    written: list[tuple[Record, Draft]] = []
    for row, piece in ready:
        record = locked[row.record_id]
        try:
            merged, _happenings = overlaid(parse(bytes(record.raw)), piece.record, work.profile.overlay)
            draft = Draft(to_bytes(merged), completed(record), work.source)
        except Refusal as refusal:
            row.outcome, row.reason = "held", refusal.text
            continue
        is_new = draft.raw != bytes(record.raw)
        if is_new or work.profile.items:
            row.version_before, row.version_after = record.version, record.version + is_new
        else:
            row.outcome = "unchanged"
        if is_new:
            written.append((record, draft))
    _put(written)


def _withdraw(work: Work, rows: Sequence[LoadRow]) -> None:
    """Take records out of the catalog, as the vendor's list says; those with items, holds or orders are held."""
    locked = lock(rows)
    items = Item.objects.filter(record__in=list(locked)).exclude(state__in=GONE)
    kept = dict(items.order_by().values_list("record").annotate(Count("pk"))) if rows else {}
    written: list[tuple[Record, Draft]] = []
    for row in rows:
        record = locked[row.record_id]
        try:
            if kept.get(record.pk):
                raise Refusal(_("it has %(n)d items; withdraw those first") % {"n": kept[record.pk]})
            if against := slots.objections("cataloging.record", record):
                raise Refusal(" ".join(against))
            state = states.move(RECORD, RecordState(record.state), "withdraw", what=f"“{record.title}”")
        except Refusal as refusal:
            row.outcome, row.reason = "held", refusal.text
            continue
        row.version_before, row.version_after = record.version, record.version + 1
        written.append((record, Draft(bytes(record.raw), state, work.source)))
    _put(written)


def _put(written: Sequence[tuple[Record, Draft]]) -> None:
    versions.put([record for record, _draft in written], [draft for _record, draft in written])


def _bring_items(work: Work, ready: Sequence[Ready]) -> list[LoadRow]:
    """The items that the records came with; the rows whose reason says something of them."""
    done = [one for one in ready if one.row.version_after is not None and one.row.outcome in ("create", "overlay")]
    if work.profile.items is None or not done:
        return []
    before = [row.reason for row, _piece in done]
    records = Record.objects.defer("raw", "search").in_bulk([row.record_id for row, _piece in done if row.record_id])
    triples = [(row, piece.record, records[row.record_id]) for row, piece in done if row.record_id]
    loaded_items.bring_in(work.load, triples, actor=work.actor)
    return [row for (row, _piece), was in zip(done, before, strict=True) if row.reason != was]


def lock(rows: Sequence[LoadRow]) -> Locked:
    """The records of these rows by key, locked."""
    pks = [row.record_id for row in rows if row.record_id is not None]
    if not pks:
        return {}
    locked = Record.objects.select_for_update().defer("search").filter(pk__in=pks).order_by("pk")
    return {one.pk: one for one in locked}
