"""An invoice as data, and whether its lines, charges and tax come to the total that it states.

Vendors put different things into the same amounts. `settle` tries the ways in which they are known to do so, the
standard's first, and takes the first that comes to the stated total to the cent; when none does, a person must look.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from acquisitions.edi.dialects import Dialect
from acquisitions.edi.fields import ItemLine, Party
from acquisitions.edi.model import Departure
from techsvc.kernel.money import to_decimal, to_minor, unit_price

CENT = Decimal("0.01")
ZERO = Decimal(0)
# MOA codes that state what is to be paid, the surest first; 79 is the total of the lines alone.
TOTALS = ("86", "39", "77", "9", "129", "128")
LINES_TOTAL = "79"


class InvoiceKind(StrEnum):
    """BGM 380 and its like, or 381."""

    INVOICE = "invoice"
    CREDIT = "credit"


class ChargeKind(StrEnum):
    """ALC+A lowers what is owed, ALC+C raises it."""

    ALLOWANCE = "allowance"
    CHARGE = "charge"


@dataclass(slots=True)
class Charge:
    """An allowance or charge; `included` when its amount is already in the line amounts."""

    code: str
    words: str
    amount: Decimal | None
    kind: ChargeKind
    offset: int = 0
    percent: Decimal | None = None
    included: bool = False

    @property
    def signed(self) -> Decimal:
        """The amount as it counts in the total."""
        amount = self.amount or ZERO
        return -amount if self.kind is ChargeKind.ALLOWANCE else amount


@dataclass(slots=True)
class InvoiceLine(ItemLine):
    """One billed title. `amount` is the whole line's (MOA+203), after its own allowances and without tax.

    `unit_net` is computed from the amount where the vendor states none. `copies` are the GIR sets, by qualifier.
    `note` is a sentence when quantity and price don't come to the amount.
    """

    quantity: int = 0
    free_quantity: int = 0
    unit_net: Decimal | None = None
    unit_list: Decimal | None = None
    amount: Decimal | None = None
    amount_with_tax: Decimal | None = None
    discount: Decimal | None = None
    tax: Decimal = ZERO
    charges: list[Charge] = field(default_factory=list)
    copies: list[dict[str, str]] = field(default_factory=list)
    note: str = ""


@dataclass(slots=True)
class InvoiceDocument:
    """One INVOIC message.

    Amounts count in the direction of `kind`: on an invoice what the library owes, on a credit what it gets back.
    `charges` are those of the invoice as a whole. `computed` is what lines, charges and tax come to, `difference` what
    the stated total has beyond it; `totals_agree` when that is at most a cent. `notes` say in sentences how the
    amounts had to be read.
    """

    number: str = ""
    kind: InvoiceKind = InvoiceKind.INVOICE
    date: datetime.date | None = None
    due_on: datetime.date | None = None
    currency: str = "USD"
    order_number: str = ""
    buyer: Party = field(default_factory=Party)
    supplier: Party = field(default_factory=Party)
    lines: list[InvoiceLine] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    tax: Decimal = ZERO
    tax_included: bool = False
    total: Decimal = ZERO
    computed: Decimal = ZERO
    difference: Decimal = ZERO
    totals_agree: bool = False
    notes: list[str] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which vendors fill the amounts."""

    words: str = ""
    per_unit: bool = False
    line_charges: bool = False
    charges: bool = True
    tax: bool = True


PER_UNIT = "The line amounts are for one copy each; they were multiplied by the quantities."
TAX_INSIDE = "The tax is already in the line amounts."
ON_TOP = "The charges and allowances of the lines are not in the line amounts; they were added."
REPEATED = "The invoice's charges repeat those already in the line amounts; they were not added again."
READINGS = (
    Reading(),
    Reading(REPEATED, charges=False),
    Reading(TAX_INSIDE, tax=False),
    Reading(f"{REPEATED} {TAX_INSIDE}", charges=False, tax=False),
    Reading(ON_TOP, line_charges=True),
    Reading(f"{ON_TOP} {TAX_INSIDE}", line_charges=True, tax=False),
    Reading(PER_UNIT, per_unit=True),
    Reading(f"{PER_UNIT} {TAX_INSIDE}", per_unit=True, tax=False),
    Reading(f"{PER_UNIT} {ON_TOP}", per_unit=True, line_charges=True),
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What an invoice's amounts come to, each kind for itself."""

    lines: Decimal
    units: Decimal
    line_charges: Decimal
    charges: Decimal
    tax: Decimal

    def total(self, reading: Reading) -> Decimal:
        """What the invoice comes to, read in one way."""
        return (
            (self.units if reading.per_unit else self.lines)
            + (self.line_charges if reading.line_charges else ZERO)
            + (self.charges if reading.charges else ZERO)
            + (self.tax if reading.tax else ZERO)
        )

    def allows(self, reading: Reading) -> bool:
        """Whether a reading makes sense: charges can only repeat those of the lines when they equal them."""
        return reading.charges or (self.charges != 0 and self.charges == self.line_charges)


def settle(document: InvoiceDocument, amounts: Mapping[str, Decimal], dialect: Dialect) -> None:
    """Fill in total, computed, difference, tax and notes; `amounts` are the invoice's own MOA by code."""
    _fill_amounts(document)
    sums = _sums(document, amounts)
    stated = _stated_total(amounts, sums)
    reading = _choose(document, sums, stated, dialect)
    _apply(document, reading)
    document.tax, document.tax_included = sums.tax, not reading.tax and sums.tax != 0
    document.computed = sums.total(reading)
    document.total = document.computed if stated is None else stated
    document.difference = document.total - document.computed
    document.totals_agree = stated is not None and abs(document.difference) <= CENT
    if reading.words:
        document.notes.append(reading.words)
    if stated is None:
        document.notes.append(
            "The invoice states no total; the sum of its lines was taken. Check it against the paper."
        )
    elif not document.totals_agree:
        document.notes.append(
            f"Lines, charges and tax come to {document.computed}, the invoice states {document.total}: "
            f"a difference of {document.difference}. Check it with the vendor."
        )
    if document.total < 0:
        _turn(document)


def _fill_amounts(document: InvoiceDocument) -> None:
    """Amounts that only follow from others: of lines without MOA+203, of charges given as a percentage."""
    for line in document.lines:
        price = line.unit_net if line.unit_net is not None else line.unit_list
        if line.amount is None and price is not None:
            line.amount = price * line.quantity - (line.discount or ZERO)
            line.note = "The line states no amount; quantity times price was taken."
    document.charges = [charge for charge in document.charges if charge.amount is not None or charge.percent]
    base = sum((line.amount or ZERO for line in document.lines), ZERO)
    for charge in document.charges:
        if charge.amount is None and charge.percent is not None:
            minor = to_minor(base * charge.percent / 100, document.currency)
            charge.amount = to_decimal(minor, document.currency)


def _sums(document: InvoiceDocument, amounts: Mapping[str, Decimal]) -> Sums:
    lines, units, line_charges, line_tax = ZERO, ZERO, ZERO, ZERO
    for line in document.lines:
        amount = line.amount or ZERO
        lines += amount
        units += amount * line.quantity
        line_tax += line.tax
        for charge in line.charges:
            line_charges += charge.signed
    charges = sum((charge.signed for charge in document.charges), ZERO)
    tax = amounts.get("176", amounts.get("124", line_tax))
    return Sums(lines, units, line_charges, charges, tax)


def _stated_total(amounts: Mapping[str, Decimal], sums: Sums) -> Decimal | None:
    """What the invoice says is to be paid; a total of the lines alone is completed by charges and tax."""
    for code in TOTALS:
        if code in amounts:
            return amounts[code]
    lines = amounts.get(LINES_TOTAL)
    return None if lines is None else lines + sums.charges + sums.tax


def _choose(document: InvoiceDocument, sums: Sums, stated: Decimal | None, dialect: Dialect) -> Reading:
    """The first reading that comes to the stated total; else what the dialect or the prices of the lines suggest."""
    readings = [reading for reading in READINGS if sums.allows(reading)]
    if dialect.amount_per_unit:
        readings = [reading for reading in readings if reading.per_unit]
    for reading in readings:
        if stated is not None and abs(stated - sums.total(reading)) <= CENT:
            return reading
    several = [line for line in document.lines if line.quantity > 1 and line.amount]
    if several and all(line.amount in (line.unit_net, line.unit_list) for line in several):
        return next(reading for reading in readings if reading.per_unit)
    return readings[0]


def _apply(document: InvoiceDocument, reading: Reading) -> None:
    """Make the amounts say what the reading found, and compute or check the price of one copy."""
    for charge in document.charges:
        charge.included = not reading.charges
    for line in document.lines:
        for charge in line.charges:
            charge.included = not reading.line_charges
        if line.amount is None:
            continue
        if reading.per_unit:
            line.amount *= line.quantity
        if line.unit_net is None:
            line.unit_net = unit_price(line.amount / line.quantity) if line.quantity else None
        elif not line.note:
            line.note = _price_note(line)


def _price_note(line: InvoiceLine) -> str:
    """A sentence when quantity times net price, with or without the line's charges, is not its amount."""
    if line.unit_net is None or line.amount is None:
        return ""
    expected = line.unit_net * line.quantity
    rounding = CENT + abs(line.quantity) * CENT / 2
    with_charges = expected + sum((charge.signed for charge in line.charges), ZERO)
    if abs(line.amount - expected) <= rounding or abs(line.amount - with_charges) <= rounding:
        return ""
    return f"{line.quantity} times {line.unit_net} is {expected}, but the line is billed at {line.amount}."


def _turn(document: InvoiceDocument) -> None:
    """Make a negative document positive: a negative invoice is a credit; a negative credit was meant as one."""
    if document.kind is InvoiceKind.INVOICE:
        document.kind = InvoiceKind.CREDIT
        document.notes.append("The invoice is negative; it was read as a credit.")
    for line in document.lines:
        line.amount = None if line.amount is None else -line.amount
        line.amount_with_tax = None if line.amount_with_tax is None else -line.amount_with_tax
        line.quantity = abs(line.quantity)
        line.unit_net = None if line.unit_net is None else abs(line.unit_net)
        line.tax = -line.tax
    for charge in [*document.charges, *(charge for line in document.lines for charge in line.charges)]:
        charge.amount = None if charge.amount is None else -charge.amount
    document.tax, document.total = -document.tax, -document.total
    document.computed, document.difference = -document.computed, -document.difference
