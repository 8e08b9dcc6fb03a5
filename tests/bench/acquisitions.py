"""Ordering at the size of a real cart: 11 titles for eight branches, and a thousand lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisitions.actions import lines, ordering
from acquisitions.models.funds import Fund
from acquisitions.models.vendors import Vendor
from cataloging.rules.matching import Description
from techsvc.kernel.actions import people
from techsvc.kernel.identifiers import gs1_digit
from techsvc.kernel.models.places import Branch
from tests.bench import library
from tests.bench.figures import Figure


def isbn(serial: int) -> str:
    """A valid ISBN of no publisher's."""
    body = f"9790000{serial:05d}"
    return body + gs1_digit(body)


def placed(titles: int, branches: list[Branch]) -> tuple[float, int]:
    """Seconds and queries to place an order of so many titles, a copy for each branch."""
    vendor = Vendor.objects.filter(active=True).exclude(connection=None).order_by("pk")[0]
    fund = Fund.objects.create(code=f"BENCH{titles}", name="Bench", stop_percent=None, warn_percent=None)
    start_at = 20 if titles > 20 else 0
    wanted = [
        lines.NewLine(
            Description(f"Title number {n}", "Author", isbn(start_at + n)),
            Decimal("20.00"),
            tuple(lines.NewCopies(branch, fund, 1) for branch in branches),
        )
        for n in range(titles)
    ]
    order = lines.make_order(vendor, wanted, actor=people.system())
    with CaptureQueriesContext(connection) as captured:
        start = time.perf_counter()
        ordering.place_order(order.pk, actor=people.system())
        return time.perf_counter() - start, len(captured)


def figures() -> Iterator[Figure]:
    """Seconds and queries."""
    library.demo()
    branches = list(Branch.objects.order_by("pk"))
    seconds, _queries = placed(11, branches[:8])
    yield Figure("acquisitions.place_88_copies", seconds, "s", 1, smaller_is_better=True)
    seconds, queries = placed(1000, branches[:3])
    yield Figure("acquisitions.place_1000_lines", seconds, "s", 4, smaller_is_better=True)
    yield Figure("acquisitions.place_1000_lines_queries", queries, "queries", 60, smaller_is_better=True)
