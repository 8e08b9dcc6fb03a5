"""Everything that can be taken back is: one key while the toast stands, a button in the history ever after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import invoicing, receiving
from acquisitions.actions.invoicing import NewCharge, NewInvoice, NewInvoiceLine
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from techsvc.kernel.actions import exchange
from techsvc.kernel.models.exchange import Outgoing
from tests import make
from tests.journeys.hands import press, scan, sign_in, told, upload
from tests.journeys.house import House
from tests.journeys.test_carts import ordered
from tests.journeys.test_line import BASEBALL, FULL

pytestmark = pytest.mark.browser


@pytest.fixture
def order(house: House) -> Order:
    return ordered(house).order or Order.objects.get()


@pytest.fixture
def line(order: Order) -> OrderLine:
    """Eight copies of a dictionary at $49.95 from TESTFUND3."""
    return OrderLine.objects.select_related("record").get(order=order, isbn=BASEBALL)


def test_a_scan_too_many_is_taken_back_by_a_key(tab: Tab, house: House, line: OrderLine) -> None:
    shipment = make.shipment_of(line.order, actor=house.people["tess"])
    sign_in(tab, "tess")
    tab.goto(f"/acquisitions/receiving/{shipment.pk}/bench/")
    scan(tab, BASEBALL)
    expect(tab.locator(".scan-result")).to_contain_text("1 of 8")
    assert OrderCopy.objects.filter(state="received").count() == 1
    tab.keyboard.press("u")
    told(tab, "Undone")
    assert OrderCopy.objects.filter(state="received").count() == 0
    assert line.copies.filter(item__state="on_order").count() == 8


def test_an_approval_is_taken_back_to_the_cent(tab: Tab, house: House, line: OrderLine) -> None:
    tess = house.people["tess"]
    receiving.receive_copies(line.copies.values_list("pk", flat=True)[:2], shipment=None, actor=tess)
    bill = NewInvoiceLine(line, 2, 99_90, Decimal("49.95"))
    new = NewInvoice(house.vendor, "B-1", date(2026, 11, 24), 104_40, [bill], [NewCharge("DL", "Delivery", 4_50)])
    invoice = invoicing.enter_invoice(new, actor=tess)
    before = house.money()
    sign_in(tab, "finn")
    tab.goto(invoice.get_absolute_url())
    press(tab, "Approve $104.40")
    told(tab, "Approved")
    assert house.money()["TESTFUND3"] == (before["TESTFUND3"][0] - 99_90, 104_40)
    tab.keyboard.press("u")
    told(tab, "Undone")
    assert house.money() == before
    press(tab, "Approve $104.40")
    told(tab, "Approved")
    assert house.money()["TESTFUND3"] == (before["TESTFUND3"][0] - 99_90, 104_40)


def test_an_overlay_is_taken_back_from_the_history(tab: Tab, house: House, line: OrderLine) -> None:
    record = line.record
    sign_in(tab, "cleo")
    tab.goto(f"{record.get_absolute_url()}overlay/")
    upload(tab, "full.mrc", FULL)
    press(tab, "Overlay")
    told(tab, "Overlaid")
    tab.goto(record.get_absolute_url())
    tab.locator(".timeline").get_by_role("button", name="Undo").first.click()
    told(tab, "Undone")
    expect(tab.get_by_role("heading", name=record.title)).to_be_visible()
    before = bytes(record.raw)
    record.refresh_from_db()
    assert (record.state, bytes(record.raw)) == ("brief", before)


def test_an_order_is_taken_back_only_while_it_has_not_left(tab: Tab, house: House) -> None:
    exchange.pause_outgoing(actor=house.people["adam"], why="The vendor asked")
    order = ordered(house).order or Order.objects.get()
    sign_in(tab, "tess")
    tab.goto(order.get_absolute_url())
    tab.locator(".timeline").get_by_role("button", name="Undo").first.click()
    told(tab, "Undone")
    assert (house.money(), Outgoing.objects.get().state, house.delivered()) == ({}, "cancelled", [])
