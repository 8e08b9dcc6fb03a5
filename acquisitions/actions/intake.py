"""What the readers of all EDI messages are given and give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from acquisitions.edi.dialects import Dialect
from acquisitions.edi.model import Interchange
from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderLine
from acquisitions.models.receipts import Shipment
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.people import User


@dataclass(frozen=True, slots=True)
class Intake:
    """One file being read: from which vendor, in which dialect, in whose name."""

    incoming: Incoming
    interchange: Interchange
    vendor: Vendor
    dialect: Dialect
    actor: User


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person has to look at: where in the file, what, and on which order line if one is known."""

    offset: int
    text: str
    line: OrderLine | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a message: what it said in a sentence, its document's number, what it is about, what is left."""

    summary: str
    number: str = ""
    order: Order | None = None
    shipment: Shipment | None = None
    invoice: Invoice | None = None
    problems: Sequence[Problem] = field(default_factory=tuple)
