"""Numbers that people see: none twice, and a refused act gives its numbers back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from techsvc.kernel import clock
from techsvc.kernel.actions import numbers
from techsvc.kernel.models.numbers import Series
from tests.racing import at_once


@pytest.mark.django_db
def test_a_series_begins_at_one_and_goes_on() -> None:
    assert [*numbers.draw("x", 3)] == [1, 2, 3]
    assert [*numbers.draw("x")] == [4]
    assert [*numbers.draw("y")] == [1]


@pytest.mark.django_db
def test_orders_are_numbered_by_year() -> None:
    for year, number in ((2026, "PO-2026-00001"), (2026, "PO-2026-00002"), (2027, "PO-2027-00001")):
        with clock.at(datetime(year, 6, 1, tzinfo=UTC)):
            assert numbers.order_number() == number


@pytest.mark.django_db
def test_a_refused_act_gives_its_numbers_back() -> None:
    numbers.draw("x")
    with transaction.atomic():
        numbers.draw("x", 5)
        transaction.set_rollback(True)
    assert [*numbers.draw("x")] == [2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_eight_at_once_draw_eight_numbers(is_new: bool) -> None:
    if not is_new:
        numbers.draw("x")
    drawn = at_once(*[lambda: numbers.draw("x", 2)] * 8)
    all_drawn = [number for one in drawn for number in one]
    first = 1 if is_new else 2
    assert sorted(all_drawn) == list(range(first, first + 16))
    assert Series.objects.get(code="x").next_value == first + 16
