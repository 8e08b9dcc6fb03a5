"""How much of a fund is committed, and whether it may be: the arithmetic of limits, in minor units.

Committed = encumbered + expended. A fund stops at `stop_percent` of what was allocated to it, which may lie above
100 (a library that knows its fill rate orders more than it can pay), and warns from `warn_percent` on; None is no
limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a fund stands in a year, in minor units. `allocated` includes what was transferred in and out."""

    allocated: int = 0
    encumbered: int = 0
    expended: int = 0

    @property
    def committed(self) -> int:
        return self.encumbered + self.expended

    @property
    def available(self) -> int:
        """What is neither spent nor promised; below zero where the stop lies above 100 %."""
        return self.allocated - self.committed

    def plus(self, *, allocated: int = 0, encumbered: int = 0, expended: int = 0) -> Balance:
        return Balance(self.allocated + allocated, self.encumbered + encumbered, self.expended + expended)


class Reach(StrEnum):
    """How far a fund's commitments reach."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


def reach(balance: Balance, *, warn_percent: int | None, stop_percent: int | None) -> Reach:
    """STOP beyond the stop, WARN beyond the warning, else OK; standing exactly on a limit is within it."""
    if not _within(balance, stop_percent):
        return Reach.STOP
    return Reach.OK if _within(balance, warn_percent) else Reach.WARN


def room(balance: Balance, stop_percent: int | None) -> int | None:
    """How much more may be committed before the stop, never below zero; None without a limit."""
    if stop_percent is None:
        return None
    return max(0, balance.allocated * stop_percent // 100 - balance.committed)


def _within(balance: Balance, percent: int | None) -> bool:
    return percent is None or balance.committed * 100 <= balance.allocated * percent
