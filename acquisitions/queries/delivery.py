"""How vendors deliver: what was ordered in a span of days, what of it came, what is late, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery

from acquisitions.models.orders import OrderCopy
from acquisitions.models.receipts import Receipt
from acquisitions.queries.orders import CAME, STILL_TO_COME
from acquisitions.rules.lifecycle import CopyState
from techsvc.kernel import clock


@dataclass(frozen=True, slots=True)
class Delivery:
    """A vendor's copies: ordered = received + late + to come. `days` is the mean wait from order to first receipt."""

    vendor_id: int
    vendor: str
    lines: int
    ordered: int
    received: int
    late: int
    wait: timedelta | None

    @property
    def to_come(self) -> int:
        return self.ordered - self.received - self.late

    @property
    def days(self) -> int | None:
        return round(self.wait / timedelta(days=1)) if self.wait is not None else None


def deliveries(since: date | None = None, until: date | None = None) -> list[Delivery]:
    """Every vendor that was ordered from in the span, by name; cancelled copies count nowhere. One query."""
    first = Receipt.objects.filter(ordered_copy=OuterRef("pk"), undone_at=None).order_by("at").values("at")[:1]
    late = Q(state__in=STILL_TO_COME, line__expected_on__lt=clock.today())
    rows = (
        _ordered(since, until)
        .annotate(came_at=Subquery(first))
        .values_list("line__order__vendor", "line__order__vendor__name")
        .annotate(
            lines=Count("line", distinct=True),
            ordered=Count("pk"),
            received=Count("pk", filter=Q(state__in=CAME)),
            late=Count("pk", filter=late),
            wait=Avg(F("came_at") - F("line__order__placed_at")),
        )
        .order_by("line__order__vendor__name")
    )
    return [Delivery(*row) for row in rows]


def _ordered(since: date | None, until: date | None) -> QuerySet[OrderCopy, Any]:
    """Copies of orders that were placed in the span."""
    rows = OrderCopy.objects.filter(line__order__placed_at__isnull=False).exclude(state=CopyState.CANCELLED)
    if since is not None:
        rows = rows.filter(line__order__placed_at__date__gte=since)
    return rows.filter(line__order__placed_at__date__lte=until) if until is not None else rows
