"""A record beside what an overlay would make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cataloging.marc import files
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import diff, parse
from cataloging.models.records import Record
from cataloging.rules.overlay import KEEP_LOCAL, Outcome, OverlayProfile
from cataloging.rules.overlay import overlay as overlaid
from cataloging.rules.words import content, label


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its words and tag, its text now and afterwards ("" where there is none)."""

    label: str
    tag: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes; what the library's rules keep although the new record lacks it; what they don't take."""

    changes: Sequence[Row]
    kept: Sequence[Row]
    refused: Sequence[Row]


def compared(record: Record, body: bytes) -> Comparison:
    """The comparison of a record with a file of one record."""
    return beside(bytes(record.raw), next(files.readable(body)), KEEP_LOCAL)


def beside(raw: bytes, incoming: Marc, profile: OverlayProfile) -> Comparison:
    """What an overlay by this profile makes of a record's bytes."""
    old = parse(raw)
    merged, happenings = overlaid(old, incoming, profile)
    changes = [Row(label(one.tag), one.tag, content(one.before), content(one.after)) for one in diff(old, merged)]
    kept = [_row(one.text) for one in happenings if one.outcome is Outcome.KEPT]
    refused = [_row(one.text) for one in happenings if one.outcome is Outcome.NOT_TAKEN]
    return Comparison(changes, kept, refused)


def _row(text: str) -> Row:
    return Row(label(text[:3]), text[:3], content(text), "")
