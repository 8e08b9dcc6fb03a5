"""What vendors' codes are for, and a guess at what one that nobody has seen means here."""

from __future__ import annotations

from collections.abc import Iterable

# kind → (words, whether copies can be ordered without one)
KINDS = {
    "branch": ("branch", False),
    "fund": ("fund", False),
    "collection": ("collection", True),
    "item_type": ("item type", True),
}
SHORTEST_GUESS = 2


def own(code: str, codes: Iterable[str]) -> str | None:
    """The library's own code that the vendor's is, but for capitals."""
    wanted = code.strip().casefold()
    return next((one for one in codes if one.casefold() == wanted), None) if wanted else None


def guess(code: str, codes: Iterable[str]) -> str | None:
    """The one own code that the vendor's ends with ("FRRLS-BA" for BA); None when there are several or none."""
    wanted = code.strip().casefold()
    ends = [one for one in codes if len(one) >= SHORTEST_GUESS and wanted.endswith(one.casefold())]
    longest = [one for one in ends if len(one) == max(map(len, ends))]
    return longest[0] if len(longest) == 1 else None
