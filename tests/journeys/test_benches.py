"""Benches on their tablets, on a telephone and enlarged: whole, within reach of a thumb, without fault."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import shipments
from tests.journeys.hands import scan, sign_in
from tests.journeys.house import House
from tests.journeys.test_counts import ISBNS, ordered
from tests.journeys.test_looks import RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# The last two: the smallest telephone, and 1280 x 800 at 200 %.
SIZES = [(820, 1180, "light"), (1024, 768, "dark"), (768, 1024, "light"), (320, 700, "dark"), (640, 400, "light")]
SMALL = """[...document.querySelectorAll("main :is(a, button, input, summary)")].filter((el) => {
  const box = el.getBoundingClientRect();
  return box.width && el.type !== "hidden" && (box.height < 44 || box.width < 44);
}).map((el) => el.outerHTML.slice(0, 120))"""
CUT_OFF = """[...document.querySelectorAll("main *")].filter((el) =>
  el.getClientRects().length && el.getBoundingClientRect().right > innerWidth + 1 && !el.closest("[tabindex='0']")
).map((el) => el.outerHTML.slice(0, 120))"""


def look(tab: Tab) -> dict[str, Any]:
    """What is wrong with the page as it stands."""
    faults = Axe().run(tab, options=RULES).response["violations"]
    found = {
        "axe": [(one["id"], one["nodes"][0]["html"][:200]) for one in faults],
        "too small": tab.evaluate(SMALL),
        "cut off": tab.evaluate(CUT_OFF),
        "wide": tab.evaluate("document.documentElement.scrollWidth > innerWidth"),
    }
    return {what: where for what, where in found.items() if where}


@pytest.mark.parametrize(("width", "height", "theme"), SIZES)
def test_benches_fit_the_hand(elsewhere: Any, house: House, width: int, height: int, theme: str) -> None:
    ordered(house)
    carton = shipments.open_shipment(house.vendor, "B766274", actor=house.people["tess"])
    tab: Tab = elsewhere(color_scheme=theme, viewport={"width": width, "height": height}, has_touch=True)
    sign_in(tab, "tess")
    wrong = {}
    tab.goto(reverse("acquisitions:bench", args=[carton.pk]))
    wrong["ready"] = look(tab)
    scan(tab, ISBNS[0])
    expect(tab.locator(".scan-result")).to_contain_text("TITLE 1")
    scan(tab, ISBNS[0])
    expect(tab.locator("[data-again]")).to_be_visible()
    wrong["taken, and counted once"] = look(tab)
    scan(tab, house.patron.card)
    expect(tab.locator(".scan-result")).to_contain_text("This is a patron's card.")
    wrong["refused"] = look(tab)
    tab.goto(reverse("kernel:scanner"))
    tab.keyboard.type("a31234000000016b", delay=4)
    expect(tab.locator(".scanner-findings")).to_contain_text("Your scanner sends no Enter")
    wrong["scanner test"] = look(tab)
    assert {place: found for place, found in wrong.items() if found} == {}


def test_the_scanner_test_tells_what_a_scanner_sends(tab: Tab, house: House) -> None:
    """Wherever the focus is; and nothing is pressed or searched."""
    sign_in(tab, "tess")
    tab.goto(reverse("kernel:scanner"))
    scan(tab, house.patron.card)
    expect(tab.locator("[data-heard] .headline")).to_have_text("This is a patron's card.")
    expect(tab.locator("[data-raw] kbd")).to_have_text([*house.patron.card, "⏎"])
    expect(tab.locator(".scanner-findings")).to_contain_text("Enter follows the code.")
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.type("]E09780306406157", delay=4)
    tab.keyboard.press("Tab")
    expect(tab.locator("[data-heard] .headline")).to_have_text("This is an ISBN.")
    expect(tab.locator(".scanner-findings")).to_contain_text("Tab follows the code")
    tab.focus("[name=code]")
    tab.keyboard.type("31234000000016", delay=60)
    tab.keyboard.press("Enter")
    expect(tab.locator(".scanner-findings")).to_contain_text("as when a person types")
    assert tab.url.endswith("/scanner/")
    assert tab.input_value("[name=code]") == ""
