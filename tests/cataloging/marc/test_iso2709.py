"""Cutting files into spans, checking structure, putting records together: every byte is accounted for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc import iso2709
from cataloging.marc.iso2709 import Encoding, SpanKind, assemble, fault, looks_like, mend, split
from techsvc.kernel.errors import Refusal

LEADER = b"00000nam a2200000 a 4500"


def marc(title: str, number: str = "1") -> bytes:
    fields = [(b"001", number.encode() + b"\x1e"), (b"245", f"10\x1fa{title}\x1e".encode())]
    return assemble(LEADER, fields)


LOVE, SASSY = marc("Act of love", "08935564"), marc("Sassy", "08289018")


def kinds(data: bytes) -> list[tuple[SpanKind, int, int]]:
    return [(span.kind, span.offset, span.length) for span in split(data)]


def test_a_sound_record() -> None:
    assert fault(LOVE) is None
    assert LOVE[:24] == b"00075nam a2200049 a 4500"
    assert kinds(LOVE + SASSY) == [(SpanKind.RECORD, 0, 75), (SpanKind.RECORD, 75, 69)]


def test_line_ends_between_records_are_junk() -> None:
    data = b"\xef\xbb\xbf" + LOVE + b"\r\n" + SASSY + b"\x1a"
    assert kinds(data) == [
        (SpanKind.JUNK, 0, 3),
        (SpanKind.RECORD, 3, 75),
        (SpanKind.JUNK, 78, 2),
        (SpanKind.RECORD, 80, 69),
        (SpanKind.JUNK, 149, 1),
    ]


@pytest.mark.parametrize("length", [b"00076", b"00074", b"00144", b"00000", b"-0001", b"99999", b"abcde"])
def test_a_wrong_length_costs_one_record(length: bytes) -> None:
    """A reader that trusts the length loses what follows; here only the record itself is in doubt."""
    found = list(split(length + LOVE[5:] + SASSY))
    assert [(span.kind, span.length) for span in found] == [(SpanKind.BAD, 75), (SpanKind.RECORD, 69)]


def test_a_record_that_breaks_off_before_another() -> None:
    found = list(split(LOVE[:60] + SASSY))
    assert [(span.kind, span.offset, span.length) for span in found] == [
        (SpanKind.BAD, 0, 60),
        (SpanKind.RECORD, 60, 69),
    ]
    assert found[0].why == "the record at byte 0 breaks off at byte 60: its leader says 75 bytes, 60 bytes are there"


def test_a_last_record_that_breaks_off() -> None:
    found = list(split(LOVE + SASSY[:50]))
    assert [span.kind for span in found] == [SpanKind.RECORD, SpanKind.BAD]
    assert found[1].why == "the record at byte 75 breaks off at byte 125: its leader says 69 bytes, 50 bytes are there"


def test_text_that_is_no_marc() -> None:
    assert kinds(b"Dear vendor, here is the file.") == [(SpanKind.JUNK, 0, 30)]
    assert kinds(b"Your cart:" + LOVE) == [(SpanKind.JUNK, 0, 10), (SpanKind.RECORD, 10, 75)]


def test_a_record_over_the_limit_is_named() -> None:
    body = b"10\x1fa" + b"x" * 9990 + b"\x1e"
    fields = b"".join([body] * 11)
    directory = b"".join(b"500%04d%05d" % (len(body), i * len(body)) for i in range(11))
    base = 24 + len(directory) + 1
    total = base + len(fields) + 1
    data = b"%d" % total + LEADER[5:12] + b"%05d" % base + b" a 4500" + directory + b"\x1e" + fields + b"\x1d"
    found = list(split(data + SASSY))
    assert [span.kind for span in found] == [SpanKind.BAD, SpanKind.RECORD]
    assert "ISO 2709 allows 99,999" in found[0].why


@given(st.lists(st.sampled_from([LOVE, SASSY, LOVE[:40], SASSY[3:], b"\r\n", b"\x1d", b"\x1e\x1f", b"00075", b"text"])))
def test_no_byte_is_lost_in_mixtures(parts: list[bytes]) -> None:
    _accounts_for_all(b"".join(parts))


@given(st.binary(max_size=300))
def test_no_byte_is_lost_in_noise(data: bytes) -> None:
    _accounts_for_all(data)


@given(st.integers(0, len(LOVE + SASSY)), st.binary(max_size=6))
def test_no_byte_is_lost_when_bytes_are_put_in(place: int, extra: bytes) -> None:
    data = LOVE + SASSY
    _accounts_for_all(data[:place] + extra + data[place:])


def _accounts_for_all(data: bytes) -> list[iso2709.Span]:
    spans = list(split(data))
    assert b"".join(span.data for span in spans) == data
    assert sum(span.length for span in spans) == len(data)
    assert all(span.length > 0 and len(span.data) == span.length for span in spans)
    assert all(bool(span.why) is (span.kind is not SpanKind.RECORD) for span in spans)
    return spans


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The leader is damaged: the record has 0 bytes, a leader alone takes 24 of ASCII text."),
        (b"00076" + LOVE[5:], 'The leader gives the record\'s length as "00076", it has 75 bytes.'),
        (LOVE[:-1] + b"x", "The record does not end in a record terminator."),
        (
            LOVE[:12] + b"00050" + LOVE[17:],
            'The leader gives "00050" as the start of the data, where no directory ends.',
        ),
        (LOVE.replace(b"245", b"2\xc3\xa9"), 'The directory entry "2??001600009" is not a tag, a length and a place.'),
        (LOVE.replace(b"0016", b"0014"), 'Field "245": the directory says bytes 58 to 72, where no field ends.'),
        (LOVE.replace(b"love", b"l\x00ve"), "There is a NUL byte at byte 70, which no text holds."),
    ],
)
def test_fault(data: bytes, sentence: str) -> None:
    assert fault(data) == sentence


def test_three_indicators_would_be_dropped_by_a_lenient_reader() -> None:
    data = assemble(LEADER, [(b"245", b"10x\x1faTitle\x1e")])
    assert fault(data) == 'Field "245" at byte 37 has 3 bytes before its first subfield, where two indicators belong.'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (marc("Café"), Encoding.UTF8),
        (marc("Cafe")[:9] + b" " + marc("Cafe")[10:], Encoding.MARC8),
        (b"00000nam  2200000 a 4500" + "Café".encode(), Encoding.UTF8_UNDECLARED),
        (b"00000nam  2200000 a 4500" + b"Caf\xe2e", Encoding.MARC8),
        (b"00000nam a2200000 a 4500" + b"Caf\xe9", Encoding.UNDECODABLE),
    ],
)
def test_encoding(data: bytes, expected: Encoding) -> None:
    assert iso2709.encoding(data) is expected


def test_mend_puts_lengths_right() -> None:
    letters_counted = marc("Café crème").replace(b"0017", b"0015").replace(b"00069", b"00067")
    assert fault(letters_counted) is not None
    assert mend(letters_counted) == marc("Café crème")
    assert mend(LOVE + b"\r\n") == LOVE


def test_mend_leaves_what_is_in_doubt() -> None:
    assert mend(LOVE[:60]) is None
    assert mend(LOVE.replace(b"\x1e10", b"10")) is None
    assert mend(b"nothing") is None


def test_assemble_refuses_what_the_format_cannot_say() -> None:
    longest = b"  \x1fa" + b"x" * (iso2709.MAX_FIELD - 5) + b"\x1e"
    assert fault(assemble(LEADER, [(b"520", longest)])) is None
    with pytest.raises(Refusal, match=r"its field 520 has 10,000 bytes and the format allows 9,999"):
        assemble(LEADER, [(b"520", b"x" + longest)])
    with pytest.raises(Refusal, match=r"it has 110,147 bytes and the format allows 99,999"):
        assemble(LEADER, [(b"520", longest)] * 11)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"%PDF-1.7\n%", "a PDF"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or an Excel workbook"),
        (b"<!DOCTYPE html><html>", "a web page (HTML)"),
        (b'<?xml version="1.0"?><collection/>', "XML"),
        (b"UNA:+.? 'UNB+UNOC:3+", "an EDIFACT message"),
        (b"ISA*00*", "an X12 message"),
        (b"=LDR  00000nam", "MARC in mnemonic text (.mrk)"),
        (b"title,isbn\r\nSassy,1\r\n", "a table (CSV)"),
        (b"Dear vendor", "plain text"),
        (b"\x7fELF\x00\x01", "not a kind of file known here"),
    ],
)
def test_looks_like(head: bytes, name: str) -> None:
    assert looks_like(head) == name


def test_real_files(shared_data: Path) -> None:
    """Clean and MARC-8 files are records and nothing else; in broken ones too no byte is lost."""
    counts = {
        folder: Counter(
            span.kind
            for path in sorted((shared_data / "marc" / folder).glob("*.mrc"))
            for span in _accounts_for_all(path.read_bytes())
        )
        for folder in ("clean", "marc8", "broken")
    }
    assert counts["clean"] == {SpanKind.RECORD: 4854}
    assert counts["marc8"] == {SpanKind.RECORD: 817}
    assert counts["broken"] == {SpanKind.RECORD: 495, SpanKind.BAD: 137, SpanKind.JUNK: 10}


def test_five_thousand_records(shared_data: Path) -> None:
    spans = _accounts_for_all((shared_data / "marc" / "lc_books_5000.mrc").read_bytes())
    assert Counter(span.kind for span in spans) == {SpanKind.RECORD: 5000}
