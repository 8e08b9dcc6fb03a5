"""Orders that are placed while things break, and how it is seen that each left once."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from acquisitions.actions import ordering
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.models.funds import Fund
from acquisitions.models.orders import Order
from cataloging.rules.matching import Description
from techsvc.kernel.actions import exchange
from techsvc.kernel.models.exchange import Outgoing, OutgoingState
from techsvc.kernel.models.places import Branch
from techsvc.practice import vendor as practice
from tests.cataloging.make import isbn
from tests.faults.plant import Plant, wait_for
from tests.journeys.house import House

_serial = itertools.count(1)


def draft(house: House, titles: int = 1) -> Order:
    """An order of so many new titles, a copy for every branch, at one cent: a budget lasts for many."""
    fund = Fund.objects.get(code="TESTFUND1")
    copies = tuple(NewCopies(branch, fund, 1) for branch in Branch.objects.order_by("pk"))
    lines = [
        NewLine(Description(f"Title {number}", isbn=isbn(number)), Decimal("0.01"), copies)
        for number in itertools.islice(_serial, titles)
    ]
    return ordering.make_order(house.vendor, lines, actor=house.people["tess"])


def place(order: Order, house: House) -> Order:
    return ordering.place_order(order.pk, actor=house.people["tess"])


def everything_arrives_once(plant: Plant, house: House, placed: list[Order]) -> None:
    """Time passes and the sweeper rings: each order becomes one file, and the vendor finds nothing to refuse."""
    time_passes()
    worker = plant.worker()
    exchange.sweep()
    wait_for(lambda: not waiting(placed), "every order's message sent")
    plant.kill(worker)
    files = {path.name: path.read_bytes() for path in house.delivered()}
    for order in placed:
        assert files[f"{order.number}.edi"] == bytes(Outgoing.objects.get(name=f"{order.number}.edi").body)
    sent = set(Outgoing.objects.filter(key__startswith="orders:", state="sent").values_list("name", flat=True))
    assert files.keys() == sent - {f"{number}.edi" for number in taken(house)}, (files.keys(), sent)
    house.answers()
    assert list(house.places.refused.iterdir()) == []
    assert sorted(taken(house)) == sorted(name.removesuffix(".edi") for name in sent)


def waiting(orders: list[Order]) -> bool:
    keys = [f"orders:{order.pk}" for order in orders]
    return Outgoing.objects.filter(key__in=keys).exclude(state="sent").exists()


def taken(house: House) -> list[str]:
    """Numbers of the orders that the vendor took in, each as often as it did."""
    return [job.order for job in practice.state.load(house.places.state).jobs]


def time_passes() -> None:
    """Ten minutes later: what was claimed by workers that are gone is due again."""
    ago = timedelta(minutes=10)
    Outgoing.objects.filter(state=OutgoingState.SENDING).update(claimed_at=F("claimed_at") - ago)
    Outgoing.objects.update(due_at=F("due_at") - ago)


def settle_what_needs_a_person(house: House) -> None:
    """A worker that died at the last moment leaves a message of which nobody knows: a person looks, and decides."""
    time_passes()
    for row in Outgoing.objects.exclude(state__in=("sent", "cancelled")).order_by("pk"):
        exchange.transmit(row.pk)
    arrived = {path.name for path in house.delivered()}
    for row in Outgoing.objects.filter(state=OutgoingState.DEAD):
        assert row.name not in arrived
        exchange.retry(row.pk, actor=house.people["tess"], why="The vendor's folder does not hold it")
