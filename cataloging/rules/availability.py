"""Where a title can be had, in words: "Available at Riverbend, Eastside; 2 on order"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from cataloging.rules.lifecycle import GONE, ItemState


def _(text: str) -> str:
    """Marks a text for the catalogues; whoever shows it translates it."""
    return text


# Words for the other states, in the order in which they are told; whoever shows them translates them.
ELSEWHERE = (
    ((ItemState.RECEIVED, ItemState.IN_PROCESS), _("%(n)d being made ready")),
    ((ItemState.IN_TRANSIT,), _("%(n)d in transit")),
    ((ItemState.ON_HOLD_SHELF,), _("%(n)d on the hold shelf")),
    ((ItemState.CHECKED_OUT, ItemState.LENT), _("%(n)d on loan")),
    ((ItemState.ON_ORDER,), _("%(n)d on order")),
    ((ItemState.MENDING, ItemState.DAMAGED), _("%(n)d in mending")),
    ((ItemState.MISSING, ItemState.LOST, ItemState.CLAIMED_RETURNED), _("%(n)d missing")),
)
AVAILABLE = _("Available at %(branches)s")
SHOWN = 3  # branches that are named


def in_words(items: Iterable[tuple[str, str, int]], say: Callable[[str], str] = str) -> str:
    """The sentence for (state, branch, how many); "" when there are none."""
    branches: list[str] = []
    states = Counter[str]()
    for state, branch, number in items:
        if state == ItemState.AVAILABLE:
            branches.append(branch)
        elif state not in GONE:
            states[state] += number
    parts = [say(AVAILABLE) % {"branches": _named(branches)}] if branches else []
    for members, text in ELSEWHERE:
        number = sum(states[member] for member in members)
        parts += [say(text) % {"n": number}] if number else []
    return "; ".join(parts)


def _named(branches: list[str]) -> str:
    """The first branches by name, and how many there are beyond."""
    names = sorted(set(branches))
    beyond = len(names) - SHOWN
    return ", ".join([*names[:SHOWN], *([f"+{beyond}"] if beyond > 0 else [])])
