"""A carton at the bench with a scanner and five keys: one page, no mouse."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from acquisitions.models.orders import OrderCopy
from acquisitions.models.receipts import Claim
from tests.acquisitions import make
from tests.acquisitions.paperwork import LOVE, SASSY, announced


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_damaged_and_one_short(page: Page, live_server: Any) -> None:
    order = make.placed_order()
    announced(order)
    client = Client()
    client.force_login(make.person("technician"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto(reverse("acquisitions:receive"))
    scan(page, "00100000000000000014")
    expect(page.get_by_role("heading", name="Brodart, slip B766274")).to_be_visible()
    for count, code in ((1, LOVE), (2, SASSY), (3, LOVE), (4, SASSY), (5, LOVE)):
        scan(page, code)
        expect(page.get_by_text(f"{count} of 6")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator(".headline").get_by_text("What is wrong with “ACT OF LOVE”?")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator(".detail").get_by_text("Wet or stained. A claim is drafted.")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name="Packing slip B766274")).to_be_visible()

    assert sorted(Claim.objects.values_list("kind", "line__position", "quantity")) == [
        ("damaged", 1, 1),
        ("short", 2, 1),
    ]
    assert OrderCopy.objects.filter(state="received").count() == 4


def scan(page: Page, code: str) -> None:
    """As a scanner types: fast, with Enter at the end, wherever the person is on the page."""
    page.keyboard.type(code, delay=5)
    page.keyboard.press("Enter")
