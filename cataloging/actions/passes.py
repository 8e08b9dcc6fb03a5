"""Passes over the file of a load, a chunk to a transaction, each going on where an earlier one broke off."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils.translation import gettext as _

from cataloging.actions import loading
from cataloging.actions.loading import BROUGHT_IN, Work
from cataloging.actions.previews import Judge, Judged, Seen
from cataloging.actions.reading import BLANK, File, Piece, Place, Readable, chunks
from cataloging.marc.files import FileFormat
from cataloging.models.loads import Load, LoadRow
from techsvc.kernel.contents import Content
from techsvc.kernel.errors import Refusal

Chunk = tuple[int, list[Piece]]


def pending(load: Load) -> QuerySet[LoadRow]:
    """Rows that loading would bring in and hasn't yet."""
    return load.rows.filter(outcome__in=BROUGHT_IN, version_after=None).order_by("position")


def look(work: Work) -> Iterator[list[LoadRow]]:
    """Say of every stretch of the file what loading would make of it; the rows of each chunk."""
    judge, done = Judge(work.load, work.profile), _last(work.load).done
    for chunk in chunks(File.of(work.load), work.profile):
        if judge.at + len(chunk) <= done:  # looked at before the pass broke off
            _remember(judge, chunk)
            continue
        with transaction.atomic():
            _mine(work.load, judge.at, "reading")
            rows = [row for row, _piece in judge.judged(chunk)]
            loading.insert(rows)
        yield rows


def straight(work: Work) -> Iterator[list[LoadRow]]:
    """Look at the file and bring it in at once, in one pass; the rows of each chunk."""
    place = _last(work.load)
    judge = Judge(work.load, work.profile, at=place.done)
    for chunk in chunks(File.of(work.load), work.profile, place=place, source=work.source):
        judge.seen = Seen()  # what earlier chunks brought is in the catalog
        with transaction.atomic():
            _mine(work.load, judge.at, "loading")
            judged = judge.judged(chunk)
            loading.bring_in(work, judged, anew=False)
        yield [row for row, _piece in judged]


def bring(work: Work) -> Iterator[list[LoadRow]]:
    """Bring in the rows that wait; those of each chunk."""
    first, last = pending(work.load).first(), pending(work.load).last()
    if first is None or last is None:
        return
    at = first.position - 1
    for chunk in chunks(File.of(work.load), work.profile, place=Place(at, first.offset), source=work.source):
        if chunk and at < last.position:
            with transaction.atomic():
                rows = _bring_some(work, at, chunk)
            if rows:
                yield rows
        at += len(chunk)
        if at >= last.position:
            return


def unaccounted(load: Load) -> int:
    """How many bytes of the file are in no row and are no blanks between records: 0, or something is wrong."""
    if load.format != FileFormat.ISO2709:
        rows = load.rows.aggregate(bytes=Sum("length"))["bytes"] or 0
        return abs(sum(piece.length for piece in File.of(load).others()) - rows)
    content, end, missing = Content(load.incoming), 0, 0
    for offset, length in load.rows.order_by("position").values_list("offset", "length").iterator(chunk_size=5000):
        missing += _loose(content, end, offset)
        end = offset + length
    return missing + _loose(content, end, content.size)


def _loose(content: Content, start: int, end: int) -> int:
    return abs(end - start) if end < start or content.read(start, end - start).strip(BLANK) else 0


def _bring_some(work: Work, at: int, chunk: list[Piece]) -> list[LoadRow]:
    waiting = pending(work.load).filter(position__gt=at, position__lte=at + len(chunk))
    rows = list(waiting.select_for_update(of=("self",)))
    loading.bring_in(work, [Judged(row, chunk[row.position - at - 1]) for row in rows], anew=True)
    return rows


def _last(load: Load) -> Place:
    """How many rows there are, and the byte behind the last of them."""
    found = load.rows.aggregate(position=Max("position"), end=Max(F("offset") + F("length")))
    return Place(found["position"] or 0, found["end"] or 0)


def _remember(judge: Judge, chunk: list[Piece]) -> None:
    for piece in chunk:
        judge.at += 1
        if isinstance(piece, Readable):
            judge.seen.note(judge.at, piece.wanted(judge.profile.matching))


def _mine(load: Load, at: int, state: str) -> None:
    """Lock the load for a chunk. Refuses when another process has gone on with it, or somebody stopped it."""
    row = Load.objects.select_for_update().get(pk=load.pk)
    if row.state != state or _last(load).done != at:
        raise Refusal(
            _("“%(name)s” is %(state)s, and somebody else goes on with it. Look at the load.")
            % {"name": row.name, "state": row.state}
        )
