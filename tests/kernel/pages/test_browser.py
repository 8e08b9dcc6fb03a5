"""What only a browser shows: keys, forms, pages without a script, both themes under axe."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from techsvc.kernel.models.places import Branch
from tests.kernel.pages.browsing import sign_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.kernel.pages.browsing"),
]


def test_keys_move_open_and_act_and_can_be_switched_off(desk: Tab) -> None:
    desk.goto("/branches/")
    desk.keyboard.press("j")
    desk.wait_for_timeout(150)
    desk.keyboard.press("j")
    expect(desk.locator("tr[aria-current]")).to_contain_text("East")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("East")
    desk.goto("/branches/")
    desk.keyboard.press("/")
    desk.keyboard.type("nnn", delay=90)
    assert desk.input_value("#finder") == "nnn"
    expect(desk.locator(".hit-label", has_text="The Women")).to_be_visible()
    desk.evaluate("localStorage.setItem('keys', 'off')")
    desk.reload()
    desk.keyboard.press("n")
    desk.wait_for_timeout(150)
    expect(desk.locator("h1")).to_have_text("Branches")
    desk.evaluate("localStorage.setItem('keys', 'on')")
    desk.keyboard.press("n")
    expect(desk.locator("h1")).to_have_text("New branch")


def test_the_work_is_done_without_a_script(browser: Any, live_server: Any, house: None) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    tab = sign_in(context.new_page())
    tab.click("text=Branches")
    tab.select_option("[name=active]", "1")
    tab.click("text=Apply")
    expect(tab.locator(".list-foot")).to_contain_text("1–2 of 2 rows")
    tab.click("text=New branch")
    tab.fill("#id_name", "North")
    tab.click("text=Save")
    expect(tab.locator(".error-summary a")).to_have_text("Code: This field is required.")
    tab.fill("#id_code", "n")
    tab.click("text=Save")
    expect(tab.locator("h1")).to_have_text("North")
    expect(tab.locator(".toast-line")).to_contain_text("Saved.")
    tab.goto("/receive/")
    tab.fill("[name=code]", "31234000000001")
    tab.press("[name=code]", "Enter")
    expect(tab.locator(".headline")).to_have_text("Right: 31234000000001")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820, 320])
def test_pages_have_no_fault_that_axe_finds_and_the_policy_blocks_nothing(desk: Tab, theme: str, width: int) -> None:
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))
    desk.on("pageerror", lambda error: said.append(str(error)))
    desk.set_viewport_size({"width": width, "height": 900})
    desk.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    branch = Branch.objects.get(code="c")
    for url in ("/", "/branches/", "/branches/?q=zzz", f"/branches/{branch.pk}/", "/new/", "/receive/"):
        desk.goto(url)
        faults = Axe().run(desk).response["violations"]
        assert [(url, fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} is wider than {width} px"
    assert said == []
