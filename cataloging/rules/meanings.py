"""What the codes of a vendor's files mean here, as lines of plain words: "branch MAIN = CEN"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cataloging.marc.itemdata import MAPPED
from techsvc.kernel.errors import Refusal

LINE = re.compile(r"(?P<kind>branch|collection|item type) (?P<code>.+?) ?= ?(?P<means>\S+)")
EXAMPLES = ("branch MAIN = CEN", "collection AFIC = AF", "item type BK = BOOK")


def read_meanings(lines: Iterable[str]) -> dict[str, dict[str, str]]:
    """{"branch": {"MAIN": "CEN"}} of these lines, blank ones left out; raises Refusal with the number of the line."""
    found: dict[str, dict[str, str]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        parts = LINE.fullmatch(line.strip())
        if parts is None:
            raise Refusal(f'Line {number}, "{line.strip()[:60]}", says no meaning. Write one such as "{EXAMPLES[0]}".')
        found.setdefault(parts["kind"].replace(" ", "_"), {})[parts["code"]] = parts["means"]
    return found


def meaning_lines(meanings: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The lines that say these meanings."""
    return [
        f"{kind.replace('_', ' ')} {code} = {means}"
        for kind in MAPPED
        for code, means in meanings.get(kind, {}).items()
    ]
