"""Shipments, invoices and vendors' messages for tests: what comes in on paper and by EDI."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from acquisitions.actions import invoicing, messages, receiving, shipments
from acquisitions.actions.invoicing import NewCharge, NewInvoice, NewInvoiceLine
from acquisitions.actions.shipments import Announcement, Listed
from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Shipment
from techsvc.kernel.actions import exchange, people
from techsvc.kernel.identifiers import read_scan
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.people import User

LOVE, SASSY = "9781416594239", "9780545071512"


# Shipments


def announced(order: Order, *, love: int = 3, sassy: int = 3) -> Shipment:
    lines = list(order.lines.order_by("position"))
    listed = [
        Listed(lines[0], LOVE, love, sscc="100000000000000014"),
        Listed(lines[1], SASSY, sassy, sscc="100000000000000021"),
    ]
    announcement = Announcement("B766274", [entry for entry in listed if entry.quantity])
    return shipments.announce_shipment(order.vendor, announcement, incoming=None, actor=people.system())


def scan(shipment: Shipment, code: str, actor: User) -> receiving.Received:
    return receiving.scan_copy(shipment.pk, read_scan(code), actor=actor)


def receive(order: Order, position: int, copies: int) -> None:
    wanted = OrderCopy.objects.filter(line__order=order, line__position=position, state="on_order").order_by("number")
    keys = list(wanted.values_list("pk", flat=True))[:copies]
    receiving.receive_copies(keys, shipment=None, actor=people.system())


# Invoices


def bill(
    order: Order, *lines: tuple[int | None, int, int], charges: tuple[int, ...] = (), tax: int = 0, **changes: Any
) -> Invoice:
    """An invoice of (order line's position, copies, amount) that the system entered, as EDI does."""
    by_position = {line.position: line for line in order.lines.all()}
    made = [
        NewInvoiceLine(by_position.get(position or 0), quantity, amount, Decimal(amount) / 100 / quantity)
        for position, quantity, amount in lines
    ]
    total = sum(amount for _position, _quantity, amount in lines) + sum(charges) + tax
    values: dict[str, Any] = {
        "vendor": order.vendor, "number": "1130B766274", "dated": date(2026, 11, 20), "total_minor": total,
        "lines": made, "charges": [NewCharge("DL", "delivery", amount) for amount in charges], "tax_minor": tax,
    }  # fmt: skip
    actor = changes.pop("actor", None) or people.system()
    incoming = changes.pop("incoming", None)
    return invoicing.enter_invoice(NewInvoice(**values | changes), actor=actor, incoming=incoming)


# Messages


def message(kind: str, *segments: str, ref: str = "1") -> list[str]:
    return [f"UNH+{ref}+{kind}:D:96A:UN", *segments, f"UNT+{len(segments) + 2}+{ref}"]


def file(*parts: list[str], control: str = "4711", sender: str = "1697978") -> bytes:
    """An interchange of the vendor with these messages."""
    body = [segment for part in parts for segment in part]
    envelope = [f"UNB+UNOC:3+{sender}:31B+2052431:31B+261124:0915+{control}", *body, f"UNZ+{len(parts)}+{control}"]
    return ("UNA:+.? '" + "".join(f"{segment}'\r\n" for segment in envelope)).encode("latin-1")


def response(order: Order, *lines: str, ref: str = "1", function: str = "4") -> list[str]:
    count = sum(line.startswith("LIN") for line in lines)
    return message(
        "ORDRSP", f"BGM+231+R77+{function}", f"RFF+ON:{order.number}", *lines, "UNS+S", f"CNT+2:{count}", ref=ref
    )


def said(order: Order, line: int, ean: str, *segments: str, action: str = "24", reference: str = "") -> tuple[str, ...]:
    """One answered line."""
    return (f"LIN+{line}+{action}+{ean}:EN", *segments, f"RFF+LI:{reference or f'{order.number}/{line}'}")


def received(order: Order, body: bytes, name: str = "R77.edi") -> Incoming:
    """The file as it came and was taken in."""
    assert order.vendor.connection is not None
    incoming, _fresh = exchange.take_in(connection=order.vendor.connection, name=name, body=body, kind="edi")
    messages.take_in(incoming.pk)
    incoming.refresh_from_db()
    return incoming


def despatch(order: Order, *cartons: tuple[str, ...]) -> list[str]:
    return message(
        "DESADV",
        "BGM+351+B766274+9",
        "DTM+11:20261124:102",
        "DTM+132:20261127:102",
        *(part for carton in cartons for part in carton),
    )


def carton(number: int, sscc: str, *lines: str) -> tuple[str, ...]:
    return (f"CPS+{number}", "PAC+1++CT", f"GIN+BJ+{sscc}", *lines)


def packed(order: Order, line: int, ean: str, copies: int) -> tuple[str, ...]:
    return (f"LIN+{line}++{ean}:EN", f"QTY+12:{copies}", f"RFF+ON:{order.number}", f"RFF+LI:{order.number}/{line}")


def invoic(
    order: Order, *lines: str, number: str = "1130B766274", total: str, head: tuple[str, ...] = (), ref: str = "1"
) -> list[str]:
    return message(
        "INVOIC",
        f"BGM+380+{number}+9",
        "DTM+137:20261125:102",
        "CUX+2:USD:4",
        *head,
        *lines,
        "UNS+S",
        f"MOA+86:{total}",
        ref=ref,
    )


def billed(order: Order, line: int, ean: str, copies: int, amount: str, reference: str = "") -> tuple[str, ...]:
    return (
        f"LIN+{line}++{ean}:EN",
        f"QTY+47:{copies}",
        f"MOA+203:{amount}",
        f"RFF+LI:{reference or f'{order.number}/{line}'}",
    )
