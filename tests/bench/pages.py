"""How long the server takes for a page of the demo library: lists, and details of the busiest things."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderLine
from cataloging.models.items import Item
from cataloging.models.records import Record
from tests.bench import library
from tests.bench.figures import Figure, percentile

LISTS = (
    "workroom:home",
    "cataloging:records",
    "acquisitions:requests",
    "acquisitions:carts",
    "acquisitions:orders",
    "acquisitions:invoices",
    "acquisitions:claims",
    "acquisitions:funds",
    "acquisitions:vendors",
    "acquisitions:messages",
    "circulation:holds",
    "processing:worklist",
    "ill:requests",
    "kernel:outgoing",
    "kernel:incoming",
    "kernel:prints",
    "kernel:history",
)
DETAILS = (
    (Order, "acquisitions:order"),
    (OrderLine, "acquisitions:line"),
    (Invoice, "acquisitions:invoice"),
    (Record, "cataloging:record"),
    (Item, "cataloging:item"),
)
ROUNDS = 5


def milliseconds(client: Client, urls: list[str]) -> list[float]:
    """Each address opened a few times, after once to warm up."""
    taken = []
    for url in urls:
        client.get(url)
        for _round in range(ROUNDS):
            start = time.perf_counter()
            status = client.get(url).status_code
            taken.append((time.perf_counter() - start) * 1000)
            if status != 200:
                raise RuntimeError(f"{url} answered {status}")
    return taken


def figures() -> Iterator[Figure]:
    """The 95th percentile of lists, details and searches."""
    library.demo()
    client = library.everybody()
    lists = milliseconds(client, [reverse(name) for name in LISTS])
    yield Figure("pages.lists_p95", percentile(lists, 95), "ms", 200, smaller_is_better=True)
    details = [
        reverse(name, args=[pk])
        for model, name in DETAILS
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)[:20]
    ]
    yield Figure("pages.details_p95", percentile(milliseconds(client, details), 95), "ms", 200, smaller_is_better=True)
    search = reverse("workroom:search")
    asked = [
        f"{search}?q={words}" for words in ("beloved", "9780385547345", "harry", "PO-2026-00001", "nothing like it")
    ]
    found = [ms for url in asked for ms in _search(client, url)]
    yield Figure("pages.search_p95", percentile(found, 95), "ms", 300, smaller_is_better=True)


def _search(client: Client, url: str) -> Iterator[float]:
    for _round in range(ROUNDS):
        start = time.perf_counter()
        client.get(url)
        yield (time.perf_counter() - start) * 1000
