"""Write the catalog, or what changed or is found in it, to a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cataloging.marc.writing import FORMS, written
from cataloging.models.records import Record
from cataloging.queries import exporting
from techsvc.kernel.pages.cells import guarded
from techsvc.kernel.pages.exports import Echo

LeftOut = dict[tuple[int, str], str]
Row = TypeVar("Row")
NAMED = 20


@dataclass
class Tally:
    """How many records were read so far."""

    records: int = 0

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.records += 1
            yield row


class Command(BaseCommand):
    """manage.py export_marc --format F --out FILE [--changed-since TS | --query Q] [--all]"""

    help = "Write records to a file, by id. Withdrawn and hidden ones are left out, unless --all is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", required=True, choices=["iso2709", "marcxml", "json", "csv"])
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write")
        some = parser.add_mutually_exclusive_group()
        some.add_argument("--changed-since", metavar="TS", help="only what changed since: 2026-11-24T18:00:00+01:00")
        some.add_argument("--query", metavar="Q", default="", help="only what a search finds")
        parser.add_argument("--all", action="store_true", help="withdrawn and hidden records too")

    def handle(self, **options: Any) -> None:
        since = options["changed_since"]
        rows = exporting.exported(
            changed_since=_moment(since) if since is not None else None,
            query=options["query"],
            everything=options["all"],
        )
        left_out: LeftOut = {}
        tally = Tally()
        _write(options["out"], _portions(rows, options["format"], left_out, tally))
        self.stdout.write(f"Wrote {tally.records - len(left_out):,} records to {options['out']}.")
        if left_out:
            raise CommandError(_told(left_out))


def _moment(text: str) -> datetime:
    """A moment as ISO 8601 writes it; without a zone it is the library's time."""
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T00:00:00")
    except ValueError:
        found = None
    if found is None:
        raise CommandError(
            f'--changed-since: "{text}" is no moment. Write it as ISO 8601, for example 2026-11-24 or '
            "2026-11-24T18:00:00+01:00."
        )
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _portions(rows: QuerySet[Record], form: str, left_out: LeftOut, tally: Tally) -> Iterator[bytes]:
    if form == "csv":
        return _csv(tally.counted(rows.values_list(*exporting.COLUMNS).iterator(chunk_size=exporting.PORTION)))
    return written(FORMS[form], tally.counted(exporting.raws(rows)), left_out)


def _csv(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    writer = csv.writer(Echo())
    yield writer.writerow(exporting.COLUMNS).encode()
    for row in rows:
        yield writer.writerow([_cell(value) for value in row]).encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else guarded(str(value))


def _write(path: Path, portions: Iterator[bytes]) -> None:
    """Write to a name beside it first, so that a killed export leaves no half file under the right name."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.writelines(portions)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}. Choose another place.") from error
    finally:
        draft.unlink(missing_ok=True)


def _told(left_out: LeftOut) -> str:
    named = [f"  record {pk}, “{title}”: {why}" for (pk, title), why in list(left_out.items())[:NAMED]]
    more = [f"  … and {len(left_out) - NAMED:,} more"] if len(left_out) > NAMED else []
    head = f"{len(left_out):,} records were left out, because this form can't hold them:"
    return "\n".join([head, *named, *more])
