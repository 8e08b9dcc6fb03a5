"""Workers are killed with -9 at any moment: every order leaves once, whatever of it was under way."""

from __future__ import annotations

import random
import time

import pytest

from techsvc.kernel.models.exchange import Outgoing
from tests.faults.orders import draft, everything_arrives_once, place, settle_what_needs_a_person
from tests.faults.plant import Plant
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
    settle_what_needs_a_person(house)
    everything_arrives_once(plant, house, placed)


def test_a_broker_that_forgot_everything_loses_no_order(plant: Plant, house: House) -> None:
    placed = [place(draft(house), house) for _ in range(ORDERS)]
    assert Outgoing.objects.filter(state="waiting").count() == ORDERS
    plant.flush_broker()
    plant.worker()
    time.sleep(1)
    assert Outgoing.objects.filter(state="waiting").count() == ORDERS
    everything_arrives_once(plant, house, placed)


def test_orders_are_taken_while_the_broker_is_gone(plant: Plant, house: House) -> None:
    plant.stop_broker()
    placed = [place(draft(house), house) for _ in range(3)]
    plant.open()
    everything_arrives_once(plant, house, placed)
