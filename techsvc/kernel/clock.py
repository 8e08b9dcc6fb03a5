"""The one clock: actions take the time from here, so that history can be made and tests can travel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set.get() or timezone.now()


def today() -> date:
    """The present day in the library's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at `instant` (aware) within the block."""
    token = _set.set(instant)
    try:
        yield
    finally:
        _set.reset(token)
