"""From a cart to an order: money, items, message, all or nothing, and back again while nothing has left."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from acquisitions.actions import carts, ledger, messages, ordering, vendors
from acquisitions.actions.carts import AlreadyUploaded
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.edi import edifact
from acquisitions.edi.orders import read_orders
from acquisitions.models.carts import Cart
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.queries import invariants
from acquisitions.queries.carts import contents
from acquisitions.queries.funds import Balance, balances, encumbered_by_copy
from acquisitions.queries.orders import not_sent
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.rules.matching import Description
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.money import Money
from tests.acquisitions import make
from tests.acquisitions.make import Setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Setting:
    return make.setting()


def rows() -> dict[str, int]:
    """How many of everything there is: refusals change none of it."""
    tables = (Order, OrderLine, OrderCopy, Item, Record, Outgoing, EdiMessage)
    return {table.__name__: table.objects.count() for table in tables}


def everything_holds() -> None:
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def sent(order: Order) -> Any:
    """The ORDERS message as the vendor reads it."""
    outgoing = Outgoing.objects.get(key=f"orders:{order.pk}")
    return read_orders(edifact.decode(bytes(outgoing.body)).messages[0])


def test_a_cart_is_ordered_in_one_act(at: Setting) -> None:
    order = make.placed_order(at)
    assert (order.state, order.vendor, order.fiscal_year) == ("placed", at.vendor, at.year)
    lines = list(
        OrderLine.objects.filter(order=order).values_list("position", "title", "isbn", "list_price", "unit_price")
    )
    assert lines == [
        (1, "ACT OF LOVE", "9781416594239", Decimal(25), Decimal(25)),
        (2, "SASSY", "9780545071512", Decimal("14.99"), Decimal("14.99")),
    ]
    copies = OrderCopy.objects.filter(line__order=order).values_list(
        "line__position", "number", "branch__code", "fund__code"
    )
    assert list(copies) == [
        (1, 1, "BA", "ADULT"), (1, 2, "BA", "ADULT"), (1, 3, "FA", "ADULT"),
        (2, 1, "BA", "JUV"), (2, 2, "FA", "JUV"), (2, 3, "FA", "JUV"),
    ]  # fmt: skip
    assert Item.objects.filter(state="on_order", order_copy__line__order=order).count() == 6
    assert set(Item.objects.values_list("collection__code", flat=True)) == {"AF", "JF"}
    assert balances(at.year, [at.adult.pk, at.juvenile.pk]) == {
        at.adult.pk: Balance(1_000_00, 75_00, 0), at.juvenile.pk: Balance(1_000_00, 44_97, 0),
    }  # fmt: skip
    assert HistoryEvent.objects.filter(verb="acquisitions.place_order").get().summary == (
        "6 copies ordered from Brodart for $119.97"
    )
    everything_holds()


def test_the_message_carries_the_grid(at: Setting) -> None:
    order = make.placed_order(at)
    document = sent(order)
    assert (document.number, document.currency, document.buyer.san) == (order.number, "USD", "2052431")
    first, second = document.lines
    assert (first.ean13, first.quantity, first.unit_price, first.line_ref) == ("9781416594239", 3, Decimal(25), "1")
    assert [(group.branch, group.fund, group.collection, group.quantity) for group in first.copies] == [
        ("BA", "ADULT", "AF", 2), ("FA", "ADULT", "AF", 1),
    ]  # fmt: skip
    assert [(group.branch, group.quantity) for group in second.copies] == [("BA", 1), ("FA", 2)]
    message = EdiMessage.objects.get(order=order)
    assert (message.kind, message.direction, message.summary) == (
        "ORDERS",
        "out",
        f"Order {order.number}: 2 titles, 6 copies.",
    )
    assert message.outgoing == Outgoing.objects.get(name=f"{order.number}.edi")


def test_control_references_run_by_vendor(at: Setting) -> None:
    make.placed_order(at)
    body = make.SMALL_CART.replace(b"ACT OF LOVE", b"ACT OF HATE")
    ordering.order_cart(make.cart(at, body).pk, actor=at.selector)
    assert list(EdiMessage.objects.order_by("pk").values_list("control_ref", flat=True)) == ["1", "2"]


def test_a_vendors_discount_is_encumbered_and_the_list_price_sent() -> None:
    at = make.setting(discount_percent=Decimal("33.5"))
    order = make.placed_order(at)
    assert list(OrderLine.objects.filter(order=order).values_list("unit_price", flat=True)) == [
        Decimal("16.625"),
        Decimal("9.9684"),
    ]
    assert sorted(set(OrderCopy.objects.values_list("price_minor", flat=True))) == [9_97, 16_63]
    assert balances(at.year)[at.adult.pk].encumbered == 3 * 16_63
    assert [line.unit_price for line in sent(order).lines] == [Decimal(25), Decimal("14.99")]
    everything_holds()


def test_a_vendor_without_a_connection_is_ordered_from_by_hand() -> None:
    order = make.placed_order(make.setting(connected=False))
    message = EdiMessage.objects.get(order=order)
    assert message.outgoing is None
    assert (
        message.issues.get().text == "Brodart has no connection: send the order by hand, then say here how it was sent."
    )
    assert list(not_sent(Order.objects.all())) == [order]
    everything_holds()


@pytest.mark.parametrize("was_sent", [False, True])
def test_an_order_by_hand_is_taken_back_until_somebody_sent_it(was_sent: bool) -> None:
    at = make.setting(connected=False)
    order = make.placed_order(at)
    event = HistoryEvent.objects.get(verb="acquisitions.place_order")
    if was_sent:
        messages.settle_issue(MessageIssue.objects.get().pk, how="By mail", actor=at.selector)
        assert list(not_sent(Order.objects.all())) == []
        with pytest.raises(Refusal, match="its message is sent by hand"):
            history.undo(event.pk, actor=at.selector)
    else:
        history.undo(event.pk, actor=at.selector)
    order.refresh_from_db()
    assert order.state == ("placed" if was_sent else "cancelled")
    assert MessageIssue.objects.get().settled_at is not None
    everything_holds()


def test_known_titles_are_ordered_on_their_records(at: Setting) -> None:
    first = make.placed_order(at)
    body = make.SMALL_CART + make.cart_title("BIRDS", "0061363049", "17.99", ["$aBA$fJUV$cJF"], "Henkes, Kevin")
    second = ordering.order_cart(make.cart(at, body).pk, actor=at.selector)
    records = [list(order.lines.values_list("record", flat=True)) for order in (first, second)]
    assert records[1][:2] == records[0]
    assert Record.objects.count() == 3
    assert Record.objects.get(pk=records[1][2]).publisher == "Simon & Schuster"


def test_one_title_twice_in_a_cart_gets_one_record(at: Setting) -> None:
    row = make.cart_title("BIRDS", "0061363049", "17.99", ["$aBA$fJUV$cJF"])
    order = ordering.order_cart(make.cart(at, row + row).pk, actor=at.selector)
    assert order.lines.count() == 2
    assert Record.objects.count() == 1


def test_too_little_money_changes_nothing() -> None:
    at = make.setting(money_minor=50_00)
    cart = make.cart(at)
    before = rows()
    with pytest.raises(Refusal, match=r"Fund ADULT has \$50\.00 available in FY-TEST, and \$75\.00 is wanted"):
        ordering.order_cart(cart.pk, actor=at.selector)
    assert rows() == before
    assert Cart.objects.get(pk=cart.pk).state == "preview"
    assert balances(at.year)[at.juvenile.pk] == Balance(50_00, 0, 0)


def test_what_the_vendor_could_misread_changes_nothing(at: Setting) -> None:
    cart = make.cart(at, make.cart_title("A LOCAL HISTORY", "", "10.00", ["$aBA$fADULT$cAF"]))
    before = rows()
    with pytest.raises(
        Refusal, match=r"Record 1 has no ISBN, without which it can't be sent by EDI\. Type it in, or leave it out\."
    ):
        ordering.order_cart(cart.pk, actor=at.selector)
    assert rows() == before


def test_who_may_not_order_does_not(at: Setting) -> None:
    cart = make.cart(at)
    with pytest.raises(Forbidden, match="place orders"):
        ordering.order_cart(cart.pk, actor=make.person("cataloger"))
    assert Order.objects.count() == 0


def test_a_cart_is_ordered_once(at: Setting) -> None:
    cart = make.cart(at)
    ordering.order_cart(cart.pk, actor=at.selector)
    before = rows()
    with pytest.raises(Refusal, match="can't order, it is ordered"):
        ordering.order_cart(cart.pk, actor=at.selector)
    assert rows() == before


def test_an_order_is_placed_once(at: Setting) -> None:
    order = make.placed_order(at)
    before = rows()
    with pytest.raises(Refusal, match=rf"Order {order.number}: can't place, it is placed"):
        ordering.place_order(order.pk, actor=at.selector)
    assert rows() == before


def test_an_order_by_hand(at: Setting) -> None:
    copies = NewCopies(make.branch("BA"), at.adult, 2)
    line = NewLine(Description("The Women", "Hannah, Kristin", "9781250178633"), Decimal("30.00"), (copies,))
    order = ordering.make_order(at.vendor, [], actor=at.selector)
    with pytest.raises(Refusal, match="has no copies"):
        ordering.place_order(order.pk, actor=at.selector)
    ordering.add_line(order.pk, line, actor=at.selector)
    ordering.place_order(order.pk, actor=at.selector)
    with pytest.raises(Refusal, match="takes no more lines"):
        ordering.add_line(order.pk, line, actor=at.selector)
    assert sent(order).lines[0].title == "The Women"
    everything_holds()


@pytest.mark.parametrize(("price", "quantity", "sentence"), [
    ("-1", 1, "can't be the price of a copy"),
    ("100000.01", 1, "can't be the price of a copy"),
    ("NaN", 1, "can't be the price of a copy"),
    ("10", 0, "order at least one copy"),
    ("10", -1, "order at least one copy"),
])  # fmt: skip
def test_lines_that_can_not_be_ordered(at: Setting, price: str, quantity: int, sentence: str) -> None:
    copies = NewCopies(make.branch("BA"), at.adult, quantity)
    with pytest.raises(Refusal, match=sentence):
        ordering.make_order(at.vendor, [NewLine(Description("A"), Decimal(price), (copies,))], actor=at.selector)
    assert Order.objects.count() == 0


def test_undoing_gives_everything_back(at: Setting) -> None:
    order = make.placed_order(at)
    technician = make.person("technician")
    event = HistoryEvent.objects.get(verb="acquisitions.place_order")
    history.undo(event.pk, actor=technician)
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert set(OrderCopy.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Item.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Outgoing.objects.get().state == "cancelled"
    assert balances(at.year)[at.adult.pk] == Balance(1_000_00, 0, 0)
    cart = Cart.objects.get()
    assert (cart.state, cart.order) == ("preview", None)
    again = ordering.order_cart(cart.pk, actor=at.selector)
    assert again.number != order.number
    assert Record.objects.count() == 2
    everything_holds()


@pytest.mark.parametrize(
    ("state", "words"), [("sending", "leaving"), ("unknown", "may have arrived"), ("sent", "sent")]
)
def test_what_has_left_is_not_taken_back(at: Setting, state: str, words: str) -> None:
    order = make.placed_order(at)
    Outgoing.objects.update(state=state)
    with pytest.raises(Refusal, match=rf"Order {order.number} can't be taken back: its message is {words}\."):
        history.undo(HistoryEvent.objects.get(verb="acquisitions.place_order").pk, actor=at.selector)
    order.refresh_from_db()
    assert order.state == "placed"
    assert balances(at.year)[at.adult.pk].encumbered == 75_00


def test_after_a_copy_was_cancelled_the_order_is_not_taken_back(at: Setting) -> None:
    make.placed_order(at)
    ordering.cancel_copies([OrderCopy.objects.all()[0].pk], reason="Out of print", actor=at.selector)
    with pytest.raises(Refusal, match="has moved on since"):
        history.undo(HistoryEvent.objects.get(verb="acquisitions.place_order").pk, actor=at.selector)


def test_ordering_takes_as_many_queries_for_many_as_for_few(at: Setting, django_assert_max_num_queries: Any) -> None:
    copies = [f"$a{code}$b4$cAF$fADULT" for code in ("BA", "FA")]
    body = b"".join(make.cart_title(f"TITLE {n}", _isbn(n), "1.00", copies) for n in range(60))
    cart = make.cart(at, body)
    with django_assert_max_num_queries(76):
        order = ordering.order_cart(cart.pk, actor=at.selector)
    assert OrderCopy.objects.filter(line__order=order).count() == 480


def _isbn(number: int) -> str:
    body = f"97800000{number:04d}"
    check = -sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body)) % 10
    return f"{body}{check}"


def test_a_real_cart_of_brodart(shared_data: Path) -> None:
    path = shared_data / "edi" / "book" / "brodart_onorder_marc_with_funds.mrc"
    if not path.is_file():
        pytest.skip("The real Brodart cart lies in ../shared/data only.")
    _order_the_brodart_cart(path.read_bytes())


BRODART = (
    ("ACT OF LOVE", "141659423X", "25.00", "AF", ("TESTFUND1",)),
    ("ANGELS OF DESTRUCTION", "0307450252", "24.00", "AF", ("TESTFUND1",)),
    ("APOLOGIZE, APOLOGIZE!", "0446406147", "23.99", "AF", ("TESTFUND1",)),
    ("BELLINI CARD", "0374110395", "25.00", "AF", ("TESTFUND1",)),
    ("SASSY", "0545071518", "14.99", "JF", ("TESTFUND4",)),
    ("MANOLITO FOUR-EYES", "0761453032", "15.99", "JF", ("TESTFUND4",)),
    ("PIRATES OF CROCODILE SWAMP", "0399250689", "15.99", "JF", ("TESTFUND4",)),
    ("MARTHA STEWART'S ENCYCLOPEDIA OF CRAFTS", "0307450570", "35.00", "ANF", ("TESTFUND3",) * 5 + ("TESTFUND6",) * 3),
    ("ARE YOU A HORSE?", "0439724171", "16.99", "JE", ("TESTFUND2",)),
    ("BIRDS", "0061363049", "17.99", "JE", ("TESTFUND2",)),
    ("DICKSON BASEBALL DICTIONARY. REV. AND EXPANDED", "0393066819", "49.95", "AREF", ("TESTFUND3",)),
)
BRANCHES = ("BA", "FA", "FY", "GR", "JA", "PT", "TY", "ZE")


def test_a_cart_of_eleven_titles_for_eight_branches() -> None:
    _order_the_brodart_cart(b"".join(
        make.cart_title(title, f"{isbn} ;", price, [
            f"$aFRRLS-{branch}$b1$c{collection}$f{funds[i % len(funds)]}$p{price}$sBRODART"
            for i, branch in enumerate(BRANCHES)
        ])
        for title, isbn, price, collection, funds in BRODART
    ))  # fmt: skip


def _order_the_brodart_cart(body: bytes) -> None:
    """Eleven titles, eight branches, five funds: codes said once, ordered once, known the second time."""
    vendor = make.vendor("brodart", name="Brodart", connection=make.connection(), dialect="brodart")
    selector = make.person("selector")
    branches = {f"FRRLS-{code}": make.branch(code) for code in BRANCHES}
    funds = {
        code: make.fund(1_000_00, code=code)
        for code in ("TESTFUND1", "TESTFUND2", "TESTFUND3", "TESTFUND4", "TESTFUND6")
    }
    make.collections("AF", "JF", "JE", "ANF", "AREF")
    cart = carts.upload_cart(vendor, "brodart.mrc", body, actor=selector)
    unknown = [(one.kind, one.code) for one in contents(cart).unknown if one.required]
    assert unknown == [("branch", code) for code in sorted(branches)]
    vendors.map_codes(vendor.pk, {("branch", code): row.pk for code, row in branches.items()}, actor=selector)
    found = contents(cart)
    assert found.objections() == []
    assert (len(found.wanted), found.copies, str(Money(found.total_minor))) == (11, 88, "$2,119.12")
    assert {fund.code: minor for fund, minor in found.by_fund().values()} == {
        "TESTFUND1": 783_92, "TESTFUND2": 279_84, "TESTFUND3": 574_60, "TESTFUND4": 375_76, "TESTFUND6": 105_00,
    }  # fmt: skip
    order = ordering.order_cart(cart.pk, actor=selector)
    assert Item.objects.filter(state="on_order").count() == 88
    assert Outgoing.objects.count() == EdiMessage.objects.count() == 1
    document = sent(order)
    assert sum(line.quantity for line in document.lines) == 88
    assert [group.branch for group in document.lines[0].copies] == sorted(branches)
    now = balances(make.year())
    assert {code: now[fund.pk].encumbered for code, fund in funds.items()} == {
        "TESTFUND1": 783_92, "TESTFUND2": 279_84, "TESTFUND3": 574_60, "TESTFUND4": 375_76, "TESTFUND6": 105_00,
    }  # fmt: skip
    with pytest.raises(AlreadyUploaded, match="11 of its titles are already on order") as again:
        carts.upload_cart(vendor, "same.mrc", body, actor=selector)
    assert again.value.cart == cart
    everything_holds()


def test_amounts_beyond_a_persons_right_are_not_ordered(at: Setting) -> None:
    role = at.selector.roles.get()
    people.set_grant(role, "acquisitions.place_order", scope="all", up_to_minor=100_00, actor=make.person("supervisor"))
    cart = make.cart(at)
    selector = type(at.selector).objects.get(pk=at.selector.pk)
    with pytest.raises(Forbidden):
        ordering.order_cart(cart.pk, actor=selector)
    assert Order.objects.count() == 0
    assert ledger.LedgerTransaction.objects.filter(kind="encumber").count() == 0
    assert encumbered_by_copy([1, 2, 3]) == {}


def test_a_line_that_the_vendor_could_misread_changes_nothing(at: Setting) -> None:
    line = NewLine(Description("A local history"), Decimal(10), (NewCopies(make.branch("BA"), at.adult, 1),))
    order = ordering.make_order(at.vendor, [line], actor=at.selector)
    before = rows()
    with pytest.raises(Refusal, match=r"Line 1 \(A local history\) has no ISBN, EAN or vendor's number"):
        ordering.place_order(order.pk, actor=at.selector)
    assert rows() == before
    assert balances(at.year)[at.adult.pk].encumbered == 0
