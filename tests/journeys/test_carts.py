"""What goes wrong with carts: the same file again, a file that broke off, a file that is none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import carts, ordering, vendors
from acquisitions.models.carts import Cart
from acquisitions.models.orders import Order
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.places import Branch
from tests.journeys.hands import sign_in, upload
from tests.journeys.house import BRANCHES, CART, House

pytestmark = pytest.mark.browser


def ordered(house: House) -> Cart:
    """The cart, with its codes known, as it was ordered before."""
    tess = house.people["tess"]
    own = dict(Branch.objects.values_list("code", "pk"))
    vendors.map_codes(house.vendor.pk, {("branch", f"FRRLS-{code}"): own[code] for code in BRANCHES}, actor=tess)
    cart = carts.upload_cart(house.vendor, "cart.mrc", CART, actor=tess)
    ordering.order_cart(cart.pk, actor=tess)
    return cart


def test_a_second_upload_says_that_all_of_it_is_on_order(tab: Tab, house: House) -> None:
    ordered(house)
    sign_in(tab, "tess")
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "again.mrc", CART)
    expect(tab.locator("main")).to_contain_text("Open order")
    assert (Cart.objects.count(), Order.objects.count()) == (1, 1)
    upload(tab, "anew.mrc", CART + b"\n")
    expect(tab.locator("main")).to_contain_text("11")
    expect(tab.locator(".cart-note").filter(has_text="on order")).to_have_count(11)


def test_a_cart_that_broke_off_is_told_by_record_and_byte(tab: Tab, house: House) -> None:
    sign_in(tab, "tess")
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "broken.mrc", CART[:2_000])
    expect(tab.locator("main")).to_contain_text("Record 4: the record at byte 1920 breaks off at byte 2000")
    expect(tab.locator("tbody.left-out")).to_have_count(1)


def test_a_file_that_is_no_cart_is_refused_in_words_and_kept(tab: Tab, house: House) -> None:
    sign_in(tab, "tess")
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "picture.mrc", b"\x89PNG\r\n\x1a\n" + bytes(200))
    expect(tab.locator(".error-summary")).to_contain_text("not MARC")
    assert Cart.objects.count() == 0
    assert Incoming.objects.get().state == "refused"
