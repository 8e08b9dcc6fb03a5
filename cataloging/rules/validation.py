"""Checking a bibliographic record before it is saved: what is wrong, what is unusual, what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cataloging.marc.fields import SUBJECT_TAGS, control, first, subfields
from cataloging.marc.record import Field, Record
from techsvc.kernel.identifiers import isbn13, issn

NOT_REPEATABLE = ("001", "003", "005", "008", "010", "100", "110", "111", "130", "240", "245", "254", "263")
MAIN_ENTRIES = ("100", "110", "111", "130")
RECORD_TYPES = "acdefgijkmoprt"
LEVELS = "abcdims"
STATUSES = "acdnp"
FIXED_LENGTH = 40


class Severity(StrEnum):
    """An error breaks a rule of MARC 21; a warning may be the library's own practice."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the tag it is in, the ordinal of that field among those of its tag (1-based), and a sentence."""

    severity: Severity
    tag: str
    ordinal: int
    text: str


def faults(record: Record) -> list[Fault]:
    """Every fault found, errors first, each group in the order of the record's checks."""
    found = [fault for check in CHECKS for fault in check(record)]
    return sorted(found, key=lambda fault: fault.severity is not Severity.ERROR)


def _leader(record: Record) -> Iterator[Fault]:
    leader = str(record.leader)
    for place, name, allowed in ((5, "status", STATUSES), (6, "type", RECORD_TYPES), (7, "level", LEVELS)):
        if leader[place] not in allowed:
            text = f'Leader position {place} ({name} of record) is "{leader[place]}"; it must be one of {allowed}.'
            yield Fault(Severity.ERROR, "LDR", 1, text)


def _title(record: Record) -> Iterator[Fault]:
    if not first(record, ["245"], "akn"):
        yield Fault(Severity.ERROR, "245", 1, "There is no title: a record needs 245 with $a.")
    for field in record.get_fields("245"):
        skip = field.indicator2
        if not skip.isdigit():
            yield Fault(
                Severity.WARNING, "245", 1, f'245: the second indicator is "{skip}"; give the article\'s length.'
            )
        elif int(skip) >= max(len(subfields(field, "a")), 1):
            yield Fault(
                Severity.ERROR, "245", 1, f"245: the second indicator skips {skip} characters, the whole title."
            )


def _repeats(record: Record) -> Iterator[Fault]:
    counts = Counter(field.tag for field in record.fields)
    for tag in NOT_REPEATABLE:
        if counts[tag] > 1:
            yield Fault(Severity.ERROR, tag, 2, f"{tag} is there {counts[tag]} times; only one is allowed.")
    mains = [tag for tag in MAIN_ENTRIES if counts[tag]]
    if len(mains) > 1:
        yield Fault(Severity.ERROR, mains[1], 1, f"There are two main entries, {mains[0]} and {mains[1]}. Keep one.")


def _numbers(record: Record) -> Iterator[Fault]:
    for tag, name, reader in (("020", "ISBN", isbn13), ("022", "ISSN", issn)):
        for ordinal, field in enumerate(record.get_fields(tag), 1):
            for number in field.get_subfields("a"):
                if number.strip() and reader(number) is None:
                    text = f'{tag}: "{number}" is not a valid {name}. Correct it, or move it to $z.'
                    yield Fault(Severity.ERROR, tag, ordinal, text)


def _fixed(record: Record) -> Iterator[Fault]:
    data = control(record, "008")
    if not data:
        yield Fault(Severity.ERROR, "008", 1, "There is no 008 (date, place, language).")
    elif len(data) != FIXED_LENGTH:
        yield Fault(Severity.ERROR, "008", 1, f"008 has {len(data)} characters; it must have 40.")


def _subfields(record: Record) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for field in record.fields:
        seen[field.tag] += 1
        if not field.control_field:
            yield from _of_field(field, seen[field.tag])


def _of_field(field: Field, ordinal: int) -> Iterator[Fault]:
    if not field.subfields:
        yield Fault(Severity.ERROR, field.tag, ordinal, f"{field.tag} is empty.")
    for subfield in field.subfields:
        if not subfield.value.strip():
            yield Fault(Severity.ERROR, field.tag, ordinal, f"{field.tag} ${subfield.code} is empty.")
        if not (subfield.code.isascii() and (subfield.code.isdigit() or subfield.code.islower())):
            text = f'{field.tag} has the subfield code "{subfield.code}"; codes are small letters and digits.'
            yield Fault(Severity.WARNING, field.tag, ordinal, text)
    for indicator in (field.indicator1, field.indicator2):
        if not (indicator == " " or indicator.isdigit() or (indicator.isascii() and indicator.islower())):
            text = f'{field.tag} has the indicator "{indicator}"; indicators are blanks, digits and small letters.'
            yield Fault(Severity.WARNING, field.tag, ordinal, text)


CHECKS: tuple[Callable[[Record], Iterator[Fault]], ...] = (_leader, _title, _repeats, _numbers, _fixed, _subfields)

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
