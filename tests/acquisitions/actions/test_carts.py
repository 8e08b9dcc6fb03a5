"""Reading vendors' carts: what bad files say, what is kept, what a person can put right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisitions.actions import carts, ordering, vendors
from acquisitions.actions.carts import AlreadyUploaded
from acquisitions.models.carts import Cart, CartTitle
from acquisitions.models.vendors import CodeMap
from acquisitions.queries.carts import contents
from acquisitions.rules.encumbrance import Reach
from techsvc.kernel.actions import history
from techsvc.kernel.errors import BadInput, Forbidden, Refusal
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make
from tests.acquisitions.make import Setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Setting:
    return make.setting()


def one(
    text: str = "$aBA$b2$cAF$fADULT$p25.00",
    *,
    isbn: str = "141659423X",
    price: str = "25.00",
    title: str = "ACT OF LOVE",
) -> bytes:
    return make.cart_title(title, isbn, price, [text])


def titles(cart: Cart) -> list[CartTitle]:
    return list(CartTitle.objects.filter(cart=cart))


def test_a_cart_is_read_and_its_bytes_kept(at: Setting) -> None:
    cart = make.cart(at)
    assert (cart.state, cart.name, cart.vendor) == ("preview", "cart.mrc", at.vendor)
    assert bytes(cart.incoming.body) == make.SMALL_CART
    assert Incoming.objects.get().state == "read"
    first, second = titles(cart)
    assert (first.position, first.offset, first.title, first.author, first.isbn, first.list_price, first.faults) == (
        1, 0, "ACT OF LOVE", "Jacobson, Howard", "9781416594239", Decimal("25.00"), [],
    )  # fmt: skip
    assert second.offset == first.length
    assert [(c.branch_code, c.fund_code, c.collection_code, c.quantity) for c in first.copies.all()] == [
        ("BA", "ADULT", "AF", 2), ("FA", "ADULT", "AF", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("body", "sentence"), [
    (b"", "This file is empty"),
    (b"\n\n", "This file is empty"),
    (b"%PDF-1.7 order", "not MARC"),
    (b"UNB+UNOC:3+1697978:31B+2052431:31B+061204:1150+1'", "not MARC"),
    (b"ISBN,Title\n9781416594239,Act of love\n", "not MARC"),
])  # fmt: skip
def test_a_file_that_is_no_cart_is_kept_as_refused(at: Setting, body: bytes, sentence: str) -> None:
    for _again in range(2):
        with pytest.raises(BadInput, match=sentence):
            make.cart(at, body)
    incoming = Incoming.objects.get()
    assert (incoming.state, incoming.kind) == ("refused", "cart")
    assert sentence in incoming.fault
    assert Cart.objects.count() == 0


def test_a_truncated_file_gives_its_good_titles_and_says_where_it_broke(at: Setting) -> None:
    whole = one()
    cart = make.cart(at, whole + one(title="SASSY", isbn="0545071518")[:-40])
    good, broken = titles(cart)
    assert (good.left_out, broken.left_out) == (False, True)
    assert broken.offset == len(whole)
    assert any(f"{len(whole)}" in fault for fault in broken.faults)
    assert contents(cart).objections() == []
    order = ordering.order_cart(cart.pk, actor=at.selector)
    assert order.lines.count() == 1
    with pytest.raises(Refusal, match="can't be changed any more"):
        carts.put_back(broken.pk, actor=at.selector)


def test_a_record_without_copies_can_not_be_put_back(at: Setting) -> None:
    cart = make.cart(at, one() + make.cart_title("NO COPIES", "0545071518", "9.00", []))
    bare = titles(cart)[1]
    assert bare.left_out
    assert "no order data" in bare.faults[0]
    with pytest.raises(Refusal, match="has no copies that could be read"):
        carts.put_back(bare.pk, actor=at.selector)


@pytest.mark.parametrize("quantity", ["-1", "0", "many", "1.5", "99999"])
def test_a_quantity_that_is_none_leaves_the_copies_out(at: Setting, quantity: str) -> None:
    cart = make.cart(
        at,
        make.cart_title("ACT OF LOVE", "141659423X", "25.00", [f"$aBA$b{quantity}$cAF$fADULT", "$aFA$b1$cAF$fADULT"]),
    )
    (title,) = titles(cart)
    assert f'the quantity "{quantity}" for BA' in title.faults[0]
    assert [copies.branch_code for copies in title.copies.all()] == ["FA"]
    assert contents(cart).copies == 1


def test_an_isbn_10_with_punctuation_is_read(at: Setting) -> None:
    (title,) = titles(make.cart(at, one(isbn="0-545-07151-8 (hbk.) :")))
    assert (title.isbn, title.faults) == ("9780545071512", [])


def test_a_wrong_isbn_is_said_and_can_be_typed(at: Setting) -> None:
    (title,) = titles(make.cart(at, one(isbn="1416594230")))
    assert title.isbn == ""
    assert "is not an ISBN" in title.faults[0]
    with pytest.raises(Refusal, match="is not an ISBN"):
        carts.complete_title(title.pk, list_price=None, isbn="9781416594230", actor=at.selector)
    carts.complete_title(title.pk, list_price=None, isbn="978-1-4165-9423-9", actor=at.selector)
    order = ordering.order_cart(title.cart_id, actor=at.selector)
    assert order.lines.get().isbn == "9781416594239"


def test_marc_8_text_is_read(at: Setting) -> None:
    record = one(title="CAFE BEAUTE").replace(b"CAFE BEAUTE", b"CAF\xe2E \xe8UBER")
    record = record[:9] + b" " + record[10:]
    (title,) = titles(make.cart(at, record))
    assert title.title == "CAFÉ ÜBER"


def test_a_title_without_a_price_waits_for_one(at: Setting) -> None:
    cart = make.cart(at, one("$aBA$b2$cAF$fADULT", price="") + one(isbn="0545071518", title="SASSY"))
    found = contents(cart)
    assert [line.needs_price for line in found.lines] == [True, False]
    assert found.objections() == ["Record 1 has no price. Type it in, or leave it out."]
    with pytest.raises(Refusal, match="Record 1 has no price"):
        ordering.order_cart(cart.pk, actor=at.selector)
    with pytest.raises(Refusal, match="can't be the price of a copy"):
        carts.complete_title(found.lines[0].title.pk, list_price=Decimal(-1), actor=at.selector)
    with pytest.raises(Refusal, match="Nothing was typed in"):
        carts.complete_title(found.lines[0].title.pk, list_price=None, actor=at.selector)
    carts.complete_title(found.lines[0].title.pk, list_price=Decimal("19.95"), actor=at.selector)
    order = ordering.order_cart(cart.pk, actor=at.selector)
    assert list(order.lines.values_list("list_price", flat=True)) == [Decimal("19.95"), Decimal("25.00")]


def test_a_title_can_be_left_out_and_put_back(at: Setting) -> None:
    cart = make.cart(at)
    first = titles(cart)[0]
    carts.leave_out(first.pk, actor=at.selector)
    assert (contents(cart).copies, contents(cart).total_minor) == (3, 44_97)
    history.undo(HistoryEvent.objects.get(verb="acquisitions.leave_out").pk, actor=at.selector)
    assert contents(cart).copies == 6
    for title in titles(cart):
        carts.leave_out(title.pk, actor=at.selector)
    assert contents(cart).objections() == ["No title is left to order. Put one back, or discard the cart."]
    carts.put_back(first.pk, actor=at.selector)
    assert ordering.order_cart(cart.pk, actor=at.selector).lines.count() == 1


def test_unknown_codes_are_said_once_for_the_vendor(at: Setting) -> None:
    cart = make.cart(
        at, one("$aLIB-BA$b1$cAF$fVEND1$tBK") + one("$aLIB-BA$b2$cAF$fVEND1", isbn="0545071518", title="SASSY")
    )
    found = contents(cart)
    assert [(x.kind, x.code, x.copies, x.required) for x in found.unknown] == [
        ("branch", "LIB-BA", 3, True), ("fund", "VEND1", 3, True), ("item_type", "BK", 1, True),
        ("item_type", "", 2, False),
    ]  # fmt: skip
    assert found.codes.guess("branch", "LIB-BA") == make.branch("BA")
    assert found.objections() == ["3 codes have no meaning yet. Check what is proposed, and keep it."]
    with pytest.raises(Refusal, match="3 codes have no meaning yet"):
        ordering.order_cart(cart.pk, actor=at.selector)
    book = make.item_type("book")
    meanings = {
        ("branch", "LIB-BA"): make.branch("BA").pk,
        ("fund", "VEND1"): at.adult.pk,
        ("item_type", "BK"): book.pk,
    }
    vendors.map_codes(at.vendor.pk, meanings, actor=at.selector)
    assert contents(cart).objections() == []
    other = make.cart(at, one("$aLIB-BA$b1$cAF$fVEND1$tBK", title="ANOTHER", isbn="0761453032"))
    assert contents(other).objections() == []


def test_saying_a_code_can_be_undone_and_changed(at: Setting) -> None:
    key = ("branch", "LIB-BA")
    bank, falls = make.branch("BA"), make.branch("FA")
    vendors.map_codes(at.vendor.pk, {key: bank.pk}, actor=at.selector)
    vendors.map_codes(at.vendor.pk, {key: falls.pk}, actor=at.selector)
    assert CodeMap.objects.get().branch == falls
    last = HistoryEvent.objects.filter(verb="acquisitions.map_codes").latest("pk")
    history.undo(last.pk, actor=at.selector)
    assert CodeMap.objects.get().branch == bank
    vendors.map_codes(at.vendor.pk, {key: None}, actor=at.selector)
    assert CodeMap.objects.count() == 0
    with pytest.raises(Refusal, match="No code was given another meaning"):
        vendors.map_codes(at.vendor.pk, {key: None}, actor=at.selector)


def test_a_mapped_code_goes_back_to_the_vendor_as_its_own(at: Setting) -> None:
    vendors.map_codes(at.vendor.pk, {("branch", "LIB-BA"): make.branch("BA").pk}, actor=at.selector)
    codes = contents(make.cart(at)).codes
    assert codes.to_send("branch", make.branch("BA")) == "LIB-BA"
    assert codes.to_send("branch", make.branch("FA")) == "FA"
    assert codes.to_send("item_type", None) == ""


def test_the_same_file_is_a_cart_once(at: Setting) -> None:
    first = make.cart(at)
    with pytest.raises(
        AlreadyUploaded, match=r"This file was uploaded on .* as cart “cart.mrc” of Brodart and is not ordered yet"
    ):
        make.cart(at, name="again.mrc")
    ordering.order_cart(first.pk, actor=at.selector)
    with pytest.raises(AlreadyUploaded, match="2 of its titles are already on order") as refused:
        make.cart(at, name="again.mrc")
    assert refused.value.cart == first
    assert Cart.objects.count() == 1


def test_a_discarded_cart_can_be_uploaded_again(at: Setting) -> None:
    first = make.cart(at)
    carts.leave_out(titles(first)[0].pk, actor=at.selector)
    carts.discard_cart(first.pk, actor=at.selector)
    again = make.cart(at, name="again.mrc")
    assert (again.pk, again.state, again.name) == (first.pk, "preview", "again.mrc")
    assert contents(again).copies == 6


def test_discarding_can_be_undone_unless_it_was_ordered(at: Setting) -> None:
    cart = make.cart(at)
    carts.discard_cart(cart.pk, actor=at.selector)
    history.undo(HistoryEvent.objects.get(verb="acquisitions.discard_cart").pk, actor=at.selector)
    ordering.order_cart(cart.pk, actor=at.selector)
    with pytest.raises(Refusal, match="can't discard, it is ordered"):
        carts.discard_cart(cart.pk, actor=at.selector)


def test_a_file_that_is_too_big_is_not_taken(at: Setting) -> None:
    with pytest.raises(Refusal, match=r"big\.mrc has 20\.0 MB; a cart may have 20 MB"):
        make.cart(at, b" " * 20_000_001, name="big.mrc")
    assert Incoming.objects.count() == 0


def test_who_may_not_draft_uploads_nothing(at: Setting) -> None:
    with pytest.raises(Forbidden):
        carts.upload_cart(at.vendor, "cart.mrc", make.SMALL_CART, actor=make.person("desk"))
    assert Incoming.objects.count() == 0


def test_what_the_cart_takes_from_each_fund() -> None:
    at = make.setting(money_minor=80_00)
    rows = contents(make.cart(at)).fund_rows(at.year)
    assert [(row.fund.code, row.now.available, row.this_minor, row.after_minor, row.reach) for row in rows] == [
        ("ADULT", 80_00, 75_00, 5_00, Reach.WARN), ("JUV", 80_00, 44_97, 35_03, Reach.OK),
    ]  # fmt: skip


def test_what_is_here_and_coming_is_shown(at: Setting) -> None:
    order = make.placed_order(at)
    cart = make.cart(at, make.SMALL_CART + make.cart_title("BIRDS", "0061363049", "17.99", ["$aBA$fJUV$cJF"]))
    first, _second, new = contents(cart, with_standings=True).lines
    (standing,) = first.standings
    assert (standing.sure, standing.owned, standing.on_order, standing.orders) == (True, 0, 3, (order.number,))
    assert new.standings == []


def test_a_preview_asks_as_often_for_many_as_for_few(at: Setting) -> None:
    counts = []
    for size in (2, 40):
        cart = make.cart(at, b"".join(one(title=f"TITLE {size} {n}", isbn="") for n in range(size)))
        with CaptureQueriesContext(connection) as asked:
            contents(cart, with_standings=True).fund_rows(at.year)
        counts.append(len(asked))
    assert counts[0] == counts[1]
