"""Records as text, one field a line, as cataloguers type and mail them (.mrk): "=245  10$aTitle /$cAuthor."

A backslash stands for a blank in indicators and control fields, {dollar} for a dollar sign. A line whose subfields
begin with a double dagger may hold dollar signs as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cataloging.marc.classes import Field, Indicators, Leader, Record, Subfield
from techsvc.kernel.errors import BadInput

LINE = re.compile(r"=(?P<tag>[0-9A-Za-z]{3}) {1,2}(?P<rest>.*)", re.DOTALL)
LINE_END = re.compile(r"\r\n?|\n")
NAMES = {"dollar": "$", "lcub": "{", "rcub": "}", "bsol": "\\"}
NAME = re.compile(r"\{(" + "|".join(NAMES) + r")\}")
AS_NAMES = str.maketrans({character: "{" + name + "}" for name, character in NAMES.items()})
DAGGER = "\u2021"
LEADER_LENGTH = 24


def read(text: str, *, first: int = 1) -> list[Record]:
    """The records in text, set apart by blank lines; raises BadInput with the number of the line at fault.

    `first` is the number of the first line, for a text that was cut out of a file.
    """
    records: list[Record] = []
    record: Record | None = None
    for number, line in enumerate(LINE_END.split(text.removeprefix("\ufeff")), first):
        if not line.strip():
            record = None
            continue
        tag, rest = _parts(line, number)
        if record is None or tag in ("LDR", "000"):
            record = Record(leader="00000nam a2200000 a 4500")
            records.append(record)
        if tag in ("LDR", "000"):
            record.leader = Leader(_leader(rest, number))
        else:
            record.fields.append(_field(tag, rest, number))
    return records


def _parts(line: str, number: int) -> tuple[str, str]:
    found = LINE.fullmatch(line)
    if found is None:
        raise BadInput(f'Line {number} is not a field: "{line[:40]}". Write "=245  10$aTitle".', record=number)
    return found["tag"].upper(), found["rest"]


def _leader(rest: str, number: int) -> str:
    leader = rest.replace("\\", " ")
    if len(leader) != LEADER_LENGTH or not leader.isascii():
        raise BadInput(f"Line {number}: a leader has 24 characters, this one has {len(leader)}.", record=number)
    return leader[:9] + "a" + leader[10:]


def _field(tag: str, rest: str, number: int) -> Field:
    if tag.isdigit() and tag < "010":
        return Field(tag=tag, data=_named(rest.replace("\\", " ")))
    delimiter = DAGGER if DAGGER in rest[2:4] else "$"
    indicators, *parts = rest.split(delimiter)
    if len(indicators.rstrip()) > 2 or not indicators.isascii():
        raise BadInput(f'Line {number}: field {tag} has "{indicators}" where two indicators belong.', record=number)
    if not parts or not all(parts):
        raise BadInput(f"Line {number}: field {tag} has a subfield without a code, or none at all.", record=number)
    padded = f"{indicators.replace(chr(92), ' '):<2}"
    subfields = [Subfield(part[0], _named(part[1:])) for part in parts]
    return Field(tag=tag, indicators=Indicators(padded[0], padded[1]), subfields=subfields)


def _named(text: str) -> str:
    return NAME.sub(lambda found: NAMES[found.group(1)], text)


def write(records: Iterable[Record]) -> str:
    """The records as text, each followed by a blank line."""
    return "".join(f"{_written(record)}\n\n" for record in records)


def _written(record: Record) -> str:
    leader = str(record.leader).replace(" ", "\\")
    return "\n".join([f"=LDR  {leader}", *(_line(field) for field in record.fields)])


def _line(field: Field) -> str:
    if field.control_field:
        return f"={field.tag}  {_plain(field.data or '').replace(' ', chr(92))}"
    indicators = f"{field.indicator1}{field.indicator2}".replace(" ", "\\")
    return f"={field.tag}  {indicators}" + "".join(f"${s.code}{_plain(s.value)}" for s in field.subfields)


def _plain(text: str) -> str:
    """Text on one line, with the signs that mean something here spelled out."""
    return " ".join(text.translate(AS_NAMES).splitlines())
