"""The calendar: who may close a branch, what is refused, and how each act is taken back."""

from __future__ import annotations

from datetime import date

import pytest

from techsvc.kernel.actions import calendar, history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch, Closing

pytestmark = pytest.mark.django_db
JULY_4 = date(2026, 7, 4)


def closed() -> list[tuple[str, date, date, str]]:
    return [(calendar.place(c), c.first, c.last, c.reason) for c in Closing.objects.order_by("first", "id")]


def undo(verb: str, actor: User) -> None:
    history.undo(HistoryEvent.objects.filter(verb=verb).latest("id").pk, actor=actor)


def test_days_are_closed_and_opened_again(supervisor: User, central: Branch) -> None:
    calendar.close_days(None, JULY_4, None, reason="Independence Day", actor=supervisor)
    floors = calendar.close_days(central, date(2026, 8, 3), date(2026, 8, 7), reason="Floors", actor=supervisor)
    assert closed() == [
        ("The library", JULY_4, JULY_4, "Independence Day"),
        ("Central", date(2026, 8, 3), date(2026, 8, 7), "Floors"),
    ]
    told = list(HistoryEvent.objects.order_by("id").values_list("summary", flat=True))
    assert told == [
        "The library closed on 4 Jul 2026: Independence Day",
        "Central closed from 3 Aug 2026 to 7 Aug 2026: Floors",
    ]
    calendar.open_days(floors.pk, actor=supervisor)
    assert len(closed()) == 1
    undo("kernel.open_days", supervisor)
    assert closed()[1] == ("Central", date(2026, 8, 3), date(2026, 8, 7), "Floors")
    undo("kernel.close_days", supervisor)
    assert len(closed()) == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 8, 7), date(2026, 8, 3), "last"),
        (date(2026, 8, 7), date(2027, 8, 8), "last"),
        (JULY_4, None, "first"),
    ],
)
def test_days_that_make_no_sense_are_refused(supervisor: User, first: date, last: date | None, field: str) -> None:
    calendar.close_days(None, JULY_4, None, reason="Independence Day", actor=supervisor)
    with pytest.raises(Refusal) as refused:
        calendar.close_days(None, first, last, reason="Again", actor=supervisor)
    assert (refused.value.field, len(closed()), HistoryEvent.objects.count()) == (field, 1, 1)


def test_a_year_is_copied_once_and_taken_back(supervisor: User, central: Branch) -> None:
    calendar.close_days(None, JULY_4, None, reason="Independence Day", actor=supervisor)
    calendar.close_days(central, date(2028, 2, 29), date(2028, 3, 1), reason="Leap", actor=supervisor)
    copies = calendar.copy_year(2026, actor=supervisor)
    assert [(c.first, c.last) for c in copies] == [(date(2027, 7, 4), date(2027, 7, 4))]
    assert [(c.first, c.last) for c in calendar.to_copy(2028)] == [(date(2029, 2, 28), date(2029, 3, 1))]
    with pytest.raises(Refusal, match="in the calendar of the year after"):
        calendar.copy_year(2026, actor=supervisor)
    assert Closing.objects.count() == 3
    undo("kernel.copy_closings", supervisor)
    assert Closing.objects.count() == 2


def test_a_branch_has_its_week(supervisor: User, central: Branch) -> None:
    calendar.set_week(central.pk, ["6", "1"], actor=supervisor, why="Short of staff")
    central.refresh_from_db()
    assert central.open_weekdays == "16"
    for weekdays in ([], ["8"]):
        with pytest.raises(Refusal, match="one day of the week at least"):
            calendar.set_week(central.pk, weekdays, actor=supervisor)
    assert HistoryEvent.objects.get().after == {"week": "16"}
    undo("kernel.set_week", supervisor)
    central.refresh_from_db()
    assert central.open_weekdays == "1234567"


def test_a_week_that_was_set_anew_is_not_taken_back(supervisor: User, central: Branch) -> None:
    calendar.set_week(central.pk, "123456", actor=supervisor)
    first = HistoryEvent.objects.get()
    calendar.set_week(central.pk, "12345", actor=supervisor)
    with pytest.raises(Refusal, match="set anew since"):
        history.undo(first.pk, actor=supervisor)
    central.refresh_from_db()
    assert central.open_weekdays == "12345"


def test_only_who_manages_places_does(technician: User, supervisor: User, central: Branch) -> None:
    closing = calendar.close_days(None, JULY_4, None, reason="Independence Day", actor=supervisor)
    for act in (
        lambda: calendar.close_days(central, JULY_4, None, reason="x", actor=technician),
        lambda: calendar.open_days(closing.pk, actor=technician),
        lambda: calendar.copy_year(2026, actor=technician),
        lambda: calendar.set_week(central.pk, "1", actor=technician),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (len(closed()), HistoryEvent.objects.count()) == (1, 1)
