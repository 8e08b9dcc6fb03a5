"""The palette in a browser: by keys alone, with a screen reader's attributes, answers in order, keys switched off."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Route, expect
from playwright.sync_api import Page as Tab

from acquisitions.models.orders import Order
from tests.journeys.hands import scan, sign_in
from tests.journeys.house import House
from tests.journeys.test_carts import ordered
from tests.journeys.test_looks import RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def order(house: House) -> Order:
    ordered(house)
    return Order.objects.get()


@pytest.fixture
def desk(tab: Tab, order: Order) -> Tab:
    """A supervisor looks at an order."""
    sign_in(tab, "sue")
    tab.goto(order.get_absolute_url())
    return tab


def box(tab: Tab) -> Locator:
    return tab.get_by_role("combobox", name="Search or scan anything")


def chosen(tab: Tab) -> str:
    """The option that Enter would take, as a screen reader is told."""
    active = box(tab).get_attribute("aria-activedescendant")
    option = tab.locator(f"#{active}")
    expect(option).to_have_attribute("aria-selected", "true")
    return option.locator(".hit-label").inner_text()


def ask(tab: Tab, text: str) -> None:
    tab.keyboard.press("Control+k")
    tab.keyboard.insert_text(text)
    expect(tab.get_by_role("option").first).to_be_visible()


def test_it_opens_by_its_keys_and_gives_the_focus_back(desk: Tab) -> None:
    desk.locator(".head-verbs a, .head-verbs button").first.focus()
    for key in ("Control+k", "/"):
        desk.keyboard.press(key)
        expect(box(desk)).to_be_focused()
        expect(box(desk)).to_have_attribute("aria-expanded", "true")
        expect(desk.get_by_role("group", name="On this page").get_by_role("option", name="Receive")).to_be_visible()
        expect(desk.get_by_role("group", name="Begin").get_by_role("option", name="New order")).to_be_visible()
        desk.keyboard.press("Escape")
        expect(box(desk)).to_have_attribute("aria-expanded", "false")
        expect(desk.locator(".head-verbs a, .head-verbs button").first).to_be_focused()


def test_arrows_choose_and_enter_opens(desk: Tab) -> None:
    ask(desk, "vendor")
    expect(desk.get_by_role("option", name="New vendor")).to_be_visible()
    expect(desk.locator("[data-count]")).to_contain_text("Found:")
    first = chosen(desk)
    desk.keyboard.press("ArrowDown")
    second = chosen(desk)
    desk.keyboard.press("ArrowUp")
    assert chosen(desk) == first != second
    desk.keyboard.press("End")
    last = chosen(desk)
    desk.keyboard.press("ArrowDown")
    assert chosen(desk) == first != last
    desk.keyboard.press("End")
    desk.keyboard.press("Home")
    assert chosen(desk) == first == "Vendors"
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("Vendors")


def test_an_older_answer_never_replaces_a_newer_one(desk: Tab) -> None:
    def late(route: Route) -> None:
        time.sleep(0.8)
        route.continue_()

    desk.route("**/search/?q=fun", late)
    ask(desk, "fun")
    desk.wait_for_timeout(250)
    box(desk).fill("vendor")
    expect(desk.get_by_role("option", name="New vendor")).to_be_visible()
    desk.wait_for_timeout(1000)
    expect(desk.get_by_role("option", name="New vendor")).to_be_visible()
    expect(desk.get_by_role("option", name="Funds")).to_have_count(0)


def test_verbs_of_the_page_and_of_the_current_row_are_done_from_it(desk: Tab) -> None:
    desk.goto("/console/schedules/")
    desk.keyboard.press("j")
    expect(desk.locator("tr[aria-current]")).to_be_visible()
    ask(desk, "edit")
    expect(desk.get_by_role("group", name="On the current row").get_by_role("option", name="Edit")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator("form [name=daily_at], form [name=every_minutes]").first).to_be_visible()
    desk.goto("/acquisitions/vendors/")
    ask(desk, "new vendor")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("New vendor")


def test_what_the_page_offers_is_offered_once(desk: Tab) -> None:
    desk.goto("/acquisitions/vendors/")
    ask(desk, "new vendor")
    desk.wait_for_timeout(800)
    expect(desk.get_by_role("option", name="New vendor")).to_have_count(1)


def test_settings_are_set_from_it(desk: Tab) -> None:
    ask(desk, "dense")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.documentElement.dataset.density") == "dense"
    ask(desk, "theme")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.documentElement.dataset.theme") == "light"


def test_what_was_opened_lately_comes_first_and_is_forgotten_when_another_signs_in(desk: Tab, order: Order) -> None:
    desk.goto("/acquisitions/funds/")
    desk.keyboard.press("/")
    lately = desk.get_by_role("group", name="Opened lately")
    expect(lately.get_by_role("option")).to_contain_text([order.number])
    desk.keyboard.press("ArrowDown")
    assert chosen(desk) == order.number
    desk.keyboard.press("Escape")
    desk.locator(".topbar .menu summary").click()
    desk.get_by_role("button", name="Sign out").click()
    sign_in(desk, "tess")
    desk.keyboard.press("/")
    expect(desk.get_by_role("option").first).to_be_visible()
    expect(lately).to_have_count(0)


def test_a_scanned_number_goes_to_its_page_from_the_box_and_from_anywhere(desk: Tab, order: Order) -> None:
    for focus in ("body", "#finder"):
        desk.goto("/acquisitions/funds/")
        desk.locator(focus).focus()
        scan(desk, order.number)
        expect(desk.locator("h1")).to_have_text(order.number)


def test_single_letters_can_be_switched_off_on_every_page(desk: Tab) -> None:
    desk.keyboard.press("?")
    desk.get_by_label("Single letters press buttons").uncheck()
    desk.keyboard.press("Escape")
    desk.goto("/acquisitions/vendors/")
    for key in ("n", "/", "?", "j"):
        desk.keyboard.press(key)
        desk.wait_for_timeout(200)
    expect(desk.locator("h1")).to_have_text("Vendors")
    expect(box(desk)).to_have_attribute("aria-expanded", "false")
    expect(desk.locator("#help")).to_be_hidden()
    expect(desk.locator("tr[aria-current]")).to_have_count(0)
    expect(desk.locator(".head-verbs kbd").first).to_be_hidden()
    desk.keyboard.press("Control+k")
    expect(box(desk)).to_be_focused()


def test_the_help_tells_the_keys_of_this_page_and_of_its_rows(desk: Tab) -> None:
    desk.goto("/console/schedules/")
    desk.keyboard.press("?")
    told = desk.locator("#help")
    expect(told.locator("[data-row-keys]")).to_contain_text("Edit")
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    expect(desk.locator("tr[aria-current]")).to_be_visible()
    desk.keyboard.press("e")
    expect(desk.locator("form [name=daily_at], form [name=every_minutes]").first).to_be_visible()


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_axe_finds_nothing_wrong_with_it(desk: Tab, look: dict[str, str]) -> None:
    desk.emulate_media(color_scheme=look["color_scheme"])  # type: ignore[arg-type]
    for text in ("", "fund", "9780000000422", "xyzzy"):
        desk.keyboard.press("Control+k")
        box(desk).fill(text)
        desk.wait_for_timeout(800)
        found = Axe().run(desk, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], text
        desk.keyboard.press("Escape")
