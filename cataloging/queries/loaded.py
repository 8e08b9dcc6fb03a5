"""A row of a load looked at closely: the record that the file brings, and what it would make, or made, of ours."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from cataloging.marc import files
from cataloging.marc.files import FileFormat
from cataloging.marc.record import Record as Marc
from cataloging.models.loads import LoadRow
from cataloging.models.records import RecordVersion
from cataloging.queries.comparing import Comparison, beside
from cataloging.rules.profiles import Profile, prepared, profile_of
from techsvc.kernel.contents import Content


@dataclass(frozen=True, slots=True)
class Looked:
    """The record of the file as its profile wants it (None: the bytes are none); the comparison (None: a new one)."""

    incoming: Marc | None
    comparison: Comparison | None


def looked_at(row: LoadRow) -> Looked:
    """What the row is about; a row that was loaded is compared with the version that was before."""
    profile = profile_of(row.load.profile)
    found = brought(row)
    incoming = prepared(found, profile) if found is not None else None
    return Looked(incoming, _comparison(row, incoming, profile) if incoming is not None else None)


def brought(row: LoadRow) -> Marc | None:
    """The record in the row's stretch of the file as it came; None when there is none."""
    content = Content(row.load.incoming)
    if row.load.format == FileFormat.ISO2709:
        return next((one.record for one in files.pieces(content.read(row.offset, row.length)) if one.record), None)
    place = (row.member, row.offset)
    all_of_it = files.pieces(content.read(0, content.size), row.load.name)
    return next((one.record for one in all_of_it if (one.member, one.offset) == place), None)


def _comparison(row: LoadRow, incoming: Marc, profile: Profile) -> Comparison | None:
    if row.record is None or (row.version_after is not None and row.version_before is None):
        return None
    if row.version_before is None:
        return beside(bytes(row.record.raw), incoming, profile.overlay)
    before = RecordVersion.objects.get(record_id=row.record.pk, version=row.version_before)
    return beside(zlib.decompress(before.raw), incoming, profile.overlay)
