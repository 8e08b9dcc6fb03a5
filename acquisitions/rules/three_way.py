"""The three-way match: what was ordered, what came, what is billed; and whether a price is within tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from techsvc.kernel.money import Money, split, to_decimal, to_minor


class Verdict(StrEnum):
    """What is to be said of one invoice line; all but the last three keep an invoice from being approved."""

    UNKNOWN = "unknown line"
    OVER_BILLED = "over-billed"
    NOT_RECEIVED = "not received"
    PRICE = "price differs"
    NOT_PAID = "not paid yet"
    ACCEPTED = "accepted"
    HELD = "held"
    AGREES = "agrees"


SETTLED = (Verdict.ACCEPTED, Verdict.HELD, Verdict.AGREES)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a price may lie above the ordered one: both limits hold, the percentage and the amount of one copy."""

    percent: int = 5
    amount_minor: int = 200

    def exceeded(self, ordered: Decimal, billed: Decimal, currency: str) -> bool:
        """Whether `billed` is too much for `ordered`; a lower price never is."""
        over = billed - ordered
        if over <= 0:
            return False
        return over * 100 > ordered * self.percent or to_minor(over, currency) > self.amount_minor


@dataclass(frozen=True, slots=True)
class Facts:
    """One invoice line beside its order line.

    `ordered` counts copies that were not cancelled, `received` the good ones that came, `paid` those that other lines
    and invoices pay for, `payable` those that this line can pay for: here, and nothing pays for them yet. `billed` is
    what this line asks for, of which `held` are not to be paid now. Prices are of one copy. On a credit note `room`
    is the amount that was paid for the line and not credited yet, in minor units.
    """

    ordered: int
    received: int
    paid: int
    payable: int
    billed: int
    held: int
    price: Decimal | None
    amount_minor: int
    currency: str = "USD"
    known: bool = True
    accepted: bool = False
    room: int | None = None

    @property
    def to_pay(self) -> int:
        """Copies that this line is to pay for, or on a credit note those that are credited."""
        return max(0, self.billed - self.held)

    @property
    def billed_price(self) -> Decimal:
        """What one copy costs by this line."""
        return to_decimal(self.amount_minor, self.currency) / max(1, self.billed)

    @property
    def billed_money(self) -> Money:
        return Money.of(self.billed_price, self.currency)

    @property
    def price_money(self) -> Money | None:
        return None if self.price is None else Money.of(self.price, self.currency)


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on a line and the sentence that gives its reason."""

    verdict: Verdict
    text: str

    @property
    def settled(self) -> bool:
        return self.verdict in SETTLED


def match(facts: Facts, tolerance: Tolerance) -> Match:
    """What is to be said of the line: quantities first, then the price."""
    if facts.held >= facts.billed > 0:
        return Match(Verdict.HELD, "Not paid on this invoice.")
    if not facts.known:
        return Match(Verdict.UNKNOWN, "It fits no order line of this vendor. Say which one it is for, or hold it.")
    if facts.room is not None:
        return _credit(facts, facts.room)
    quantity = _quantity(facts)
    if quantity is not None:
        return quantity
    if facts.price is not None and tolerance.exceeded(facts.price, facts.billed_price, facts.currency):
        return _price(facts, facts.price)
    return Match(Verdict.AGREES, f"{facts.held} held, the rest agrees." if facts.held else "")


def _quantity(facts: Facts) -> Match | None:
    over = facts.to_pay - (facts.ordered - facts.paid)
    if over > 0:
        already = f", {facts.paid} of them billed elsewhere" if facts.paid else ""
        return Match(
            Verdict.OVER_BILLED,
            f"{_copies(facts.to_pay)} billed, {facts.ordered} ordered{already}: {over} too many. Hold {_them(over)}.",
        )
    missing = facts.to_pay - facts.payable
    if missing > 0:
        return Match(
            Verdict.NOT_RECEIVED,
            f"{_copies(facts.to_pay)} billed, {facts.payable} received and not paid: {missing} not here yet. "
            f"Receive {_them(missing)}, or hold {_them(missing)}.",
        )
    return None


def _credit(facts: Facts, room: int) -> Match:
    credited = paid_part(facts.amount_minor, facts.billed, facts.held)
    if credited <= room:
        return Match(Verdict.AGREES, "")
    return Match(
        Verdict.NOT_PAID,
        f"{Money(credited, facts.currency)} credited, {Money(room, facts.currency)} was paid for this line and not "
        "credited yet. Hold the line, or approve the invoice that it belongs to first.",
    )


def _price(facts: Facts, price: Decimal) -> Match:
    if facts.accepted:
        return Match(Verdict.ACCEPTED, f"The higher price was accepted: {change_words(price, facts.billed_price)}.")
    was, is_ = (Money.of(amount, facts.currency) for amount in (price, facts.billed_price))
    return Match(
        Verdict.PRICE,
        f"Ordered at {was}, billed at {is_} ({change_words(price, facts.billed_price)}). Accept the price, or hold it.",
    )


def change_words(before: Decimal, after: Decimal) -> str:
    """How a price moved, in per cent: "+8.3 %"; "new price" where there was none.

    >>> change_words(Decimal("16.80"), Decimal("18.20"))
    '+8.3 %'
    """
    if not before:
        return "new price"
    return f"{(after - before) / before * 100:+.1f} %"


def _copies(count: int) -> str:
    return "1 copy" if count == 1 else f"{count} copies"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


# Amounts


def paid_part(amount_minor: int, billed: int, held: int) -> int:
    """The part of a line's amount that is paid when `held` of its copies are not."""
    if not held:
        return amount_minor
    return split(amount_minor, [billed - held, held])[0]


def share(minor: int, weights: Sequence[int]) -> list[int]:
    """An amount shared by weights; equally where all weigh nothing (free copies still carry their postage)."""
    return split(minor, list(weights) if any(weights) else [1] * len(weights))
