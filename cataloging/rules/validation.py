"""Checking a bibliographic record before it is saved: what is wrong, what is unusual, what is still missing.

Fields are judged by their shape (tag, indicators, subfield codes), and each shape once: a catalog has few of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial

from cataloging.marc.fields import SUBJECT_TAGS, subfields
from cataloging.marc.record import Field, Record
from cataloging.rules import marc21
from cataloging.rules.words import label
from techsvc.kernel.identifiers import isbn13, issn

MAIN_ENTRIES = ("100", "110", "111", "130")
LINKED = "880"
SHAPES = 1 << 16


class Severity(StrEnum):
    """An error breaks a rule of MARC 21; a warning may be the library's own practice; obsolete was once allowed."""

    ERROR = "error"
    WARNING = "warning"
    OBSOLETE = "obsolete"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the tag it is in, the ordinal of that field among those of its tag (1-based), and a sentence."""

    severity: Severity
    tag: str
    ordinal: int
    text: str


Judgement = tuple[Severity, str]


def faults(record: Record) -> list[Fault]:
    """Every fault found, errors first, each group in the order of the record."""
    leader, fields = str(record.leader), record.fields
    found = [Fault(severity, "LDR", 1, text) for severity, text in _leader(leader[5:9], leader[17:20])]
    tags = [field.tag for field in fields]
    present = set(tags)
    found += _presence(present)
    if len(present) < len(tags):
        found += _repeats(tags)
    for place, field in enumerate(fields):
        for severity, text in _control(field) if field.control_field else _data(field):
            found.append(Fault(severity, field.tag, tags[: place + 1].count(field.tag), text))
    return sorted(found, key=_weight) if found else found


def _weight(fault: Fault) -> bool:
    return fault.severity is not Severity.ERROR


def named(tag: str) -> str:
    """A tag in words and as it is: "Title (245)"."""
    return f"{label(tag)} ({tag})"


# The record as a whole


@lru_cache(SHAPES)
def _leader(first_part: str, second_part: str) -> tuple[Judgement, ...]:
    """What is wrong in positions 5 to 8 and 17 to 19."""
    marks = dict(zip((5, 6, 7, 8, 17, 18, 19), first_part + second_part, strict=False))
    found = []
    for place, (name, allowed, former) in marc21.LEADER.items():
        mark = marks.get(place, " ")
        if mark in allowed:
            continue
        severity = Severity.OBSOLETE if mark in former else Severity.ERROR
        text = f'Leader position {place} ({name}) is "{mark}"; {_must_be(allowed)}. Correct it.'
        found.append((severity, text))
    return tuple(found)


def _presence(tags: set[str]) -> Iterator[Fault]:
    if "245" not in tags:
        yield Fault(Severity.ERROR, "245", 1, "There is no title: a record needs 245 with $a. Add it.")
    if "008" not in tags:
        yield Fault(Severity.ERROR, "008", 1, "There is no 008 (date, place, language). Add it.")
    mains = [tag for tag in MAIN_ENTRIES if tag in tags]
    if len(mains) > 1:
        text = f"There are two main entries, {mains[0]} and {mains[1]}. Keep one; make the other an added entry (7XX)."
        yield Fault(Severity.ERROR, mains[1], 1, text)


def _repeats(tags: list[str]) -> Iterator[Fault]:
    for tag, count in Counter(tags).items():
        if count > 1 and tag in marc21.ONCE:
            text = f"{named(tag)} is there {count} times; only one is allowed. Keep one."
            yield Fault(Severity.ERROR, tag, 2, text)


# Control fields


def _control(field: Field) -> Sequence[Judgement]:
    tag, data = field.tag, field.data or ""
    if tag == "007":
        return _physical(data)
    length = marc21.LENGTHS.get(tag)
    if length is None or len(data) == length:
        return ()
    severity = Severity.WARNING if tag == "005" else Severity.ERROR
    return ((severity, f"{named(tag)} has {len(data)} characters; it must have {length}. Correct it."),)


def _physical(data: str) -> Sequence[Judgement]:
    length = marc21.PHYSICAL.get(data[:1])
    if length is None:
        text = f'{named("007")} begins with "{data[:1]}", which is no category of material. Choose one.'
        return ((Severity.ERROR, text),)
    if len(data) == length:
        return ()
    text = f'{named("007")} has {len(data)} characters; with "{data[0]}" it has {length}. Complete it.'
    return ((Severity.WARNING, text),)


# Data fields


def _data(field: Field) -> Sequence[Judgement]:
    tag, parts = field.tag, field.subfields
    one, two = field.indicators or (" ", " ")
    codes = "".join([part.code for part in parts])
    found: Sequence[Judgement] = _shape(tag, one, two, codes, _linked(field) if tag == LINKED else tag)
    if not all(map(str.strip, [part.value for part in parts])):
        found = [*found, *_empty(field)]
    if tag in CONTENTS:
        found = [*found, *CONTENTS[tag](field)]
    return found


def _empty(field: Field) -> Iterator[Judgement]:
    for part in field.subfields:
        if not part.value.strip():
            yield Severity.ERROR, f"{named(field.tag)} ${part.code} is empty. Fill it, or take it out."


def _number(name: str, reader: Callable[[str], str | None], field: Field) -> Iterator[Judgement]:
    for part in field.subfields:
        if part.code == "a" and part.value.strip() and reader(part.value) is None:
            yield Severity.ERROR, f'{field.tag}: "{part.value}" is not a valid {name}. Correct it, or move it to $z.'


def _title(field: Field) -> Iterator[Judgement]:
    title, skip = subfields(field, "a"), field.indicator2
    if not title and not subfields(field, "kn"):
        yield Severity.ERROR, "There is no title: 245 needs $a. Add it."
    elif skip in "123456789" and int(skip) >= max(len(title), 1):
        text = f"{named('245')}: the second indicator skips {skip} characters, the whole title. Give the length of "
        yield Severity.ERROR, text + "its article, or 0."


CONTENTS: dict[str, Callable[[Field], Iterator[Judgement]]] = {
    "020": partial(_number, "ISBN", isbn13),
    "022": partial(_number, "ISSN", issn),
    "245": _title,
}


def _linked(field: Field) -> str:
    """The tag that an 880 stands in for, from its $6 ("245-01/$1"); "" when it does not say."""
    link = next(iter(field.get_subfields("6")), "")
    return link[:3] if link[:3].isdigit() and link[3:4] == "-" else ""


@lru_cache(SHAPES)
def _shape(tag: str, one: str, two: str, codes: str, rules_of: str) -> tuple[Judgement, ...]:
    """What is wrong with a field of this shape, by the rules of a tag: its own, or the one that an 880 stands for."""
    name = named(tag)
    found = [(Severity.ERROR, f"{name} has no subfields. Fill it, or take it out.")] if not codes else []
    rule = marc21.TAGS.get(rules_of)
    if rules_of in marc21.OBSOLETE:
        use = marc21.OBSOLETE[rules_of]
        advice = f"Use {use} instead" if use else "Leave it out of new records"
        found.append((Severity.OBSOLETE, f"{name} is not used any more. {advice}."))
    elif not rules_of:
        found.append((Severity.ERROR, f"{name} does not say in $6 which field it stands for. Add $6, as in 245-01."))
    elif rule is None and not marc21.is_local(rules_of):
        text = f"{name} is no field of MARC 21. Keep it if it is your library's own; else move what it says."
        found.append((Severity.WARNING, text))
    if rule is None:
        return (*found, *_odd_marks(name, one, two, codes))
    return (*found, *_indicators(name, rule, (one, two)), *_subfields(name, rule, codes))


def _odd_marks(name: str, one: str, two: str, codes: str) -> Iterator[Judgement]:
    """Indicators and subfield codes that not even a field of one's own has."""
    for mark in (one, two):
        if mark != " " and not _is_mark(mark):
            text = f'{name} has the indicator "{mark}"; indicators are blanks, digits and small letters. Correct it.'
            yield Severity.WARNING, text
    for code in dict.fromkeys(codes):
        if not _is_mark(code):
            text = f'{name} has the subfield code "{code}"; codes are small letters and digits. Correct it.'
            yield Severity.WARNING, text


def _is_mark(mark: str) -> bool:
    return mark.isascii() and (mark.isdigit() or mark.islower())


def _indicators(name: str, rule: marc21.Tag, marks: tuple[str, str]) -> Iterator[Judgement]:
    for place, mark, allowed, former in zip(
        ("first", "second"), marks, rule.indicators, rule.former_indicators, strict=True
    ):
        if allowed is None or mark in allowed:
            continue
        severity = Severity.OBSOLETE if mark in former else Severity.ERROR
        shown = "blank" if mark == " " else f'"{mark}"'
        yield severity, f"{name}: the {place} indicator is {shown}; {_must_be(allowed)}. Correct it."


def _subfields(name: str, rule: marc21.Tag, codes: str) -> Iterator[Judgement]:
    for code, count in Counter(codes).items():
        if code in rule.often or code in marc21.LOCAL_SUBFIELDS:
            continue
        if code in rule.once:
            if count > 1:
                text = f"{name} has ${code} {count} times; only one is allowed. Join them, or repeat the field."
                yield Severity.ERROR, text
        elif code in rule.former_subfields:
            yield Severity.OBSOLETE, f"{name} has ${code}, which is not used any more. Move it to another subfield."
        else:
            yield Severity.ERROR, f"{name} has ${code}, which MARC 21 does not know there. Move it or take it out."


def _must_be(allowed: str) -> str:
    """What a mark may be, in words: "it must be blank, 0 or 1"."""
    if allowed == "0123456789":
        return "it must be a digit"
    words = ["blank" if mark == " " else mark for mark in allowed]
    return "it must be " + " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


# What a full record should have: its name, and the tags of which one is enough.
WANTED = (
    ("author", (*MAIN_ENTRIES, "700", "710", "711")),
    ("publication", ("260", "264")),
    ("physical description", ("300",)),
    ("summary or contents", ("505", "520")),
    ("subjects", SUBJECT_TAGS),
    ("Dewey number", ("082", "092")),
)


def missing(record: Record) -> list[str]:
    """The names of what a full record would have and this one hasn't, in the order of the record."""
    tags = {field.tag for field in record.fields}
    return [name for name, any_of in WANTED if not tags.intersection(any_of)]
