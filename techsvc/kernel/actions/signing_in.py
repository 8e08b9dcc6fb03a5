"""Wrong passwords: who is locked out because of them, and until when."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from techsvc.kernel import clock
from techsvc.kernel.models.people import User


def _locks() -> QuerySet[AccessAttempt]:
    """Wrong passwords that keep somebody out now."""
    since = clock.now() - settings.AXES_COOLOFF_TIME
    wrong: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    return wrong.filter(attempt_time__gt=since)


def with_locks(rows: QuerySet[User]) -> QuerySet[User]:
    """People with `locked`: whether wrong passwords keep them out somewhere."""
    return rows.annotate(locked=Exists(_locks().filter(username=OuterRef("username"))))


def locked_out() -> QuerySet[User]:
    """People whom wrong passwords keep out somewhere."""
    return User.objects.filter(Exists(_locks().filter(username=OuterRef("username"))), is_active=True)


def locked_until(username: str) -> datetime | None:
    """Until when wrong passwords keep the person out; None when they do not."""
    last: datetime | None = _locks().filter(username=username).aggregate(last=Max("attempt_time"))["last"]
    return None if last is None else last + settings.AXES_COOLOFF_TIME


def forgive(username: str) -> int:
    """Forget the wrong passwords of a user name; returns how many rows there were."""
    forgotten: int = reset(username=username)
    return forgotten
