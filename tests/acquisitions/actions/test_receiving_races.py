"""Two people at one carton, one invoice, one file: one of them wins and the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from acquisitions.actions import invoicing, messages
from acquisitions.models.invoices import PaidCopy
from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import OrderCopy
from acquisitions.models.receipts import Receipt
from acquisitions.queries import invariants
from techsvc.kernel.actions import exchange
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Incoming
from tests.acquisitions import make
from tests.acquisitions.paperwork import LOVE, announced, bill, file, receive, response, said, scan

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the refusal that it met, when all begin at the same moment."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[n] = act()
        except Refusal as refusal:
            results[n] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def everything_holds() -> None:
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def test_the_last_copy_is_received_once() -> None:
    order = make.placed_order()
    receive(order, 1, 2)
    shipment, people = announced(order), [make.person("technician") for _ in range(4)]
    results = at_once(*(lambda actor=actor: scan(shipment, LOVE, actor) for actor in people))
    refused = [result.text for result in results if isinstance(result, Refusal)]
    assert len(refused) == 3
    assert all("this is one too many" in text for text in refused)
    assert Receipt.objects.count() == 3
    everything_holds()


def test_three_scans_at_once_receive_three_copies() -> None:
    order = make.placed_order()
    shipment, people = announced(order), [make.person("technician") for _ in range(3)]
    results = at_once(*(lambda actor=actor: scan(shipment, LOVE, actor) for actor in people))
    assert sorted(result.count for result in results) == [1, 2, 3]
    assert OrderCopy.objects.filter(state="received").count() == 3
    everything_holds()


def test_an_invoice_is_approved_once() -> None:
    order = make.placed_order()
    receive(order, 1, 2)
    invoice, people = bill(order, (1, 2, 5000)), [make.person("technician") for _ in range(3)]
    results = at_once(*(lambda actor=actor: invoicing.approve_invoice(invoice.pk, actor=actor) for actor in people))
    assert sum(isinstance(result, Refusal) for result in results) == 2
    assert PaidCopy.objects.count() == 2
    everything_holds()


def test_two_invoices_do_not_pay_one_copy() -> None:
    order = make.placed_order()
    receive(order, 1, 1)
    first, second, actor = bill(order, (1, 1, 2500)), bill(order, (1, 1, 2500), number="2"), make.person("technician")
    results = at_once(*(lambda pk=one.pk: invoicing.approve_invoice(pk, actor=actor) for one in (first, second)))
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert PaidCopy.objects.count() == 1
    everything_holds()


def test_a_file_and_its_repeat_are_applied_once() -> None:
    """Two workers read a file and its copy with another time stamp."""
    order = make.placed_order()
    body = file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1")))
    assert order.vendor.connection is not None
    other = body.replace(b"261124:0915", b"261124:0916")
    for name, one in (("a.edi", body), ("b.edi", other)):
        exchange.take_in(connection=order.vendor.connection, name=name, body=one, kind="not rung for")
    Incoming.objects.update(kind="edi")
    keys = list(Incoming.objects.values_list("pk", flat=True))
    at_once(*(lambda pk=pk: messages.take_in(pk) for pk in [*keys, *keys]))
    assert OrderCopy.objects.filter(state="cancelled").count() == 1
    assert EdiMessage.objects.filter(direction="in").count() == 1
    everything_holds()
