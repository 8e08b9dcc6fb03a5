"""A patron asks for a title; the library buys it, and she is told when it waits for her."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import requests
from acquisitions.models.requests import PurchaseRequest
from cataloging.models.items import Item
from techsvc.kernel.actions import notices, people
from techsvc.kernel.models.exchange import Outgoing
from tests.cataloging.make import barcode
from tests.journeys.hands import hand_over, press, scan, sign_in, told
from tests.journeys.house import House

pytestmark = pytest.mark.browser
ISBN = "9781250178633"


def test_from_asking_to_told(tab: Tab, house: House) -> None:
    asked(tab, house)
    bought(tab, house)
    house.answers()
    arrived(tab, house)
    made_ready(tab)
    requests.fulfil_ready(actor=people.system())
    notices.send_due()
    assert PurchaseRequest.objects.get().state == "fulfilled"
    notice = Outgoing.objects.get(kind="notice")
    assert (notice.recipient, b"The women" in bytes(notice.body)) == ("ada@example.org", True)


def asked(tab: Tab, house: House) -> None:
    """At the desk: the title, and the patron's card."""
    sign_in(tab, "dora")
    tab.goto("/acquisitions/requests/new/")
    tab.get_by_label("Title").fill("The women")
    tab.get_by_label("Author").fill("Hannah, Kristin")
    tab.get_by_label("ISBN").fill(ISBN)
    tab.get_by_label("Patron's card").fill(house.patron.card)
    press(tab, "Enter")
    told(tab, "is entered")
    expect(tab.locator("main")).to_contain_text("Ada Reader")


def bought(tab: Tab, house: House) -> None:
    """The selector buys it, and never learns for whom."""
    hand_over(tab, "selma")
    request = PurchaseRequest.objects.get()
    tab.goto(request.get_absolute_url())
    expect(tab.locator("main")).not_to_contain_text("Ada Reader")
    press(tab, "Order")
    tab.get_by_label("From vendor").select_option(label="Brodart")
    tab.get_by_label("List price").fill("30.00")
    tab.get_by_label("For branch").select_option(label="Bank Street")
    tab.get_by_label("From fund").select_option(index=1)
    press(tab, "Place order")
    told(tab, "is placed")
    request.refresh_from_db()
    assert (request.state, request.hold.state if request.hold else "") == ("ordered", "waiting")
    assert [path.suffix for path in house.delivered()] == [".edi"]


def arrived(tab: Tab, house: House) -> None:
    """The bench says that somebody waits for it."""
    hand_over(tab, "tess")
    tab.goto("/console/incoming/")
    press(tab, "Fetch now")
    tab.goto("/acquisitions/receiving/")
    press_row(tab)
    scan(tab, ISBN)
    expect(tab.locator(".scan-result")).to_contain_text("HOLD waiting")


def press_row(tab: Tab) -> None:
    """Open the shipment that is expected, and its bench."""
    tab.locator("main table a").first.click()
    press(tab, "Unpack")
    expect(tab.locator("[data-scan]")).to_be_focused()


def made_ready(tab: Tab) -> None:
    """A barcode, a call number, and out of the workroom."""
    (item,) = Item.objects.filter(state="received")
    hand_over(tab, "cleo")
    tab.goto(item.get_absolute_url())
    tab.keyboard.press("l")
    tab.get_by_label("Call number").fill("FIC HAN")
    tab.locator("#id_barcode").focus()
    scan(tab, barcode(71))
    told(tab, "stands at FIC HAN")
    tab.goto("/processing/bench/")
    scan(tab, barcode(71))
    expect(tab.locator(".scan-result")).to_contain_text("Rush: somebody waits for it.")
    tab.keyboard.press("a")
    expect(tab.locator(".scan-result")).to_contain_text("hold shelf")
