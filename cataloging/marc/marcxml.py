"""MARCXML (MARC 21 XML Schema, the "slim" schema): reading it safely, and writing it for records ISO 2709 can't hold.

A document type declaration is refused as soon as the parser meets it, before any entity in it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from cataloging.marc.classes import Field, Indicators, Leader, Record
from techsvc.kernel.errors import BadInput, Refusal

NAMESPACE = "http://www.loc.gov/MARC21/slim"
MAX_SIZE = 50 * 1024 * 1024
MAX_DEPTH = 200
LEADER_LENGTH = 24
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(data: bytes) -> list[Record]:
    """The records of a MARCXML document, also of ones wrapped in other XML (an SRU answer, a GOBI order).

    Raises BadInput for a document that is too large, declares a document type, is not well-formed or holds no record.
    """
    if len(data) > MAX_SIZE:
        raise BadInput(f"This XML file has {len(data):,} bytes; at most {MAX_SIZE:,} are read. Split it.")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, byte {parser.ErrorByteIndex}"
        why = expat.ErrorString(error.code) or "not well-formed"
        raise BadInput(f"This XML can't be read: {why} at {where}.", offset=parser.ErrorByteIndex) from error
    if not reader.records:
        raise BadInput("This XML holds no MARC record: there is no <record> element with a <leader> or fields.")
    return reader.records


def _refuse_doctype(name: str, *_: object) -> None:
    raise BadInput(
        f"This XML declares a document type (<!DOCTYPE {name}>), which MARCXML never needs. It was not read."
    )


class _Reader:
    """Collects records from the parser's events."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._record: Record | None = None
        self._field: Field | None = None
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadInput(f"This XML nests deeper than {MAX_DEPTH} elements. It is not MARCXML.")
        self._attributes, self._text = attributes, []
        match _local(name):
            case "record":
                self._record = Record()
            case "datafield":
                self._field = self._data_field(attributes)

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
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
                if self._record.fields:
                    self.records.append(self._record)
                self._record = None

    def _data_field(self, attributes: dict[str, str]) -> Field:
        indicators = Indicators(attributes.get("ind1", " ")[:1] or " ", attributes.get("ind2", " ")[:1] or " ")
        return Field(tag=self._tag(attributes), indicators=indicators, subfields=[])

    def _tag(self, attributes: dict[str, str]) -> str:
        tag = attributes.get("tag", "")
        if len(tag) != 3:
            raise BadInput(f'Record {len(self.records) + 1}: a field has the tag "{tag}"; three characters are needed.')
        return tag

    def _code(self) -> str:
        code = self._attributes.get("code", "")
        if len(code) != 1:
            ordinal = len(self.records) + 1
            raise BadInput(f'Record {ordinal}: a subfield has the code "{code}"; one character is needed.')
        return code


def _local(name: str) -> str:
    """The element's name; anything in a namespace other than MARCXML's is not ours."""
    namespace, _, local = name.rpartition(" ")
    return local if namespace in ("", NAMESPACE) else ""


def _leader(text: str) -> str:
    """24 characters with UTF-8 declared, as some systems trim the blanks at its ends."""
    padded = f"{text.strip(chr(10)):<24}"[:LEADER_LENGTH]
    return f"{padded[:9]}a{padded[10:20]}4500"


def write(records: Iterable[Record]) -> bytes:
    """A MARCXML collection in UTF-8; raises Refusal for a character that XML can't hold."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<collection xmlns="{NAMESPACE}">']
    for record in records:
        lines += ["<record>", f"<leader>{_escaped(str(record.leader), 'leader')}</leader>"]
        lines += [_element(field) for field in record.fields]
        lines.append("</record>")
    return "\n".join([*lines, "</collection>", ""]).encode("utf-8")


def _element(field: Field) -> str:
    if field.control_field:
        return f'<controlfield tag="{field.tag}">{_escaped(field.data or "", field.tag)}</controlfield>'
    parts = "".join(
        f"<subfield code={quoteattr(subfield.code)}>{_escaped(subfield.value, field.tag)}</subfield>"
        for subfield in field.subfields
    )
    one, two = quoteattr(field.indicator1), quoteattr(field.indicator2)
    return f'<datafield tag="{field.tag}" ind1={one} ind2={two}>{parts}</datafield>'


def _escaped(text: str, tag: str) -> str:
    found = UNWRITABLE.search(text)
    if found:
        character = f"{ord(found.group()):#04x}"
        raise Refusal(f"Field {tag} holds the control character {character}, which XML can't write. Take it out first.")
    return escape(text, {"\r": "&#13;"})
