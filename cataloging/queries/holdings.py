"""Where titles can be had."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext

from cataloging.models.items import Item
from cataloging.rules import availability
from cataloging.rules.lifecycle import GONE


def where_available(record_ids: Sequence[int]) -> dict[int, str]:
    """For each record that has items, in words where they are. One query."""
    items = Item.objects.filter(record__in=record_ids).exclude(state__in=GONE).order_by("branch__name")
    counted = items.values_list("record_id", "state", "branch__name").annotate(n=Count("pk"))
    found: dict[int, list[tuple[str, str, int]]] = {}
    for record, state, branch, number in counted:
        found.setdefault(record, []).append((state, branch, number))
    return {record: availability.in_words(rows, gettext) for record, rows in found.items()}
