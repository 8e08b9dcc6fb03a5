"""Who waits for what, and who comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Count, Q, QuerySet, When

from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.rules.lifecycle import GONE
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import clock
from techsvc.kernel.models.people import Patron

OPEN = (HoldState.WAITING, HoldState.READY)


def waiting_for(record_ids: Iterable[int]) -> dict[int, int]:
    """How many holds wait for each record; records for which nobody waits are left out. One query."""
    waiting = Hold.objects.filter(record_id__in=list(record_ids), state=HoldState.WAITING)
    return dict(waiting.values_list("record_id").annotate(n=Count("pk")).order_by())


def next_in_line(item: Item) -> QuerySet[Hold]:
    """Holds that the item can satisfy: those to be picked up where it is first, then by their place in the queue.

    A hold on a volume is satisfied by an item of that volume alone, any other hold by any item.
    """
    here_first = Case(When(pickup_id=item.branch_id, then=0), default=1)
    waiting = Hold.objects.filter(record_id=item.record_id, state=HoldState.WAITING, volume__in={"", item.volume})
    return waiting.order_by(here_first, "placed_at", "pk")


def volumes_of(record: Record) -> list[str]:
    """The volumes that the title's items are, in their order; empty for a title that is whole."""
    rows = Item.objects.filter(record=record).exclude(volume="").exclude(state__in=GONE)
    return list(dict.fromkeys(rows.order_by("volume_sort", "pk").values_list("volume", flat=True)))


def open_holds(patron: Patron) -> QuerySet[Hold]:
    """What the patron waits for or may collect."""
    return Hold.objects.filter(patron=patron, state__in=OPEN)


def overdue_on_shelf() -> QuerySet[Hold]:
    """Holds that nobody collected within their days."""
    return Hold.objects.filter(state=HoldState.READY, keep_until__lt=clock.today())


def over_since(before: datetime) -> QuerySet[Hold]:
    """Holds that are over since before an instant and still name their patron."""
    shelved = Q(keep_until__lt=before.date()) | Q(keep_until=None, placed_at__lt=before)
    return Hold.objects.filter(shelved, patron__isnull=False).exclude(state__in=OPEN)


def place_in_queue(hold: Hold) -> int:
    """1 for the first in line. One query."""
    before = Q(placed_at__lt=hold.placed_at) | Q(placed_at=hold.placed_at, pk__lt=hold.pk)
    return Hold.objects.filter(before, record_id=hold.record_id, state=HoldState.WAITING).count() + 1
