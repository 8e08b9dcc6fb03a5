"""How much of a fiscal year is over."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from acquisitions.rules.pace import days_over, percent_over

FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("today", "over"),
    [
        (date(2026, 6, 30), 0),
        (FIRST, 1),
        (date(2026, 11, 24), 147),
        (LAST, 365),
        (date(2028, 1, 1), 365),
    ],
)
def test_days_of_the_year_are_over_once_they_have_begun(today: date, over: int) -> None:
    assert days_over(FIRST, LAST, today) == (over, 365)
    assert percent_over(FIRST, LAST, today) == Fraction(100 * over, 365)
