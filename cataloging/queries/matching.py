"""Finds the records that the library may have of a title already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from cataloging.marc.fields import Format
from cataloging.marc.projection import KeyKind, Projection
from cataloging.models.records import MatchKey, Record
from cataloging.rules.matching import (
    USUAL,
    Description,
    Facts,
    Match,
    MatchRules,
    Verdict,
    facts_given,
    facts_of,
    keys_of,
    score,
)

LONGEST_KEY = 200
# A title as common as this ("Selected poems" without an author) tells nothing by itself.
TOO_COMMON = 50
NAMED = 5

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that is or may be of the title: the verdict, the sentences for and against, best first in a list.

    `record` comes without its MARC bytes, which are read when asked for.
    """

    record: Record
    verdict: Verdict
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: facts to compare, and keys to find candidates by."""

    facts: Facts
    keys: tuple[Key, ...]

    @classmethod
    def described(cls, description: Description) -> Wanted:
        return cls(facts_given(description), tuple((str(kind), key) for kind, key in keys_of(description)))

    @classmethod
    def projected(cls, projection: Projection, rules: MatchRules = USUAL) -> Wanted:
        keys = tuple((str(kind), key[:LONGEST_KEY]) for kind, key in projection.match_keys if kind in rules.finds)
        return cls(facts_of(projection), keys)


def find_matches(descriptions: Sequence[Description]) -> list[list[Candidate]]:
    """For each description the records that may be of it; the same three queries for one as for a thousand.

    At most one candidate is the same: where several are, each is a maybe with a sentence that says so.
    """
    return find([Wanted.described(one) for one in descriptions])


def find(wanted: Sequence[Wanted], rules: MatchRules = USUAL) -> list[list[Candidate]]:
    """find_matches for what a file's records say of themselves, by the rules of where the file comes from."""
    owners = _owners({key for one in wanted for key in one.keys})
    known = known_facts({pk for owned in owners.values() for pk in owned})
    return [_candidates(one, owners, known, rules) for one in wanted]


def _owners(keys: set[Key]) -> dict[Key, set[int]]:
    """The records that have each key. Common titles lead nowhere."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in keys:
        by_kind[kind].append(key)
    if not by_kind:
        return {}
    asked = reduce(or_, (Q(kind=kind, key__in=values) for kind, values in by_kind.items()))
    rows = MatchKey.objects.filter(asked).exclude(record__state="withdrawn")
    owners: dict[Key, set[int]] = defaultdict(set)
    for kind, key, pk in rows.values_list("kind", "key", "record_id"):
        owners[kind, key].add(pk)
    return {key: found for key, found in owners.items() if key[0] != KeyKind.TITLE or len(found) <= TOO_COMMON}


def known_facts(pks: Iterable[int]) -> dict[int, tuple[Record, Facts]]:
    """The records and the facts known of them, from their columns and keys; their bytes aren't read."""
    numbers: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, key, pk in MatchKey.objects.filter(record__in=pks).values_list("kind", "key", "record_id"):
        numbers[pk][kind].append(key)
    records = Record.objects.filter(pk__in=pks).defer("raw", "search", "extra")
    return {record.pk: (record, _facts(record, numbers[record.pk])) for record in records}


def _facts(record: Record, numbers: dict[str, list[str]]) -> Facts:
    return Facts(
        title=record.title,
        author=record.author,
        isbns13=frozenset(numbers.get(KeyKind.ISBN, ())),
        lccn=next(iter(numbers.get(KeyKind.LCCN, ())), ""),
        oclc=next(iter(numbers.get(KeyKind.OCLC, ())), ""),
        upcs=frozenset(numbers.get(KeyKind.UPC, ())),
        pub_year=record.pub_year,
        format=Format(record.format),
        edition=record.edition,
        issns=frozenset(numbers.get(KeyKind.ISSN, ())),
        publisher_nos=frozenset(numbers.get(KeyKind.PUBLISHER_NO, ())),
        control_nos=frozenset(numbers.get(KeyKind.CONTROL_NO, ())),
    )


def _candidates(
    wanted: Wanted, owners: dict[Key, set[int]], known: dict[int, tuple[Record, Facts]], rules: MatchRules
) -> list[Candidate]:  # fmt: skip
    pks = sorted({pk for key in wanted.keys for pk in owners.get(key, ())})
    compared = [(known[pk][0], score(wanted.facts, known[pk][1], rules)) for pk in pks if pk in known]
    possible = [(record, match) for record, match in compared if match.verdict is not Verdict.DIFFERENT]
    possible.sort(key=lambda pair: (pair[1].verdict is not Verdict.SAME, -pair[1].points, pair[0].pk))
    return _settled(possible[:NAMED])


def _settled(possible: Iterable[tuple[Record, Match]]) -> list[Candidate]:
    """Two records that are both the same are a question, not an answer."""
    found = list(possible)
    same = sum(match.verdict is Verdict.SAME for _record, match in found)
    if same < 2:
        return [Candidate(record, match.verdict, match.reasons) for record, match in found]
    rivals = f"{same} records match equally well"
    return [
        Candidate(record, Verdict.MAYBE, [*match.reasons, rivals] if match.verdict is Verdict.SAME else match.reasons)
        for record, match in found
    ]
