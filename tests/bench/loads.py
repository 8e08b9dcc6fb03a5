"""A file of full records loaded and taken back, beside pymarc reading and writing the same bytes.

MARC_FILE names the file; its first 50,000 records are used. Without it the sample beside the project is.
"""

from __future__ import annotations

import io
import os
import resource
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pymarc

from cataloging.actions import loads
from cataloging.actions.carrying import load_file
from cataloging.marc import iso2709
from cataloging.models.loads import Load
from cataloging.models.records import Record
from techsvc.kernel.actions import people
from tests.bench import library
from tests.bench.figures import Figure

RECORDS = 50_000
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "marc" / "lc_books_5000.mrc"
PEER = "pymarc read and write"


def figures() -> Iterator[Figure]:
    """Records a second of a full load, seconds of its undo, and of the undo of an overlay of all of it."""
    path = Path(os.environ.get("MARC_FILE") or SAMPLE)
    if not path.exists():
        return
    library.demo()
    with path.open("rb") as file:
        first = _first(file.read(100_000_000))
    count = first.count(iso2709.RECORD_END)
    peer = count / _took(lambda: _peer(first))
    load, took = _loaded(first)
    yield Figure(f"loads.full_load_{count}", count / took, "records/s", peer / 2, PEER, peer)
    undo = _took(lambda: loads.undo_batch(load.pk, actor=people.system()))
    yield Figure(f"loads.undo_created_{count}", undo, "s", 3 * count / RECORDS, smaller_is_better=True)
    _loaded(first)
    over, took = _loaded(_with_another_note(first))
    overlaid = over.rows.filter(outcome="overlay").count()
    yield Figure(f"loads.overlay_{overlaid}", overlaid / took, "records/s", peer / 6, PEER, peer)
    undo = _took(lambda: loads.undo_batch(over.pk, actor=people.system()))
    yield Figure(f"loads.undo_overlaid_{overlaid}", undo, "s", 30 * overlaid / RECORDS, smaller_is_better=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("loads.memory_peak_of_the_measuring", peak, "MB", 800, smaller_is_better=True)


def _first(body: bytes) -> bytes:
    """The first records of a file, as many as are wanted and whole."""
    spans = (span for span in iso2709.split(body) if span.kind is iso2709.SpanKind.RECORD)
    return b"".join(span.data for span in islice(spans, RECORDS))


def _peer(body: bytes) -> None:
    for record in pymarc.MARCReader(io.BytesIO(body)):
        if record:
            record.as_marc()


def _loaded(body: bytes) -> tuple[Load, float]:
    start = time.perf_counter()
    load = load_file(io.BytesIO(body), f"{len(body)} bytes, {Record.objects.count()}.mrc", actor=people.system())
    return load, time.perf_counter() - start


def _with_another_note(body: bytes) -> bytes:
    """The same records, each with one more note, so that every one of them overlays."""
    return b"".join(_noted(span.data) for span in iso2709.split(body))


def _noted(data: bytes) -> bytes:
    base = int(data[12:17])
    entries = [data[at : at + 12] for at in range(24, base - 1, 12)]
    fields = [(entry[:3], data[base + int(entry[7:]) :][: int(entry[3:7])]) for entry in entries]
    return iso2709.assemble(data[:24], [*fields, (b"500", b"  \x1faSeen again.\x1e")])


def _took(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
