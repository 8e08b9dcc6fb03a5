"""The adapter over pymarc: bytes to records and back, what a screen shows of them, what changed between two.

Everything outside this package asks for records here, and for their classes.
Records are kept as UTF-8; MARC-8 is converted on the way in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from cataloging.marc import iso2709, strict
from cataloging.marc.brief import Brief, build
from cataloging.marc.classes import Field, Indicators, Leader, PymarcException, Record, Subfield
from cataloging.marc.fields import DATA_TAG, Format
from cataloging.marc.iso2709 import Encoding
from cataloging.marc.projection import Projection, project
from techsvc.kernel.errors import BadInput, Refusal

__all__ = [
    "Brief",
    "Change",
    "ChangeKind",
    "Field",
    "Format",
    "Indicators",
    "Leader",
    "Line",
    "Projection",
    "Record",
    "Subfield",
    "as_line",
    "as_lines",
    "build",
    "diff",
    "parse",
    "project",
    "records",
    "shown",
    "to_bytes",
]

# (tag, first indicator, second indicator, [(subfield code, value)]); the leader is tag LDR, data has the code "".
Line = tuple[str, str, str, list[tuple[str, str]]]


def parse(data: bytes) -> Record:
    """One record from its ISO 2709 bytes, as UTF-8; raises BadInput with the reason and the byte."""
    return strict.read(data) or _parse_unusual(data)


def _parse_unusual(data: bytes) -> Record:
    """A record that is MARC-8, is put together in another way than ours, or has a fault."""
    why = iso2709.fault(data)
    if why:
        raise BadInput(f"This MARC record can't be read. {why}")
    encoding = iso2709.encoding(data)
    if encoding is Encoding.UNDECODABLE:
        raise _undecodable(data)
    try:
        record = Record(data, force_utf8=encoding is Encoding.UTF8_UNDECLARED, hide_utf8_warnings=True)
    except (PymarcException, ValueError, LookupError) as error:
        raise BadInput(f"This MARC record can't be read: its {encoding.value} text is damaged ({error}).") from error
    record.leader = Leader(str(record.leader)[:9] + "a" + str(record.leader)[10:])
    return record


def records(data: bytes) -> Iterator[Record]:
    """Every record of a file; raises BadInput at the first stretch that is none, with its place."""
    ordinal = 0
    for span in iso2709.split(data):
        if span.kind is iso2709.SpanKind.JUNK and not span.data.strip(b"\xef\xbb\xbf\r\n\t \x00\x1a"):
            continue
        ordinal += 1
        if span.kind is not iso2709.SpanKind.RECORD:
            raise BadInput(f"Record {ordinal} can't be read: {span.why}.", offset=span.offset, record=ordinal)
        try:
            yield parse(span.data)
        except BadInput as error:
            text = f"Record {ordinal} at byte {span.offset}: {error.text}"
            raise BadInput(text, offset=span.offset, record=ordinal) from error


def _undecodable(data: bytes) -> BadInput:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadInput(
            f"This MARC record says that it is UTF-8, but its byte {error.start} (hexadecimal {data[error.start]:02X}) "
            "is not. It may be MARC-8 or Latin-1: ask the vendor for UTF-8, or convert the file.",
            offset=error.start,
        )
    raise ValueError("the record is sound UTF-8")


def to_bytes(record: Record) -> bytes:
    """The record as UTF-8 ISO 2709; raises Refusal when it is too long for the format or would not read back."""
    leader = str(record.leader)
    if len(leader) != iso2709.LEADER_LENGTH or not leader.isascii():
        raise Refusal(f'The leader "{leader}" must have 24 ASCII characters. Correct it and save again.')
    leader = leader[:9] + "a" + leader[10:]
    return iso2709.assemble(leader.encode("ascii"), (_content(field) for field in record.fields))


def _content(field: Field) -> tuple[bytes, bytes]:
    """(tag, content) of one field for the exchange format; refuses what would be read back as something else."""
    if len(field.tag) != 3 or not (field.tag.isascii() and field.tag.isalnum()):
        raise Refusal(f'"{field.tag}" is not a tag: three digits or letters are needed.')
    marks = 0
    if not field.control_field:
        marks = len(field.subfields)
        for mark in (field.indicator1, field.indicator2, *(subfield.code for subfield in field.subfields)):
            if len(mark) != 1 or not mark.isascii():
                raise Refusal(f'Field {field.tag}: an indicator or subfield code is one ASCII character, not "{mark}".')
    try:
        content = bytes(field.as_marc(encoding="utf-8"))
    except UnicodeEncodeError as error:
        raise Refusal(f"Field {field.tag} holds half a character (a lone surrogate). Type it again.") from error
    controls = (content.count(iso2709.SUBFIELD), content.count(iso2709.FIELD_END), content.count(iso2709.RECORD_END))
    if controls != (marks, 1, 0) or b"\x00" in content:
        raise Refusal(
            f"Field {field.tag} holds a control character that MARC keeps for itself. Take it out and save again."
        )
    return field.tag.encode("ascii"), content


# On the screen


def as_lines(record: Record) -> list[Line]:
    """The record for display, leader first."""
    return [("LDR", " ", " ", [("", str(record.leader))]), *(as_line(field) for field in record.fields)]


def as_line(field: Field) -> Line:
    """One field for display."""
    if field.control_field:
        return field.tag, " ", " ", [("", field.data or "")]
    return (
        field.tag,
        field.indicator1,
        field.indicator2,
        [(subfield.code, subfield.value) for subfield in field.subfields],
    )


def shown(line: Line) -> str:
    """One line as text: "245 10 $a Title $c Author"."""
    tag, one, two, parts = line
    if tag == "LDR" or (tag.isdigit() and tag < DATA_TAG):
        return f"{tag} {parts[0][1]}"
    return " ".join([f"{tag} {one.replace(' ', '_')}{two.replace(' ', '_')}", *(f"${c} {v}" for c, v in parts)])


class ChangeKind(StrEnum):
    """What happened to a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between two versions of a record; `before` or `after` is "" when there is none."""

    kind: ChangeKind
    tag: str
    before: str
    after: str


def diff(old: Record, new: Record) -> list[Change]:
    """What changed from `old` to `new`, field by field in the order of tags; equal fields count once each.

    The leader is compared without its computed lengths; repeated fields that only changed places are no change.
    """
    before, after = _by_tag(old), _by_tag(new)
    changes = []
    for tag in sorted(before.keys() | after.keys(), key=lambda tag: (tag != "LDR", tag)):
        gone, come = list(before.get(tag, [])), list(after.get(tag, []))
        for line in list(gone):
            if line in come:
                gone.remove(line)
                come.remove(line)
        changes += [_change(tag, was or "", now or "") for was, now in zip_longest(gone, come)]
    return changes


def _by_tag(record: Record) -> dict[str, list[str]]:
    leader = str(record.leader)
    lines: dict[str, list[str]] = {"LDR": [f"LDR {leader[5:10]}{leader[17:20]}"]}
    for field in record.fields:
        lines.setdefault(field.tag, []).append(shown(as_line(field)))
    return lines


def _change(tag: str, before: str, after: str) -> Change:
    kind = ChangeKind.CHANGED if before and after else ChangeKind.REMOVED if before else ChangeKind.ADDED
    return Change(kind, tag, before, after)
