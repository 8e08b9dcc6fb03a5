"""One small library for the work room's tests: an order half received, its carton, invoice and claim, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from acquisitions.actions import claiming, invoicing, requests, shipments
from acquisitions.actions.claiming import Draft
from acquisitions.actions.invoicing import NewInvoice, NewInvoiceLine
from acquisitions.actions.requests import Asked
from acquisitions.actions.shipments import Announcement, Listed
from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.models.requests import PurchaseRequest
from cataloging.models.items import Item
from ill.models.borrowing import BorrowingRequest
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import clock
from techsvc.kernel.identifiers import gs1_digit
from techsvc.kernel.models.people import Patron
from tests import make

SSCC = "00999999000000001" + gs1_digit("00999999000000001")


@dataclass
class Library:
    """What stands in the small library."""

    order: Order
    item: Item
    shipment: Shipment
    invoice: Invoice
    claim: Claim
    request: PurchaseRequest
    loan: BorrowingRequest
    patron: Patron
    hold: Hold


@pytest.fixture
def library(db: None) -> Library:
    order = make.placed_order()
    line = order.lines.order_by("position")[0]
    technician, central = make.person("technician"), make.branch("CEN", "Central")
    item = make.labelled(make.received(order, 1)[0], serial=7)
    announced = Announcement("D0000007", [Listed(line, line.isbn, 2, SSCC)], ssccs=[SSCC])
    ada = make.patron("Ada Reader", branch=central)
    (claim,) = claiming.draft_claims([Draft(line, "damaged", 1, what="wet")], actor=technician)
    paper = NewInvoice(order.vendor, "1130B766274", clock.today(), 2500, [NewInvoiceLine(line, 1, 2500, Decimal(25))])
    return Library(
        order=order,
        item=item,
        shipment=shipments.announce_shipment(order.vendor, announced, incoming=None, actor=technician),
        invoice=invoicing.enter_invoice(paper, actor=technician),
        claim=claim,
        request=requests.submit_request(Asked("North woods"), patron=ada, pickup=central, actor=technician),
        loan=make.loan("The peregrine", pickup=central),
        patron=ada,
        hold=holds.place_hold(line.record, patron=ada, pickup=central, actor=technician),
    )
