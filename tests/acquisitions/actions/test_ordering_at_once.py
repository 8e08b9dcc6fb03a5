"""Two people press at the same moment: one order, one message, one encumbrance."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from acquisitions.actions import ordering
from acquisitions.models.orders import Order
from acquisitions.queries import invariants
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Outgoing
from tests.acquisitions import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all acts at the same moment; "done" or the refusal's text of each, in no order."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait(timeout=10)
        try:
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.text)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes, key=lambda text: text != "done")


def test_one_cart_is_ordered_once() -> None:
    at = make.setting()
    cart = make.cart(at)
    done, refused = at_once(*[lambda: ordering.order_cart(cart.pk, actor=at.selector)] * 2)
    assert (done, "it is ordered" in refused) == ("done", True)
    assert (Order.objects.count(), Outgoing.objects.count()) == (1, 1)
    assert [line for _s, exceptions in invariants.ALL.values() for line in exceptions()] == []


def test_two_carts_that_the_money_does_for_one_of() -> None:
    at = make.setting(money_minor=100_00)
    carts = [make.cart(at, make.SMALL_CART.replace(b"LOVE", word)) for word in (b"HATE", b"HOPE")]
    done, refused = at_once(*[lambda cart=cart: ordering.order_cart(cart.pk, actor=at.selector) for cart in carts])  # type: ignore[misc]
    assert done == "done"
    assert "Fund ADULT has $25.00 available in FY-TEST, and $75.00 is wanted" in refused
    assert Outgoing.objects.count() == 1
    assert [line for _s, exceptions in invariants.ALL.values() for line in exceptions()] == []
