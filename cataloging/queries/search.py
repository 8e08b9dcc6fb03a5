"""Finding records and items: by words, by numbers, by headings, and by what was nearly meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import (
    SearchQuery,
    SearchQueryCombinable,
    SearchRank,
    SearchVector,
    SearchVectorExact,
)
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from cataloging.marc.fields import plain
from cataloging.marc.projection import KeyKind
from cataloging.models.items import Item
from cataloging.models.records import NOTES, WORDS, Heading, MatchKey, Record, unpointed
from cataloging.queries import spelling
from cataloging.rules import asking
from cataloging.rules.asking import Question, Term
from cataloging.rules.callnumbers import shelf_key
from cataloging.rules.lifecycle import GONE, ItemState, RecordState
from techsvc.kernel import barcodes
from techsvc.kernel.identifiers import ScanKind, isbn13, issn, lccn, oclc, upc
from techsvc.kernel.models.places import Branch

# Ranking looks at so many finds at most: two common words are in a tenth of a large catalog.
RANKED = 2000
COUNTED = 10_000
# The part of a record that a field stands for, as the weight of its words in the index.
WEIGHTS = {"": "", "title": "A", "author": "B", "subject": "C", "genre": "C", "series": "D"}
IN_NOTES = "CD"
HEADING_KINDS = {"title": "title", "author": "name", "subject": "subject", "series": "series", "genre": "genre"}
DEWEY_NUMBER = re.compile(r"[0-9]{3}\.[0-9]+(?:\s.*)?")
OUR_OCLC = re.compile(r"(?:\(OCoLC\)|ocm|ocn|on)\s*[0-9]+", re.IGNORECASE)
LONG_NUMBER = re.compile(r"[0-9]{8,}")


def visible() -> QuerySet[Record]:
    """Records that the library stands by, for lists: without their bytes."""
    return Record.objects.exclude(state=RecordState.WITHDRAWN).defer("raw", "search", "extra")


def search(
    text: str, *, among: QuerySet[Record] | None = None, format: str = "", branch: Branch | None = None
) -> QuerySet[Record]:
    """Records for what somebody typed or scanned, the best first; what is nearest when nothing has all of it."""
    rows = visible() if among is None else among
    if format:
        rows = rows.filter(format=format)
    if branch is not None:
        rows = rows.filter(at_branch(branch.pk))
    asked = understood(text)
    return best_first(rows, asked) if matching(rows, asked).exists() else nearest(rows, text).rows


def matching(rows: QuerySet[Record], asked: Asked | None) -> QuerySet[Record]:
    """The rows that have all of what is asked, in no order."""
    return rows.none() if asked is None else asked.narrow(rows)


def best_first(rows: QuerySet[Record], asked: Asked | None, *, many: bool = False) -> QuerySet[Record]:
    """The same, the best first.

    Only so many are ranked. Where there are `many` more, those that begin with what is typed are taken before others,
    so that the best is among them.
    """
    found = matching(rows, asked)
    if asked is None or asked.words is None:
        return found.order_by("title_sort", "pk")
    looked_at = found.order_by().values("pk")[:RANKED]
    if many:
        begins = matching(rows.filter(title_sort__startswith=plain(asked.text)), asked)
        looked_at = looked_at.union(begins.order_by().values("pk")[:RANKED])
    rank = Cast(SearchRank(F("search"), asked.words), FloatField())  # as precise as the address of a page says it
    return found.filter(pk__in=looked_at).annotate(rank=rank).order_by("-rank", "title_sort", "pk")


@dataclass(frozen=True, slots=True)
class Near:
    """What comes nearest to a question that nothing answers: how many rows, and the question that was asked instead."""

    rows: QuerySet[Record]
    count: int
    meant: str = ""


def nearest(rows: QuerySet[Record], text: str) -> Near:
    """What is found when words are spelt as the catalog spells them; else call numbers and titles that have the text.

    Capitals are rather a call number than a typo.
    """
    alike = containing(rows, text)
    count = alike[:RANKED].count() if text.isupper() else 0
    meant = None if count else spelling.respelt(text)
    if meant is not None:
        asked = understood(meant)
        answers = matching(rows, asked)[:RANKED].count()
        if answers:
            return Near(best_first(rows, asked), answers, meant)
    return Near(alike, count or alike[:RANKED].count())


def containing(rows: QuerySet[Record], text: str) -> QuerySet[Record]:
    """Rows on the shelf under a call number that begins with the text, and rows whose titles contain it."""
    if not plain(text):
        return rows.none()
    titles = Record.objects.filter(title__icontains=text.strip()).order_by().values("pk")
    return rows.filter(pk__in=titles.union(*_shelved(text))).order_by("title_sort", "pk")


# Numbers


def by_number(text: str) -> Q | None:
    """What a number finds that is typed or scanned: ISBN, ISSN, UPC, LCCN, OCLC, barcode or call number; else None."""
    if not any(map(str.isdigit, text)):
        return None
    scan = barcodes.read(text)
    if scan.kind in (ScanKind.ISBN, ScanKind.UPC, ScanKind.ISSN):
        return _keyed([(KeyKind(scan.kind.value), scan.value)])
    if scan.kind is ScanKind.ITEM_BARCODE:
        return Q(pk__in=Item.objects.filter(barcode=scan.value).values("record"))
    typed = text.strip()
    if DEWEY_NUMBER.fullmatch(typed):
        return _under(typed)
    if LONG_NUMBER.fullmatch(typed) or OUR_OCLC.fullmatch(typed) or lccn(typed):
        return _keyed(_number_keys(typed)) | Q(pk__in=Item.objects.filter(barcode=typed).values("record"))
    return None


def _number_keys(text: str) -> list[tuple[KeyKind, str]]:
    """The match keys that a number may be."""
    readers: Mapping[KeyKind, Callable[[str], str | None]] = {
        KeyKind.ISBN: isbn13,
        KeyKind.ISSN: issn,
        KeyKind.LCCN: lccn,
        KeyKind.OCLC: oclc,
        KeyKind.UPC: upc,
        KeyKind.PUBLISHER_NO: lambda typed: plain(typed).replace(" ", ""),
        KeyKind.CONTROL_NO: str,
    }
    return [(kind, key) for kind, reader in readers.items() if (key := reader(text))]


def _keyed(keys: Iterable[tuple[KeyKind, str]]) -> Q:
    any_of = reduce(or_, (Q(kind=kind, key=key) for kind, key in keys), Q(pk__in=[]))
    return Q(pk__in=MatchKey.objects.filter(any_of).values("record"))


def _shelved(text: str) -> list[QuerySet[Any, Any]]:
    """Keys of records whose own number, or an item's call number, begins with the text; each by an index of its own."""
    begins = text.strip().rstrip("*")
    items = Item.objects.filter(call_sort__startswith=shelf_key(begins)).exclude(state__in=GONE)
    own = Record.objects.filter(ddc__startswith=begins)
    return [own.order_by().values("pk"), items.order_by().values("record")]


def _under(text: str) -> Q:
    """That a record is under a call number that begins with the text."""
    own, items = _shelved(text)
    return Q(pk__in=own.union(items))


# Words and fields


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for the database: what the index answers, by which finds are ranked, and what else has to hold."""

    text: str
    words: SearchQueryCombinable | None
    also: Q

    def narrow(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        rows = rows.filter(self.also)
        return rows if self.words is None else rows.filter(search=self.words)


def understood(text: str) -> Asked | None:
    """What is asked for by a text; None for nothing. A number finds by itself, whatever else it may be."""
    number = by_number(text)
    if number is not None:
        return Asked(text, None, number)
    question = asking.read(text)
    return _compiled(text, question) if question else None


def _compiled(text: str, question: Question) -> Asked:
    texts: list[SearchQueryCombinable] = []
    also = Q()
    for group in question.groups:
        if all(_is_words(term) for term in group):
            texts.append(reduce(or_, map(_query, group)))
        else:
            also &= reduce(or_, map(_condition, group))
    for term in question.unwanted:
        also &= ~_condition(term)
    return Asked(text, reduce(and_, texts) if texts else None, also)


def _is_words(term: Term) -> bool:
    return term.field in WEIGHTS and not (term.whole or term.is_year)


def _query(term: Term) -> SearchQueryCombinable:
    """The term as the index is asked for it. Notes lie there without small words, so a phrase that has one is asked for
    in them without it too.
    """
    weight = WEIGHTS[term.field]
    query = _raw(term, weight)
    if term.phrase and weight != "A" and any(word.lower() in asking.STOP_WORDS for word in term.words):
        return query | _raw(term, weight or IN_NOTES, config=NOTES)
    return query


def _raw(term: Term, weight: str, *, config: str = WORDS) -> SearchQuery:
    """The term in the language of PostgreSQL's text search; its words hold nothing but letters and digits."""
    marks = [f":{weight}" if weight else ""] * len(term.words)
    if term.beginning:
        marks[-1] = f":*{weight}"
    quoted = [f"'{word}'{mark}" for word, mark in zip(term.words, marks, strict=True)]
    return SearchQuery(" <-> ".join(quoted), config=config, search_type="raw")


def _condition(term: Term) -> Q:
    """What one term asks of a record."""
    if term.whole:
        same = Heading.objects.filter(kind=HEADING_KINDS[term.field], sort=plain(term.text)[:200])
        return Q(pk__in=same.values("record"))
    if term.field in CONDITIONS:
        return CONDITIONS[term.field](term)
    found = Q(search=_query(term))
    return found | Q(pub_year=int(term.text)) if term.is_year else found


def _published(term: Term) -> Q:
    """That the publisher's name has the words; the index, which keeps it together with notes, leaves few to look at."""
    name = SearchVector(unpointed("publisher"), config=WORDS)
    return Q(search=_raw(term, IN_NOTES)) & Q(SearchVectorExact(name, _raw(term, "")))


def _in_years(term: Term) -> Q:
    if term.years is None:
        return Q(pk__in=[])
    first, last = term.years
    return (Q() if first is None else Q(pub_year__gte=first)) & (Q() if last is None else Q(pub_year__lte=last))


CONDITIONS: Mapping[str, Callable[[Term], Q]] = {
    "year": _in_years,
    "language": lambda term: Q(language=term.text.lower()[:3]),
    "isbn": lambda term: _keyed([(KeyKind.ISBN, isbn13(term.text) or "")]),
    "number": lambda term: _keyed(_number_keys(term.text)),
    "publisher": _published,
    "dewey": lambda term: Q(ddc__startswith=term.text.rstrip("*")),
    "call": lambda term: _under(term.text) | Q(lcc__startswith=term.text.upper().rstrip("*")),
}


# Items and their branches


def by_isbn(isbn: str) -> QuerySet[Record]:
    """Every record that carries the ISBN."""
    return visible().filter(_keyed([(KeyKind.ISBN, isbn)]))


def by_barcode(barcode: str) -> Item | None:
    """The item that carries the barcode."""
    return Item.objects.filter(barcode=barcode).select_related("record", "branch").first()


def at_branch(branch_id: int) -> Exists:
    """Records of which a branch has, or will have, an item."""
    return Exists(Item.objects.filter(record=OuterRef("pk"), branch=branch_id).exclude(state__in=GONE))


def has_item_in(*states: ItemState) -> Exists:
    """Records of which an item is in one of these states."""
    return Exists(Item.objects.filter(record=OuterRef("pk"), state__in=states))


def branches_of_records() -> QuerySet[Item, Any]:
    """(record, branch) of every item that isn't gone, for counting."""
    return Item.objects.exclude(state__in=GONE).order_by().values_list("record_id", "branch_id")
