"""Stories are played in the order of time, each under the clock of its day, and stop at the present."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from techsvc.kernel import clock
from techsvc.workroom.demo.library import fiscal_years
from techsvc.workroom.demo.story import Story, days_ago, later, play

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def diary(name: str, days: list[int], lines: list[tuple[str, datetime]]) -> Story:
    for day in days:
        yield START + timedelta(days=day)
        lines.append((name, clock.now()))


def test_stories_take_turns_and_stop_at_the_present() -> None:
    lines: list[tuple[str, datetime]] = []
    play([diary("a", [0, 3, 9], lines), diary("b", [1, 3, 4], lines)], START + timedelta(days=4))
    turns = [("a", 0), ("b", 1), ("a", 3), ("b", 3), ("b", 4)]
    assert lines == [(name, START + timedelta(days=day)) for name, day in turns]


def test_weekends_are_free() -> None:
    with clock.at(datetime(2026, 11, 23, 12, tzinfo=UTC)):  # a Monday
        assert days_ago(1).date() == date(2026, 11, 20)
        assert days_ago(2).date() == date(2026, 11, 20)
        assert later(days_ago(3), 1).date() == date(2026, 11, 23)


def test_fiscal_years_begin_in_july() -> None:
    assert fiscal_years(date(2026, 6, 30)) == [
        ("FY25", date(2024, 7, 1), date(2025, 6, 30)),
        ("FY26", date(2025, 7, 1), date(2026, 6, 30)),
    ]
    assert [code for code, *_ in fiscal_years(date(2026, 7, 1))] == ["FY26", "FY27"]
