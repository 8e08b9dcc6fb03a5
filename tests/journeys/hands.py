"""What hands do at a desk: sign in, type, scan, press."""

from __future__ import annotations

from typing import Any

import pypdfium2
import zxingcpp
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.journeys.house import PASSWORD


def sign_in(tab: Tab, name: str) -> Tab:
    """By the keyboard alone; text is put in at once, since letters in a burst would be a scanner's."""
    tab.goto("/accounts/login/")
    tab.focus("#id_username")
    tab.keyboard.insert_text(name)
    tab.keyboard.press("Tab")
    tab.keyboard.insert_text(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.locator(".topbar .menu")).to_be_visible()
    return tab


def hand_over(tab: Tab, name: str) -> Tab:
    """One person signs out, the next signs in."""
    tab.locator(".topbar .menu summary").click()
    tab.get_by_role("button", name="Sign out").click()
    return sign_in(tab, name)


def scan(tab: Tab, code: str) -> None:
    """As a scanner types: fast, with Enter at the end, wherever the person is on the page."""
    tab.keyboard.type(code, delay=4)
    tab.keyboard.press("Enter")


def press(tab: Tab, name: str) -> None:
    """Press the button or link that begins with these words, and wait until its form was answered."""
    words = tab.locator("main").get_by_role("button", name=name).or_(tab.locator("main").get_by_role("link", name=name))
    words.first.click()
    expect(tab.locator("form[data-sent]")).to_have_count(0)


def open_first_row(tab: Tab) -> None:
    """Of a list, by keys."""
    tab.keyboard.press("j")
    expect(tab.locator("tr[aria-current]")).to_be_visible()
    tab.keyboard.press("Enter")


def told(tab: Tab, sentence: str) -> None:
    """A toast says so."""
    expect(tab.locator(".toast-line").filter(has_text=sentence)).to_be_visible()


def upload(tab: Tab, name: str, body: bytes) -> None:
    tab.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": body})


def read_codes(document: bytes) -> set[str]:
    """What a scanner reads off every page of a PDF."""
    pages: Any = pypdfium2.PdfDocument(document)
    return {code.text for page in pages for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())}
