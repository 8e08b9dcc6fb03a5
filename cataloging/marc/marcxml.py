"""MARCXML (MARC 21 XML Schema, the "slim" schema): reading it safely, and writing it for records ISO 2709 can't hold.

A document type declaration is refused as soon as the parser meets it, before any entity in it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

from cataloging.marc.classes import Field, Indicators, Leader, Record
from cataloging.marc.iso2709 import is_control
from techsvc.kernel.errors import BadInput, Refusal

IN_ATTRIBUTES = str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
NAMESPACE = "http://www.loc.gov/MARC21/slim"
MAX_SIZE = 50 * 1024 * 1024
MAX_DEPTH = 200
PORTION = 1 << 16  # bytes that are parsed at a time
LEADER_LENGTH = 24
TAG, NO_TAG = re.compile(r"[0-9A-Za-z]{3}"), "000"
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(data: bytes) -> list[Record]:
    """The records of a MARCXML document, also of ones wrapped in other XML (an SRU answer, a GOBI order).

    Raises BadInput for a document that is too large, declares a document type, is not well-formed or holds no record.
    """
    if len(data) > MAX_SIZE:
        raise BadInput(f"This XML file has {len(data):,} bytes; at most {MAX_SIZE:,} are read. Split it.")
    records = []
    for ordinal, found in enumerate(scan(data), 1):
        if found.why:
            raise BadInput(f"Record {ordinal}: {found.why}.", offset=found.start, record=ordinal)
        records.append(found.record)
    if not records:
        raise BadInput("This XML holds no MARC record: there is no <record> element with a <leader> or fields.")
    return records


@dataclass(frozen=True, slots=True)
class Found:
    """A record element: the bytes that it takes, what it holds, and why that can't be taken as it is ("" if it can)."""

    start: int
    end: int
    record: Record
    why: str


def scan(data: bytes) -> Iterator[Found]:
    """The record elements of a document one after another, a bad one with its reason.

    Raises BadInput where the document is not well-formed, declares a document type or nests too deep.
    """
    reader = _Reader(data)
    for place in range(0, len(data) + 1, PORTION):
        try:
            reader.feed(data[place : place + PORTION], final=place + PORTION > len(data))
        except BadInput:
            yield from reader.take()
            raise
        yield from reader.take()


class _Reader:
    """Collects records from the parser's events."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found: list[Found] = []
        self._record: Record | None = None
        self._field: Field | None = None
        self._start, self._why, self._depth = 0, "", 0
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._take_text

    def feed(self, portion: bytes, *, final: bool) -> None:
        """Parse on; raises BadInput at what stops the reading for good."""
        parser = self._parser
        try:
            parser.Parse(portion, final)
        except expat.ExpatError as error:
            where = f"line {error.lineno}, byte {parser.ErrorByteIndex}"
            why = expat.ErrorString(error.code) or "not well-formed"
            raise BadInput(f"This XML can't be read: {why} at {where}.", offset=parser.ErrorByteIndex) from error
        except (ValueError, LookupError) as error:  # an encoding that Python doesn't know, or of several bytes
            raise BadInput(f"This XML can't be read: {error}. Ask for it in UTF-8.", offset=0) from error

    def take(self) -> list[Found]:
        """What was found since the last time."""
        found, self._found = self._found, []
        return found

    def _refuse_doctype(self, name: str, *_: object) -> None:
        text = f"This XML declares a document type (<!DOCTYPE {name}>), which MARCXML never needs. It was not read."
        raise BadInput(text, offset=self._parser.CurrentByteIndex)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            text = f"This XML nests deeper than {MAX_DEPTH} elements. It is not MARCXML."
            raise BadInput(text, offset=self._parser.CurrentByteIndex)
        self._attributes, self._text = attributes, []
        match _local(name):
            case "record":
                self._record, self._field, self._why = Record(), None, ""
                self._start = self._parser.CurrentByteIndex
            case "datafield":
                self._field = self._data_field(attributes)
            case "controlfield" if not is_control(self._tag(attributes).encode()):
                self._blame(f"field {self._tag(attributes)} is coded as a control field, which only 001 to 009 are")

    def _take_text(self, text: str) -> None:
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._record is None:
            return
        text = "".join(self._text)
        match _local(name):
            case "leader":
                self._record.leader = Leader(_leader(text))
            case "controlfield":
                self._record.fields.append(Field(tag=self._tag(self._attributes), data=text))
            case "subfield" if self._field is not None:
                self._field.add_subfield(self._code(), " ".join(text.split("\n")))
            case "datafield" if self._field is not None:
                self._record.fields.append(self._field)
                self._field = None
            case "record":
                self._close(self._record)

    def _close(self, record: Record) -> None:
        """Keep the record with the place where its end tag ends; an element without fields is none of ours."""
        if record.fields or self._why:
            end = self._data.find(b">", self._parser.CurrentByteIndex) + 1
            end += self._data[:2] == b"\xff\xfe"  # UTF-16, where a NUL follows
            self._found.append(Found(self._start, end, record, self._why))
        self._record = None

    def _blame(self, why: str) -> None:
        self._why = self._why or why

    def _data_field(self, attributes: dict[str, str]) -> Field | None:
        tag = self._tag(attributes)
        marks = [attributes.get(name) or " " for name in ("ind1", "ind2")]
        if is_control(tag.encode()):
            self._blame(f"field {tag} is coded as a data field; 001 to 009 are control fields")
            return None
        if max(len(mark) for mark in marks) > 1:
            self._blame(f'field {tag} has the indicators "{marks[0]}" and "{marks[1]}"; each is one character')
            return None
        return Field(tag=tag, indicators=Indicators(*marks), subfields=[])

    def _tag(self, attributes: dict[str, str]) -> str:
        tag = attributes.get("tag", "")
        if TAG.fullmatch(tag):
            return tag
        self._blame(f'a field has the tag "{tag}"; three digits or letters are needed')
        return NO_TAG

    def _code(self) -> str:
        code = self._attributes.get("code", "")
        if len(code) != 1:
            self._blame(f'a subfield has the code "{code}"; one character is needed')
        return code


def _local(name: str) -> str:
    """The element's name; anything in a namespace other than MARCXML's is not ours."""
    namespace, _, local = name.rpartition(" ")
    return local if namespace in ("", NAMESPACE) else ""


def _leader(text: str) -> str:
    """24 characters with UTF-8 declared, as some systems trim the blanks at its ends."""
    padded = f"{text.strip(chr(10)):<24}"[:LEADER_LENGTH]
    return f"{padded[:9]}a{padded[10:20]}4500"


HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'
TAIL = "</collection>\n"


def write(records: Iterable[Record]) -> bytes:
    """A MARCXML collection in UTF-8; raises Refusal for a character that XML can't hold."""
    return "".join([HEAD, *(write_one(record) for record in records), TAIL]).encode("utf-8")


def write_one(record: Record) -> str:
    """The element of one record."""
    lines = ["<record>", f"<leader>{_escaped(str(record.leader), 'leader')}</leader>"]
    return "\n".join([*lines, *(_element(field) for field in record.fields), "</record>", ""])


def _element(field: Field) -> str:
    if field.control_field:
        return f'<controlfield tag="{field.tag}">{_escaped(field.data or "", field.tag)}</controlfield>'
    parts = "".join(
        f"<subfield code={_attribute(subfield.code, field.tag)}>{_escaped(subfield.value, field.tag)}</subfield>"
        for subfield in field.subfields
    )
    one, two = (_attribute(mark, field.tag) for mark in (field.indicator1, field.indicator2))
    return f'<datafield tag="{field.tag}" ind1={one} ind2={two}>{parts}</datafield>'


def _attribute(mark: str, tag: str) -> str:
    """An indicator or code in quotes; line ends are spelled out, as XML would read them as blanks."""
    return f'"{_escaped(mark, tag).translate(IN_ATTRIBUTES)}"'


def _escaped(text: str, tag: str) -> str:
    found = UNWRITABLE.search(text)
    if found:
        character = f"{ord(found.group()):#04x}"
        raise Refusal(f"Field {tag} holds the control character {character}, which XML can't write. Take it out first.")
    return escape(text, {"\r": "&#13;"})
