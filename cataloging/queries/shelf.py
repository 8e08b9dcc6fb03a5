"""Items in the order in which they stand on the shelf."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cataloging.models.items import Item
from cataloging.rules.callnumbers import shelf_key
from cataloging.rules.lifecycle import GONE, ItemState

BESIDE = 10


def standing(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Items that have a place on a shelf: with a call number, and here already."""
    return rows.exclude(call_number="").exclude(state__in=(*GONE, ItemState.ON_ORDER))


def starting_at(rows: QuerySet[Item], call_number: str) -> QuerySet[Item]:
    """Those that stand at a call number, or behind it."""
    return rows.filter(call_sort__gte=shelf_key(call_number))


def beside(item: Item) -> list[Item]:
    """The item among the ten before and the ten behind it on its shelf. Two queries."""
    shelf = standing(Item.objects.filter(branch=item.branch_id, collection=item.collection_id))
    shelf = shelf.select_related("record", "branch").defer("record__raw", "record__search", "record__extra")
    at = Q(call_sort=item.call_sort)
    before = shelf.filter(Q(call_sort__lt=item.call_sort) | at & Q(pk__lt=item.pk)).order_by("-call_sort", "-pk")
    behind = shelf.filter(Q(call_sort__gt=item.call_sort) | at & Q(pk__gte=item.pk)).order_by("call_sort", "pk")
    return [*reversed(before[:BESIDE]), *behind[: BESIDE + 1]]
