"""Facets: how many rows each choice of a filter would leave, and with that the count of the list itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Field, ForeignKey, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

from techsvc.kernel.pages.filters import OFF, ON, Asked, Filter

Counts = dict[str, Counter[str]]


def is_counted(one: Filter, model: type[Model]) -> bool:
    """Whether the filter is a plain choice among the values of one column, which a row has one of."""
    if one.apply is not None or one.kind not in ("choice", "flag") or not one.lookup:
        return False
    within: Any = model
    for name in one.lookup.split(LOOKUP_SEP):
        try:
            field = within._meta.get_field(name) if within is not None else None
        except FieldDoesNotExist:
            return False
        if not isinstance(field, Field) or field.many_to_many:
            return False
        within = field.related_model if isinstance(field, ForeignKey) else None
    return True


def tally(rows: QuerySet[Any], asked: Sequence[Asked]) -> tuple[int, Counts]:
    """How many rows answer all that is asked, and per filter how many would answer each choice instead.

    One query: the rows, which the other filters have narrowed already, grouped by the columns of these.
    """
    if not asked:
        return rows.count(), {}
    groups = _flat(rows).order_by().values_list(*(one.filter.lookup for one in asked)).annotate(_rows=Count("pk"))
    total, counts = 0, {one.filter.name: Counter[str]() for one in asked}
    for *values, number in groups:
        typed = [_typed(value) for value in values]
        missed = [i for i, one in enumerate(asked) if one.typed and one.typed != typed[i]]
        if not missed:
            total += number
        for i, one in enumerate(asked):
            if not missed or missed == [i]:
                counts[one.filter.name][typed[i]] += number
    return total, counts


def _flat(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows without the sums that their list shows, which would be grouped with them."""
    return rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")) if rows.query.group_by else rows


def _typed(value: Any) -> str:
    """A value as an address says it."""
    if isinstance(value, bool):
        return ON if value else OFF
    return "" if value is None else str(value)
