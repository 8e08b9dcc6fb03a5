"""The match of an invoice and an invoice by hand, as pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.models.invoices import Invoice, PaidCopy
from acquisitions.models.orders import Order, OrderCopy
from techsvc.kernel.models.people import User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import (
    LOVE,
    bill,
    billed,
    file,
    invoic,
    receive,
    received,
)
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(at: Setting) -> Order:
    return make.placed_order(at)


@pytest.fixture
def technician(client: Client, order: Order) -> User:
    """Signed in."""
    user = make.person("technician")
    client.force_login(user)
    return user


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# Invoices


def test_job_5_an_edi_invoice_is_approved_with_one_press(
    client: Client, post: Post, at: Setting, order: Order, technician: User
) -> None:
    receive(order, 1, 2)
    received(
        order,
        file(invoic(order, *billed(order, 1, LOVE, 2, "50.00"), head=("ALC+C++++DL", "MOA+8:4.50"), total="54.50")),
    )
    invoice = Invoice.objects.get()
    page = text(client.get(invoice.get_absolute_url()))
    assert "Approve $54.50" in page
    assert "1 line agrees or is decided" in page
    assert "$925.00" in page  # ADULT before
    assert "$920.50" in page  # and after
    answer = post("invoice_approve", invoice.pk)
    assert answer.headers["Location"] == invoice.get_absolute_url()
    assert PaidCopy.objects.count() == 2
    page = text(client.get(invoice.get_absolute_url()))
    assert "Take the approval back" in page
    post("invoice_unapprove", invoice.pk, why="Wrong box")
    assert not PaidCopy.objects.exists()


def test_the_match_says_what_to_do(client: Client, post: Post, order: Order, technician: User) -> None:
    receive(order, 1, 1)
    invoice = bill(order, (1, 2, 5000), (2, 1, 2000), (None, 1, 999))
    page = text(client.get(invoice.get_absolute_url()))
    for words in ("3 lines are to be decided.", "Receive 1 now", "Pay 1", "Hold line", "Say which", "1 not here yet"):
        assert words in page
    assert "Approve $" not in page
    first, second, third = invoice.lines.all()
    post("invoice_hold", first.pk, 1)
    post("invoice_hold", third.pk, 1)
    receive(order, 2, 1)
    assert "billed at $20.00 (+33.4 %)" in text(client.get(invoice.get_absolute_url()))
    post("invoice_accept", second.pk)
    page = text(client.get(invoice.get_absolute_url()))
    assert "Approve $45.00" in page
    assert "Pay it after all" in page
    post("invoice_approve", invoice.pk)
    assert PaidCopy.objects.count() == 2


def test_receiving_from_the_match_asks_first(client: Client, post: Post, order: Order, technician: User) -> None:
    invoice = bill(order, (1, 2, 5000))
    line = invoice.lines.get()
    page = text(client.get(reverse("acquisitions:invoice_receive", args=[line.pk])))
    assert "Are 2 copies of “ACT OF LOVE” really here?" in page
    post("invoice_receive", line.pk)
    assert OrderCopy.objects.filter(state="received").count() == 2


def test_a_line_is_assigned_and_a_charge_added(client: Client, post: Post, order: Order, technician: User) -> None:
    receive(order, 2, 1)
    invoice = bill(order, (None, 1, 1499))
    Invoice.objects.filter(pk=invoice.pk).update(total_minor=1999)
    post("invoice_assign", invoice.lines.get().pk, line=order.lines.get(position=2).pk)
    page = text(client.get(invoice.get_absolute_url()))
    assert "Lines, charges and tax come to $14.99, the total is $19.99. Add a charge of $5.00, or refuse it." in page
    post("invoice_charge", invoice.pk, label="Postage", amount="5.00")
    assert "Approve $19.99" in text(client.get(invoice.get_absolute_url()))


def hand(order: Order, **changes: Any) -> dict[str, Any]:
    """An invoice as typed: two of three received copies of the first title, and postage."""
    first, second = order.lines.order_by("position")
    typed = {
        "number": "H-1", "kind": "invoice", "dated": "2026-11-20", "delivery": "4.50", "tax": "", "total": "54.50",
        f"copies_{first.pk}": "2", f"price_{first.pk}": "25.00",
        f"copies_{second.pk}": "0", f"price_{second.pk}": "14.99",
    }  # fmt: skip
    return typed | changes


def test_job_5_an_invoice_by_hand_is_one_page(client: Client, post: Post, order: Order, technician: User) -> None:
    receive(order, 1, 3)
    receive(order, 2, 1)
    page = text(client.get(reverse("acquisitions:invoice_for", args=[order.vendor_id])))
    for words in ("Received and not billed", 'value="25.00"', 'value="3"'):
        assert words in page
    answer = post("invoice_for", order.vendor_id, **hand(order))
    invoice = Invoice.objects.get()
    assert answer.headers["Location"] == invoice.get_absolute_url()
    assert (invoice.total_minor, invoice.entered_by, invoice.lines.get().quantity) == (5450, technician, 2)
    assert post("invoice_approve", invoice.pk).status_code == 302
    assert PaidCopy.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"total": "60.00"}, "come to $54.50, the total is $60.00: a difference of $5.50"),
        ({"number": ""}, "Number"),
        ({"dated": "soon"}, "Dated"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(
    post: Post, order: Order, technician: User, changes: dict[str, str], says: str
) -> None:
    receive(order, 1, 3)
    receive(order, 2, 1)
    answer = post("invoice_for", order.vendor_id, **hand(order, **changes))
    assert answer.status_code == 422
    assert says in text(answer)
    assert 'value="4.50"' in text(answer)
    assert not Invoice.objects.exists()


def test_a_refused_invoice_can_be_matched_after_all(client: Client, post: Post, order: Order, technician: User) -> None:
    invoice = bill(order, (1, 1, 2500))
    post("invoice_refuse", invoice.pk, why="Not ours")
    assert "Match it after all" in text(client.get(invoice.get_absolute_url()))
    post("invoice_reopen", invoice.pk)
    invoice.refresh_from_db()
    assert invoice.state == "entered"
