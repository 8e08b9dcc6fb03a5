"""What a vendor's answer asks to be done to the copies of a line, given what was done to them before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from acquisitions.edi.ordrsp import LineOutcome, ResponseLine
from acquisitions.rules.lifecycle import CopyState

EXPECTED = (CopyState.ON_ORDER, CopyState.BACK_ORDERED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One copy: its key and where it stands, in the order of the copies of its line."""

    pk: int
    state: CopyState


@dataclass(frozen=True, slots=True)
class Plan:
    """The copies to cancel, to back-order, and to expect again; `too_many` could not be cancelled, they came."""

    cancel: tuple[int, ...] = ()
    back_order: tuple[int, ...] = ()
    supply: tuple[int, ...] = ()
    too_many: int = 0


def asked_for(quantities: Mapping[str, int], copies: Sequence[Standing]) -> tuple[int, bool]:
    """(copies that the answer speaks of, whether it leaves out those that were cancelled before)."""
    cancelled = sum(copy.state is CopyState.CANCELLED for copy in copies)
    rest = len(copies) - cancelled
    if cancelled and quantities.get("21") == rest:
        return rest, True
    return len(copies), False


def plan(outcome: LineOutcome, copies: Sequence[Standing], *, anew: bool) -> Plan:
    """What to do so that the copies stand as the answer says.

    Counts are totals of the line: an answer that repeats a cancellation cancels nothing more, unless it speaks only
    of the copies that were left (`anew`). The line's last copies are cancelled first, back-ordered next.
    """
    before = 0 if anew else sum(copy.state is CopyState.CANCELLED for copy in copies)
    wanted = max(0, outcome.cancelled - before)
    expected = [copy for copy in reversed(copies) if copy.state in EXPECTED]
    cancel, left = expected[:wanted], expected[wanted:]
    later, now = left[: outcome.backordered], left[outcome.backordered :]
    promised = outcome.accepted + outcome.shipped
    supply = [copy.pk for copy in now if copy.state is CopyState.BACK_ORDERED][:promised]
    return Plan(
        cancel=tuple(copy.pk for copy in cancel),
        back_order=tuple(copy.pk for copy in later),
        supply=tuple(supply),
        too_many=wanted - len(cancel),
    )


def merged(lines: Sequence[ResponseLine]) -> ResponseLine:
    """What a vendor says of one order line in several lines of its answer, as one."""
    first = lines[0]
    if len(lines) == 1:
        return first
    quantities: Counter[str] = Counter()
    for line in lines:
        quantities.update(line.quantities)
    actions = {line.action_code for line in lines}
    dates = [line.expected_on for line in lines if line.expected_on]
    return replace(
        first,
        action_code=first.action_code if len(actions) == 1 else "",
        quantities=dict(quantities),
        availability=[status for line in lines for status in line.availability],
        status_texts=[text for line in lines for text in line.status_texts],
        expected_on=max(dates, default=None),
    )


# Prices that are what the library pays; the others are the price of the book.
NET_PRICES = frozenset({"AAA", "CAL", "INV"})


def ordered_price(price_code: str, *, list_price: Decimal, unit_price: Decimal) -> Decimal:
    """The price on the order that an answer's price of this kind speaks of."""
    return unit_price if price_code in NET_PRICES else list_price
