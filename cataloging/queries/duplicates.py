"""Finds records that may be of one title: a page of records at a time, by the keys that they share with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cataloging.models.duplicates import DuplicatePair, DuplicateSearch
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.queries.matching import known_facts
from cataloging.rules.duplicates import KINDS, TOO_COMMON, suspicion
from cataloging.rules.lifecycle import GONE, RecordState
from cataloging.rules.matching import Match
from techsvc.kernel import sql

# Each key of the page's records with the others that have it; keys that too many have lead nowhere.
MEETING = """
SELECT DISTINCT least(mine.record_id, theirs.record_id), greatest(mine.record_id, theirs.record_id)
FROM cataloging_matchkey mine
JOIN cataloging_matchkey theirs
  ON theirs.key = mine.key AND theirs.kind = mine.kind AND theirs.record_id <> mine.record_id
WHERE mine.record_id = ANY(%s) AND mine.kind = ANY(%s) AND (
  SELECT count(*) FROM (
    SELECT FROM cataloging_matchkey every WHERE every.key = mine.key AND every.kind = mine.kind LIMIT %s
  ) counted
) <= %s
ORDER BY 1, 2
"""


# What lists show of a pair: its own columns, and of its records no more than names them.
SHOWN = (
    *(field.attname for field in DuplicatePair._meta.concrete_fields),
    *(f"{side}__{name}" for side in ("one", "other") for name in ("title", "title_sort", "format", "state")),
)


@dataclass(frozen=True, slots=True)
class Suspected:
    """Two records, the older first, and why they may be of one title."""

    one: Record
    other: Record
    match: Match


def suspected(pks: Sequence[int]) -> list[Suspected]:
    """The pairs that these records make with any record; three queries however many they are."""
    pairs = sql.rows(MEETING, [list(pks), [str(kind) for kind in KINDS], TOO_COMMON + 1, TOO_COMMON])
    known = known_facts({pk for pair in pairs for pk in pair})
    found = []
    for one, other in ((known.get(left), known.get(right)) for left, right in pairs):
        if one is None or other is None or RecordState.WITHDRAWN in (one[0].state, other[0].state):
            continue
        match = suspicion(one[1], other[1])
        if match is not None:
            found.append(Suspected(one[0], other[0], match))
    return found


def to_search(search: DuplicateSearch) -> QuerySet[Record]:
    """The records that a search has still to look at, in its order."""
    rows = Record.objects.filter(pk__gt=search.after, updated_at__lte=search.until)
    rows = rows if search.since is None else rows.filter(updated_at__gt=search.since)
    return rows.exclude(state=RecordState.WITHDRAWN).order_by("pk")


def pairs_about(pks: Sequence[int]) -> QuerySet[DuplicatePair]:
    """Every pair, whatever became of it, that one of these records is in."""
    return DuplicatePair.objects.filter(Q(one__in=pks) | Q(other__in=pks))


def open_pairs() -> QuerySet[DuplicatePair]:
    """Pairs that somebody should look at: neither settled nor with a record that is withdrawn meanwhile."""
    gone = Q(one__state=RecordState.WITHDRAWN) | Q(other__state=RecordState.WITHDRAWN)
    return DuplicatePair.objects.filter(state="open").exclude(gone)


def with_items(rows: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
    """The pairs with the number of items of both: `one_items`, `other_items`."""
    return rows.annotate(one_items=_items_of("one"), other_items=_items_of("other"))


def _items_of(side: str) -> Coalesce:
    items = Item.objects.filter(record=OuterRef(side)).exclude(state__in=GONE).order_by().values("record")
    return Coalesce(Subquery(items.annotate(n=Count("pk")).values("n")), 0)


def survivor_first(pair: DuplicatePair) -> tuple[int, int]:
    """Both records of a pair of `with_items`, the one to keep first: the full one, then the one with more items."""
    one = (pair.one.state != RecordState.FULL, -pair.one_items)  # type: ignore[attr-defined]
    other = (pair.other.state != RecordState.FULL, -pair.other_items)  # type: ignore[attr-defined]
    return (pair.one_id, pair.other_id) if one <= other else (pair.other_id, pair.one_id)


def open_pairs_of(record: Record) -> QuerySet[DuplicatePair]:
    """The open pairs of a record, the most alike first, with both titles."""
    mine = Q(one=record) | Q(other=record)
    return with_items(open_pairs().filter(mine)).select_related("one", "other").only(*SHOWN)
