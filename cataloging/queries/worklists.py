"""What waits for a cataloger."""

from __future__ import annotations

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.queries.search import visible
from cataloging.rules.lifecycle import ItemState, RecordState

IN_HAND = (ItemState.RECEIVED, ItemState.IN_PROCESS)
UNLABELLED = Q(barcode__isnull=True) | Q(call_number="")


def to_catalog() -> QuerySet[Record]:
    """Records whose items are in the building and that are brief, or whose items lack a barcode or a call number.

    With `waiting` (items in hand), `unlabelled` (of these, those without barcode or call number), `since` (when the
    first of them came) and `branches` (where they belong).
    """
    in_hand = Q(items__state__in=IN_HAND)
    bare = in_hand & (Q(items__barcode__isnull=True) | Q(items__call_number=""))
    return (
        visible()
        .annotate(
            waiting=Count("items", filter=in_hand),
            unlabelled=Count("items", filter=bare),
            since=Min("items__state_since", filter=in_hand),
            branches=StringAgg("items__branch__code", ", ", filter=in_hand, distinct=True, default=""),
        )
        .filter(Q(waiting__gt=0, state=RecordState.BRIEF) | Q(unlabelled__gt=0))
    )


def to_catalog_to_count() -> QuerySet[Record]:
    """The same records, not grouped, so that they are counted together with other worklists; with `here_since`."""
    first = Item.objects.filter(record=OuterRef("pk"), state__in=IN_HAND).order_by("state_since")
    rows = Record.objects.filter(pk__in=to_catalog().order_by().values("pk"))
    return rows.annotate(here_since=Subquery(first.values("state_since")[:1]))


def next_item(record: Record) -> Item | None:
    """The item of a record to label next: in hand, without barcode or call number, the one longest here first."""
    return unlabelled_items().filter(record=record).order_by("state_since", "pk").first()


def by_state(rows: QuerySet[Item]) -> list[tuple[str, int]]:
    """How many of the items are in which state, the most first. One query."""
    return list(rows.order_by().values_list("state").annotate(n=Count("pk")).order_by("-n", "state"))


def unlabelled_items() -> QuerySet[Item]:
    """Items in hand that have no barcode or no call number yet."""
    return Item.objects.filter(UNLABELLED, state__in=IN_HAND).select_related("record", "branch", "collection")
