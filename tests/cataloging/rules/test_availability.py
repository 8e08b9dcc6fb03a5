"""Where a title can be had, in words."""

from __future__ import annotations

import pytest

from cataloging.rules.availability import in_words


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], ""),
        ([("withdrawn", "Eastside", 1)], ""),
        (
            [("available", "Riverbend", 2), ("on_order", "Central", 2), ("available", "Eastside", 1)],
            "Available at Eastside, Riverbend; 2 on order",
        ),
        ([("checked_out", "Central", 1), ("lent", "Central", 1), ("missing", "Central", 1)], "2 on loan; 1 missing"),
        ([("available", name, 1) for name in "ABCDE"], "Available at A, B, C, +2"),
    ],
)
def test_available_where(items: list[tuple[str, str, int]], words: str) -> None:
    assert in_words(items) == words
