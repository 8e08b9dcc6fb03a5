"""EDI messages as pages: in words, settled, applied, read again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy
from techsvc.kernel.models.people import User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import (
    LOVE,
    SASSY,
    file,
    received,
    response,
    said,
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


# Messages


def test_a_message_is_shown_in_words_beside_its_segments(client: Client, order: Order, technician: User) -> None:
    received(order, file(response(order, *said(order, 9, LOVE, "QTY+21:3", "FTX+LIN++400:12B:28"))))
    row = EdiMessage.objects.get(direction="in")
    page = text(client.get(row.get_absolute_url()))
    assert "back-ordered (vendor code 400)" in page
    assert "FTX+LIN++400:12B:28&#x27;" in page
    assert f"Order {order.number}, line 9, is not one of our orders with this vendor" in page
    assert page.count('class="noted"') == 1
    sent = EdiMessage.objects.get(direction="out")
    assert "Order PO-" in text(client.get(sent.get_absolute_url()))


def test_an_issue_is_settled_with_a_word(client: Client, post: Post, order: Order, technician: User) -> None:
    received(order, file(response(order, *said(order, 9, LOVE, "QTY+21:3"))))
    issue = MessageIssue.objects.get()
    assert post("issue_settle", issue.pk, how="").status_code == 422
    answer = post("issue_settle", issue.pk, how="A typo of theirs")
    assert answer.headers["Location"] == issue.message.get_absolute_url()
    assert "A typo of theirs" in text(client.get(issue.message.get_absolute_url()))


def test_a_repeated_reference_is_applied_by_a_person(
    client: Client, post: Post, order: Order, technician: User
) -> None:
    received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1"))))
    received(order, file(response(order, *said(order, 2, SASSY, "QTY+21:3", "QTY+85:1"))), "two.edi")
    held = EdiMessage.objects.get(repeating__isnull=False)
    assert "Apply it as well" in text(client.get(held.get_absolute_url()))
    post("message_apply", held.pk, why="Both are meant")
    assert OrderCopy.objects.filter(state="cancelled").count() == 2


def test_a_file_is_read_again_from_its_message(client: Client, post: Post, order: Order, technician: User) -> None:
    incoming = received(order, file(response(order, *said(order, 9, LOVE, "QTY+21:3"))))
    row = EdiMessage.objects.get(direction="in")
    post("message_again", row.pk)
    incoming.refresh_from_db()
    assert incoming.state == "new"


def test_files_without_messages_stand_above_the_list(client: Client, order: Order, technician: User) -> None:
    received(order, b"%PDF-1.7", "scan.pdf")
    page = text(client.get(reverse("acquisitions:messages")))
    assert "1 file could not be taken in" in page
    assert "scan.pdf" in page
