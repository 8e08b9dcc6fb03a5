"""The counts beside the entries of the rail: those of the tiles, in one request, few questions."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cataloging.models.items import Item
from techsvc.kernel import access, clock, slots
from tests import make

pytestmark = pytest.mark.django_db
COUNT = re.compile(r'<span class="count" id="(waits-[\w-]+)" hx-swap-oob="true">([\d,]*)</span>')


def test_the_rail_shows_what_the_tiles_count() -> None:
    record, branch = make.brief(), make.branch("CEN", "Central")
    Item.objects.bulk_create(
        Item(
            record=record, branch=branch, state="received", barcode=f"3{n}", created_at=clock.now(),
            state_since=clock.now(), currency="USD",
        )
        for n in range(1200)
    )  # fmt: skip
    person = make.person("processing", branch=branch)
    shown = dict(COUNT.findall(make.client(person).get(reverse("kernel:waiting")).content.decode()))
    waiting = {anchor: count for anchor, count in shown.items() if count}
    assert waiting == {"waits-processing-worklist": "1,200", "waits-cataloging-records": "1"}
    assert set(shown) == {item.anchor for item in slots.nav(person)}


def test_a_page_has_a_place_for_each_count_and_asks_for_them_later() -> None:
    person = make.person("supervisor", branch=make.branch())
    shown = make.client(person).get("/").content.decode()
    assert f'hx-get="{reverse("kernel:waiting")}" hx-trigger="load' in shown
    assert all(f'<span class="count" id="{item.anchor}"></span>' in shown for item in slots.nav(person))


def test_the_counts_take_twelve_questions_at_most(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    browser = make.client(make.person(*access.ROLES, branch=make.branch()))
    browser.get(reverse("kernel:waiting"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("kernel:waiting"))
