"""Main pages under axe, in the dark and on a bench's tablet: no violation, nothing that the policy refuses."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab

from acquisitions.models.orders import Order
from tests import make
from tests.journeys.hands import sign_in
from tests.journeys.house import House
from tests.journeys.test_carts import ordered

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LOOKS = {
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "tablet": {"color_scheme": "light", "viewport": {"width": 768, "height": 1024}, "has_touch": True},
}


@pytest.fixture
def pages(house: House) -> list[str]:
    """Addresses of pages that have something to show."""
    cart = ordered(house)
    order = cart.order or Order.objects.get()
    house.answers()
    item = make.labelled(make.received(order, 2)[0])
    job = make.ready(item)
    return [
        "/",
        order.get_absolute_url(),
        cart.get_absolute_url(),
        "/acquisitions/receiving/",
        f"/acquisitions/receiving/{make.shipment_of(order).pk}/bench/",
        "/acquisitions/funds/",
        "/acquisitions/carts/new/",
        "/catalog/",
        item.record.get_absolute_url(),
        "/catalog/to-catalog/",
        job.get_absolute_url(),
        "/console/outgoing/",
    ]


def test_axe_finds_what_is_wrong(page: Tab) -> None:
    page.set_content("<main><img src='x'></main>")
    assert "image-alt" in {one["id"] for one in Axe().run(page, options=RULES).response["violations"]}


@pytest.mark.parametrize("look", LOOKS)
def test_pages_have_no_fault_that_axe_finds(elsewhere: Any, house: House, pages: list[str], look: str) -> None:
    tab: Tab = elsewhere(**LOOKS[look])
    refused: list[str] = []
    tab.on("console", lambda line: refused.append(line.text) if line.type in ("error", "warning") else None)
    sign_in(tab, "sue")
    faults = {}
    for url in pages:
        tab.goto(url)
        found = Axe().run(tab, options=RULES).response["violations"]
        if found:
            faults[url] = [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
        if look == "tablet":
            assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth"), (
                f"{url} is wider than a tablet"
            )
    assert faults == {}
    assert refused == []
