"""How a person is told that a title is here or coming."""

from __future__ import annotations

import pytest

from acquisitions.rules.duplicates import Standing, words


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(1, "Sassy", True, owned=2), "2 copies owned."),
        (Standing(1, "Sassy", True, owned=1, on_order=8, orders=("PO-1",)), "1 copy owned, 8 on order (PO-1)."),
        (Standing(1, "Sassy", True, on_order=1, orders=("PO-1", "PO-2")), "1 copy on order (PO-1, PO-2)."),
        (Standing(1, "Sassy", True), "in the catalog, no copies."),
        (Standing(1, "Sassy", True, owned=3, waiting=1), "3 copies owned, 1 hold waits."),
        (Standing(1, "Sassy", True, owned=3, waiting=5), "3 copies owned, 5 holds wait."),
        (Standing(1, "Sassy", False, owned=1), "Perhaps “Sassy”: 1 copy owned."),
    ],
)
def test_words(standing: Standing, expected: str) -> None:
    assert words(standing) == expected
