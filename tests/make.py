"""Things for tests that cross departments, made through the real actions: no state that the product can't reach.

What one department alone needs stands in its own make.py; the names below are theirs.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.test import Client

from acquisitions.actions import receiving, shipments
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Shipment
from cataloging.actions import items
from cataloging.models.items import Item
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from ill.models.borrowing import BorrowingRequest
from processing.actions import routing
from processing.models.jobs import ProcessingJob
from techsvc.kernel.models.people import User
from tests.acquisitions.make import (
    SMALL_CART,
    branch,
    cart,
    cart_title,
    fund,
    person,
    placed_order,
    setting,
    vendor,
    year,
)
from tests.cataloging.make import barcode, brief, client, full, isbn, marc
from tests.circulation.make import hold, on_shelf, patron

__all__ = [
    "SMALL_CART",
    "barcode",
    "branch",
    "brief",
    "cart",
    "cart_title",
    "client",
    "full",
    "fund",
    "hold",
    "isbn",
    "labelled",
    "loan",
    "marc",
    "on_shelf",
    "patron",
    "person",
    "placed_order",
    "post",
    "ready",
    "received",
    "setting",
    "shipment_of",
    "vendor",
    "year",
]


def post(browser: Client, url: str, **data: Any) -> Any:
    """Send a form as the page does, with a key of its own."""
    return browser.post(url, data | {"_key": str(uuid.uuid4())})


def shipment_of(order: Order, slip: str = "SLIP-1", *, actor: User | None = None) -> Shipment:
    """A shipment of the order's vendor, being unpacked."""
    return shipments.open_shipment(order.vendor, slip, actor=actor or person("technician"))


def received(order: Order, count: int | None = None, *, actor: User | None = None) -> list[Item]:
    """The items of an order's first copies (all of them without a count), out of the carton."""
    actor = actor or person("technician")
    copies: Sequence[OrderCopy] = list(OrderCopy.objects.filter(line__order=order).order_by("pk")[:count])
    receiving.receive_copies([copy.pk for copy in copies], shipment=shipment_of(order, actor=actor), actor=actor)
    return list(Item.objects.filter(order_copy__in=copies).select_related("record", "branch").order_by("pk"))


def labelled(item: Item, serial: int = 1, call_number: str = "FIC JAC") -> Item:
    """A received item with its barcode and call number."""
    return items.set_barcode_and_call_number(
        item.pk, barcode=barcode(serial), call_number=call_number, actor=person("cataloger")
    )


def ready(item: Item) -> ProcessingJob:
    """A labelled item made ready for the shelf, all steps ticked."""
    worker = person("processing")
    return routing.finish(routing.start(item.pk, actor=worker).pk, actor=worker, do_open=True)


def loan(title: str = "The shipping news", *, actor: User | None = None, **wanted: Any) -> BorrowingRequest:
    """Something that is to be borrowed from another library."""
    wanted = {"pickup": branch("CEN", "Central")} | wanted
    return borrowing.request_loan(Wanted(title, **wanted), actor=actor or person("ill"))
