"""Load profiles: how files of one vendor or source are taken in, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from cataloging.marc.record import Record
from cataloging.rules.overlay import KEEP_LOCAL, OverlayProfile


@dataclass(frozen=True, slots=True)
class Profile:
    """What a load goes by. The default takes records as they are and keeps what the library keeps everywhere."""

    name: str = ""
    overlay: OverlayProfile = field(default=KEEP_LOCAL)
    withdraws: bool = False


DEFAULT = Profile()


def prepared(record: Record, profile: Profile) -> Record:
    """The record as the library wants records of this source: the profile's fixes done, in their order."""
    return record
