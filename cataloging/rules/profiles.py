"""Load profiles: how files of one vendor or source are taken in, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from cataloging.marc.itemdata import ItemMap, item_map_of
from cataloging.marc.record import Record
from cataloging.rules.fixes import Fix, mended, read_fixes
from cataloging.rules.matching import USUAL, MatchRules, match_rules_of
from cataloging.rules.overlay import KEEP_LOCAL, OverlayProfile, profile_with, read_rules
from techsvc.kernel.errors import Refusal

T = TypeVar("T")


class Stored(Protocol):
    """A profile as it is kept: a row with four columns of plain data."""

    name: str
    matching: Mapping[str, Any]
    overlay: Sequence[str]
    fixes: Sequence[str]
    items: Mapping[str, Any]
    withdraws: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a load goes by. The default takes records as they are and keeps what the library keeps everywhere."""

    name: str = ""
    matching: MatchRules = USUAL
    overlay: OverlayProfile = field(default=KEEP_LOCAL)
    fixes: tuple[Fix, ...] = ()
    items: ItemMap | None = None
    withdraws: bool = False


DEFAULT = Profile()


def profile_of(row: Stored | None) -> Profile:
    """The profile that a row keeps, the default where there is none; raises Refusal for what is malformed."""
    if row is None:
        return DEFAULT
    return Profile(
        name=row.name,
        matching=match_rules_of(row.matching),
        overlay=profile_with(row.name, _of_field("overlay", read_rules, row.overlay)),
        fixes=_of_field("fixes", read_fixes, row.fixes),
        items=item_map_of(row.items),
        withdraws=row.withdraws,
    )


def _of_field(name: str, read: Callable[[Iterable[str]], T], lines: Iterable[str]) -> T:
    """What the lines of a column say; a refusal names the column."""
    try:
        return read(lines)
    except Refusal as refusal:
        raise Refusal(refusal.text, field=name) from refusal


def prepared(record: Record, profile: Profile) -> Record:
    """The record as the library wants records of this source: the profile's fixes done, in their order."""
    return mended(record, profile.fixes)
