"""What of interlibrary loan waits for somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ill.models.borrowing import BorrowingRequest
from ill.rules.lifecycle import HERE, OPEN, BorrowingState
from techsvc.kernel import clock

SOON = timedelta(days=5)  # a parcel's time on the road


def open_requests() -> QuerySet[BorrowingRequest]:
    """Requests that are not over."""
    return BorrowingRequest.objects.filter(state__in=OPEN)


def over_since(before: datetime) -> QuerySet[BorrowingRequest]:
    """Requests of before an instant that are over and still name their patron."""
    over = BorrowingRequest.objects.filter(state__in=(BorrowingState.COMPLETED, BorrowingState.CANCELLED))
    return over.filter(created_at__lt=before, patron__isnull=False)


def to_send() -> QuerySet[BorrowingRequest]:
    """Requests that wait for a lender: new ones, and those that a lender could not supply."""
    return BorrowingRequest.objects.filter(state__in=(BorrowingState.NEW, BorrowingState.UNFILLED))


def due_back() -> QuerySet[BorrowingRequest]:
    """What is here and has to leave now, to be at the lender in time."""
    return BorrowingRequest.objects.filter(state__in=HERE, due_on__lte=clock.today() + SOON)
