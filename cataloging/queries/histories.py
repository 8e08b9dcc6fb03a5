"""What happened to an item, also together with others."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.queries import type_of


def history_of_item(item: Item) -> QuerySet[HistoryEvent]:
    """Lines about the item, and lines about its record that name it among several, newest first."""
    own = Q(subject_type=type_of(Item), subject_id=str(item.pk))
    shared = Q(subject_type=type_of(Record), subject_id=str(item.record_id), after__has_key=f"item {item.pk}")
    return HistoryEvent.objects.filter(own | shared).select_related("actor", "undone_by", "batch")
