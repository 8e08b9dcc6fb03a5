"""What happened to an item, also together with others."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cataloging.models.items import Item
from cataloging.models.loads import Load, LoadItem
from cataloging.models.records import Record
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.queries import type_of

BROUGHT = ("cataloging.load", "cataloging.undo_load")


def history_of_item(item: Item) -> QuerySet[HistoryEvent]:
    """Lines about the item, about its record that name it among several, about loads that filled it; newest first."""
    own = Q(subject_type=type_of(Item), subject_id=str(item.pk))
    shared = Q(subject_type=type_of(Record), subject_id=str(item.record_id), after__has_key=f"item {item.pk}")
    loads = [str(pk) for pk in LoadItem.objects.filter(item=item).values_list("row__load", flat=True)]
    brought = Q(subject_type=type_of(Load), subject_id__in=loads, verb__in=BROUGHT)
    return HistoryEvent.objects.filter(own | shared | brought).select_related("actor", "undone_by", "batch")
