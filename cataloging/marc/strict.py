"""Reads records that are exactly as ISO 2709 and UTF-8 want them, fast; every other is left to the library's reader.

What is read here needs no further check of its structure, and written again it is the same bytes.
"""

from __future__ import annotations

from cataloging.marc import iso2709
from cataloging.marc.classes import Field, Indicators, Leader, Record, Subfield

CONTROL = "010"


def read(data: bytes) -> Record | None:
    """The record; None when anything about it is out of the ordinary, be it a fault or not."""
    tags = _tags(data)
    if tags is None:
        return None
    try:
        contents = data[iso2709.LEADER_LENGTH + 12 * len(tags) + 1 : -2].decode("utf-8").split("\x1e")
    except UnicodeDecodeError:
        return None
    fields = []
    for tag, content in zip(tags, contents, strict=True):
        field = _control(tag, content) if tag < CONTROL and tag.isdigit() else _data(tag, content)
        if field is None:
            return None
        fields.append(field)
    record = Record(fields=fields)
    record.leader = Leader(data[: iso2709.LEADER_LENGTH].decode("ascii"))
    return record


def _tags(data: bytes) -> list[str] | None:
    """The tags, when leader and directory are exactly those that `iso2709.assemble` would make of these fields."""
    base = data.find(iso2709.FIELD_END) + 1
    directory = data[iso2709.LEADER_LENGTH : base - 1]
    leader = data[: iso2709.LEADER_LENGTH]
    if not (directory.isalnum() and leader.isascii() and leader[9:12] == b"a22" and leader[20:] == b"4500"):
        return None
    if leader[:5] != b"%05d" % len(data) or leader[12:17] != b"%05d" % base or b"\x00" in data:
        return None
    if data.find(iso2709.RECORD_END) != len(data) - 1 or data[-2:-1] != iso2709.FIELD_END:
        return None
    tags = [directory[at : at + 3] for at in range(0, len(directory), iso2709.ENTRY_LENGTH)]
    return [tag.decode("ascii") for tag in tags] if directory == _directory(data, base, tags) else None


def _directory(data: bytes, base: int, tags: list[bytes]) -> bytes:
    """What the directory must be for these tags, one for each field; b"" when there aren't as many."""
    contents = data[base:-2].split(iso2709.FIELD_END)
    if len(contents) != len(tags):
        return b""
    entries, place = [], 0
    for tag, content in zip(tags, contents, strict=True):
        length = len(content) + 1
        entries.append(b"%b%04d%05d" % (tag, length, place))
        place += length
    return b"".join(entries)


def _control(tag: str, content: str) -> Field | None:
    return None if "\x1f" in content else Field(tag=tag, data=content)


def _data(tag: str, content: str) -> Field | None:
    indicators, *parts = content.split("\x1f")
    if len(indicators) != 2 or not indicators.isascii() or not all(part and part[0].isascii() for part in parts):
        return None
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=[Subfield(p[0], p[1:]) for p in parts])
