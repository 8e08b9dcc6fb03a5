"""Whether two descriptions are of the same thing.

One number is not enough: in 250,000 Library of Congress records 0.3 % of ISBNs stand on more than one title. So a
match needs two facts that agree and none that contradicts; anything less is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cataloging.marc.brief import Brief
from cataloging.marc.fields import SUBTITLE, Format, article_length, plain, title_key
from cataloging.marc.projection import KeyKind, Projection
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import isbn13, upc
from techsvc.kernel.money import Money

__all__ = [
    "Agreement",
    "Description",
    "Facts",
    "Match",
    "MatchRules",
    "Verdict",
    "agreement",
    "best",
    "brief_of",
    "facts_given",
    "facts_of",
    "keys_of",
    "match_rules_of",
    "score",
    "title_key",
    "titles_agree",
]

SHORT_STEM = 25


class Verdict(StrEnum):
    """What a comparison came to."""

    SAME = "same"
    MAYBE = "maybe"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Description:
    """A title as a request, cart or message gives it; texts as they came, the ISBN not yet checked."""

    title: str
    author: str = ""
    isbn: str = ""
    publisher: str = ""
    pub_year: int | None = None
    format: str = Format.BOOK
    edition: str = ""
    upc: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a title for matching; "" or None where it isn't."""

    title: str = ""
    author: str = ""
    isbns13: frozenset[str] = frozenset()
    lccn: str = ""
    oclc: str = ""
    upcs: frozenset[str] = frozenset()
    pub_year: int | None = None
    format: Format | None = None
    edition: str = ""
    issns: frozenset[str] = frozenset()
    publisher_nos: frozenset[str] = frozenset()
    control_nos: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sentences for what two descriptions share: numbers by kind, circumstances that agree, those that contradict."""

    by_kind: Mapping[KeyKind, str]
    support: list[str]
    against: list[str]

    @property
    def numbers(self) -> list[str]:
        return list(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class MatchRules:
    """Which numbers count for the files of a source, and of which one has to agree (none in particular when empty).

    Whatever they say, a number alone is never enough: a second fact has to agree.
    """

    counts: frozenset[KeyKind]
    needs: frozenset[KeyKind] = frozenset()

    @property
    def finds(self) -> frozenset[KeyKind]:
        """The kinds of keys by which candidates are looked for."""
        return self.counts | {KeyKind.TITLE}


# A control number is its maker's own and an ISSN is shared by every volume: they count where a source is known.
USUAL = MatchRules(frozenset({KeyKind.ISBN, KeyKind.UPC, KeyKind.LCCN, KeyKind.OCLC}))
# What says something when two records of the catalog itself are compared.
WITHIN = MatchRules(USUAL.counts | {KeyKind.PUBLISHER_NO, KeyKind.ISSN})
NUMBER_WORDS = {
    KeyKind.ISBN: "ISBN",
    KeyKind.ISSN: "ISSN",
    KeyKind.LCCN: "LCCN",
    KeyKind.OCLC: "OCLC number",
    KeyKind.UPC: "UPC",
    KeyKind.PUBLISHER_NO: "publisher's number",
    KeyKind.CONTROL_NO: "vendor's control number",
}


def match_rules_of(data: Mapping[str, Sequence[str]]) -> MatchRules:
    """Rules from stored settings ({"counts": ["isbn"], "needs": []}); raises Refusal for unknown kinds and for none."""
    if not data:
        return USUAL
    known = {str(kind) for kind in NUMBER_WORDS}
    strange = {*data.get("counts", ()), *data.get("needs", ())} - known
    if strange:
        raise Refusal(
            f"{', '.join(sorted(strange))}: no such number. Known are {', '.join(sorted(known))}.", field="counts"
        )
    rules = MatchRules(
        frozenset(KeyKind(kind) for kind in data.get("counts", ())),
        frozenset(KeyKind(kind) for kind in data.get("needs", ())),
    )
    if not rules.counts or not rules.needs <= rules.counts:
        raise Refusal(
            "Choose at least one number that counts; a number that has to agree has to count as well.", field="counts"
        )
    return rules


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict, the sentences for it and against it, and how many facts agree less those that contradict."""

    verdict: Verdict
    reasons: list[str] = field(default_factory=list)
    points: int = 0


def facts_of(projection: Projection) -> Facts:
    """The facts that a record's projection holds."""
    return Facts(
        title=projection.title,
        author=projection.author,
        isbns13=frozenset(projection.isbns13),
        lccn=projection.lccn,
        oclc=projection.oclc,
        upcs=frozenset(projection.upcs),
        pub_year=projection.pub_year,
        format=projection.format,
        issns=frozenset(projection.issns),
        publisher_nos=frozenset(projection.publisher_nos),
        control_nos=frozenset(key for kind, key in projection.match_keys if kind is KeyKind.CONTROL_NO),
    )


def facts_given(description: Description) -> Facts:
    """The facts that a description holds; a number with a wrong check digit is none."""
    return Facts(
        title=description.title,
        author=description.author,
        isbns13=frozenset(filter(None, [isbn13(description.isbn)])),
        upcs=frozenset(filter(None, [upc(description.upc)])),
        pub_year=description.pub_year,
        format=Format(description.format),
    )


def keys_of(description: Description) -> list[tuple[KeyKind, str]]:
    """The match keys under which a description's title may be found."""
    facts = facts_given(description)
    keys = [(KeyKind.ISBN, number) for number in facts.isbns13] + [(KeyKind.UPC, number) for number in facts.upcs]
    key = title_key(description.title, description.author)
    return [*keys, (KeyKind.TITLE, key)] if key else keys


def brief_of(description: Description, *, control_no: str = "", price: Money | None = None) -> Brief:
    """The facts of a brief record made from a description; a number that is none is left out."""
    facts = facts_given(description)
    return Brief(
        title=description.title,
        author=description.author,
        isbn13=next(iter(facts.isbns13), ""),
        upc=next(iter(facts.upcs), ""),
        publisher=description.publisher,
        pub_year=description.pub_year,
        edition=description.edition,
        format=Format(description.format),
        price=price,
        control_no=control_no,
    )


def score(a: Facts, b: Facts, rules: MatchRules = USUAL) -> Match:
    """Compare two descriptions.

    Same: a number and another fact agree and nothing contradicts. Maybe: a number agrees and one fact contradicts, or
    no number agrees but the titles do and nothing contradicts, or the number that the rules need is not among those
    that agree. Different: the rest.
    """
    found = agreement(a, b, rules.counts)
    numbers, support, against = found.numbers, found.support, found.against
    points = 2 * len(numbers) + len(support) - 2 * len(against)
    enough = not rules.needs or bool(rules.needs & found.by_kind.keys())
    if len(numbers) + len(support) >= 2 and numbers and not against and enough:
        verdict = Verdict.SAME
    elif (numbers and len(against) < 2) or (TITLE_SAME in support and not against):
        verdict = Verdict.MAYBE
    else:
        verdict = Verdict.DIFFERENT
    return Match(verdict, [*numbers, *support, *against], points)


def agreement(a: Facts, b: Facts, counts: Collection[KeyKind] = WITHIN.counts) -> Agreement:
    """What speaks for and against two descriptions being of one thing."""
    numbers = _numbers(a, b, counts)
    return Agreement(numbers, *_circumstances(a, b, without_number=not numbers))


def best(wanted: Facts, candidates: list[Facts]) -> tuple[int, Match] | None:
    """The place and match of the one candidate to take; None when none is at least a maybe.

    Two candidates that are both the same are no match but a question: the best one comes back as a maybe.
    """
    matches = [(place, score(wanted, candidate)) for place, candidate in enumerate(candidates)]
    possible = [(place, match) for place, match in matches if match.verdict is not Verdict.DIFFERENT]
    if not possible:
        return None
    ranked = sorted(possible, key=lambda pair: (pair[1].verdict is not Verdict.SAME, -pair[1].points, pair[0]))
    place, match = ranked[0]
    rivals = sum(other.verdict is Verdict.SAME for _, other in ranked)
    if rivals > 1:
        reason = f"{rivals} records match equally well"
        return place, Match(Verdict.MAYBE, [*match.reasons, reason], match.points)
    return place, match


TITLE_SAME = "same title"
TITLE_DIFFERS = "the titles differ"


def _numbers(a: Facts, b: Facts, counts: Collection[KeyKind]) -> dict[KeyKind, str]:
    """A sentence for each kind of number that counts, that both have and that agrees."""
    both = {kind: numbers(a) & numbers(b) for kind, numbers in NUMBERS.items() if kind in counts}
    # An ISSN is shared by every volume of a series, so it says something only together with the title.
    if both.get(KeyKind.ISSN) and not titles_agree(a.title, b.title):
        del both[KeyKind.ISSN]
    return {kind: f"same {NUMBER_WORDS[kind]} {min(found)}" for kind, found in both.items() if found}


NUMBERS: dict[KeyKind, Callable[[Facts], frozenset[str]]] = {
    KeyKind.ISBN: lambda facts: facts.isbns13,
    KeyKind.LCCN: lambda facts: frozenset(filter(None, [facts.lccn])),
    KeyKind.OCLC: lambda facts: frozenset(filter(None, [facts.oclc])),
    KeyKind.UPC: lambda facts: facts.upcs,
    KeyKind.ISSN: lambda facts: facts.issns,
    KeyKind.PUBLISHER_NO: lambda facts: facts.publisher_nos,
    KeyKind.CONTROL_NO: lambda facts: facts.control_nos,
}


def _circumstances(a: Facts, b: Facts, *, without_number: bool) -> tuple[list[str], list[str]]:
    """(what agrees, what contradicts) of title, author, year and format; what one of them lacks says nothing.

    Main entries of one book often differ (author or editor), so names contradict only where no number agrees.
    """
    support: list[str] = []
    against: list[str] = []
    if a.title and b.title:
        same = titles_agree(a.title, b.title)
        (support if same else against).append(TITLE_SAME if same else TITLE_DIFFERS)
    names = {_surname(a.author), _surname(b.author)}
    if "" not in names and len(names) == 1:
        support.append("same author")
    elif "" not in names and without_number:
        against.append("the authors differ")
    if a.pub_year and b.pub_year and abs(a.pub_year - b.pub_year) > 1:
        against.append(f"published {a.pub_year} and {b.pub_year}")
    if a.format and b.format and a.format is not b.format:
        against.append(f"{_words(a.format)} and {_words(b.format)}")
    return support, against


def titles_agree(one: str, other: str) -> bool:
    """Whether the titles proper are equal, or one is the other's beginning up to a whole word of 25 letters or more.

    >>> titles_agree("ACT OF LOVE", "The act of love : a novel")
    True
    """
    stems = sorted((_stem(one), _stem(other)), key=len)
    short, long = stems
    if short == long or _proper(one) == _proper(other):
        return bool(short)
    return len(short) >= SHORT_STEM and f"{long} ".startswith(f"{short} ")


def _stem(title: str) -> str:
    return plain(title[article_length(title) :])


def _proper(title: str) -> str:
    return _stem(SUBTITLE.split(title, maxsplit=1)[0])


def _surname(author: str) -> str:
    return plain(author.partition(",")[0]).rpartition(" ")[2]


def _words(form: Format) -> str:
    return form.value.replace("_", " ")
