"""When a line is claimed, and what the letter says."""

from __future__ import annotations

from datetime import date

import pytest

from acquisitions.rules.claims import DAMAGES, LETTERS, Subject, due_on, letter


@pytest.mark.parametrize(
    ("placed", "expected", "claimed", "due"),
    [
        (date(2026, 6, 1), None, None, date(2026, 7, 31)),
        (date(2026, 6, 2), None, None, date(2026, 8, 3)),  # 1 August is a Saturday
        (date(2026, 6, 3), None, None, date(2026, 8, 3)),  # 2 August is a Sunday
        (date(2026, 6, 1), date(2026, 7, 1), None, date(2026, 7, 31)),
        (date(2026, 6, 1), date(2026, 9, 1), None, date(2026, 9, 15)),
        (date(2026, 6, 1), None, date(2026, 8, 3), date(2026, 10, 2)),
    ],
)
def test_due_dates(placed: date, expected: date | None, claimed: date | None, due: date) -> None:
    assert due_on(placed, after_days=60, expected_on=expected, claimed_on=claimed) == due


def test_letters_name_what_the_vendor_needs() -> None:
    subject = Subject("PO-2026-00041", 7, "The Women", "9781250178633", 2, slip="B766274", ordered_on=date(2026, 11, 3))
    assert letter("short", subject) == (
        "Your packing slip lists “The Women” (ISBN 9781250178633), but 2 copies did not come. Please send what is "
        "missing, or credit it. Packing slip: B766274.\nOur order: PO-2026-00041, line 7, ordered 03 November 2026."
    )
    assert set(LETTERS) == {"damaged", "short", "late", "wrong"}
    assert all("damaged" in letter("damaged", subject, what=what) for what in DAMAGES.values())


def test_a_title_with_braces_stays_as_it_is() -> None:
    assert "“{what}”" in letter("late", Subject("PO-2026-00041", 1, "{what}", "", 1))
