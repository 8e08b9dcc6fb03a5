"""Workers are killed with -9 at any moment: every order leaves once, whatever of it was under way."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.db.models import F

from acquisitions.models.orders import Order
from techsvc.kernel.actions import exchange
from techsvc.kernel.models.exchange import Outgoing, OutgoingState
from techsvc.practice import vendor as practice
from tests.faults.orders import draft, place
from tests.faults.plant import Plant, wait_for
from tests.journeys.house import House

pytestmark = pytest.mark.slow
ORDERS = 10


def test_a_worker_killed_around_the_upload_sends_each_order_once(plant: Plant, house: House) -> None:
    moments = random.Random(2009)
    placed = []
    for _ in range(ORDERS):
        worker = plant.worker()
        placed.append(place(draft(house), house))
        time.sleep(moments.uniform(0, 0.06))  # an attempt takes some 20 ms
        plant.kill(worker)
    time_passes()
    settle_what_needs_a_person(house)
    worker = plant.worker()
    exchange.sweep()
    wait_for(lambda: all_sent(placed), "every order's message sent")
    plant.kill(worker)
    each_arrived_once(house, placed)


def test_a_broker_that_forgot_everything_loses_no_order(plant: Plant, house: House) -> None:
    placed = [place(draft(house), house) for _ in range(ORDERS)]
    assert Outgoing.objects.filter(state="waiting").count() == ORDERS
    plant.flush_broker()
    worker = plant.worker()
    time.sleep(1)
    assert Outgoing.objects.filter(state="waiting").count() == ORDERS
    exchange.sweep()
    wait_for(lambda: all_sent(placed), "every order's message sent")
    plant.kill(worker)
    each_arrived_once(house, placed)


def test_orders_are_taken_while_the_broker_is_gone(plant: Plant, house: House) -> None:
    plant.stop_broker()
    placed = [place(draft(house), house) for _ in range(3)]
    plant.open()
    worker = plant.worker()
    exchange.sweep()
    wait_for(lambda: all_sent(placed), "every order's message sent")
    plant.kill(worker)
    each_arrived_once(house, placed)


def all_sent(orders: list[Order]) -> bool:
    names = [f"{order.number}.edi" for order in orders]
    return Outgoing.objects.filter(name__in=names, state="sent").count() == len(orders)


def time_passes() -> None:
    """Ten minutes later: what was claimed by workers that are gone is due again."""
    ago = timedelta(minutes=10)
    Outgoing.objects.filter(state=OutgoingState.SENDING).update(claimed_at=F("claimed_at") - ago)
    Outgoing.objects.update(due_at=F("due_at") - ago)


def settle_what_needs_a_person(house: House) -> None:
    """A worker that died at the last moment leaves a message of which nobody knows: a person looks, and decides."""
    for row in Outgoing.objects.filter(state__in=("sending", "waiting", "unknown")):
        exchange.transmit(row.pk)
    arrived = {path.name for path in house.delivered()}
    for row in Outgoing.objects.filter(state=OutgoingState.DEAD):
        assert row.name not in arrived
        exchange.retry(row.pk, actor=house.people["tess"], why="The vendor's folder does not hold it")


def each_arrived_once(house: House, placed: list[Order]) -> None:
    """One file for each order with the very bytes, and a vendor that finds nothing to refuse."""
    files = {path.name: path.read_bytes() for path in house.delivered()}
    for order in placed:
        assert files[f"{order.number}.edi"] == bytes(Outgoing.objects.get(name=f"{order.number}.edi").body)
    assert {f"{order.number}.edi" for order in placed} == files.keys()
    house.answers()
    assert list(house.places.refused.iterdir()) == []
    jobs = [job.order for job in practice.state.load(house.places.state).jobs]
    assert sorted(jobs) == sorted(set(jobs))
    assert {order.number for order in placed} <= set(jobs)
