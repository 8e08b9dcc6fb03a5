"""The fast reader reads what the library does; whatever is out of the ordinary it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Record

from cataloging.marc import iso2709, strict
from cataloging.marc.record import as_lines, to_bytes
from tests.cataloging import make

WOMEN = make.marc("The wömen", author="Hannah, Kristin", isbn13="9781250178633")


def test_it_reads_the_same_fields_as_the_library() -> None:
    read = strict.read(WOMEN)
    assert read is not None
    assert as_lines(read) == as_lines(Record(WOMEN))
    assert to_bytes(read) == WOMEN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"nam a22", b"nam  22"),  # MARC-8
        (b"4500", b"4501"),
        (b"\x1fa", b"\x1f\xc3"),  # a subfield code that is no ASCII
        (b"\x1fa", b"\x1f\x1f"),  # a subfield without a code
        (b"10\x1fa", b"1\x1f\x1fa"),  # one indicator
        (b"\xc3\xb6", b"\xc3\xff"),
        (b"wo", b"w\x00"),
        (b"ha", b"h\x1e"),
        (b"ha", b"h\x1d"),
        (b"BaTe", b"B\x1fTe"),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_library(old: bytes, new: bytes) -> None:
    changed = WOMEN.replace(old, new, 1)
    assert changed != WOMEN or old not in WOMEN
    assert strict.read(changed) is None or changed == WOMEN


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WOMEN) - 1), st.binary(max_size=2))
def test_it_is_never_less_strict_than_the_check_of_the_structure(place: int, byte: bytes) -> None:
    data = WOMEN[:place] + byte + WOMEN[place + 1 :]
    read = strict.read(data)
    if read is not None:
        assert iso2709.fault(data) is None
        assert to_bytes(read) == data
        assert as_lines(read) == as_lines(Record(data))


def test_real_records_are_read_alike(shared_data: Path) -> None:
    body = (shared_data / "marc" / "lc_books_5000.mrc").read_bytes()[:400_000]
    spans = [span.data for span in iso2709.split(body) if span.kind is iso2709.SpanKind.RECORD]
    found = [(data, strict.read(data)) for data in spans]
    assert all(read is not None and as_lines(read) == as_lines(Record(data)) for data, read in found)
