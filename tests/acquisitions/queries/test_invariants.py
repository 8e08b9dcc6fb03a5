"""What must hold is noticed when it does not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import OrderCopy
from acquisitions.queries import invariants
from techsvc.kernel.models.exchange import Outgoing
from tests.acquisitions import make

pytestmark = pytest.mark.django_db


def test_everything_holds_for_an_order() -> None:
    make.placed_order()
    assert [line for _sentence, exceptions in invariants.ALL.values() for line in exceptions()] == []


def test_a_copy_that_changed_without_its_money_is_named() -> None:
    order = make.placed_order()
    OrderCopy.objects.filter(line__order=order, line__position=1, number=2).update(state="cancelled")
    assert invariants.copies_are_encumbered_as_they_should_be() == [
        f"Copy 2 of line {order.number}/1 is cancelled, and 2500 of its 2500 minor units are encumbered."
    ]
    with pytest.raises(CommandError, match="The ledger has 1 faults"):
        call_command("check_ledger", stdout=StringIO())


def test_a_fund_beyond_its_stop_is_named() -> None:
    at = make.setting()
    make.placed_order(at)
    at.adult.stop_percent = 5
    at.adult.save()
    assert invariants.funds_are_within_their_stops() == [
        "Fund ADULT has $75.00 committed in FY-TEST, beyond 5 % of $1,000.00."
    ]


def test_an_order_without_its_message_is_named() -> None:
    order = make.placed_order()
    EdiMessage.objects.all().delete()
    assert invariants.orders_went_out_once() == [f"Order {order.number} is placed and has 0 ORDERS messages."]


def test_an_order_whose_file_was_kept_back_is_named() -> None:
    order = make.placed_order()
    Outgoing.objects.update(state="cancelled")
    assert invariants.placed_orders_have_their_file() == [
        f"Order {order.number} stands, and its message was cancelled."
    ]


def test_a_copy_received_without_a_receipt_is_named() -> None:
    order = make.placed_order()
    copy = OrderCopy.objects.filter(line__order=order)[0]
    OrderCopy.objects.filter(pk=copy.pk).update(state="received")
    assert invariants.receipts_are_of_ordered_copies() == [f"Copy {copy.pk} is received without a receipt."]


def test_the_command_says_that_all_is_well() -> None:
    make.placed_order()
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue().splitlines() == [
        "holds  The entries of every posting sum to zero.",
        "holds  No fund is committed beyond its stop.",
        "holds  Copies that are not paid are encumbered with their price, all others with nothing.",
    ]
