"""Overlay: an incoming record takes the place of an existing one, except for what the library keeps.

Which fields are kept, added to or replaced is data (OverlayProfile), so that each vendor and source can have its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cataloging.marc.record import Field, Leader, Record, Subfield, as_line, parse, shown, to_bytes
from techsvc.kernel.errors import Refusal


class Treatment(StrEnum):
    """What happens to the fields a rule names."""

    KEEP = "keep"  # the existing ones stay, incoming ones are not taken
    ADD = "add"  # the existing ones stay, incoming ones that are not there yet join them
    REPLACE = "replace"  # incoming ones take the place of the existing ones


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """A treatment for some fields.

    `tag` may hold X for any character ("59X", "9XX"); an indicator of None means any; `marker` is a subfield code that
    must be there, with `marked` (any case) in its value: ("9", "local").
    """

    tag: str
    treatment: Treatment
    indicator1: str | None = None
    indicator2: str | None = None
    marker: str = ""
    marked: str = ""

    def covers(self, field: Field) -> bool:
        """Whether the rule speaks of this field."""
        mask, tag = self.tag, field.tag
        if mask[0] not in ("X", tag[0]) or mask[1] not in ("X", tag[1]) or mask[2] not in ("X", tag[2]):
            return False
        if field.control_field:
            return not self.marker and self.indicator1 is None and self.indicator2 is None
        if self.indicator1 not in (None, field.indicator1) or self.indicator2 not in (None, field.indicator2):
            return False
        return not self.marker or any(self.marked in value.lower() for value in field.get_subfields(self.marker))


@dataclass(frozen=True, slots=True)
class OverlayProfile:
    """Rules in order, the first that covers a field counts; what none covers gets `otherwise`."""

    name: str
    rules: tuple[OverlayRule, ...]
    otherwise: Treatment = Treatment.REPLACE

    def treatment(self, field: Field) -> Treatment:
        """What happens to this field."""
        return next((rule.treatment for rule in self.rules if rule.covers(field)), self.otherwise)


# Holdings, order and item data and local notes stay; a record never loses its number nor its items. Fields that are
# marked local by $5 (the library's code) or $9 stay wherever they are.
KEEP_LOCAL = OverlayProfile(
    "Keep local fields",
    (
        OverlayRule("001", Treatment.KEEP),
        OverlayRule("003", Treatment.KEEP),
        OverlayRule("XXX", Treatment.KEEP, marker="5"),
        OverlayRule("XXX", Treatment.KEEP, marker="9", marked="local"),
        OverlayRule("035", Treatment.ADD),
        OverlayRule("049", Treatment.KEEP),
        OverlayRule("09X", Treatment.KEEP),
        OverlayRule("59X", Treatment.KEEP),
        OverlayRule("69X", Treatment.KEEP),
        OverlayRule("852", Treatment.KEEP),
        OverlayRule("853", Treatment.KEEP),
        OverlayRule("863", Treatment.KEEP),
        OverlayRule("866", Treatment.KEEP),
        OverlayRule("856", Treatment.ADD),
        OverlayRule("9XX", Treatment.KEEP),
    ),
)


RULE = re.compile(
    r"(?P<treatment>keep|add|replace) (?P<tag>[0-9X]{3})(?: (?P<indicators>[0-9a-zX_#\\]{2}))?"
    r"(?: \$(?P<marker>[0-9a-z])(?: containing (?P<marked>.+))?)?"
)
RULE_EXAMPLES = ("keep 59X", "add 650 X7 $2 containing fast", "replace 856")
NUMBERS = ("001", "003")


def read_rules(lines: Iterable[str]) -> tuple[OverlayRule, ...]:
    """The rules of these lines, blank ones left out; raises Refusal with the number of the line at fault."""
    return tuple(_read_rule(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())


def _read_rule(number: int, line: str) -> OverlayRule:
    found = RULE.fullmatch(line)
    if found is None:
        raise Refusal(f'Line {number}, "{line[:60]}", is no rule. Write one such as "{RULE_EXAMPLES[1]}".')
    if found["tag"] in NUMBERS:
        raise Refusal(f"Line {number}: a record keeps its own number (001 and 003) in every overlay.")
    one, two = (_indicator(sign) for sign in found["indicators"] or "XX")
    return OverlayRule(
        found["tag"], Treatment(found["treatment"]), one, two, found["marker"] or "", (found["marked"] or "").lower()
    )


def _indicator(sign: str) -> str | None:
    """An indicator as it is written: X for any, _ or # or a backslash for a blank."""
    return None if sign == "X" else " " if sign in "_#\\" else sign


def profile_with(name: str, own: tuple[OverlayRule, ...]) -> OverlayProfile:
    """A source's own rules before those that hold for every file; a record's number is nobody's to change."""
    numbers = tuple(rule for rule in KEEP_LOCAL.rules if rule.tag in NUMBERS)
    return OverlayProfile(name, (*numbers, *own, *KEEP_LOCAL.rules)) if own else KEEP_LOCAL


class Outcome(StrEnum):
    """What became of a field in an overlay."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    NOT_TAKEN = "not taken"


@dataclass(frozen=True, slots=True)
class Happening:
    """One field and what became of it; fields equal in both records are not mentioned."""

    outcome: Outcome
    tag: str
    text: str


def overlay(existing: Record, incoming: Record, profile: OverlayProfile) -> tuple[Record, list[Happening]]:
    """The merged record, and what happened to each field that is not the same in both.

    The leader comes from the incoming record. An existing control number always stays; the incoming record's own is
    kept as 035 so that the source can be found again. Neither record given is changed.
    """
    old, new = _copy(existing), _copy(incoming)
    stay = [field for field in old.fields if profile.treatment(field) is not Treatment.REPLACE]
    known = {_text(field) for field in stay}
    come: list[Field] = []
    refused: list[Happening] = []
    for field in [*new.fields, *_own_number(old, new)]:
        text = _text(field)
        if text in known:
            continue
        if profile.treatment(field) is Treatment.KEEP and not _numbers_a_nameless(field, old):
            refused.append(Happening(Outcome.NOT_TAKEN, field.tag, text))
            continue
        come.append(field)
        known.add(text)
    merged = Record()
    merged.leader = Leader(str(new.leader))
    merged.fields = sorted([*come, *stay], key=place)
    return merged, [*_happenings(old, new, merged), *refused]


def _numbers_a_nameless(field: Field, old: Record) -> bool:
    """Whether the field is the control number (or whose it is) for a record that has none."""
    return field.tag in ("001", "003") and old.get("001") is None


def _own_number(old: Record, new: Record) -> list[Field]:
    """The incoming 001 and 003 as a 035, when the existing record has another number."""
    mine, number, source = old.get("001"), new.get("001"), new.get("003")
    if mine is None or number is None or not number.data or mine.data == number.data:
        return []
    prefix = f"({source.data.strip()})" if source is not None and source.data else ""
    return [Field(tag="035", subfields=[Subfield("a", f"{prefix}{number.data.strip()}")])]


def _happenings(old: Record, new: Record, merged: Record) -> list[Happening]:
    before, incoming, after = ([_text(field) for field in record.fields] for record in (old, new, merged))
    return [
        *(Happening(Outcome.KEPT, text[:3], text) for text in before if text in after and text not in incoming),
        *(Happening(Outcome.ADDED, text[:3], text) for text in after if text not in before),
        *(Happening(Outcome.REMOVED, text[:3], text) for text in before if text not in after),
    ]


def place(field: Field) -> str:
    """By tag; notes, subjects and added entries by hundreds alone, where the cataloguer's order means something."""
    return field.tag[0] if field.tag[0] in "567" else field.tag


def _copy(record: Record) -> Record:
    return parse(to_bytes(record))


def _text(field: Field) -> str:
    return shown(as_line(field))
