"""Money: exact amounts, rounding where it is named, shares that always add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsvc.kernel import money
from techsvc.kernel.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("0.005", "USD", 1),
        ("0.004", "USD", 0),
        ("-0.005", "USD", -1),
        ("2.675", "USD", 268),  # as a float it would be 2.67
        ("1250", "JPY", 1250),
        ("1.2345", "KWD", 1235),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor
    assert Money.of(amount, currency) == Money(minor, currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "EUR", "JPY", "KWD"]))
def test_minor_units_come_back_as_they_were(minor: int, currency: str) -> None:
    amount = money.to_decimal(minor, currency)
    assert -amount.as_tuple().exponent == money.places(currency)  # type: ignore[operator]
    assert money.to_minor(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "kept"), [("7.77777", "7.7778"), ("1.00005", "1.0000"), ("1.00015", "1.0002"), ("3", "3.0000")]
)
def test_unit_prices_keep_four_places(amount: str, kept: str) -> None:
    assert str(money.unit_price(Decimal(amount))) == kept


@pytest.mark.parametrize(
    ("minor", "shares", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [3, 7], [2, 3]),  # 1.5 and 3.5: the first of equal remainders gets the unit
        (0, [1, 2], [0, 0]),
        (7, [0, 1], [0, 7]),
    ],
)
def test_shares(minor: int, shares: list[int], parts: list[int]) -> None:
    assert money.split(minor, shares) == parts


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_parts_always_sum_to_the_whole_and_lie_within_one_unit(minor: int, shares: list[int]) -> None:
    parts = money.split(minor, shares)
    assert sum(parts) == minor
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * sum(shares) - minor * share) < sum(shares)


@pytest.mark.parametrize("shares", [[], [0, 0], [2, -1]])
def test_shares_of_nothing_are_a_mistake(shares: list[int]) -> None:
    with pytest.raises(ValueError, match=r"shares must be positive|empty"):
        money.split(100, shares)


def test_arithmetic() -> None:
    assert Money(1250) + Money(50) == Money(1300)
    assert Money(1250) - Money(1300) == -Money(50)
    assert Money(1250) * 3 == Money(3750)
    assert money.total([Money(100), Money(250)]) == Money(350)
    assert money.total([], "EUR") == Money(0, "EUR")
    assert Money(5).amount == Decimal("0.05")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="can't mix USD and EUR"):
        Money(1) + Money(1, "EUR")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(123456), "$1,234.56"),
        (Money(-5), "-$0.05"),
        (Money(1250, "JPY"), "JPY 1,250"),
        (Money(999, "CAD"), "CA$9.99"),
        (Money(1234567, "KWD"), "KWD 1,234.567"),
    ],
)
def test_money_in_words(amount: Money, text: str) -> None:
    assert str(amount) == text
