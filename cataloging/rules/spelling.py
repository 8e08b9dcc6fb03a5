"""How far one spelling is from another, and which of several words was likely meant."""

from __future__ import annotations

import math
from collections.abc import Iterable

# So many slips of the finger a word of a length may have and still be taken for another.
SLIPS = ((4, 1), (8, 2), (40, 3))


def slips(typed: str, meant: str) -> int:
    """How many letters were left out, put in, mistaken or swapped with the next.

    >>> slips("rowlign", "rowling")
    1
    """
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(meant, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def likeliest(typed: str, words: Iterable[tuple[str, int]]) -> str | None:
    """The word that was likely meant, of words with the number of records that have them: few slips, many records."""
    allowed = next((most for length, most in SLIPS if len(typed) <= length), 0)
    near = [(slips(typed, word), -math.log1p(records), word) for word, records in words]
    # The first letter is seldom wrong, and ten times the records weigh as much as most of a slip.
    ranked = sorted((n + (typed[0] != word[0]) + weight / 4, word) for n, weight, word in near if n <= allowed)
    return ranked[0][1] if ranked else None
