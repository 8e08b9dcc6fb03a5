"""The whole line: from a vendor's cart to the shelf, by keyboard and scanner, with the money right to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.models.orders import Order, OrderCopy
from tests.journeys.hands import press, sign_in, told, upload
from tests.journeys.house import BRANCHES, CART, TAKEN, House

pytestmark = pytest.mark.browser


@pytest.fixture(params=["a cart of 2009", "the real file"])
def cart(request: pytest.FixtureRequest) -> bytes:
    if request.param == "a cart of 2009":
        return CART
    folder: Path = request.getfixturevalue("shared_data")
    path = folder / "edi" / "book" / "brodart_onorder_marc_with_funds.mrc"
    if not path.is_file():
        pytest.skip("The real Brodart cart lies in ../shared/data only.")
    return path.read_bytes()


def look_at(tab: Tab, cart: bytes) -> None:
    """Upload a cart and say what the vendor's eight branch codes mean."""
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "cart.mrc", cart)
    press(tab, "Look at it")
    expect(tab.get_by_text("Said once, and known for every later cart.")).to_be_visible()
    for code, name in BRANCHES.items():
        tab.get_by_label(f"FRRLS-{code}, a branch").select_option(label=f"{code} · {name}")
    press(tab, "Keep these meanings")
    expect(tab.get_by_role("button", name="Place order: 88 copies, $2,119.12 to Brodart")).to_be_visible()


def test_a_cart_is_looked_at_and_ordered_once(tab: Tab, house: House, cart: bytes) -> None:
    sign_in(tab, "tess")
    look_at(tab, cart)
    tab.get_by_role("button", name="Place order").dblclick()
    told(tab, "is placed")
    order = Order.objects.get()
    expect(tab.get_by_role("heading", name=order.number)).to_be_visible()
    assert OrderCopy.objects.filter(state="on_order").count() == 88
    assert house.money() == {code: (minor, 0) for code, minor in TAKEN.items()}
    assert [path.name for path in house.delivered()] == [f"{order.number}.edi"]
