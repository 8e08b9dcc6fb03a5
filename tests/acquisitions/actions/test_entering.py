"""Invoices: who may what, what can't be entered, refusing, credit notes, receipts that were paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisitions.actions import invoicing
from acquisitions.models.invoices import Invoice, InvoiceLine, PaidCopy
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.queries import invariants
from acquisitions.queries.funds import Balance, balances
from acquisitions.queries.invoices import effects, matched, to_be_billed
from acquisitions.rules.three_way import Verdict
from techsvc.kernel.actions import history, policies
from techsvc.kernel.errors import Forbidden, Refusal
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


# People


def test_above_the_amount_a_second_person_approves(at: Setting, order: Order, technician: User) -> None:
    policies.set_policy("acquisitions.second_person_above", 2000, actor=make.person("supervisor"), why="Small library")
    receive(order, 1, 1)
    invoice = bill(order, (1, 1, 2500), actor=technician)
    with pytest.raises(Refusal, match=r"Above \$20.00 whoever entered an invoice can't approve it"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    invoicing.approve_invoice(invoice.pk, actor=make.person("finance"))


@pytest.mark.parametrize("role", ["selector", "cataloger", "desk", "auditor"])
def test_who_may_not_approve(at: Setting, order: Order, role: str) -> None:
    receive(order, 1, 1)
    invoice = bill(order, (1, 1, 2500))
    before = everything(at)
    with pytest.raises(Forbidden):
        invoicing.approve_invoice(invoice.pk, actor=make.person(role))
    assert everything(at) == before


# Entering, refusing


def test_koha_d4_a_number_is_entered_once_per_vendor(at: Setting, order: Order) -> None:
    bill(order, (1, 1, 2500))
    before = everything(at)
    with pytest.raises(Refusal, match=r"1130B766274 of Brodart was entered before, on .* it is entered"):
        bill(order, (1, 1, 2500))
    assert everything(at) == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"number": " "}, "An invoice needs its number"),
        ({"total_minor": 2600}, r"come to \$25.00, the total is \$26.00: a difference of \$1.00"),
        ({"dated": date(1926, 11, 20)}, "can't be the date of an invoice"),
        ({"lines": []}, "it has no line and no charge"),
    ],
)
def test_what_can_not_be_entered_by_hand(order: Order, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        bill(order, (1, 1, 2500), **changes)
    assert not Invoice.objects.exists()


def test_refused_and_opened_again(order: Order, technician: User) -> None:
    invoice = bill(order, (1, 1, 2500))
    with pytest.raises(Refusal, match="Say why the invoice is refused"):
        invoicing.refuse_invoice(invoice.pk, actor=technician, why="")
    assert invoicing.refuse_invoice(invoice.pk, actor=technician, why="Not ours").state == "refused"
    with pytest.raises(Refusal, match="can't approve, it is refused"):
        invoicing.approve_invoice(invoice.pk, actor=technician)
    history.undo(newest(invoice, "refuse_invoice").pk, actor=technician)
    invoice.refresh_from_db()
    assert invoice.state == "entered"


def test_what_is_to_be_billed_leaves_out_what_an_invoice_has(order: Order) -> None:
    receive(order, 1, 2)
    receive(order, 2, 1)
    assert [(line.position, len(copies)) for line, copies in to_be_billed(order.vendor)] == [(1, 2), (2, 1)]
    bill(order, (1, 2, 5000))
    assert [(line.position, len(copies)) for line, copies in to_be_billed(order.vendor)] == [(2, 1)]


# Credit notes


def test_a_credit_note_gives_the_money_back(at: Setting, order: Order, technician: User) -> None:
    receive(order, 1, 2)
    invoice = bill(order, (1, 2, 5000))
    note = bill(order, (1, 1, 2500), number="C1", kind="credit")
    assert verdicts(note) == [Verdict.NOT_PAID]
    invoicing.approve_invoice(invoice.pk, actor=technician)
    assert verdicts(note) == [Verdict.AGREES]
    invoicing.approve_invoice(note.pk, actor=technician)
    assert stands(at)["ADULT"] == Balance(100000, 2500, 2500)
    assert PaidCopy.objects.count() == 2
    with pytest.raises(Refusal, match="Credit note C1 gave back part of it"):
        invoicing.unapprove_invoice(invoice.pk, actor=technician, why="Wrong")
    second = bill(order, (1, 2, 5000), number="C2", kind="credit")
    assert verdicts(second) == [Verdict.NOT_PAID]
    invoicing.unapprove_invoice(note.pk, actor=technician, why="Wrong")
    assert stands(at)["ADULT"] == Balance(100000, 2500, 5000)
    everything_holds()


# Receipts that were paid


def test_a_paid_receipt_is_taken_back_by_a_supervisor_only(order: Order, technician: User) -> None:
    receive(order, 1, 1)
    invoicing.approve_invoice(bill(order, (1, 1, 2500)).pk, actor=technician)
    event = HistoryEvent.objects.get(verb="acquisitions.receive")
    with pytest.raises(Refusal, match=r"Invoice 1130B766274 paid for it\. Ask a supervisor"):
        history.undo(event.pk, actor=technician)
    assert OrderCopy.objects.filter(state="received").count() == 1
    history.undo(event.pk, actor=make.person("supervisor"))
    assert OrderCopy.objects.filter(state="received").count() == 0
    assert PaidCopy.objects.count() == 1
    everything_holds()


# Length


def test_the_match_takes_as_many_queries_however_long(order: Order) -> None:
    receive(order, 1, 3)

    def queries(invoice: Invoice) -> int:
        with CaptureQueriesContext(connection) as caught:
            effects(matched(invoice))
        return len(caught)

    short = bill(order, (1, 1, 2500))
    long = bill(order, *[(1, 1, 2500)] * 60, number="2")
    assert queries(short) == queries(long)


def test_lines_keep_what_the_vendor_wrote(order: Order) -> None:
    line = InvoiceLine.objects.get(invoice=bill(order, (1, 1, 2500)))
    assert (line.title, line.ean, line.held, line.accepted) == ("ACT OF LOVE", "9781416594239", 0, False)
