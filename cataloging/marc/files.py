"""Files of MARC records in every form in which vendors and other systems hand them over, alone or in an archive.

A file is cut into pieces that together hold each of its bytes: records, blanks between them, and what can't be read
with the reason. Records are yielded one after another, so that the size of a file sets no bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cataloging.marc import archives, iso2709, marcjson, marcxml, mnemonic
from cataloging.marc.iso2709 import BETWEEN, SpanKind
from cataloging.marc.record import Field, Record, parse, to_bytes
from techsvc.kernel.errors import BadInput, Refusal


class FileFormat(StrEnum):
    """The forms of a file of records."""

    ISO2709 = "iso2709"
    MARCXML = "marcxml"
    JSON = "json"
    MNEMONIC = "mnemonic"
    ZIP = "zip"
    GZIP = "gzip"


ACCEPTED = "ISO 2709 (.mrc), MARCXML, MARC-in-JSON or mnemonic text (.mrk), also zipped"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file, or of a file in an archive (`member`, "" where there is none).

    With a record, `raw` is it as UTF-8 ISO 2709 and `note` says what was put right on the way. Without one, `raw` is
    the bytes as they are and `why` the reason; blanks, commas and brackets between records have none.
    """

    member: str
    offset: int
    length: int
    record: Record | None
    raw: bytes
    why: str = ""
    note: str = ""


# What a file is

STARTS = (
    (FileFormat.ZIP, re.compile(rb"PK(\x03\x04|\x05\x06)")),
    (FileFormat.GZIP, re.compile(rb"\x1f\x8b")),
    (FileFormat.MARCXML, re.compile(rb"\s*<(?!!doctype html|html)|\xff\xfe<\x00|\xfe\xff\x00<", re.IGNORECASE)),
    (FileFormat.JSON, re.compile(rb"[\s\[]*\{")),
    (FileFormat.MNEMONIC, re.compile(rb"\s*=(LDR|[0-9]{3}) ")),
)
HEAD = 4096
EMPTY_ARRAY = re.compile(rb"\s*\[\s*\]\s*\Z")
# Text, as far as it is none of the above; whatever else may hold records in between.
PLAIN = re.compile(rb"[^\x00-\x08\x0e-\x1f]+\Z")


def sniff(body: bytes) -> str:
    """Which of the formats a file has, judged by its bytes; raises BadInput, in words, for any other file."""
    head = bytes(body[:HEAD]).removeprefix(b"\xef\xbb\xbf")
    if not head.strip(b"\r\n\t \x00\x1a") and not bytes(body).strip(b"\xef\xbb\xbf\r\n\t \x00\x1a"):
        raise BadInput("The file is empty: it holds no MARC record. Choose another file.")
    found = next((form for form, start in STARTS if start.match(head)), None)
    if found:
        return found
    if all(span.kind is SpanKind.JUNK for span in iso2709.split(body)):
        raise BadInput(f"The file can't be read as MARC: it is {iso2709.looks_like(body)}. Ask for {ACCEPTED}.")
    return FileFormat.ISO2709


def pieces(body: bytes, name: str = "") -> Iterator[Piece]:
    """The pieces of a file, in order; those of one member add up to its size.

    Raises BadInput for a file that is none of the formats, and for an archive that is damaged or unpacks to too much.
    """
    form = sniff(body)
    if form is FileFormat.ZIP:
        for member in archives.unzipped(body):
            yield from _of_member(member)
    elif form is FileFormat.GZIP:
        yield from _of_member(archives.gunzipped(body, name))
    else:
        yield from READERS[form](body, "")


def readable(body: bytes) -> Iterator[Record]:
    """Every record of a file; raises BadInput at the first stretch that is none, with its place."""
    ordinal = 0
    for piece in pieces(body):
        ordinal += bool(piece.record or piece.why)
        if piece.record is not None:
            yield piece.record
        elif piece.why:
            text = f"Record {ordinal} at byte {piece.offset} can't be read. {piece.why}"
            raise BadInput(text, offset=piece.offset, record=ordinal)


def _of_member(member: archives.Member) -> Iterator[Piece]:
    """The pieces of a file in an archive; one that is no MARC is one piece."""
    if member.why or not member.body:
        if member.size:
            yield Piece(member.name, 0, member.size, None, b"", member.why)
        return
    try:
        form = sniff(member.body)
        if form in (FileFormat.ZIP, FileFormat.GZIP):
            raise BadInput("It is an archive inside the archive, which is not opened. Unpack it and load its files.")
    except BadInput as error:
        yield Piece(member.name, 0, member.size, None, member.body, error.text)
        return
    yield from READERS[form](member.body, member.name)


def _piece(body: bytes, member: str, start: int, end: int, why: str = "") -> Piece:
    return Piece(member, start, end - start, None, bytes(body[start:end]), why)


def _holding(record: Record, member: str, start: int, end: int, given: bytes) -> Piece:
    """The piece of a record that came in another form than ISO 2709; without it when ISO 2709 can't hold it."""
    try:
        if not record.fields or not str(record.leader).isprintable():
            raise BadInput("The record has no fields." if not record.fields else "The leader has a control character.")
        return Piece(member, start, end - start, record, to_bytes(record))
    except Refusal as refusal:
        return Piece(member, start, end - start, None, given, _too_long(record) or refusal.text)


def _too_long(record: Record) -> str:
    """The sentence about a record that is over the limits of ISO 2709, naming its longest field; "" for any other."""
    sizes = [(_size(field), field.tag) for field in record.fields] or [(0, "")]
    length = iso2709.SHORTEST + sum(size + iso2709.ENTRY_LENGTH for size, _tag in sizes)
    longest, tag = max(sizes)
    if longest > iso2709.MAX_FIELD:
        return (
            f"Field {tag} has {longest:,} bytes and a field of MARC holds {iso2709.MAX_FIELD:,}. "
            "Split it into several fields and load the record again."
        )
    if length > iso2709.MAX_RECORD:
        return (
            f"The record has {length:,} bytes and a record of MARC holds {iso2709.MAX_RECORD:,}; its longest field "
            f"is {tag} with {longest:,}. Shorten it and load the record again."
        )
    return ""


def _size(field: Field) -> int:
    """How many bytes a field takes in ISO 2709, its terminator included."""
    parts = [f"\x1f{subfield.code}{subfield.value}" for subfield in field.subfields]
    text = field.data or "" if field.control_field else "".join(["  ", *parts])
    return len(text.encode("utf-8", "surrogatepass")) + 1


# ISO 2709


def _iso2709(body: bytes, member: str) -> Iterator[Piece]:
    for span in iso2709.split(body):
        blank = span.kind is SpanKind.JUNK and BETWEEN.fullmatch(span.data)
        if span.kind is SpanKind.JUNK:
            yield Piece(member, span.offset, span.length, None, span.data, "" if blank else _sentence(span.why))
        else:
            yield _read(span, member)


def _read(span: iso2709.Span, member: str) -> Piece:
    try:
        record = parse(span.data)
        raw, note = _as_kept(span.data, record)
    except Refusal as refusal:
        mended = iso2709.mend(span.data)
        why = _sentence(span.why) or refusal.text
        if mended is None or mended == span.data:
            return Piece(member, span.offset, span.length, None, span.data, why)
        return _mended(span, member, mended, why)
    return Piece(member, span.offset, span.length, record, raw, note=note)


def _mended(span: iso2709.Span, member: str, mended: bytes, why: str) -> Piece:
    try:
        record = parse(mended)
        raw, note = _as_kept(mended, record)
    except Refusal:
        return Piece(member, span.offset, span.length, None, span.data, why)
    notes = ["its lengths were wrong and were put right", *([note] if note else [])]
    return Piece(member, span.offset, span.length, record, raw, note=", ".join(notes))


def _as_kept(data: bytes, record: Record) -> tuple[bytes, str]:
    """(UTF-8 ISO 2709, note): the bytes as they came when they are that already."""
    encoding = iso2709.encoding(data)
    if encoding is iso2709.Encoding.UTF8:
        return data, ""
    note = "it is UTF-8, declared as MARC-8" if encoding is iso2709.Encoding.UTF8_UNDECLARED else ""
    return to_bytes(record), note or ("" if data.isascii() and b"\x1b" not in data else "converted from MARC-8")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


# MARCXML


def _marcxml(body: bytes, member: str) -> Iterator[Piece]:
    place, found_one = 0, False
    try:
        for found in marcxml.scan(body):
            found_one, start = True, max(found.start, place)
            if start > place:
                yield _piece(body, member, place, start)
            place = max(found.end, start)
            if found.why:
                yield _piece(body, member, start, place, _sentence(found.why))
            else:
                yield _holding(found.record, member, start, place, bytes(body[start:place]))
    except BadInput as error:
        yield _piece(body, member, place, len(body), error.text)
        return
    if place < len(body):
        why = "" if found_one else "This XML holds no MARC record: there is no <record> element with fields."
        yield _piece(body, member, place, len(body), why)


# MARC-in-JSON

# A whole string (the group is empty where it never ends) or a brace; possessive, so that no text takes long.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[{}]', re.DOTALL)
JSON_BETWEEN = re.compile(rb"(?:\xef\xbb\xbf|[\s,\[\]\x00\x1a])+")
# Where reading goes on after an object that is damaged, or that only wraps the records.
NEXT_OBJECT = re.compile(rb'[\r\n,:][\s\[]*(?=\{\s*"(?:leader|fields)"\s*:)')
LONGEST_OBJECT = 4 << 20


def _json(body: bytes, member: str) -> Iterator[Piece]:
    place = 0
    while place < len(body):
        between = JSON_BETWEEN.match(body, place)
        piece = _piece(body, member, place, between.end()) if between else _json_object(body, member, place)
        yield piece
        place += piece.length


def _json_object(body: bytes, member: str, start: int) -> Piece:
    """The piece that begins here: an object, or what stands before the next one."""
    if body[start : start + 1] != b"{":
        brace = body.find(b"{", start)
        place = brace if brace >= 0 else len(body)
        return _piece(body, member, start, place, f"{place - start:,} bytes at byte {start} are no JSON object.")
    try:
        end = _json_end(body, start)
        if end is None:
            raise BadInput("this JSON object breaks off: its braces are not closed")
        given = bytes(body[start:end])
        return _holding(marcjson.read(given.decode("utf-8")), member, start, end, given)
    except UnicodeDecodeError as error:
        why = f"the text is not UTF-8 at byte {start + error.start}"
    except BadInput as error:
        why = error.text
    follows = NEXT_OBJECT.search(body, start + 1)
    return _piece(body, member, start, follows.end() if follows else len(body), _sentence(why))


def _json_end(body: bytes, start: int) -> int | None:
    """The end of the object that begins at `start`; None when its braces are not closed."""
    depth = 0
    for token in TOKEN.finditer(body, start, start + LONGEST_OBJECT):
        if token.group() == b"{":
            depth += 1
        elif token.group() == b"}":
            depth -= 1
            if depth == 0:
                return token.end()
        elif not token.group(1):
            return None
    return None


# Mnemonic text

RECORD_LINES = re.compile(
    rb"(?:\xef\xbb\xbf)?[^\r\n]*\S[^\r\n]*(?:\r\n?|\n|\Z)(?:(?!=LDR |=000 )[^\r\n]*\S[^\r\n]*(?:\r\n?|\n|\Z))*+"
)
BLANK_LINES = re.compile(rb"[\s\x00\x1a]+")


def _mnemonic(body: bytes, member: str) -> Iterator[Piece]:
    place, line = 0, 1
    while place < len(body):
        blank = BLANK_LINES.match(body, place)
        stretch = blank or RECORD_LINES.match(body, place)
        end = stretch.end() if stretch else len(body)
        yield _piece(body, member, place, end) if blank else _lines(body, member, (place, end), line)
        line += len(mnemonic.LINE_END.findall(body[place:end].decode("latin-1")))
        place = end


def _lines(body: bytes, member: str, span: tuple[int, int], line: int) -> Piece:
    given = bytes(body[span[0] : span[1]])
    try:
        record = next(iter(mnemonic.read(given.decode("utf-8"), first=line)), Record())
    except UnicodeDecodeError as error:
        return _piece(body, member, *span, f"The text is not UTF-8 at byte {span[0] + error.start}.")
    except BadInput as error:
        return _piece(body, member, *span, error.text)
    return _holding(record, member, *span, given)


READERS: dict[str, Callable[[bytes, str], Iterator[Piece]]] = {
    FileFormat.ISO2709: _iso2709,
    FileFormat.MARCXML: _marcxml,
    FileFormat.JSON: _json,
    FileFormat.MNEMONIC: _mnemonic,
}


def size(body: bytes) -> int:
    """How many bytes the pieces of a file have to add up to: its own, or those of the files in an archive."""
    form = sniff(body)
    if form is FileFormat.ZIP:
        return archives.unzipped_size(body)
    return archives.gunzipped(body).size if form is FileFormat.GZIP else len(body)
