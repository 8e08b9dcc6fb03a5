"""Despatch advices and invoices that come in by EDI, and what is strange about some of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from acquisitions.actions import messages
from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import CartonLine, Shipment
from acquisitions.queries.funds import encumbered_by_copy
from acquisitions.queries.receiving import find_shipments
from cataloging.models.items import Item
from techsvc.kernel.actions import exchange, people
from techsvc.kernel.models.exchange import IncomingState
from tests.acquisitions import make
from tests.acquisitions.paperwork import (
    LOVE,
    SASSY,
    billed,
    carton,
    despatch,
    file,
    invoic,
    packed,
    received,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """ACT OF LOVE (line 1, 25.00) and SASSY (line 2, 14.99), three copies of each."""
    return make.placed_order()


def everything() -> dict[str, Any]:
    """What a message that is not applied must leave as it is."""
    return {
        "copies": list(OrderCopy.objects.order_by("pk").values_list("pk", "state", "reason")),
        "items": list(Item.objects.order_by("pk").values_list("pk", "state")),
        "invoices": list(Invoice.objects.values_list("pk", "state")),
        "shipments": Shipment.objects.count(),
        "encumbered": encumbered_by_copy(OrderCopy.objects.values_list("pk", flat=True)),
    }


# Despatches


def test_a_despatch_advice_becomes_a_shipment(order: Order) -> None:
    incoming = received(order, file(despatch(
        order,
        carton(1, "100000000000000014", *packed(order, 1, LOVE, 2)),
        carton(2, "100000000000000021", *packed(order, 2, SASSY, 1), *packed(order, 7, "9780306406157", 1)),
    )))  # fmt: skip
    shipment = Shipment.objects.get()
    assert (shipment.number, shipment.state, shipment.despatched_on, shipment.expected_on, shipment.incoming) == (
        "B766274", "expected", date(2026, 11, 24), date(2026, 11, 27), incoming
    )  # fmt: skip
    rows = list(CartonLine.objects.order_by("pk").values_list("carton__sscc", "line__position", "quantity"))
    assert rows == [("100000000000000014", 1, 2), ("100000000000000021", 2, 1), ("100000000000000021", None, 1)]
    assert CartonLine.objects.get(line=None).fault == (
        f"Order {order.number}, line 7, is not one of our orders with this vendor (9780306406157)."
    )
    row = EdiMessage.objects.get(direction="in")
    assert (row.shipment, row.state) == (shipment, "applied")
    assert row.summary == "4 copies in 2 cartons, packing slip B766274; 1 line fits no order."
    for code in ("B766274", "00100000000000000021", "(00)100000000000000014", order.number):
        assert list(find_shipments(code)) == [shipment]


def test_a_slip_that_was_announced_before_is_held(order: Order) -> None:
    received(order, file(despatch(order, carton(1, "100000000000000014", *packed(order, 1, LOVE, 2)))))
    before = everything()
    second = file(despatch(order, carton(1, "100000000000000014", *packed(order, 1, LOVE, 3))), control="4712")
    incoming = received(order, second, "again.edi")
    assert (everything(), incoming.state) == (before, IncomingState.HELD)
    assert "Packing slip B766274 of Brodart was announced before" in MessageIssue.objects.get().text


# Invoices


def test_an_invoice_is_entered_by_the_system(order: Order) -> None:
    incoming = received(order, file(invoic(
        order, *billed(order, 1, LOVE, 2, "50.00"), *billed(order, 2, SASSY, 3, "44.97"),
        head=("ALC+C++++DL", "MOA+8:4.50"), total="99.47",
    )))  # fmt: skip
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.vendor, invoice.kind, invoice.dated, invoice.total_minor, invoice.state) == (
        "1130B766274", order.vendor, "invoice", date(2026, 11, 25), 9947, "entered"
    )  # fmt: skip
    assert (invoice.entered_by, invoice.incoming) == (people.system(), incoming)
    lines = list(invoice.lines.values_list("position", "line__position", "quantity", "unit_price", "amount_minor"))
    assert [(n, line, q, str(price), a) for n, line, q, price, a in lines] == [
        (1, 1, 2, "25.0000", 5000),
        (2, 2, 3, "14.9900", 4497),
    ]
    assert list(invoice.charges.values_list("code", "amount_minor", "fund")) == [("DL", 450, None)]
    row = EdiMessage.objects.get(direction="in")
    assert (row.invoice, row.state, row.summary) == (invoice, "applied", "Invoice 1130B766274: 2 lines, $99.47.")


def test_koha_d4_the_same_invoice_under_two_names_is_one_invoice(order: Order) -> None:
    body = file(invoic(order, *billed(order, 1, LOVE, 1, "25.00"), total="25.00"))
    received(order, body, "INVOICE.CEI")
    before = everything()
    incoming = received(order, body.replace(b"4711", b"4712"), "INVOICE2.CEI")
    assert (everything(), incoming.state) == (before, IncomingState.HELD)
    assert "1130B766274 of Brodart was entered before, on" in MessageIssue.objects.get().text


def test_koha_d6_an_unknown_order_line_stays_visible(order: Order) -> None:
    received(order, file(invoic(order, *billed(order, 7, "9780306406157", 1, "30.00"), total="30.00")))
    line = Invoice.objects.get().lines.get()
    assert (line.line, line.ean, line.reference) == (None, "9780306406157", f"{order.number}/7")
    assert (
        EdiMessage.objects.get(direction="in").summary == "Invoice 1130B766274: 1 line, $30.00; 1 fits no order line."
    )


def test_a_line_without_our_reference_is_known_by_its_isbn(order: Order) -> None:
    received(order, file(invoic(order, *billed(order, 7, SASSY, 1, "14.99", reference="X"), total="14.99")))
    assert Invoice.objects.get().lines.get().line == order.lines.get(position=2)


def test_koha_c5_a_discount_and_a_delivery_charge_are_two_things(order: Order) -> None:
    head = ("ALC+A++++DI", "MOA+8:5.00", "ALC+C++++DL", "MOA+8:3.50")
    received(order, file(invoic(order, *billed(order, 1, LOVE, 1, "25.00"), head=head, total="23.50")))
    charges = Invoice.objects.get().charges.order_by("pk")
    assert [(charge.code, charge.amount_minor) for charge in charges] == [("DI", -500), ("DL", 350)]


def test_koha_c6_free_copies_do_not_overwrite_the_billed_ones(order: Order) -> None:
    lines = ("LIN+1++9781416594239:EN", "QTY+47:3", "QTY+192:1", "MOA+203:75.00", f"RFF+LI:{order.number}/1")
    received(order, file(invoic(order, *lines, total="75.00")))
    assert Invoice.objects.get().lines.get().quantity == 3


def test_a_total_that_does_not_add_up_waits(order: Order) -> None:
    received(order, file(invoic(order, *billed(order, 1, LOVE, 1, "25.00"), total="29.00")))
    assert Invoice.objects.get().total_minor == 2900
    assert MessageIssue.objects.get().text == (
        "Invoice 1130B766274 states $29.00; its lines, charges and tax come to $25.00. Enter the difference of $4.00 "
        "as a charge on the invoice, or refuse it."
    )


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (("CUX+2:EUR:4",), "is in EUR, and Brodart is paid in USD"),
        (("NAD+SU+1691694::31B",), "names SAN 1691694 as its vendor, and Brodart has 1697978"),
    ],
)
def test_an_invoice_that_is_not_ours_is_held(order: Order, head: tuple[str, ...], why: str) -> None:
    before = everything()
    received(order, file(invoic(order, *billed(order, 1, LOVE, 1, "25.00"), head=head, total="25.00")))
    assert everything() == before
    assert why in MessageIssue.objects.get().text


def test_a_credit_note_is_one(order: Order) -> None:
    body = file(invoic(order, *billed(order, 1, LOVE, 1, "25.00"), total="25.00")).replace(b"BGM+380", b"BGM+381")
    received(order, body)
    assert Invoice.objects.get().kind == "credit"


def test_many_lines_take_as_many_queries(order: Order, django_assert_max_num_queries: Any) -> None:
    lines = [part for n in range(1, 101) for part in billed(order, n, LOVE if n == 1 else SASSY, 1, "10.00")]
    assert order.vendor.connection is not None
    incoming, _fresh = exchange.take_in(
        connection=order.vendor.connection,
        name="long.edi",
        body=file(invoic(order, *lines, total="1000.00")),
        kind="edi",
    )
    with django_assert_max_num_queries(45):
        messages.take_in(incoming.pk)
    assert Invoice.objects.get().lines.count() == 100
