"""Days of work: every role's home, the box that takes any scan, a second person for large invoices, no script."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import invoicing
from acquisitions.actions.invoicing import NewCharge, NewInvoice
from acquisitions.models.funds import Fund
from acquisitions.models.invoices import InvoiceCharge
from acquisitions.models.orders import Order
from techsvc.kernel.actions import policies
from tests import make
from tests.journeys.hands import hand_over, press, scan, sign_in, told, upload
from tests.journeys.house import CART, PEOPLE, House
from tests.journeys.test_carts import ordered

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name != "tess" else ()) for name in PEOPLE]
)
def test_home_shows_what_one_may_do_and_every_door_opens(tab: Tab, house: House, name: str) -> None:
    ordered(house)
    sign_in(tab, name)
    expect(tab.locator("h1")).to_contain_text(name.title())
    doors = [link.get_attribute("href") or "" for link in tab.locator(".rail a").all()]
    doors += [link.get_attribute("href") or "" for link in tab.locator("main a").all()]
    assert doors
    for door in sorted(set(doors)):
        answer = tab.request.get(door)
        assert (door, answer.status) == (door, 200)


@pytest.mark.slow
def test_the_box_takes_whatever_is_scanned(tab: Tab, house: House) -> None:
    order = ordered(house).order or Order.objects.get()
    house.answers(cancel_lines=[], back_order_lines=[])
    sign_in(tab, "sue")
    tab.goto("/console/incoming/")
    press(tab, "Fetch now")
    item = make.labelled(make.received(order, 1)[0])
    leads = {
        order.number: order.number,
        item.barcode or "": item.barcode or "",
        house.patron.card: "Patron of",
        "9781416594239": "ACT OF LOVE",
        "I0000003": "I0000003",
    }
    for code, heading in leads.items():
        tab.goto("/")
        scan(tab, code)
        expect(tab.locator("h1")).to_contain_text(heading)
    tab.goto("/")
    scan(tab, make.barcode(99_999))
    expect(tab.locator("main")).to_contain_text("No item has barcode")


def test_a_large_invoice_needs_a_second_person(tab: Tab, house: House) -> None:
    tess = house.people["tess"]
    policies.set_policy("acquisitions.second_person_above", 100_00, actor=house.people["adam"], why="Small library")
    new = NewInvoice(house.vendor, "PAPER-1", date(2026, 11, 24), 250_00, [], [NewCharge("SH", "Shelving", 250_00)])
    invoice = invoicing.enter_invoice(new, actor=tess)
    InvoiceCharge.objects.update(fund=Fund.objects.get(code="TESTFUND6"))
    sign_in(tab, "tess")
    tab.goto(invoice.get_absolute_url())
    press(tab, "Approve $250.00")
    told(tab, "whoever entered an invoice can't approve it")
    assert house.money() == {}
    hand_over(tab, "finn")
    tab.goto(invoice.get_absolute_url())
    press(tab, "Approve $250.00")
    told(tab, "Approved")
    assert house.money() == {"TESTFUND6": (0, 250_00)}


def test_without_a_script_one_can_sign_in_look_and_upload(elsewhere: Any, house: House) -> None:
    order = ordered(house).order or Order.objects.get()
    tab: Tab = elsewhere(java_script_enabled=False)
    tab.goto("/accounts/login/?next=/acquisitions/orders/")
    tab.fill("#id_username", "tess")
    tab.fill("#id_password", "a long and quiet pass phrase")
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("link", name=order.number).first.click()
    expect(tab.get_by_role("heading", name=order.number)).to_be_visible()
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "cart.mrc", CART + b"\n")
    press(tab, "Look at it")
    expect(tab.locator("main")).to_contain_text("11")
    assert house.vendor.pk
