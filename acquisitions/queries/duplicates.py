"""Whether what is wanted is here already, or coming: for carts, requests and orders alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Count, Q

from acquisitions.models.orders import OrderCopy
from acquisitions.rules.duplicates import Standing
from acquisitions.rules.lifecycle import OPEN_COPIES
from cataloging.models.items import Item
from cataloging.queries.matching import Candidate, find_matches
from cataloging.rules.lifecycle import GONE, ItemState
from cataloging.rules.matching import Description, Verdict
from techsvc.circulation.queries import waiting_for

NOT_OWNED = (*GONE, ItemState.ON_ORDER)


def standings(wanted: Sequence[Description]) -> list[list[Standing]]:
    """For each description what the library has of it, surest first; as many queries for a hundred as for one."""
    found = find_matches(wanted)
    record_ids = {candidate.record.pk for candidates in found for candidate in candidates}
    counts, orders, waiting = _items(record_ids), _orders(record_ids), waiting_for(record_ids)
    return [
        [
            _standing(candidate, counts.get(candidate.record.pk, (0, 0)), orders, waiting.get(candidate.record.pk, 0))
            for candidate in candidates
        ]
        for candidates in found
    ]


def _standing(candidate: Candidate, counts: tuple[int, int], orders: dict[int, list[str]], waiting: int) -> Standing:
    return Standing(
        record_id=candidate.record.pk,
        title=candidate.record.title,
        sure=candidate.verdict == Verdict.SAME,
        reasons=tuple(candidate.reasons),
        owned=counts[0],
        on_order=counts[1],
        waiting=waiting,
        orders=tuple(orders.get(candidate.record.pk, ())),
    )


def _items(record_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(owned, on order) by record."""
    rows = Item.objects.filter(record__in=record_ids).order_by().values_list("record").annotate(
        owned=Count("pk", filter=~Q(state__in=NOT_OWNED)), coming=Count("pk", filter=Q(state=ItemState.ON_ORDER))
    )  # fmt: skip
    return {record_id: (owned, coming) for record_id, owned, coming in rows}


def _orders(record_ids: Collection[int]) -> dict[int, list[str]]:
    """Numbers of the orders by which copies are still to come, by record."""
    rows = (
        OrderCopy.objects.filter(line__record__in=record_ids, state__in=OPEN_COPIES)
        .order_by("line__order")
        .values_list("line__record", "line__order__number")
        .distinct()
    )
    numbers: dict[int, list[str]] = defaultdict(list)
    for record_id, number in rows:
        numbers[record_id].append(number)
    return numbers
