"""Draws numbers from series."""

from __future__ import annotations

from django.db import transaction

from techsvc.kernel import clock
from techsvc.kernel.models.numbers import Series


@transaction.atomic
def draw(series: str, count: int = 1) -> range:
    """The next `count` numbers of a series, which begins at 1 when it is new.

    The row stays locked until the transaction ends; a refused act gives its numbers back.
    """
    Series.objects.bulk_create([Series(code=series)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(code=series)
    first = row.next_value
    row.next_value += count
    row.save(update_fields=["next_value"])
    return range(first, first + count)


def order_number() -> str:
    """A purchase order number: "PO-2026-00042". 13 characters, within every vendor's limit."""
    year = clock.today().year
    return f"PO-{year}-{draw(f'order-{year}')[0]:05d}"
