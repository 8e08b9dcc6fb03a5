"""Facets: how many rows each choice of a filter would leave, and with that the count of the list itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, QuerySet
from django.db.models.constants import LOOKUP_SEP

from techsvc.kernel import sql
from techsvc.kernel.pages.filters import OFF, ON, Asked, Filter

Counts = dict[str, Counter[str]]
Narrowed = Callable[[Sequence[Asked]], QuerySet[Any]]  # the rows, whatever these filters say
SPOKEN = {"true": ON, "false": OFF}


def is_counted(one: Filter, rows: QuerySet[Any]) -> bool:
    """Whether the filter is a plain choice among the values of one column, or says itself what a row has several of."""
    if one.pairs is not None or one.lookup in rows.query.annotations:
        return True
    if one.apply is not None or one.kind not in ("choice", "flag") or not one.lookup:
        return False
    within: Any = rows.model
    for name in one.lookup.split(LOOKUP_SEP):
        try:
            field = within._meta.get_field(name) if within is not None else None
        except FieldDoesNotExist:
            return False
        if not isinstance(field, Field) or field.many_to_many:
            return False
        within = field.related_model if isinstance(field, ForeignKey) else None
    return True


def tally(narrowed: Narrowed, asked: Sequence[Asked], *, most: int | None = None) -> tuple[int, Counts]:
    """How many rows answer all that is asked, and per filter how many would answer each choice instead.

    One query. A filter that is used is counted among the rows that the others leave. With `most`, no more than one row
    beyond that is looked at, and the counts of what is found more often are the least that there are.
    """
    chosen = [one for one in asked if one.typed]
    columns = list(dict.fromkeys(one.filter.lookup for one in asked if one.filter.pairs is None))
    limit = None if most is None else most + 1
    sets = [
        _flat(narrowed(without)).values_list("pk", *columns)[:limit] for without in ([], *([one] for one in chosen))
    ]
    plain = [one for one in asked if one.filter.pairs is None]
    paired = [one for one in asked if one.filter.pairs is not None]
    within = {one.filter.name: place for place, one in enumerate(chosen, 1)}
    total, found = sql.tallies(
        sets,
        [(within.get(one.filter.name, 0), columns.index(one.filter.lookup) + 1) for one in plain],
        [(within.get(one.filter.name, 0), one.filter.pairs()) for one in paired if one.filter.pairs is not None],
    )
    return total, {
        one.filter.name: Counter({_spoken(one.filter, value): number for value, number in values})
        for one, values in zip([*plain, *paired], found, strict=True)
    }


def _flat(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows without an order, and without the sums that their list shows, which would be grouped with them."""
    summed = rows.query.group_by is not None or rows.query.combinator
    return (rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")) if summed else rows).order_by()


def _spoken(one: Filter, value: str) -> str:
    """A value as an address says it."""
    return SPOKEN.get(value, value) if one.kind == "flag" else value
