"""What a copy costs: the list price less the vendor's discount, four places to the copy, whole cents to the fund."""

from __future__ import annotations

from decimal import Decimal

from techsvc.kernel.errors import Refusal
from techsvc.kernel.money import to_minor, unit_price

# What no book costs: a price beyond it is a slip of the keys, and would take a fund with it.
HIGHEST = Decimal(100_000)


def discounted(list_price: Decimal, discount_percent: Decimal) -> Decimal:
    """What the vendor is expected to bill for one copy, to four places."""
    return unit_price(list_price * (100 - discount_percent) / 100)


def encumbrance(unit: Decimal, currency: str) -> int:
    """What one copy takes from its fund, in minor units. Each copy is rounded: sums are sums of copies."""
    return to_minor(unit, currency)


def checked(list_price: Decimal) -> Decimal:
    """The price as it may be ordered at; raises Refusal for one below zero or beyond every book."""
    if not list_price.is_finite() or not 0 <= list_price <= HIGHEST:
        raise Refusal(
            f"{list_price} can't be the price of a copy: it must lie between 0 and {HIGHEST:,}. Correct it.",
            field="list_price",
        )
    return unit_price(list_price)
