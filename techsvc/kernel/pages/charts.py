"""A chart of a report: bars drawn as SVG from the report's own columns, so that it can't say other than its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString

from techsvc.kernel.money import Money
from techsvc.kernel.pages.cells import Column, Text, as_money, shown

FURTHEST = Fraction(3, 2)  # of a whole: a longer bar is cut there, its number still tells
GRID = (0, 25, 50, 75, 100)
LOOKS = ("full", "half", "rest", "warn")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: how it looks, where it begins and how long it is (SVG lengths)."""

    look: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is about, its pieces from left to right, and the number beside it."""

    label: SafeString
    pieces: list[Piece]
    figure: SafeString


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the scale, in words."""

    words: str
    x: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each row, made of `parts` that lie one after the other; each bar is a whole of its own (100 %).

    `label` and `figure` are columns too: what stands before a bar, and after it. `mark` is a place on every bar
    that they are compared with, (words, percent): how much of the year is over. `looks` says how each part is drawn.
    """

    title: Text
    label: Column
    parts: Sequence[Column]
    figure: Column
    rows: Sequence[Any]
    mark: tuple[Text, Fraction] | None = None
    looks: Sequence[str] = LOOKS[:3]

    @property
    def key(self) -> list[tuple[Text, str]]:
        """(words, look) of each part."""
        return [(part.label, look) for part, look in zip(self.parts, self.looks, strict=True)]

    @property
    def reach(self) -> Fraction:
        """How far the scale goes: to the whole, or beyond it where a bar does."""
        ends = [sum(shares, Fraction(0)) for shares in map(self._shares, self.rows)]
        return min(max([Fraction(1), *ends]), FURTHEST)

    @property
    def bars(self) -> list[Bar]:
        reach = self.reach
        return [
            Bar(
                shown(self.label.of(row), self.label.kind),
                self._laid(row, reach),
                shown(self.figure.of(row), self.figure.kind),
            )
            for row in self.rows
        ]

    @property
    def ticks(self) -> list[Tick]:
        """Quarters of the whole, and what lies beyond it."""
        reach = self.reach
        return [Tick(f"{percent} %", length(Fraction(percent, 100) / reach)) for percent in GRID]

    @property
    def mark_at(self) -> str:
        return length(self.mark[1] / 100 / self.reach) if self.mark else ""

    def _laid(self, row: Any, reach: Fraction) -> list[Piece]:
        """The pieces one after the other, on a scale that ends at `reach`."""
        pieces, at = [], Fraction(0)
        for look, share in zip(self.looks, self._shares(row), strict=True):
            end = min(at + share, reach)
            if end > at:
                pieces.append(Piece(look, length(at / reach), length((end - at) / reach)))
            at = end
        return pieces

    def _shares(self, row: Any) -> list[Fraction]:
        """Each part as a share of the row's whole; what is below zero takes no room, and nothing has no shares."""
        amounts = [plain(part.of(row)) for part in self.parts]
        whole = sum(amounts)
        return [Fraction(max(amount, 0), whole) if whole > 0 else Fraction(0) for amount in amounts]


def plain(value: Any) -> int:
    """The whole number behind a cell: minor units of money, or the number itself; nothing counts as none."""
    if value is None:
        return 0
    return as_money(value).minor if isinstance(value, Money | tuple) else int(value)


def length(share: Fraction) -> str:
    """A share of the width as SVG writes it; exact to a hundredth of a percent."""
    return f"{int(share * 10_000) / 100:g}%"
