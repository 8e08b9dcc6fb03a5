"""A cart's pages: from a file to an order."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acquisitions.models.carts import Cart, CartTitle
from acquisitions.models.orders import Order
from acquisitions.models.vendors import CodeMap
from techsvc.kernel.models.exchange import Incoming
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


def mrc(body: bytes = make.SMALL_CART, name: str = "cart.mrc") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/octet-stream")


def test_from_a_file_to_an_order(selector: Client, post: Post, at: Setting) -> None:
    answer = post("cart_new", vendor=at.vendor.pk, file=mrc())
    cart = Cart.objects.get()
    assert answer.headers["Location"] == cart.get_absolute_url()
    page = selector.get(cart.get_absolute_url()).content.decode()
    assert "Place order: 6 copies, $119.97 to Brodart" in page
    answer = post("cart_order", cart.pk)
    order = Order.objects.get()
    assert answer.headers["Location"] == order.get_absolute_url()
    page = selector.get(order.get_absolute_url()).content.decode()
    assert f"Order {order.number} is placed." in page
    assert "Undo" in page


def test_a_double_click_is_one_order(selector: Client, at: Setting) -> None:
    cart = make.cart(at)
    url, key = reverse("acquisitions:cart_order", args=[cart.pk]), str(uuid.uuid4())
    first, second = (selector.post(url, {"_key": key}).headers["Location"] for _click in range(2))
    assert first == second
    assert Order.objects.count() == 1


def test_a_double_click_on_uploading_is_one_cart(selector: Client, at: Setting) -> None:
    url, key = reverse("acquisitions:cart_new"), str(uuid.uuid4())
    answers = [selector.post(url, {"_key": key, "vendor": at.vendor.pk, "file": mrc()}) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Cart.objects.count() == 1


@pytest.mark.parametrize(("body", "sentence"), [(b"", "This file is empty"), (b"%PDF-1.7", "not MARC")])
def test_a_bad_file_is_said_and_kept(selector: Client, post: Post, at: Setting, body: bytes, sentence: str) -> None:
    answer = post("cart_new", vendor=at.vendor.pk, file=mrc(body))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Incoming.objects.get().state == "refused"


def test_the_same_file_again_leads_to_its_cart(selector: Client, post: Post, at: Setting) -> None:
    order = make.placed_order(at)
    answer = post("cart_new", vendor=at.vendor.pk, file=mrc(name="again.mrc"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 of its titles are already on order" in page
    assert Cart.objects.get().get_absolute_url() in page
    assert order.get_absolute_url() in page


def test_codes_are_said_on_the_cart(selector: Client, post: Post, at: Setting) -> None:
    cart = make.cart(at, make.cart_title("BIRDS", "0061363049", "17.99", ["$aLIB-BA$fADULT$cAF"]))
    page = selector.get(cart.get_absolute_url()).content.decode()
    assert "1 code has no meaning yet. Check what is proposed, and keep it." in page
    assert "Place order:" not in page
    field = f"branch-{b'LIB-BA'.hex()}"
    assert f'name="{field}"' in page
    post("cart_codes", cart.pk, **{field: make.branch("BA").pk})
    assert CodeMap.objects.get().code == "LIB-BA"
    assert "Place order: 1 copy, $17.99 to Brodart" in selector.get(cart.get_absolute_url()).content.decode()


def test_a_missing_price_is_typed_on_the_cart(selector: Client, post: Post, at: Setting) -> None:
    cart = make.cart(at, make.cart_title("BIRDS", "0061363049", "", ["$aBA$fADULT$cAF"]))
    page = selector.get(cart.get_absolute_url()).content.decode()
    assert "Record 1 has no price. Type it in, or leave it out." in page
    title = CartTitle.objects.get()
    assert post("title_complete", title.pk, list_price="-3").status_code == 422
    post("title_complete", title.pk, list_price="17.99")
    title.refresh_from_db()
    assert title.list_price == Decimal("17.99")


def test_titles_are_left_out_and_put_back(selector: Client, post: Post, at: Setting) -> None:
    cart = make.cart(at)
    title = cart.titles.all()[0]
    assert post("title_leave_out", title.pk).headers["Location"].endswith("#title-1")
    assert "Place order: 3 copies, $44.97 to Brodart" in selector.get(cart.get_absolute_url()).content.decode()
    post("title_put_back", title.pk)
    assert "Place order: 6 copies" in selector.get(cart.get_absolute_url()).content.decode()
    post("cart_discard", cart.pk)
    cart.refresh_from_db()
    assert cart.state == "discarded"


def test_a_cart_beyond_a_funds_stop_says_so_before_and_after(client: Client, post: Post) -> None:
    at = make.setting(money_minor=50_00)
    client.force_login(at.selector)
    cart = make.cart(at)
    page = client.get(cart.get_absolute_url()).content.decode()
    assert "beyond its stop of 100 %" in page
    post("cart_order", cart.pk)
    assert Order.objects.count() == 0
    assert "Fund ADULT has $50.00 available" in client.get(cart.get_absolute_url()).content.decode()


def test_a_page_asks_as_often_for_many_as_for_few(selector: Client, at: Setting) -> None:
    selector.get(make.cart(at).get_absolute_url())  # what is remembered for the process is asked for once
    counts = []
    for size in (2, 30):
        body = b"".join(
            make.cart_title(f"TITLE {size} {n}", "", "1.00", ["$aBA$fADULT", "$aFA$fJUV"]) for n in range(size)
        )
        cart = make.cart(at, body)
        with CaptureQueriesContext(connection) as asked:
            assert selector.get(cart.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
