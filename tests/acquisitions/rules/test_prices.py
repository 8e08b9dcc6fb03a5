"""What a copy costs and what it takes from a fund."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acquisitions.rules.prices import HIGHEST, checked, discounted, encumbrance
from techsvc.kernel.errors import Refusal


@pytest.mark.parametrize(
    ("list_price", "discount", "unit", "minor"),
    [
        ("25.00", "0", "25.0000", 25_00),
        ("14.99", "33.5", "9.9684", 9_97),
        ("25.00", "33.5", "16.6250", 16_63),
        ("0.01", "50", "0.0050", 1),
        ("19.99", "100", "0.0000", 0),
        ("12.345", "0", "12.3450", 12_35),
    ],
)
def test_discount_and_encumbrance(list_price: str, discount: str, unit: str, minor: int) -> None:
    price = discounted(Decimal(list_price), Decimal(discount))
    assert str(price) == unit
    assert encumbrance(price, "USD") == minor


def test_a_currency_without_cents() -> None:
    assert encumbrance(Decimal("1250.50"), "JPY") == 1251


@pytest.mark.parametrize("price", ["-0.01", "100000.01", "NaN", "Infinity"])
def test_prices_that_no_book_has(price: str) -> None:
    with pytest.raises(Refusal, match="can't be the price of a copy"):
        checked(Decimal(price))


@given(st.decimals(0, HIGHEST, places=2), st.decimals(0, 100, places=2))
def test_a_discount_never_raises_a_price_or_turns_it_around(price: Decimal, discount: Decimal) -> None:
    unit = discounted(checked(price), discount)
    assert 0 <= unit <= price
    assert 0 <= encumbrance(unit, "USD") <= encumbrance(price, "USD")
