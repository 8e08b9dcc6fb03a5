"""Orders' pages, their lines and lists."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.actions import ordering
from acquisitions.models.orders import Order
from acquisitions.queries.funds import balances
from techsvc.kernel import slots
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


def test_an_order_by_hand_from_page_to_page(selector: Client, post: Post, at: Setting) -> None:
    post("order_new", vendor=at.vendor.pk, note="")
    order = Order.objects.get()
    line = {"title": "The Women", "isbn": "978-1-250-17863-3", "format": "book", "list_price": "30", "quantity": "2",
            "branch": make.branch("BA").pk, "fund": at.adult.pk}  # fmt: skip
    assert post("order_add_line", order.pk, **line | {"isbn": "123"}).status_code == 422
    assert post("order_add_line", order.pk, **line | {"quantity": "-2"}).status_code == 422
    post("order_add_line", order.pk, **line)
    assert "Place order: 2 copies, $60.00 to Brodart" in selector.get(order.get_absolute_url()).content.decode()
    post("order_place", order.pk)
    order.refresh_from_db()
    assert order.state == "placed"


def test_the_order_shows_where_its_message_is(selector: Client, at: Setting) -> None:
    order = make.placed_order(at)
    page = selector.get(order.get_absolute_url()).content.decode()
    assert "Order (ORDERS)" in page
    assert "Waiting" in page
    assert "BA 2, FA 1" in page


def test_an_order_to_be_sent_by_hand_is_there_as_text(client: Client) -> None:
    at = make.setting(connected=False)
    order = make.placed_order(at)
    client.force_login(at.selector)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Brodart has no connection." in page
    assert "  1. 9781416594239  3 copies  25.00  ACT OF LOVE / Jacobson, Howard" in page


def test_copies_are_cancelled_and_expected_again(selector: Client, post: Post, at: Setting) -> None:
    order = make.placed_order(at)
    line = order.lines.all()[0]
    copies = list(line.copies.all())
    assert post("line_cancel", line.pk, copies=[copies[0].pk], reason="").status_code == 422
    post("line_cancel", line.pk, copies=[copies[0].pk, copies[1].pk], reason="Out of print")
    assert sorted(line.copies.values_list("state", flat=True)) == ["cancelled", "cancelled", "on_order"]
    assert balances(at.year)[at.adult.pk].encumbered == 25_00
    post("line_back_order", line.pk, copies=[copies[2].pk], reason="Reprinting", expected_on="2030-01-02")
    line.refresh_from_db()
    assert (str(line.expected_on), line.copies.get(pk=copies[2].pk).state) == ("2030-01-02", "back_ordered")


@pytest.mark.parametrize(("query", "count"), [
    ("state=placed", 1), ("state=draft", 1), ("late=1", 0), ("unsent=1", 0), ("q=sassy", 1), ("q=nothing", 0), ("", 2),
])  # fmt: skip
def test_orders_are_filtered(selector: Client, at: Setting, query: str, count: int) -> None:
    make.placed_order(at)
    ordering.make_order(at.vendor, [], actor=at.selector)
    answer = selector.get(f"{reverse('acquisitions:orders')}?{query}")
    assert answer.context["span"].count == count


def test_a_fund_filter_finds_orders_once(selector: Client, at: Setting) -> None:
    order = make.placed_order(at)
    answer = selector.get(f"{reverse('acquisitions:orders')}?fund={at.adult.pk}&q=9781416594239")
    assert [row.pk for row in answer.context["rows"]] == [order.pk]
    assert "$119.97" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["fund=x", "fund=1;drop", "state=nowhere", "sort=vendor__password", "odd=1", "from=yesterday"]
)
def test_odd_questions_are_answered_with_a_sentence(selector: Client, query: str) -> None:
    assert selector.get(f"{reverse('acquisitions:orders')}?{query}").status_code == 400


def test_a_titles_page_shows_its_orders(selector: Client, at: Setting) -> None:
    order = make.placed_order(at)
    line = order.lines.all()[0]
    page = selector.get(line.record.get_absolute_url()).content.decode()
    assert line.get_absolute_url() in page
    assert "BA 2, FA 1" in page
    assert list(slots.objections("cataloging.record", line.record)) == [
        f"Copies are to come on order {order.number}. Cancel or receive them first."
    ]
