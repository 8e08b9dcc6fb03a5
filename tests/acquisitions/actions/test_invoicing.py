"""Invoices: what keeps them from being approved, what approving does to the ledger, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from acquisitions.actions import invoicing, matching, receiving
from acquisitions.models.invoices import Invoice, PaidCopy
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.queries import invariants
from acquisitions.queries.funds import Balance, balances, encumbered_by_copy
from acquisitions.queries.invoices import effects, matched
from acquisitions.rules.three_way import Verdict
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import bill, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Setting:
    """Each fund has 1,000.00."""
    return make.setting()


@pytest.fixture
def order(at: Setting) -> Order:
    """ACT OF LOVE at 25.00 from ADULT and SASSY at 14.99 from JUV, three copies each."""
    return make.placed_order(at)


@pytest.fixture
def technician() -> User:
    return make.person("technician")


def verdicts(invoice: Invoice) -> list[Verdict]:
    return [line.match.verdict for line in matched(invoice).lines]


def stands(at: Setting) -> dict[str, Balance]:
    found = balances(at.year)
    return {"ADULT": found[at.adult.pk], "JUV": found[at.juvenile.pk]}


def everything(at: Setting) -> dict[str, Any]:
    return {
        "funds": stands(at),
        "invoices": list(Invoice.objects.values_list("pk", "state", "approvals")),
        "paid": list(PaidCopy.objects.values_list("ordered_copy", "amount_minor")),
        "copies": list(OrderCopy.objects.order_by("pk").values_list("pk", "state")),
        "orders": list(Order.objects.values_list("pk", "state")),
    }


def newest(invoice: Invoice, verb: str) -> HistoryEvent:
    return HistoryEvent.objects.filter(subject_id=str(invoice.pk), verb=f"acquisitions.{verb}").latest("id")


def everything_holds() -> None:
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


# Approving


def test_what_agrees_is_paid_copy_by_copy(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 2)
    receive(order, 2, 3)
    invoice = bill(order, (1, 2, 5000), (2, 3, 4497))
    assert verdicts(invoice) == [Verdict.AGREES, Verdict.AGREES]
    assert stands(at) == {"ADULT": Balance(100000, 7500, 0), "JUV": Balance(100000, 4497, 0)}
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at) == {"ADULT": Balance(100000, 2500, 5000), "JUV": Balance(100000, 0, 4497)}
    paid = PaidCopy.objects.order_by("ordered_copy").values_list(
        "ordered_copy__line__position", "ordered_copy__number", "amount_minor"
    )
    assert list(paid) == [(1, 1, 2500), (1, 2, 2500), (2, 1, 1499), (2, 2, 1499), (2, 3, 1499)]
    left = OrderCopy.objects.get(line__position=1, number=3)
    assert encumbered_by_copy([left.pk]) == {left.pk: 2500}
    invoice.refresh_from_db()
    assert (invoice.state, invoice.approved_by, invoice.approvals) == ("approved", technician, 1)
    everything_holds()


def test_the_funds_stand_afterwards_as_the_page_said(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 2)
    receive(order, 2, 3)
    invoice = bill(order, (1, 2, 5100), (2, 3, 4497), charges=(450,), tax=7)
    said = {effect.fund.code: (effect.before.minor, effect.after.minor) for effect in effects(matched(invoice))}
    assert said["ADULT"][0] == 92500
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert {code: after for code, (_before, after) in said.items()} == {
        code: balance.available for code, balance in stands(at).items()
    }


def test_charges_and_tax_are_spread_by_what_the_copies_cost(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 1)
    receive(order, 2, 1)
    invoice = bill(order, (1, 1, 2500), (2, 1, 1499), charges=(450, -100), tax=50)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    # 400 by 2500 : 1499 is 250.06 and 149.94
    assert list(PaidCopy.objects.order_by("ordered_copy").values_list("amount_minor", flat=True)) == [2750, 1649]
    assert sum(balance.expended for balance in stands(at).values()) == invoice.total_minor == 4399
    everything_holds()


def test_a_charge_may_have_a_fund_of_its_own(at: Setting, order: Order, technician: User) -> None:
    receive(order, 2, 1)
    invoice = bill(order, (2, 1, 1499), charges=(450,))
    matching.pay_charge_from(invoice.charges.get().pk, at.adult, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at) == {"ADULT": Balance(100000, 7500, 450), "JUV": Balance(100000, 2998, 1499)}


def test_an_order_whose_copies_are_all_paid_is_closed(order: Order, technician: User) -> None:
    receive(order, 1, 3)
    receive(order, 2, 3)
    invoice = bill(order, (1, 3, 7500), (2, 3, 4497))
    invoicing.approve_invoice(invoice.pk, actor=technician)
    order.refresh_from_db()
    assert order.state == "closed"
    history.undo(newest(invoice, "approve_invoice").pk, actor=technician)
    order.refresh_from_db()
    assert order.state == "placed"


def test_an_approval_is_taken_back_whole_and_given_again(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 2)
    invoice = bill(order, (1, 2, 5200), charges=(300,))
    before = everything(at)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    invoicing.unapprove_invoice(invoice.pk, actor=technician, why="Wrong invoice")
    assert everything(at) == before | {"invoices": [(invoice.pk, "entered", 1)]}
    everything_holds()
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 2500, 5500)
    history.undo(newest(invoice, "approve_invoice").pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 7500, 0)
    everything_holds()


def test_approving_twice_pays_once(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 1)
    invoice = bill(order, (1, 1, 2500))
    invoicing.approve_invoice(invoice.pk, actor=technician)
    before = everything(at)
    with pytest.raises(Refusal, match="Invoice 1130B766274: can't approve, it is approved"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    assert everything(at) == before


# What keeps an invoice open


def test_koha_d5_seven_billed_for_one_ordered(at: Setting, technician: User) -> None:
    order = make.placed_order(at)
    receive(order, 1, 3)
    invoice = bill(order, (1, 7, 17500))
    before = everything(at)
    with pytest.raises(Refusal, match=r"1 line is open\. 1, “ACT OF LOVE”: 7 copies billed, 3 ordered: 4 too many"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    assert everything(at) == before
    matching.hold_line(invoice.lines.get().pk, 4, actor=technician, why="Asked for a credit")
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 0, 7500)


@pytest.mark.parametrize(
    ("received", "line", "verdict", "why"),
    [
        (1, (1, 2, 5000), Verdict.NOT_RECEIVED, "1 not here yet"),
        (2, (1, 2, 5600), Verdict.PRICE, r"billed at \$28.00 \(\+12.0 %\)"),
        (0, (None, 1, 999), Verdict.UNKNOWN, "fits no order line"),
    ],
)
def test_open_lines_change_nothing(
    at: Setting, order: Order, technician: User, received: int, line: Any, verdict: Verdict, why: str
) -> None:
    receive(order, 1, received) if received else None
    invoice = bill(order, line)
    assert verdicts(invoice) == [verdict]
    before = everything(at)
    with pytest.raises(Refusal, match=why):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    assert everything(at) == before


def test_two_lines_for_one_order_line_draw_on_the_same_copies(order: Order, technician: User) -> None:
    receive(order, 1, 3)
    invoice = bill(order, (1, 2, 5000), (1, 2, 5000))
    assert verdicts(invoice) == [Verdict.AGREES, Verdict.OVER_BILLED]
    matching.hold_line(invoice.lines.get(position=2).pk, 1, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert PaidCopy.objects.count() == 3


def test_a_damaged_copy_is_not_paid(order: Order, technician: User) -> None:
    receive(order, 1, 2)
    first = OrderCopy.objects.get(line__position=1, number=1)
    receiving.mark_damaged(first.receipts.get().pk, reason="wet", actor=technician)
    assert verdicts(bill(order, (1, 2, 5000))) == [Verdict.NOT_RECEIVED]


def test_what_another_invoice_paid_is_not_paid_again(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 3)
    invoicing.approve_invoice(bill(order, (1, 2, 5000)).pk, actor=technician)
    second = bill(order, (1, 2, 5000), number="2")
    assert verdicts(second) == [Verdict.OVER_BILLED]
    matching.hold_line(second.lines.get().pk, 1, actor=technician)
    invoicing.approve_invoice(second.pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 0, 7500)


def test_everything_held_leaves_nothing_to_pay(at: Setting, order: Order, technician: User) -> None:
    invoice = bill(order, (1, 1, 2500))
    matching.hold_line(invoice.lines.get().pk, 1, actor=technician)
    with pytest.raises(Refusal, match="Every line is held, so there is nothing to pay"):
        invoicing.approve_invoice(invoice.pk, actor=technician)


def test_a_price_is_accepted_by_a_person(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 2)
    invoice = bill(order, (1, 2, 5600))
    matching.accept_price(invoice.lines.get().pk, actor=technician, why="New edition")
    assert verdicts(invoice) == [Verdict.ACCEPTED]
    history.undo(newest(invoice, "accept_price").pk, actor=technician)
    assert verdicts(invoice) == [Verdict.PRICE]
    matching.accept_price(invoice.lines.get().pk, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 2500, 5600)
    with pytest.raises(Refusal, match="is approved: nothing can be changed on it now"):
        matching.hold_line(invoice.lines.get().pk, 1, actor=technician)


def test_a_line_is_given_its_order_line(order: Order, technician: User) -> None:
    receive(order, 2, 1)
    invoice = bill(order, (None, 1, 1499))
    line = invoice.lines.get()
    assigned = matching.assign_line(line.pk, order.lines.get(position=2).pk, actor=technician)
    assert assigned.line_id == order.lines.get(position=2).pk
    assert verdicts(invoice) == [Verdict.AGREES]
    foreign = make.vendor("ingram")
    Invoice.objects.filter(pk=invoice.pk).update(vendor=foreign)
    with pytest.raises(Refusal, match="That order line is not on an order with Ingram"):
        matching.assign_line(line.pk, order.lines.get(position=2).pk, actor=technician)


def test_a_total_that_does_not_add_up_is_completed_by_a_charge(order: Order, technician: User) -> None:
    receive(order, 1, 1)
    invoice = bill(order, (1, 1, 2500))
    Invoice.objects.filter(pk=invoice.pk).update(total_minor=2900)
    with pytest.raises(Refusal, match=r"come to \$25.00, the total is \$29.00: a difference of \$4.00"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    matching.add_charge(invoice.pk, label="Postage", amount_minor=400, fund=None, actor=technician)
    history.undo(newest(invoice, "add_charge").pk, actor=technician)
    assert matched(invoice).charges == []
    matching.add_charge(invoice.pk, label="Postage", amount_minor=400, fund=None, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert PaidCopy.objects.get().amount_minor == 2900


def test_charges_alone_need_a_fund(at: Setting, order: Order, technician: User) -> None:
    invoice = bill(order, charges=(450,))
    with pytest.raises(Refusal, match="Say which fund pays them"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    matching.pay_charge_from(invoice.charges.get().pk, at.adult, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert stands(at)["ADULT"].expended == 450


def test_beyond_the_funds_stop_nothing_is_paid(technician: User) -> None:
    at = make.setting(money_minor=7500)
    order = make.placed_order(at)
    receive(order, 1, 1)
    invoice = bill(order, (1, 1, 2600))
    before = everything(at)
    with pytest.raises(Refusal, match=r"Fund ADULT has \$25.00 available"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    assert everything(at) == before
