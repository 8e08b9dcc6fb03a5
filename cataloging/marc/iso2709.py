"""ISO 2709, the exchange format of MARC: finding records in a file, checking their structure, putting them together.

Nothing here decodes text. A file is cut into spans that together hold each of its bytes, so that a load can say what
became of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from techsvc.kernel.errors import Refusal

SUBFIELD, FIELD_END, RECORD_END = b"\x1f", b"\x1e", b"\x1d"
LEADER_LENGTH, ENTRY_LENGTH = 24, 12
MAX_RECORD, MAX_FIELD = 99_999, 9_999
FOREIGN_CODE = re.compile(rb"\x1f[\x80-\xff]")
SHORTEST = LEADER_LENGTH + 2
LEADER_START = re.compile(rb"[0-9]{5}[A-Za-z ][A-Za-z ].{3}[0-9 ]{2}[0-9]{5}", re.DOTALL)
PLACE = re.compile("byte ([0-9]+)")
# How much of a long file is looked at at a time, and how much at most when no record ends in it.
WINDOW, WIDEST = 1 << 20, 1 << 25
BETWEEN = re.compile(rb"(?:\xef\xbb\xbf|[\r\n\t \x00\x1a])+")


class SpanKind(StrEnum):
    """What a stretch of a file is."""

    RECORD = "record"
    BAD = "bad"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: its byte offset and length, what it is, and for all but records why."""

    offset: int
    length: int
    kind: SpanKind
    data: bytes
    why: str = ""


class Encoding(StrEnum):
    """How a record's text is written, judged by its bytes and not only by leader position 9."""

    UTF8 = "utf-8"
    UTF8_UNDECLARED = "utf-8, declared as MARC-8"
    MARC8 = "marc-8"
    UNDECODABLE = "declared as utf-8, but is not"


# Cutting a file


def windows(read: Callable[[int, int], bytes], size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """A long file a stretch at a time, each with its place and ending with a record terminator, for `split`."""
    width = WINDOW
    while start < size:
        window = read(start, width)
        is_last = start + len(window) >= size or width >= WIDEST
        cut = len(window) if is_last else window.rfind(RECORD_END) + 1
        if cut:
            yield start, window[:cut]
        start, width = start + cut, WINDOW if cut else 2 * width


def split(data: bytes, at: int = 0) -> Iterator[Span]:
    """Cut a file into spans; their lengths add up to the length of the file. `at` is where in it the data begins.

    A wrong record length makes one bad span, up to the next record terminator or the next leader whose length fits;
    reading goes on behind it. Line ends, blanks, NUL and a byte order mark between records are junk.
    """
    position = 0
    while position < len(data):
        for span in _spans_at(data, position):
            position += span.length
            yield span if not at else replace(span, offset=at + span.offset, why=_moved(span.why, at))


def _moved(why: str, at: int) -> str:
    """The sentence about a span with places counted from the beginning of the file."""
    return PLACE.sub(lambda place: f"byte {int(place[1]) + at}", why)


def _spans_at(data: bytes, start: int) -> list[Span]:
    blank = BETWEEN.match(data, start)
    if blank:
        return [_span(data, start, blank.end(), SpanKind.JUNK, "blank or line end between records")]
    end = data.find(RECORD_END, start) + 1 or len(data)
    if _fits(data, start, end):
        return [_span(data, start, end, SpanKind.RECORD)]
    # The bytes up to the terminator may be a record that breaks off, followed by a whole one.
    inner = next((m.start() for m in LEADER_START.finditer(data, start + 1, end) if _fits(data, m.start(), end)), None)
    if inner is None:
        return [_misfit(data, start, end)]
    return [_misfit(data, start, inner), _span(data, inner, end, SpanKind.RECORD)]


def _fits(data: bytes, start: int, end: int) -> bool:
    """Whether the leader at `start` gives exactly the length up to the record terminator before `end`."""
    return _declared(data, start) == end - start >= SHORTEST and data[end - 1 : end] == RECORD_END


def _declared(data: bytes, start: int) -> int | None:
    """The record length that the leader at `start` gives, None when there are no five digits."""
    digits = data[start : start + 5]
    return int(digits) if len(digits) == 5 and digits.isdigit() else None


def _misfit(data: bytes, start: int, end: int) -> Span:
    """The span of bytes that are not a whole record, with the reason."""
    length, declared = end - start, _declared(data, start)
    ends = data[end - 1 : end] == RECORD_END
    if ends and declared is not None and length > MAX_RECORD:
        why = f"the record at byte {start} has {length:,} bytes; ISO 2709 allows {MAX_RECORD:,}"
        return _span(data, start, end, SpanKind.BAD, why)
    if not LEADER_START.match(data, start, end):
        looks_cut = declared is not None and length < LEADER_LENGTH
        kind = SpanKind.BAD if ends or looks_cut else SpanKind.JUNK
        return _span(data, start, end, kind, f"{_bytes(length)} at byte {start} do not start with a MARC leader")
    if not ends:
        why = f"the record at byte {start} breaks off at byte {end}: its leader says {_bytes(declared or 0)}"
        return _span(data, start, end, SpanKind.BAD, f"{why}, {_bytes(length)} are there")
    why = f"the leader at byte {start} says {_bytes(declared or 0)}, the record terminator comes after {length:,}"
    return _span(data, start, end, SpanKind.BAD, why)


def _span(data: bytes, start: int, end: int, kind: SpanKind, why: str = "") -> Span:
    return Span(start, end - start, kind, bytes(data[start:end]), why)


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count:,} bytes"


# Looking at one record


def encoding(data: bytes) -> Encoding:
    """How the text of one record is written. MARC-8 diacritics stand before their letter and never form UTF-8."""
    declared_utf8 = data[9:10] == b"a"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return Encoding.UNDECODABLE if declared_utf8 else Encoding.MARC8
    if declared_utf8:
        return Encoding.UTF8
    return Encoding.MARC8 if data.isascii() else Encoding.UTF8_UNDECLARED


def fault(data: bytes) -> str | None:
    """The first fault in the structure of one record, as a sentence; None when the record is sound.

    Stricter than reading needs to be, because a lenient reader drops what it can't place.
    """
    if not data[:LEADER_LENGTH].isascii() or len(data) < SHORTEST:
        return f"The leader is damaged: the record has {_bytes(len(data))}, a leader alone takes 24 of ASCII text."
    if _declared(data, 0) != len(data):
        return f"The leader gives the record's length as {_shown(data[:5])}, it has {len(data)} bytes."
    if data[-1:] != RECORD_END:
        return "The record does not end in a record terminator."
    base = _base_address(data)
    if base is None:
        return f"The leader gives {_shown(data[12:17])} as the start of the data, where no directory ends."
    directory = data[LEADER_LENGTH : base - 1]
    if not directory or len(directory) % ENTRY_LENGTH:
        return f"The directory has {_bytes(len(directory))}; it needs 12 for each field."
    if b"\x00" in data:
        return f"There is a NUL byte at byte {data.index(0)}, which no text holds."
    entries = (directory[at : at + ENTRY_LENGTH] for at in range(0, len(directory), ENTRY_LENGTH))
    return next((why for entry in entries if (why := _field_fault(data, base, entry))), None)


def _base_address(data: bytes) -> int | None:
    """Where the data starts, if the leader says so in digits and a field terminator stands before it."""
    digits = data[12:17]
    base = int(digits) if digits.isdigit() else 0
    return base if LEADER_LENGTH < base < len(data) and data[base - 1 : base] == FIELD_END else None


def _field_fault(data: bytes, base: int, entry: bytes) -> str | None:
    tag, numbers = _shown(entry[:3]), entry[3:]
    if not numbers.isdigit() or not entry.isascii():
        return f"The directory entry {_shown(entry)} is not a tag, a length and a place."
    start = base + int(numbers[4:])
    end = start + int(numbers[:4])
    if end > len(data) - 1 or data[end - 1 : end] != FIELD_END or end == start:
        return f"Field {tag}: the directory says bytes {start} to {end}, where no field ends."
    content = data[start : end - 1]
    if FIELD_END in content:
        return f"Field {tag}: the directory says bytes {start} to {end}, where more than one field lies."
    if is_control(entry[:3]):
        return (
            f"Field {tag} at byte {start} has a subfield, which no control field has." if SUBFIELD in content else None
        )
    indicators = content.partition(SUBFIELD)[0]
    if len(indicators) != 2 or not indicators.isascii():
        found = _bytes(len(indicators))
        return f"Field {tag} at byte {start} has {found} before its first subfield, where two indicators belong."
    if FOREIGN_CODE.search(content):
        return f"Field {tag} at byte {start} has a subfield code that is not an ASCII character."
    return None


def _shown(raw: bytes) -> str:
    return raw.decode("ascii", "replace").replace("\ufffd", "?").join('""')


def is_control(tag: bytes) -> bool:
    """Whether a tag is a control field's (001 to 009): data without indicators and subfields."""
    return tag.isdigit() and tag < b"010"


# Putting a record together


def assemble(leader: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A record from its leader and (tag, content with field terminator) pairs; lengths and directory are computed.

    Raises Refusal when a field or the record is longer than ISO 2709 can say.
    """
    directory, body = [], []
    place = 0
    for tag, content in fields:
        if len(content) > MAX_FIELD:
            raise Refusal(
                f"The record can't be written as ISO 2709: its field {tag.decode()} has {len(content):,} bytes and the "
                f"format allows {MAX_FIELD:,}. Split the field, or export MARCXML."
            )
        directory.append(tag + b"%04d%05d" % (len(content), place))
        body.append(content)
        place += len(content)
    base = LEADER_LENGTH + ENTRY_LENGTH * len(directory) + 1
    length = base + place + 1
    if length > MAX_RECORD:
        raise Refusal(
            f"The record can't be written as ISO 2709: it has {length:,} bytes and the format allows {MAX_RECORD:,}. "
            "Shorten its longest notes, or export MARCXML."
        )
    head = b"%05d" % length + leader[5:10] + b"22%05d" % base + leader[17:20] + b"4500"
    return b"".join([head, *directory, FIELD_END, *body, RECORD_END])


def mend(data: bytes) -> bytes | None:
    """The same fields under a right length and directory, when the directory has one tag for each field that is there.

    Vendors' converters get lengths wrong by counting letters as bytes; terminators and tags are right then.
    """
    head, _, rest = data.rstrip(b"\r\n\x00 ").removesuffix(RECORD_END).partition(FIELD_END)
    leader, directory = head[:LEADER_LENGTH], head[LEADER_LENGTH:]
    contents = rest.split(FIELD_END)
    if len(leader) < LEADER_LENGTH or len(directory) % ENTRY_LENGTH or contents[-1:] != [b""] or not head.isascii():
        return None
    tags = [directory[at : at + 3] for at in range(0, len(directory), ENTRY_LENGTH)]
    if not tags or len(tags) != len(contents) - 1:
        return None
    try:
        mended = assemble(leader, ((tag, content + FIELD_END) for tag, content in zip(tags, contents, strict=False)))
    except Refusal:
        return None
    return mended if fault(mended) is None else None


# What else a file may be

SIGNATURES = (
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"PK\x03\x04"), "a ZIP archive or an Excel workbook"),
    (re.compile(rb"\x1f\x8b"), "a gzip archive"),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), "a web page (HTML)"),
    (re.compile(rb"\s*<(\?xml|[A-Za-z:]*(collection|record)\b)"), "XML"),
    (re.compile(rb"\s*(UNA|UNB\+)"), "an EDIFACT message"),
    (re.compile(rb"\s*ISA[^A-Za-z0-9]"), "an X12 message"),
    (re.compile(rb"\s*=LDR  "), "MARC in mnemonic text (.mrk)"),
    (re.compile(rb"\s*[\[{]"), "JSON"),
    (re.compile(rb"[^\x00-\x08\x1d-\x1f\r\n]*[,;\t][^\x00-\x08\x1d-\x1f\r\n]*[\r\n]"), "a table (CSV)"),
    (re.compile(rb"[^\x00-\x08\x0e-\x1f]+\Z"), "plain text"),
)


def looks_like(data: bytes) -> str:
    """What a file that isn't MARC seems to be, in words: "a PDF"."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return next((name for pattern, name in SIGNATURES if pattern.match(head)), "not a kind of file known here")
