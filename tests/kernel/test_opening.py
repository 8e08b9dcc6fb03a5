"""When a branch is open: its week, its own closed days, and those of the whole library."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import opening
from techsvc.kernel.actions import calendar, people
from techsvc.kernel.models.places import Branch
from tests.cataloging import make

pytestmark = pytest.mark.django_db
THANKSGIVING = date(2026, 11, 26)  # a Thursday


@pytest.fixture
def central() -> Branch:
    """Closed on Sundays; the library has two days off, and the branch the Saturday after them."""
    branch, system = make.branch(), people.system()
    calendar.close_days(None, THANKSGIVING, date(2026, 11, 27), reason="Thanksgiving", actor=system)
    calendar.close_days(branch, date(2026, 11, 28), None, reason="Floors", actor=system)
    return calendar.set_week(branch.pk, "123456", actor=system)


@pytest.mark.parametrize(
    ("day", "next_open"),
    [
        (date(2026, 11, 25), date(2026, 11, 25)),
        (THANKSGIVING, date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 11, 29), date(2026, 11, 30)),
        (date(2026, 12, 6), date(2026, 12, 7)),
    ],
)
def test_the_next_open_day(central: Branch, day: date, next_open: date) -> None:
    assert opening.next_open_day(central, day) == next_open
    assert opening.is_open(central, day) is (day == next_open)


def test_another_branch_has_its_own_days(central: Branch) -> None:
    east = make.branch("EAST", "East")
    assert opening.next_open_day(east, THANKSGIVING) == date(2026, 11, 28)
    assert opening.is_open(east, date(2026, 11, 29))


def test_the_whole_librarys_calendar_knows_no_branchs(central: Branch) -> None:
    assert opening.calendar(None, THANKSGIVING).next_open_day(THANKSGIVING) == date(2026, 11, 28)


def test_it_takes_one_query(central: Branch, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        opening.next_open_day(central, THANKSGIVING)


def test_who_is_closed_for_ever_promises_the_day_itself(central: Branch) -> None:
    for year in (2026, 2027, 2028):
        calendar.close_days(central, date(year, 1, 1), date(year, 12, 31), reason="Moved", actor=people.system())
    assert opening.next_open_day(central, THANKSGIVING) == THANKSGIVING
