"""Writes the bytes of records: the row, its projected columns, its match keys, its headings and its version, together.

Nothing else in the project sets a column of Record, or makes a MatchKey or a Heading. Callers have asked for the right,
have locked the rows and write the history. Everything goes by COPY: a batch costs as many statements as one record.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cataloging.marc.projection import Projection
from cataloging.marc.record import parse, project
from cataloging.models.records import Heading, MatchKey, Record, RecordVersion
from cataloging.rules.lifecycle import RecordState
from techsvc.kernel import clock, sql
from techsvc.kernel.errors import Refusal

LONGEST_SORT, LONGEST_KEY, LONGEST_SOURCE = 500, 200, 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version of a record is to be: its bytes (UTF-8 ISO 2709), its state, where it comes from.

    `projection` is that of these bytes, where the caller has made it already.
    """

    raw: bytes
    state: RecordState
    source: str
    projection: Projection | None = None


class Columns(NamedTuple):
    """The columns that follow from a draft, named as in Record."""

    raw: bytes
    pub_year: int | None
    updated_at: datetime
    state: str
    format: str
    language: str
    title: str
    title_sort: str
    author: str
    edition: str
    publisher: str
    isbn: str
    control_no: str
    control_org: str
    ddc: str
    lcc: str
    extra: str
    subjects: str


class Lines(NamedTuple):
    """A draft as COPY takes it, all but the number of the record and of its version, which come first."""

    record: str
    keys: tuple[str, ...]
    headings: tuple[str, ...]
    version: str


def create(drafts: Sequence[Draft]) -> list[Record]:
    """New records in the order of the drafts."""
    at = clock.now()
    found = [_projected(draft) for draft in drafts]
    lines = [_lines(draft, one, at) for draft, one in zip(drafts, found, strict=True)]
    return [
        _stored(Record(pk=pk, version=1, created_at=at, **_columns(draft, one, at)._asdict()))
        for pk, draft, one in zip(insert(lines, at), drafts, found, strict=True)
    ]


def insert(lines: Sequence[Lines], at: datetime) -> list[int]:
    """Write new records of which nothing but the numbers is wanted back: what `create` does, for many at a time."""
    if not lines:
        return []
    pks = sql.numbers("cataloging_record", len(lines))
    sql.copy_in(
        "cataloging_record (id, version, suppressed, created_at, raw, pub_year, updated_at, state, format, language, "
        "title, title_sort, author, edition, publisher, isbn, control_no, control_org, ddc, lcc, extra, subjects)",
        (f"{pk}\t1\tf\t{at.isoformat()}\t{one.record}\n" for pk, one in zip(pks, lines, strict=True)),
    )
    _derived(list(zip(pks, lines, strict=True)))
    _kept((f"{pk}\t1\t{one.version}\n") for pk, one in zip(pks, lines, strict=True))
    return pks


def put(rows: Sequence[Record], drafts: Sequence[Draft]) -> None:
    """The next version of each of these records."""
    at = clock.now()
    lined = []
    for row, draft in zip(rows, drafts, strict=True):
        found = _projected(draft)
        row.version += 1
        _set(row, _columns(draft, found, at))
        lined.append((row, _lines(draft, found, at)))
    _update(lined)
    _kept(f"{row.pk}\t{row.version}\t{one.version}\n" for row, one in lined)


def derive_again(rows: Sequence[Record]) -> None:
    """Columns, match keys and headings of these records anew from their bytes, as upgrades need it; no new version."""
    lined = []
    for row in rows:
        draft = Draft(bytes(row.raw), RecordState(row.state), "")
        lined.append((row, _lines(draft, _projected(draft), row.updated_at)))
    _update(lined)


def lined(draft: Draft, at: datetime) -> Lines:
    """The draft ready for `insert`; needs no database, so another thread may make it."""
    return _lines(draft, _projected(draft), at)


def bytes_of(version: RecordVersion) -> bytes:
    """The bytes that a version keeps."""
    return zlib.decompress(version.raw)


def bring_back(pk: int, last: int, draft: Draft) -> Record:
    """A record that was removed, under its old number: its next version after `last`."""
    row = Record(pk=pk, version=last, created_at=clock.now(), updated_at=clock.now(), raw=draft.raw, state=draft.state)
    row.save(force_insert=True)
    put([row], [draft])
    return row


def remove(pks: Sequence[int], *, source: str) -> None:
    """Delete records that nothing else names; their last bytes and the reason are kept as one more version."""
    ids, at = list(pks), clock.now()
    sql.execute(
        "INSERT INTO cataloging_recordversion (record_id, version, raw, state, source, at) "
        "SELECT v.record_id, v.version + 1, v.raw, 'withdrawn', %s, %s FROM cataloging_recordversion v "
        "JOIN cataloging_record r ON r.id = v.record_id AND r.version = v.version WHERE r.id = ANY(%s)",
        [source[:LONGEST_SOURCE], at, ids],
    )
    for statement in (
        "DELETE FROM cataloging_matchkey WHERE record_id = ANY(%s)",
        "DELETE FROM cataloging_heading WHERE record_id = ANY(%s)",
        "DELETE FROM cataloging_duplicatepair WHERE one_id = ANY(%s)",
        "DELETE FROM cataloging_duplicatepair WHERE other_id = ANY(%s)",
        "DELETE FROM cataloging_record WHERE id = ANY(%s)",
    ):
        sql.execute(statement, [ids])


# Into the tables


def _update(lined: Sequence[tuple[Record, Lines]]) -> None:
    """The rows of records that exist, and what is derived of them."""
    sql.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS staged_record ON COMMIT DROP AS SELECT id, version, raw, pub_year, "
        "updated_at, state, format, language, title, title_sort, author, edition, publisher, isbn, control_no, "
        "control_org, ddc, lcc, extra, subjects FROM cataloging_record WITH NO DATA"
    )
    sql.copy_in("staged_record", (f"{row.pk}\t{row.version}\t{one.record}\n" for row, one in lined))
    sql.execute(
        "UPDATE cataloging_record r SET (version, raw, pub_year, updated_at, state, format, language, title, "
        "title_sort, author, edition, publisher, isbn, control_no, control_org, ddc, lcc, extra, subjects) = "
        "(s.version, s.raw, s.pub_year, s.updated_at, s.state, s.format, s.language, s.title, s.title_sort, s.author, "
        "s.edition, s.publisher, s.isbn, s.control_no, s.control_org, s.ddc, s.lcc, s.extra, s.subjects) "
        "FROM staged_record s WHERE r.id = s.id"
    )
    sql.execute("TRUNCATE staged_record")
    pks = [row.pk for row, _one in lined]
    MatchKey.objects.filter(record_id__in=pks).delete()
    Heading.objects.filter(record_id__in=pks).delete()
    _derived([(row.pk, one) for row, one in lined])


def _derived(lined: Sequence[tuple[int, Lines]]) -> None:
    """The match keys and the headings."""
    sql.copy_in(
        "cataloging_matchkey (record_id, kind, key)", (f"{pk}\t{key}\n" for pk, one in lined for key in one.keys)
    )
    sql.copy_in(
        "cataloging_heading (record_id, kind, tag, text, sort)",
        (f"{pk}\t{heading}\n" for pk, one in lined for heading in one.headings),
    )


def _kept(lines: Iterable[str]) -> None:
    sql.copy_in("cataloging_recordversion (record_id, version, raw, state, source, at)", lines)


def _stored(row: Record) -> Record:
    """The row as one that was read from the database."""
    row._state.adding, row._state.db = False, "default"
    return row


def _set(row: Record, columns: Columns) -> None:
    for name, value in columns._asdict().items():
        setattr(row, name, value)


# What is written


def _projected(draft: Draft) -> Projection:
    """What the bytes say. A record without a title is refused."""
    found = draft.projection or project(parse(draft.raw))
    if not found.title:
        raise Refusal(_("The record has no title (field 245), so nobody could find it. Add the title and try again."))
    return found


def _columns(draft: Draft, found: Projection, at: datetime) -> Columns:
    return Columns(
        draft.raw,
        found.pub_year,
        at,
        draft.state,
        found.format,
        _clean(found.language)[:3],
        _clean(found.title),
        _clean(found.title_sort)[:LONGEST_SORT],
        _clean(found.author),
        _clean(found.edition),
        _clean(found.publisher),
        next(iter(found.isbns13), ""),
        _clean(found.control_no)[:60],
        _clean(found.control_org)[:30],
        _clean(found.ddc)[:60],
        _clean(found.lcc)[:80],
        _clean(found.extra),
        _clean("\n".join(found.subjects)),
    )


def _lines(draft: Draft, found: Projection, at: datetime) -> Lines:
    columns = _columns(draft, found, at)
    head = f"{_hex(columns.raw)}\t{sql.or_null(columns.pub_year)}\t{at.isoformat()}"
    texts: tuple[Any, ...] = columns[3:-1]
    keys = dict.fromkeys((kind, key[:LONGEST_KEY]) for kind, key in found.match_keys)
    origin = sql.tabbed((draft.state, draft.source[:LONGEST_SOURCE]))
    return Lines(
        f"{head}\t{sql.tabbed(texts)}\t{sql.tabbed([columns.subjects])}",
        tuple([sql.tabbed(key) for key in keys]),
        tuple([sql.tabbed(heading) for heading in found.headings]),
        f"{_hex(zlib.compress(draft.raw))}\t{origin}\t{at.isoformat()}",
    )


def _hex(data: bytes) -> str:
    return "\\\\x" + data.hex()


def _clean(text: str) -> str:
    """Text without NUL, which PostgreSQL can't keep."""
    return text.replace("\x00", "") if "\x00" in text else text
