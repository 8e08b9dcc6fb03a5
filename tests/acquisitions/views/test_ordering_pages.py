"""The pages of requests, carts, orders, funds and vendors: that they open, for whom, and what pressing does."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acquisitions.actions import carts, ordering, requests
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.actions.requests import Asked
from acquisitions.models.carts import Cart, CartTitle
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.requests import PurchaseRequest
from acquisitions.models.vendors import CodeMap, Vendor
from acquisitions.queries.funds import balances
from cataloging.rules.matching import Description
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import slots
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.people import Patron, User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


def mrc(body: bytes = make.SMALL_CART, name: str = "cart.mrc") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/octet-stream")


@pytest.fixture
def everything(at: Setting) -> dict[str, Any]:
    """One of each, by the name of its page."""
    patron = Patron.objects.create(card="21234000012345", name="Ruth Reader", branch=make.branch("BA"))
    asked = requests.submit_request(
        Asked("The Women"), patron=patron, pickup=make.branch("BA"), actor=make.person("desk")
    )
    order = make.placed_order(at)
    preview = make.cart(at, make.cart_title("BIRDS", "0061363049", "", ["$aX-BA$b2$fADULT", "$aFA$fJUV"]) + b"rest")
    draft = ordering.make_order(at.vendor, [], actor=at.selector)
    return {"request": asked, "order": order, "cart": preview, "draft": draft, "line": order.lines.all()[0],
            "fund": at.adult,
            "vendor": at.vendor, "title": preview.titles.all()[0], "year": at.year,
            "code": CodeMap.objects.create(vendor=at.vendor, kind="branch", code="Q", branch=make.branch("BA")),
    }  # fmt: skip


PAGES = {
    "requests": ("", "auditor"), "request_new": ("", "desk"), "request": ("request", "auditor"),
    "request_decline": ("request", "selector"), "request_order": ("request", "selector"),
    "carts": ("", "auditor"), "cart_new": ("", "cataloger"), "cart": ("cart", "auditor"),
    "title_complete": ("title", "selector"), "orders": ("", "processing"), "order_new": ("", "cataloger"),
    "order": ("order", "auditor"), "order_add_line": ("draft", "selector"), "line": ("line", "auditor"),
    "line_cancel": ("line", "selector"), "line_back_order": ("line", "technician"), "funds": ("", "admin"),
    "fund": ("fund", "auditor"), "fund_new": ("", "finance"), "fund_edit": ("fund", "finance"),
    "fund_allocate": ("fund", "technician"), "fund_transfer": ("fund", "finance"), "years": ("", "selector"),
    "year_new": ("", "finance"), "vendors": ("", "ill"), "vendor": ("vendor", "ill"), "vendor_new": ("", "supervisor"),
    "vendor_edit": ("vendor", "admin"), "vendor_code": ("code", "selector"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_who_may(name: str, everything: dict[str, Any], client: Client) -> None:
    thing, role = PAGES[name]
    url = reverse(f"acquisitions:{name}", args=[everything[thing].pk] if thing else [])
    client.force_login(make.person(role))
    assert client.get(url).status_code == 200
    client.force_login(make.person())
    assert client.get(url).status_code == 403


def test_nobody_else_sees_who_asked(everything: dict[str, Any], client: Client) -> None:
    url = everything["request"].get_absolute_url()
    client.force_login(make.person("selector"))
    assert "Ruth Reader" not in client.get(url).content.decode()
    client.force_login(make.person("desk"))
    assert "Ruth Reader" in client.get(url).content.decode()


# ── Carts ────────────────────────────────────────────────────────────────────────────────────────


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
    assert "1 code has no meaning yet. Choose it." in page
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


# ── Orders ───────────────────────────────────────────────────────────────────────────────────────


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


# ── Requests ─────────────────────────────────────────────────────────────────────────────────────


def _request_form(**changes: Any) -> dict[str, Any]:
    return {"title": "Sassy", "author": "Draper, Sharon M.", "isbn": "0545071518", "format": "book",
            "pickup": make.branch("BA").pk} | changes  # fmt: skip


def test_what_the_library_has_is_said_before_a_request_is_taken(selector: Client, post: Post, at: Setting) -> None:
    order = make.placed_order(at)
    answer = post("request_new", **_request_form())
    assert answer.status_code == 422
    assert f"3 copies on order ({order.number})" in answer.content.decode()
    assert PurchaseRequest.objects.count() == 0
    post("request_new", **_request_form(anyway="on"))
    assert PurchaseRequest.objects.get().title == "Sassy"


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"title": ""}, "required"), ({"isbn": "0545071519"}, "is not an ISBN"),
    ({"card": "999"}, "No patron has this card"),
])  # fmt: skip
def test_requests_that_can_not_be_taken(selector: Client, post: Post, changes: dict[str, str], sentence: str) -> None:
    answer = post("request_new", **_request_form(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_request_is_ordered_with_its_hold(selector: Client, post: Post, at: Setting) -> None:
    patron = Patron.objects.create(card="21234000012345", name="Ruth Reader", branch=make.branch("BA"))
    post("request_new", **_request_form(card=patron.card))
    asked = PurchaseRequest.objects.get()
    page = selector.get(reverse("acquisitions:request_order", args=[asked.pk])).content.decode()
    assert 'value="9780545071512"' in page
    terms = {
        "vendor": at.vendor.pk,
        "list_price": "14.99",
        "quantity": "1",
        "branch": make.branch("BA").pk,
        "fund": at.juvenile.pk,
    }
    assert post("request_order", asked.pk, **terms | {"list_price": ""}).status_code == 422
    post("request_order", asked.pk, **terms, isbn="9780545071512")
    asked.refresh_from_db()
    assert asked.state == "ordered"
    assert Hold.objects.get().patron == patron
    assert OrderCopy.objects.get().fund == at.juvenile


def test_requests_are_approved_together_and_declined_with_a_reason(selector: Client, post: Post, at: Setting) -> None:
    asked = [
        requests.submit_request(Asked(f"Book {n}"), patron=None, pickup=make.branch("BA"), actor=at.selector)
        for n in range(3)
    ]
    requests.approve_request(asked[0].pk, actor=at.selector)
    answer = post("requests_approve", ids=[one.pk for one in asked])
    page = answer.content.decode()
    assert "can&#x27;t approve, it is approved" in page
    assert PurchaseRequest.objects.filter(state="approved").count() == 3
    assert post("request_decline", asked[1].pk, reason="").status_code == 422
    post("request_decline", asked[1].pk, reason="We have it as an e-book.")
    assert PurchaseRequest.objects.get(pk=asked[1].pk).state == "declined"


# ── Funds and vendors ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def finance(client: Client) -> User:
    user = make.person("finance")
    client.force_login(user)
    return user


def test_money_is_allocated_and_moved(client: Client, post: Post, at: Setting, finance: User) -> None:
    post("fund_allocate", at.adult.pk, year=at.year.pk, amount="250.50", why="Gift")
    assert balances(at.year)[at.adult.pk].allocated == 1_250_50
    post("fund_transfer", at.adult.pk, year=at.year.pk, target=at.juvenile.pk, amount="50.50", why="Picture books")
    assert [balances(at.year)[fund.pk].allocated for fund in (at.adult, at.juvenile)] == [1_200_00, 1_050_50]
    answer = post("fund_transfer", at.adult.pk, year=at.year.pk, target=at.juvenile.pk, amount="5000", why="Too much")
    assert answer.status_code == 422
    assert "would be taken away" in answer.content.decode()
    page = client.get(at.adult.get_absolute_url()).content.decode()
    assert "Picture books" in page
    assert "$1,200.00" in page


def test_funds_are_listed_with_where_they_stand(client: Client, at: Setting, finance: User) -> None:
    make.placed_order(at)
    for n in range(20):
        make.fund(code=f"M{n}")
    url = reverse("acquisitions:funds")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{url}?sort=-encumbered").content.decode()
    assert len(asked) <= 14
    assert page.index("ADULT") < page.index("JUV") < page.index("M0")
    assert client.get(f"{url}?year=FY-TEST&active=1").status_code == 200
    assert client.get(f"{url}?year=FY-NEVER").status_code == 400


def test_a_fund_and_a_year_are_set_up(client: Client, post: Post, finance: User) -> None:
    made = {
        "code": "NEW",
        "name": "New books",
        "currency": "USD",
        "warn_percent": "95",
        "stop_percent": "90",
        "active": "on",
    }
    answer = post("fund_new", **made)
    assert answer.status_code == 422
    assert "The warning has to come before the stop" in answer.content.decode()
    post("fund_new", **made | {"warn_percent": "80"})
    assert Fund.objects.get(code="NEW").warn_percent == 80
    post("year_new", code="FY2031", starts_on="2030-07-01", ends_on="2031-06-30")
    year = FiscalYear.objects.get(code="FY2031")
    assert post("year_new", code="FY2031b", starts_on="2031-01-01", ends_on="2031-12-31").status_code == 422
    post("year_close", year.pk)
    year.refresh_from_db()
    assert not year.open


def test_a_year_with_open_orders_is_not_closed(post: Post, at: Setting, finance: User) -> None:
    make.placed_order(at)
    post("year_close", at.year.pk)
    at.year.refresh_from_db()
    assert at.year.open


def test_a_vendor_is_set_up_and_changed(client: Client, post: Post) -> None:
    client.force_login(make.person("supervisor"))
    columns = {"name": "Ingram", "code": "ingram", "dialect": "ingram", "currency": "USD", "discount_percent": "42",
               "claim_after_days": "60", "active": "on", "cart_tag": "949", "cart_branch": "l",
               "cart_quantity": "q"}  # fmt: skip
    assert post("vendor_new", **columns | {"discount_percent": "142"}).status_code == 422
    assert post("vendor_new", **columns | {"cart_tag": "9x9"}).status_code == 422
    post("vendor_new", **columns)
    vendor = Vendor.objects.get()
    assert (vendor.discount_percent, carts.profile_of(vendor).tag, carts.profile_of(vendor).fund) == (
        Decimal(42),
        "949",
        "",
    )
    post("vendor_edit", vendor.pk, **columns | {"name": "Ingram Library Services"})
    vendor.refresh_from_db()
    assert vendor.name == "Ingram Library Services"


def test_a_vendors_code_is_changed_on_its_page(selector: Client, post: Post, at: Setting) -> None:
    code = CodeMap.objects.create(vendor=at.vendor, kind="branch", code="Q", branch=make.branch("BA"))
    post("vendor_code", code.pk, means=make.branch("FA").pk)
    assert CodeMap.objects.get().branch == make.branch("FA")
    post("vendor_code", CodeMap.objects.get().pk, means="")
    assert CodeMap.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "hits"),
    [("00001", {"order"}), ("brodart", {"vendor"}), ("ADU", {"fund"}), ("R-00001", {"purchase request"})],
)
def test_the_search_box_finds(selector: Client, at: Setting, text: str, hits: set[str]) -> None:
    make.placed_order(at)
    requests.submit_request(Asked("Book"), patron=None, pickup=make.branch("BA"), actor=at.selector)
    found = {hit.kind for hit in slots.search(text, at.selector)}
    assert hits <= found


def test_tiles_count_what_their_lists_hold(selector: Client, at: Setting) -> None:
    make.cart(at)
    requests.submit_request(Asked("Book"), patron=None, pickup=make.branch("BA"), actor=at.selector)
    copies = (NewCopies(make.branch("BA"), at.adult, 1),)
    ordering.make_order(at.vendor, [NewLine(Description("A"), Decimal(1), copies)], actor=at.selector)
    tiles = [tile for tile in slots.tiles(at.selector) if "/acquisitions/" in tile.url]
    assert len(tiles) >= 5
    for tile in tiles:
        assert selector.get(tile.url).context["span"].count == tile.count, tile.label
