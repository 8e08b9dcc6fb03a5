"""Orders to be placed while things break."""

from __future__ import annotations

import itertools
from decimal import Decimal

from acquisitions.actions import ordering
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.models.funds import Fund
from acquisitions.models.orders import Order
from cataloging.rules.matching import Description
from techsvc.kernel.models.places import Branch
from tests.cataloging.make import isbn
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
