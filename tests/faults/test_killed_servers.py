"""Web workers and the database are killed with -9 in the middle of Place order: wholly placed, or not at all."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

import pytest
from django.db import connections
from django.urls import reverse

from acquisitions.models.orders import Order, OrderCopy
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.history import HistoryEvent
from tests.faults.browser import Browser, new_key, signed_in
from tests.faults.orders import draft, everything_arrives_once
from tests.faults.plant import Plant, wait_for
from tests.journeys.house import House

pytestmark = pytest.mark.slow
TITLES = 12  # for eight branches: an order of 96 copies takes some tenths of a second
MOMENTS = 10


class Press(threading.Thread):
    """A person presses Place order and waits for the answer."""

    def __init__(self, browser: Browser, order: Order, key: str) -> None:
        super().__init__(daemon=True)
        self.browser, self.path, self.key = browser, reverse("acquisitions:order_place", args=[order.pk]), key
        self.status = -1
        self.start()

    def run(self) -> None:
        self.status, _location = self.browser.post(self.path, self.key)


def press_until_answered(browser: Browser, order: Order, key: str) -> None:
    """The same key again, as a person who saw an error page does, until the page comes."""
    path, wanted = reverse("acquisitions:order_place", args=[order.pk]), (302, order.get_absolute_url())
    answers: list[tuple[int, str]] = []

    def answered() -> bool:
        answers.append(browser.post(path, key))
        return answers[-1] == wanted

    wait_for(answered, f"the answer for {order}")
    assert {status for status, _location in answers} <= {0, 302, 503}, answers


def placed_once(order: Order, copies: int) -> None:
    order.refresh_from_db()
    assert order.state == "placed"
    assert OrderCopy.objects.filter(line__order=order, state="on_order", item__state="on_order").count() == copies
    assert Outgoing.objects.filter(key=f"orders:{order.pk}").count() == 1
    events = HistoryEvent.objects.filter(verb="acquisitions.place_order", subject_id=str(order.pk))
    assert events.count() == 1


def all_or_nothing(order: Order) -> str:
    """What a broken press left: everything, or nothing at all."""
    order.refresh_from_db()
    items = OrderCopy.objects.filter(line__order=order, item__isnull=False).count()
    assert items in (0, TITLES * 8)
    assert Outgoing.objects.filter(key=f"orders:{order.pk}").exists() == (order.state == "placed") == bool(items)
    return order.state


def test_web_workers_killed_while_an_order_is_placed(plant: Plant, house: House) -> None:
    """At moments spread over what an undisturbed press takes."""
    moments, broken = random.Random(1876), Counter[str]()
    plant.web()
    browser = signed_in(house.people["tess"], plant.port)
    placed, takes = [draft(house, TITLES)], time.monotonic()
    press_until_answered(browser, placed[0], new_key())
    takes = time.monotonic() - takes
    for _ in range(MOMENTS):
        order, key = draft(house, TITLES), new_key()
        press = Press(browser, order, key)
        time.sleep(moments.uniform(0, takes))
        plant.kill_web_workers()
        press.join(timeout=30)
        state = all_or_nothing(order)
        broken[state] += press.status == 0
        press_until_answered(browser, order, key)
        press_until_answered(browser, order, key)
        placed_once(order, TITLES * 8)
        placed.append(order)
    assert broken["draft"] > 0, "No press was broken off: the moments are badly chosen."
    everything_arrives_once(plant, house, placed)


def test_the_database_killed_while_orders_are_placed_and_sent(plant: Plant, house: House) -> None:
    plant.web()
    worker = plant.worker()
    browser = signed_in(house.people["tess"], plant.port)
    orders = [draft(house, TITLES) for _ in range(4)]
    keys = [new_key() for _ in orders]
    presses = [Press(browser, order, key) for order, key in zip(orders[:2], keys, strict=False)]
    time.sleep(0.2)
    plant.kill_database()
    presses += [Press(browser, order, key) for order, key in zip(orders[2:], keys[2:], strict=True)]
    for press in presses:
        press.join(timeout=30)
        assert press.status in (0, 302, 503)
    assert presses[2].status == 503
    connections.close_all()
    plant.open()
    for order, key in zip(orders, keys, strict=True):
        press_until_answered(browser, order, key)
        placed_once(order, TITLES * 8)
    plant.kill(worker)
    everything_arrives_once(plant, house, orders)
