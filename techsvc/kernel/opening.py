"""When a branch is open: what is promised to people falls on such a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import dates
from django.utils.translation import gettext as _

from techsvc.kernel.models.places import WEEK, Branch, Closing

FARTHEST = 400  # days; who is closed for longer has promised nothing


@dataclass(frozen=True, slots=True)
class Calendar:
    """The open days of the week and the closed spans of one branch, or of the whole library."""

    week: str
    closed: Sequence[tuple[date, date]]

    def is_open(self, day: date) -> bool:
        return str(day.isoweekday()) in self.week and not any(first <= day <= last for first, last in self.closed)

    def next_open_day(self, day: date) -> date:
        """The day itself when it is open, else the first open one after it."""
        days = (day + timedelta(days=n) for n in range(FARTHEST))
        return next(filter(self.is_open, days), day)


def calendar(branch: Branch | None, since: date) -> Calendar:
    """The calendar of a branch from a day on; without one, what holds for the whole library. One query."""
    spans = closings_of(branch, since).values_list("first", "last")
    return Calendar(branch.open_weekdays if branch else WEEK, list(spans))


def closings_of(branch: Branch | None, since: date) -> QuerySet[Closing]:
    """Closed days of a branch from a day on, those of the whole library among them."""
    here = Q(branch=None) | Q(branch=branch) if branch else Q(branch=None)
    return Closing.objects.filter(here, last__gte=since).select_related("branch")


def is_open(branch: Branch, day: date) -> bool:
    """Whether the branch is open on the day."""
    return calendar(branch, day).is_open(day)


def next_open_day(branch: Branch, day: date) -> date:
    """The day itself when the branch is open, else the first day after it on which it is."""
    return calendar(branch, day).next_open_day(day)


def week_words(week: str) -> str:
    """ "Mon, Tue, Sat"; the whole week in two words."""
    if week == WEEK:
        return _("every day")
    return ", ".join(str(dates.WEEKDAYS_ABBR[int(day) - 1]) for day in week)
