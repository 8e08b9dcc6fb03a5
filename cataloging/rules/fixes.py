"""Fixes: what is mended in every record of a vendor, as lines of plain words done in their order.

A closed list of verbs, each one line of FIXES: its form, an example for people, and the function that does it.
No fix can take a record's title away, and what comes out can always be written and read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cataloging.marc import mnemonic
from cataloging.marc.record import Field, Indicators, Leader, Record, Subfield, to_bytes
from techsvc.kernel.errors import Refusal

TAG, CODE = r"[0-9]{3}", r"[0-9a-z]"
TITLE = "245"
LINK = "856"
FIRST_DATA_TAG = "010"
LONGEST_LINE = 500
PUNCTUATION = " /:;,.=+"

Act = Callable[[Record], None]


@dataclass(frozen=True, slots=True)
class Fix:
    """One fix: the line that says it, and what it does to a record."""

    line: str
    act: Act


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of fix is written, an example of it, and what it does with the parts of its line."""

    pattern: re.Pattern[str]
    example: str
    does: Callable[..., None]
    harms_title: bool = False


def read_fixes(lines: Iterable[str]) -> tuple[Fix, ...]:
    """The fixes of these lines, blank ones left out; raises Refusal with the number of the line at fault."""
    return tuple(_read(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())


def _read(number: int, line: str) -> Fix:
    if len(line) > LONGEST_LINE or not line.isprintable():
        raise Refusal(f"Line {number} is longer than {LONGEST_LINE} characters or holds a control character.")
    for form in FIXES:
        found = form.pattern.fullmatch(line)
        if found:
            parts = {name: text for name, text in found.groupdict().items() if text is not None}
            _refuse_harm(number, form, parts)
            return Fix(line, partial(form.does, **_with_field(number, parts)))
    raise Refusal(
        f'Line {number}, "{line[:60]}", is no fix. Write one as in the examples, such as "{FIXES[0].example}".'
    )


def _refuse_harm(number: int, form: Form, parts: dict[str, str]) -> None:
    """Control fields have no subfields and no indicators; a record keeps its title."""
    tags = [parts[name] for name in ("tag", "to_tag") if name in parts]
    if form.harms_title and TITLE in tags and parts.get("code", "a") == "a":
        raise Refusal(f"Line {number}: a record keeps its title. Fields 245 can be corrected but not taken away.")
    if "code" in parts or "to_tag" in parts or "value" in parts:
        for tag in tags:
            if tag < FIRST_DATA_TAG:
                raise Refusal(f"Line {number}: field {tag} has no subfields and no indicators. Choose one from 010 on.")


def _with_field(number: int, parts: dict[str, str]) -> dict[str, Any]:
    """The parts, with a field in mnemonic text read."""
    if "text" not in parts:
        return parts
    try:
        (record,) = mnemonic.read(parts["text"])
        (made,) = record.fields
        to_bytes(record)
    except (Refusal, ValueError) as fault:
        why = fault.text if isinstance(fault, Refusal) else "it is not one field."
        raise Refusal(f"Line {number}: {why.removeprefix('Line 1').removeprefix(': ').strip()}") from fault
    if made.tag in ("001", TITLE):
        raise Refusal(f"Line {number}: field {made.tag} is there once, so none is added.")
    return {"made": made}


def mended(record: Record, fixes: Sequence[Fix]) -> Record:
    """The record with these fixes done; the record given is not changed."""
    if not fixes:
        return record
    made = Record()
    made.leader = Leader(str(record.leader))
    made.fields = [_copy(one) for one in record.fields]
    for fix in fixes:
        fix.act(made)
    return made


def _copy(one: Field) -> Field:
    if one.control_field:
        return Field(tag=one.tag, data=one.data or "")
    return _field(one.tag, one.indicator1, one.indicator2, one.subfields)


def _field(tag: str, first: str, second: str, subfields: Iterable[Subfield]) -> Field:
    return Field(tag=tag, indicators=Indicators(first, second), subfields=list(subfields))


# What each verb does


def _delete(record: Record, *, tag: str, text: str = "", marker: str = "") -> None:
    """Fields of a tag; only those with `text` in a subfield (in $`marker` alone, where one is said)."""
    record.fields = [one for one in record.fields if one.tag != tag or not _holds(one, marker, text)]


def _holds(one: Field, marker: str, text: str) -> bool:
    if one.control_field:
        return text.lower() in (one.data or "").lower()
    values = one.get_subfields(marker) if marker else [found.value for found in one.subfields]
    return not text or any(text.lower() in value.lower() for value in values)


def _delete_subfield(record: Record, *, tag: str, code: str) -> None:
    _rewrite(record, tag, lambda one: None if one.code == code else one)


def _add(record: Record, *, made: Field) -> None:
    """A field, in the place of its tag; not a second time where the record has the very same."""
    if not any(_same(one, made) for one in record.fields):
        place = next((place for place, one in enumerate(record.fields) if one.tag > made.tag), len(record.fields))
        record.fields.insert(place, _copy(made))


def _same(one: Field, other: Field) -> bool:
    return (one.tag, one.as_marc("utf-8")) == (other.tag, other.as_marc("utf-8"))


def _replace(record: Record, *, tag: str, code: str, old: str, new: str) -> None:
    """Text in a subfield; what would leave nothing of it is taken out, except from the title, which stays."""

    def change(one: Subfield) -> Subfield | None:
        if one.code != code or old not in one.value:
            return one
        value = one.value.replace(old, new)
        if value.strip(PUNCTUATION):
            return Subfield(code, value)
        return one if tag == TITLE else None

    _rewrite(record, tag, change)


def _retag(record: Record, *, tag: str, to_tag: str) -> None:
    record.fields = [
        _field(to_tag, one.indicator1, one.indicator2, one.subfields) if one.tag == tag else one
        for one in record.fields
    ]


def _set_indicator(record: Record, *, tag: str, which: str, value: str) -> None:
    value = value.replace("\\", " ").replace("_", " ").replace("#", " ")
    record.fields = [
        _field(tag, *((value, one.indicator2) if which == "1" else (one.indicator1, value)), one.subfields)
        if one.tag == tag
        else one
        for one in record.fields
    ]


def _move(record: Record, *, tag: str, code: str, to_tag: str, to_code: str) -> None:
    """A subfield to another code of its field, or to the first field of another tag, which is made where it lacks."""
    if tag == to_tag:
        _rewrite(record, tag, lambda one: Subfield(to_code, one.value) if one.code == code else one)
        return
    values = [value for one in record.get_fields(tag) for value in one.get_subfields(code)]
    if not values:
        return
    moved = [Subfield(to_code, value) for value in values]
    target = record.get(to_tag)
    if target is None:
        _add(record, made=_field(to_tag, " ", " ", moved))
    else:
        target.subfields = [*target.subfields, *moved]
    _delete_subfield(record, tag=tag, code=code)


def _prefix(record: Record, *, start: str) -> None:
    """Put the address of the library's proxy before the links of 856 $u, once."""

    def change(one: Subfield) -> Subfield:
        linked = one.code == "u" and not one.value.startswith(start)
        return Subfield("u", f"{start}{one.value}") if linked else one

    _rewrite(record, LINK, change)


def _set_note(record: Record, *, note: str) -> None:
    """The words of links: 856 $z."""
    for one in record.get_fields(LINK):
        one.subfields = [*(part for part in one.subfields if part.code != "z"), Subfield("z", note)]


def _rewrite(record: Record, tag: str, change: Callable[[Subfield], Subfield | None]) -> None:
    """Every subfield of the fields of a tag; a field of which nothing is left goes, unless it is the title."""
    for one in record.get_fields(tag):
        parts = [part for part in map(change, one.subfields) if part is not None]
        if parts:
            one.subfields = parts
        elif tag != TITLE:
            record.fields = [other for other in record.fields if other is not one]


FIXES = (
    Form(re.compile(rf"delete (?P<tag>{TAG})"), "delete 938", _delete, harms_title=True),
    Form(
        re.compile(rf"delete (?P<tag>{TAG})(?: \$(?P<marker>{CODE}))? containing (?P<match>.+)"),
        "delete 650 $2 containing bisacsh",
        lambda record, *, tag, match, marker="": _delete(record, tag=tag, text=match, marker=marker),
        harms_title=True,
    ),
    Form(
        re.compile(rf"delete subfield (?P<tag>{TAG}) \$(?P<code>{CODE})"),
        "delete subfield 020 $c",
        _delete_subfield,
        harms_title=True,
    ),
    Form(re.compile(r"add (?P<text>=.+)"), "add =590  \\\\$aGift of the Friends of the Library", _add),
    Form(
        re.compile(rf'replace "(?P<old>[^"]+)" with "(?P<new>[^"]*)" in (?P<tag>{TAG}) \$(?P<code>{CODE})'),
        'replace "p. cm." with "pages ; cm" in 300 $a',
        _replace,
    ),
    Form(re.compile(rf"change (?P<tag>{TAG}) to (?P<to_tag>{TAG})"), "change 690 to 650", _retag, harms_title=True),
    Form(
        re.compile(rf"set indicator (?P<which>[12]) of (?P<tag>{TAG}) to (?P<value>[0-9a-z\\_#])"),
        "set indicator 2 of 245 to 4",
        _set_indicator,
    ),
    Form(
        re.compile(rf"move (?P<tag>{TAG}) \$(?P<code>{CODE}) to (?P<to_tag>{TAG}) \$(?P<to_code>{CODE})"),
        "move 090 $a to 092 $a",
        _move,
        harms_title=True,
    ),
    Form(
        re.compile(r"prefix links with (?P<start>https?://\S+)"),
        "prefix links with https://proxy.example.org/login?url=",
        _prefix,
    ),
    Form(re.compile(r"note on links: (?P<note>.+)"), "note on links: Read this e-book with your card", _set_note),
)
