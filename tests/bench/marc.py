"""MARC split, parsed and projected: records a second, beside pymarc on the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import pymarc

from cataloging.marc import files, iso2709, marcxml, record, writing
from cataloging.rules import validation
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
    yield from _formats(data)


def _formats(data: bytes) -> Iterator[Figure]:
    """Reading each form, checking, writing: each beside pymarc's way."""
    parsed = [piece.record for piece in files.pieces(data) if piece.record]
    as_xml = marcxml.write(parsed)

    def rate(work: Callable[[], object]) -> float:
        return RECORDS / seconds(work)

    ours = rate(lambda: sum(piece.length for piece in files.pieces(data)))
    peer = rate(lambda: list(pymarc.MARCReader(io.BytesIO(data))))
    yield Figure("marc.read_iso2709", ours, "records/s", 5_000, "pymarc read", peer)
    ours = rate(lambda: sum(piece.length for piece in files.pieces(as_xml)))
    peer = rate(lambda: pymarc.parse_xml_to_array(io.BytesIO(as_xml)))
    yield Figure("marc.read_marcxml", ours, "records/s", 2_000, "pymarc read of XML", peer)
    ours = rate(lambda: [validation.faults(one) for one in parsed])
    peer = rate(lambda: [one.as_marc() for one in parsed])
    yield Figure("marc.validate", ours, "records/s", 15_000, "pymarc write", peer)
    raws = [(place, record.to_bytes(one)) for place, one in enumerate(parsed)]
    ours = rate(lambda: sum(map(len, writing.written(writing.FORMS["marcxml"], raws, {}))))
    peer = rate(lambda: [pymarc.record_to_xml(pymarc.Record(raw)) for _place, raw in raws])
    yield Figure("marc.export", ours, "records/s", 3_000, "pymarc read and write of XML", peer)
