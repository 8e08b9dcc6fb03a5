"""MARC split, parsed and projected: records a second, beside pymarc on the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pymarc

from cataloging.marc import iso2709, record
from tests.bench.figures import Figure, seconds

RECORDS = 2000


def file() -> bytes:
    """Brief records as bytes."""
    brief = record.Brief(
        title="The women", author="Hannah, Kristin", isbn13="9781250178633", publisher="St. Martin's Press"
    )
    return record.to_bytes(record.build(brief, entered=date(2026, 11, 24))) * RECORDS


def figures() -> Iterator[Figure]:
    """Records a second."""
    data = file()
    whole = seconds(lambda: sum(span.length for span in iso2709.split(data)))
    yield Figure("marc.account_for_every_byte", RECORDS / whole, "records/s", 100_000)
    ours = seconds(lambda: [record.project(record.parse(span.data)) for span in iso2709.split(data)])
    peer = seconds(lambda: [one and one.as_marc() for one in pymarc.MARCReader(io.BytesIO(data))])
    yield Figure("marc.parse_and_project", RECORDS / ours, "records/s", 2_000, "pymarc read and write", RECORDS / peer)
