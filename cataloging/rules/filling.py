"""Which ordered copy an item of a vendor's file is: by order line, else by branch and collection; each copy once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cataloging.marc.itemdata import ItemData


@dataclass(frozen=True, slots=True)
class Waiting:
    """An ordered copy that has no barcode yet: its key, and the codes of its branch and collection."""

    item: int
    branch: str
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Filling:
    """What becomes of the items of one record: (place in the file's list, key of the copy), and places left over.

    `fresh` are copies that nobody ordered. `stuck` are those for a branch that awaits none, while other branches do:
    a new item would be a second one for an ordered copy.
    """

    filled: list[tuple[int, int]]
    fresh: list[int]
    stuck: list[int]


def fill(described: Sequence[ItemData], waiting: Sequence[Waiting], lines: Mapping[str, Iterable[int]]) -> Filling:
    """Give every described item at most one waiting copy, the most certain ones first, in the order of the file."""
    free = {one.item: one for one in waiting}
    filled: list[tuple[int, int]] = []
    for fits in (_by_line, _by_place, _by_branch, _by_record):
        taken = {place for place, _item in filled}
        for place, data in enumerate(described):
            if place in taken:
                continue
            found = next((item for item, one in free.items() if fits(data, one, lines)), None)
            if found is not None:
                filled.append((place, found))
                del free[found]
    taken = {place for place, _item in filled}
    left = [place for place in range(len(described)) if place not in taken]
    return Filling(sorted(filled), [] if free else left, left if free else [])


def _by_line(data: ItemData, one: Waiting, lines: Mapping[str, Iterable[int]]) -> bool:
    """Of the order line that is named; and for the branch that is named, where one is."""
    return bool(data.order_line) and one.item in lines.get(data.order_line, ()) and data.branch in ("", one.branch)


def _by_place(data: ItemData, one: Waiting, lines: Mapping[str, Iterable[int]]) -> bool:
    return _by_branch(data, one, lines) and data.collection == one.collection


def _by_branch(data: ItemData, one: Waiting, lines: Mapping[str, Iterable[int]]) -> bool:
    return bool(data.branch) and data.branch == one.branch


def _by_record(data: ItemData, _one: Waiting, _lines: Mapping[str, Iterable[int]]) -> bool:
    """Any ordered copy of the title, for an item of which the file says no branch."""
    return not data.branch
