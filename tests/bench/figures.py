"""What a figure is, and how its line is written."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured value. `smaller_is_better` says on which side of the goal it should lie."""

    name: str
    value: float
    unit: str
    goal: float
    peer: str = ""
    peer_value: float | None = None
    smaller_is_better: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.smaller_is_better else self.value >= self.goal

    def line(self) -> str:
        ratio = None if not self.peer_value else round(self.value / self.peer_value, 2)
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 3),
                "unit": self.unit,
                "goal": self.goal,
                "met": self.met,
                "peer": self.peer or None,
                "peer_value": None if self.peer_value is None else round(self.peer_value, 3),
                "ratio": ratio,
            }
        )


Bench = Callable[[], Iterator[Figure]]


def seconds(work: Callable[[], object], *, runs: int = 3) -> float:
    """The median time of a few runs, after one that warms up."""
    work()
    return median(_timed(work) for _run in range(runs))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: list[float], percent: int) -> float:
    """The value below which `percent` of a hundred lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
