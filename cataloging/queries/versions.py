"""A version of a record: where it came from, and what it changed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from cataloging.marc.record import Record as Marc
from cataloging.marc.record import diff, parse
from cataloging.models.loads import Load
from cataloging.models.records import Record, RecordVersion
from cataloging.rules.words import content, label
from techsvc.kernel import queries
from techsvc.kernel.models.history import HistoryEvent

LOAD = re.compile(r"load (\d+): ")  # how loading names itself as a source


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two versions have otherwise: its words and tag, its text in both ("" where there is none)."""

    label: str
    tag: str
    before: str
    after: str


def versions_of(record_id: int) -> QuerySet[RecordVersion]:
    """Every version of a record that is or was there, the newest first, without the bytes."""
    return RecordVersion.objects.filter(record_id=record_id).defer("raw")


def marc_of(version: RecordVersion) -> Marc:
    return parse(zlib.decompress(version.raw))


def differences(before: RecordVersion, after: RecordVersion) -> Sequence[Difference]:
    """What changed from one version to another, field by field."""
    changes = diff(marc_of(before), marc_of(after))
    return [Difference(label(one.tag), one.tag, content(one.before), content(one.after)) for one in changes]


def act_of(version: RecordVersion) -> HistoryEvent | None:
    """The line of history of the act that made the version; a load has one line for all of its records."""
    mine = queries.history_of(Record(pk=version.record_id))
    return mine.filter(after__version=version.version).first()


def load_of(version: RecordVersion) -> Load | None:
    """The load that brought the version, with its file."""
    found = LOAD.match(version.source)
    loads = Load.objects.select_related("incoming", "uploaded_by").defer("incoming__body")
    return loads.filter(pk=int(found[1])).first() if found else None
