"""How much of a fiscal year is over: what the spending of a fund is held against."""

from __future__ import annotations

from datetime import date
from fractions import Fraction


def days_over(starts_on: date, ends_on: date, today: date) -> tuple[int, int]:
    """(days of the year that have begun, days of the year); today counts, a year to come has none."""
    whole = (ends_on - starts_on).days + 1
    return min(max((today - starts_on).days + 1, 0), whole), whole


def percent_over(starts_on: date, ends_on: date, today: date) -> Fraction:
    """The part of the year that is over, in percent."""
    over, whole = days_over(starts_on, ends_on, today)
    return Fraction(100 * over, whole)
