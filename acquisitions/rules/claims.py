"""Claims: when a line that did not come is claimed, why a copy is not good, and the words of the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

# A date that the vendor itself named is waited for, and some days more.
GRACE = timedelta(days=14)

# What can be wrong with a copy that came, by the code that a bench's button carries.
DAMAGES = {
    "cover": "cover damaged",
    "pages": "pages torn or missing",
    "binding": "binding broken",
    "wet": "wet or stained",
    "misprint": "misprinted or bound wrongly",
    "disc": "disc scratched or broken",
    "other": "damaged",
}


def due_on(placed_on: date, *, after_days: int, expected_on: date | None, claimed_on: date | None) -> date:
    """The day from which a line that has not come is claimed.

    Counted from the order; a date that the vendor named, and an earlier claim, put it off. It falls on a working day.
    """
    candidates = [placed_on + timedelta(days=after_days)]
    if expected_on is not None:
        candidates.append(expected_on + GRACE)
    if claimed_on is not None:
        candidates.append(claimed_on + timedelta(days=after_days))
    return _working_day(max(candidates))


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


@dataclass(frozen=True, slots=True)
class Subject:
    """What a claim is about, as the vendor knows it."""

    order: str
    line: int
    title: str
    isbn: str
    quantity: int
    slip: str = ""
    ordered_on: date | None = None


def letter(kind: str, subject: Subject, *, what: str = "") -> str:
    """The text of a claim of a kind; `what` is the damage, or what came in place of the title."""
    copies = "1 copy" if subject.quantity == 1 else f"{subject.quantity} copies"
    title = f"“{subject.title}”" + (f" (ISBN {subject.isbn})" if subject.isbn else "")
    sent = f" Packing slip: {subject.slip}." if subject.slip else ""
    ordered = f", ordered {subject.ordered_on:%d %B %Y}" if subject.ordered_on else ""
    opening = LETTERS[kind].format(copies=copies, title=title, what=what or "damaged")
    return f"{opening}{sent}\nOur order: {subject.order}, line {subject.line}{ordered}."


LETTERS = {
    "damaged": "{copies} of {title} arrived damaged: {what}. Please send a replacement, or credit it, and tell us "
    "whether you want it back.",
    "short": "Your packing slip lists {title}, but {copies} did not come. Please send what is missing, or credit it.",
    "late": "{copies} of {title} did not come yet. Please tell us when to expect it, or that you can't supply it.",
    "wrong": "In place of {copies} of {title} we found {what}. Please send what we ordered, and tell us what to do "
    "with what came.",
}
