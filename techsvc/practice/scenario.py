"""How the practice vendor treats an order: settings in scenario.json, and what follows from them for each line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import UnionType
from typing import Any

from techsvc.practice.orders import Line, Order

CENT = Decimal("0.01")


class ScenarioError(Exception):
    """scenario.json says something that the vendor can't do; the text names it."""


@dataclass(frozen=True)
class Scenario:
    """Line positions count from 1; amounts are decimal texts such as "4.50" in the currency of the order.

    delay             seconds before the response, and again before the despatch advice and the invoice
    cancel_lines      of several copies one is cancelled, a single copy wholly
    back_order_lines  nothing is sent now; the response promises a date `back_order_days` ahead
    discount          percent off the list price, on every line
    delivery_charge   added to each invoice; "0" leaves it out
    carton_size       copies in a carton
    short             the carton really holds one copy less than the despatch advice says (see slips/)
    price_changes     position: new list price, told in the response
    surprise_prices   position: another list price on the invoice, told nowhere before
    lost_prices       positions whose price and amount the invoice forgets
    missing_price     list price where the order names none
    """

    delay: float = 2.0
    cancel_lines: tuple[int, ...] = (2,)
    back_order_lines: tuple[int, ...] = (3,)
    back_order_days: int = 45
    discount: str = "0"
    delivery_charge: str = "4.50"
    carton_size: int = 40
    short: bool = False
    price_changes: Mapping[str, str] = field(default_factory=dict)
    surprise_prices: Mapping[str, str] = field(default_factory=dict)
    lost_prices: tuple[int, ...] = ()
    missing_price: str = "20.00"

    def as_json(self) -> dict[str, object]:
        """As it is kept beside an order, so that a later change of the file does not change answers half given."""
        return asdict(self)


@dataclass(frozen=True)
class Decision:
    """What becomes of one line: copies now, cancelled, later; prices per copy."""

    line: Line
    accepted: int
    cancelled: int
    back_ordered: int
    available: date | None
    price: Decimal
    price_changed: bool
    invoice_list_price: Decimal
    invoice_price: Decimal


def read_scenario(text: str) -> Scenario:
    """scenario.json as a Scenario; raises ScenarioError."""
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise ScenarioError(f"scenario.json is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise ScenarioError("scenario.json should hold an object: {...}.")
    known = {f.name for f in fields(Scenario)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ScenarioError(f"scenario.json: unknown {', '.join(unknown)}. Known are {', '.join(sorted(known))}.")
    return checked({name: read(name, value) for name, value in given.items()})


def read(name: str, value: object) -> object:
    """One setting in the shape that Scenario has for it."""
    readers: dict[type, tuple[type | UnionType, Callable[[Any], object]]] = {
        tuple: (list | tuple, lambda v: tuple(int(n) for n in v)),
        dict: (dict, lambda v: {str(int(k)): money(p, name) for k, p in v.items()}),
        bool: (bool, bool),
        int: (int, int),
        float: (int | float, float),
        str: (str | int | float, lambda v: money(v, name)),
    }
    accepted, convert = readers[type(getattr(Scenario(), name))]
    if not isinstance(value, accepted) or (isinstance(value, bool) and accepted is not bool):
        raise ScenarioError(f"scenario.json: {name} can't be {json.dumps(value)}.")
    try:
        return convert(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ScenarioError(f"scenario.json: {name} can't be {json.dumps(value)}.") from error


def money(value: object, name: str) -> str:
    """A decimal text, not negative."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise ScenarioError(f'scenario.json: {name} needs an amount such as "4.50", not {value!r}.')
    return str(number)


def checked(given: dict[str, object]) -> Scenario:
    """The whole, with limits held."""
    scenario = Scenario(**given)  # type: ignore[arg-type]  # shapes were checked by read()
    limits = {
        "delay": 0 <= scenario.delay <= 86_400,
        "back_order_days": 1 <= scenario.back_order_days <= 730,
        "carton_size": 1 <= scenario.carton_size <= 1000,
        "discount": Decimal(scenario.discount) <= 100,
    }
    for name, held in limits.items():
        if not held:
            raise ScenarioError(f"scenario.json: {name} {getattr(scenario, name)} is out of range.")
    return scenario


def decide(order: Order, scenario: Scenario, today: date) -> tuple[Decision, ...]:
    """What becomes of each line of an order."""
    return tuple(decide_line(line, scenario, today) for line in order.lines)


def decide_line(line: Line, scenario: Scenario, today: date) -> Decision:
    """Back-ordered beats cancelled; the rest is accepted."""
    later = line.position in scenario.back_order_lines
    cancelled = 1 if line.position in scenario.cancel_lines and not later else 0
    back_ordered = line.quantity if later else 0
    key = str(line.position)
    asked = line.price or Decimal(scenario.missing_price)
    price = Decimal(scenario.price_changes.get(key, asked))
    listed = Decimal(scenario.surprise_prices.get(key, price))
    return Decision(
        line=line,
        accepted=line.quantity - cancelled - back_ordered,
        cancelled=cancelled,
        back_ordered=back_ordered,
        available=today + timedelta(days=scenario.back_order_days) if later else None,
        price=price,
        price_changed=key in scenario.price_changes and price != asked,
        invoice_list_price=listed,
        invoice_price=cents(listed * (100 - Decimal(scenario.discount)) / 100),
    )


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to two places."""
    return amount.quantize(CENT, ROUND_HALF_UP)
