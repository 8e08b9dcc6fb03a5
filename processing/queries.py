"""What waits to be made ready."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery

from cataloging.models.items import Item
from cataloging.rules.lifecycle import ItemState
from processing.models.jobs import ProcessingJob
from processing.rules.lifecycle import ProcessingState
from techsvc.circulation import queries as circulation
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import queries as kernel
from techsvc.kernel.models.people import User
from techsvc.kernel.models.printing import PrintRequest, PrintState

OPEN = (ProcessingState.WAITING, ProcessingState.IN_WORK)


def to_make_ready() -> QuerySet[Item]:
    """Items that are cataloged and received, or in work; with `waited_for` and the key of their open `job`."""
    this_or_any = Q(volume="") | Q(volume=OuterRef("volume"))
    somebody_waits = Hold.objects.filter(this_or_any, record=OuterRef("record"), state=HoldState.WAITING)
    job = ProcessingJob.objects.filter(item=OuterRef("pk"), state__in=OPEN).values("pk")[:1]
    return (
        Item.objects.filter(state__in=(ItemState.RECEIVED, ItemState.IN_PROCESS), barcode__isnull=False)
        .select_related("record", "branch")
        .annotate(waited_for=Exists(somebody_waits, output_field=BooleanField()), job=Subquery(job))
    )


def job_of(item: Item) -> ProcessingJob | None:
    """The item's open job."""
    return ProcessingJob.objects.filter(item=item, state__in=OPEN).first()


def is_rush(item: Item) -> bool:
    """Whether somebody waits for what this item is now."""
    return circulation.next_in_line(item).exists()


def promised_to(item: Item) -> Hold | None:
    """The hold for which the item stands, or goes, on the hold shelf."""
    return Hold.objects.filter(item=item, state=HoldState.READY).select_related("pickup").first()


def labels_to_print(kind: str, user: User, *, last: int | None = None) -> QuerySet[PrintRequest]:
    """Labels of a kind that are ready and not printed yet, oldest first; `last` leaves out what came later."""
    rows = kernel.visible_prints(user).filter(kind=kind, state=PrintState.READY).order_by("pk")
    return rows if last is None else rows.filter(pk__lte=last)
