"""Money: an amount in a currency, never a float; the one place where rounding happens."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

# Minor units per currency (ISO 4217); what is not listed has two decimal places.
PLACES = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "BHD": 3, "KWD": 3, "TND": 3, "JOD": 3, "OMR": 3}
SYMBOLS = {"USD": "$", "CAD": "CA$", "GBP": "£", "EUR": "€", "AUD": "A$", "NZD": "NZ$"}
UNIT_PRICE_PLACES = Decimal("0.0001")


def places(currency: str) -> int:
    """Decimal places of the currency's minor unit (ISO 4217)."""
    return PLACES.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units (cents) of a decimal amount, halves rounded away from zero as vendors print them."""
    return int((amount * 10 ** places(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_decimal(minor: int, currency: str) -> Decimal:
    """The decimal amount of minor units, with exactly the currency's places."""
    return Decimal(minor).scaleb(-places(currency))


def unit_price(amount: Decimal) -> Decimal:
    """A unit price kept to four places (half to even, so that long columns do not drift)."""
    return amount.quantize(UNIT_PRICE_PLACES, rounding=ROUND_HALF_EVEN)


def split(minor: int, shares: list[int]) -> list[int]:
    """Divide minor units by whole-number shares; leftover units go to the largest remainders, first come first.

    The parts always sum to `minor`. Raises ValueError when the shares sum to nothing or one is negative.
    """
    total = sum(shares)
    if total <= 0 or min(shares) < 0:
        raise ValueError(f"shares must be positive, got {shares}")
    sign, size = (-1, -minor) if minor < 0 else (1, minor)
    parts = [size * share // total for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(size * shares[i] % total), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: integer minor units and an ISO 4217 currency."""

    minor: int
    currency: str = "USD"

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str = "USD") -> Money:
        """Money from a decimal amount ("12.50"), rounded to the minor unit."""
        return cls(to_minor(Decimal(amount), currency), currency)

    @property
    def amount(self) -> Decimal:
        return to_decimal(self.minor, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"can't mix {self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{sign}{symbol}{abs(self.amount):,.{places(self.currency)}f}"


def total(amounts: list[Money], currency: str = "USD") -> Money:
    """The sum; nothing sums to zero of `currency`."""
    return sum(amounts, Money(0, amounts[0].currency if amounts else currency))
