"""Plays a year: stories that wait for their days, carried on in the order of time, each act under the clock of its day.

A story is a generator that yields the instants at which it goes on. What would go on after the present stays where
it is: so the demo has orders, claims and invoices in every state.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from techsvc.kernel import clock

Story = Generator[datetime, None, None]
SATURDAY = 5


def play(stories: Iterable[Story], until: datetime) -> None:
    """Carry every story on to `until`, the earliest instant of all of them first."""
    waiting: list[tuple[datetime, int, Story]] = []
    for place, story in enumerate(stories):
        _wait(waiting, place, story)
    while waiting and waiting[0][0] <= until:
        instant, place, story = heapq.heappop(waiting)
        with clock.at(instant):
            _wait(waiting, place, story)
    for _instant, _place, story in waiting:
        story.close()


def _wait(waiting: list[tuple[datetime, int, Story]], place: int, story: Story) -> None:
    instant = next(story, None)
    if instant is not None:
        heapq.heappush(waiting, (instant, place, story))


def days_ago(days: int, hour: int = 9, minute: int = 30) -> datetime:
    """That hour of the day so long before the present one; of the Friday before, where it is a weekend."""
    return at(_workday(clock.today() - timedelta(days=days), back=True), hour, minute)


def later(since: datetime, days: int, hour: int = 10, minute: int = 0) -> datetime:
    """That hour of the day so many days after another; of the Monday after, where it is a weekend."""
    day = timezone.localdate(since) + timedelta(days=days)
    return at(_workday(day, back=False), hour, minute)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant in the library's time zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _workday(day: date, *, back: bool) -> date:
    over = day.weekday() - SATURDAY
    if over < 0:
        return day
    return day - timedelta(days=over + 1) if back else day + timedelta(days=2 - over)


def once(instant: datetime, *acts: Callable[[], object]) -> Story:
    """A story of one instant."""
    yield instant
    for act in acts:
        act()
