"""MARC-in-JSON: {"leader": …, "fields": [{"001": …}, {"245": {"ind1": …, "ind2": …, "subfields": [{"a": …}]}}]}."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from cataloging.marc.classes import Field, Indicators, Leader, Record, Subfield
from cataloging.marc.iso2709 import LEADER_LENGTH, is_control
from techsvc.kernel.errors import BadInput

HEAD, BETWEEN, TAIL = "[\n", ",\n", "\n]\n"
TAG = re.compile(r"[0-9A-Za-z]{3}")


def read(text: str) -> Record:
    """The record that one JSON object holds; raises BadInput with the field that is at fault."""
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise BadInput("this JSON nests too deep to be a MARC record") from error
    except json.JSONDecodeError as error:
        place = len(text[: error.pos].encode("utf-8"))
        raise BadInput(f"this is not JSON: {error.msg} at byte {place} of the object", offset=place) from error
    except ValueError as error:
        raise BadInput(f"this is not JSON: {error}") from error
    fields = found.get("fields") if isinstance(found, dict) else None
    if not isinstance(fields, list) or not fields:
        raise BadInput('this JSON object is no MARC record: it has no list of "fields"')
    leader = found.get("leader", "")
    if not isinstance(leader, str) or len(leader) != LEADER_LENGTH or not leader.isascii():
        raise BadInput(f'the leader is {_shown(leader)}; it must be a text of 24 ASCII characters in "leader"')
    record = Record()
    record.leader = Leader(f"{leader[:9]}a22{leader[12:20]}4500")
    record.fields = [_field(ordinal, one) for ordinal, one in enumerate(fields, 1)]
    return record


def _field(ordinal: int, one: Any) -> Field:
    if not isinstance(one, dict) or len(one) != 1:
        raise BadInput(f'field {ordinal} is {_shown(one)}; it must be an object with one tag, as {{"001": "…"}}')
    ((tag, content),) = one.items()
    if not TAG.fullmatch(tag):
        raise BadInput(f'field {ordinal} has the tag "{tag[:20]}"; three digits or letters are needed')
    if is_control(tag.encode()):
        if not isinstance(content, str):
            raise BadInput(f"field {ordinal} ({tag}) is {_shown(content)}; a control field is a text")
        return Field(tag=tag, data=content)
    if not isinstance(content, dict) or not isinstance(content.get("subfields"), list):
        raise BadInput(f'field {ordinal} ({tag}) is {_shown(content)}; it must have a list of "subfields"')
    marks = [content.get(name, " ") for name in ("ind1", "ind2")]
    if not all(isinstance(mark, str) and len(mark) == 1 for mark in marks):
        raise BadInput(f"field {ordinal} ({tag}) has the indicators {_shown(marks)}; each is one character")
    subfields = [_subfield(f"field {ordinal} ({tag})", part) for part in content["subfields"]]
    return Field(tag=tag, indicators=Indicators(*marks), subfields=subfields)


def _subfield(where: str, part: Any) -> Subfield:
    if isinstance(part, dict) and len(part) == 1:
        ((code, value),) = part.items()
        if len(code) == 1 and isinstance(value, str):
            return Subfield(code, value)
    raise BadInput(f'{where} has the subfield {_shown(part)}; it must be an object with one code, as {{"a": "…"}}')


def _shown(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False)[:60] if found or found == 0 else "empty"


def write_one(record: Record) -> str:
    """One record as a JSON object on one line."""
    fields = [{field.tag: _content(field)} for field in record.fields]
    return json.dumps({"leader": str(record.leader), "fields": fields}, ensure_ascii=False)


def write(records: Iterable[Record]) -> bytes:
    """The records as a JSON array in UTF-8, one a line."""
    return (HEAD + BETWEEN.join(write_one(record) for record in records) + TAIL).encode("utf-8")


def _content(field: Field) -> str | dict[str, Any]:
    if field.control_field:
        return field.data or ""
    subfields = [{subfield.code: subfield.value} for subfield in field.subfields]
    return {"ind1": field.indicator1, "ind2": field.indicator2, "subfields": subfields}
