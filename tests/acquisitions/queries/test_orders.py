"""What acquisitions tells others of orders."""

from __future__ import annotations

import pytest

from acquisitions.models.orders import OrderCopy
from acquisitions.queries.orders import items_of_lines
from cataloging.queries import orders as ordered
from tests.acquisitions import make

pytestmark = pytest.mark.django_db


def test_a_line_number_leads_to_the_items_that_the_line_ordered() -> None:
    order = make.placed_order()
    items = {
        place: set(OrderCopy.objects.filter(line__order=order, line__position=place).values_list("item", flat=True))
        for place in (1, 2)
    }
    asked = [f"{order.number}/1", f"{order.number}-2", f"{order.number}/9", "nonsense"]
    assert items_of_lines(asked) == {asked[0]: items[1], asked[1]: items[2], asked[2]: set()}
    assert ordered.items_of_lines([asked[0]]) == {asked[0]: items[1]}
    assert len(items[1]) == 3
