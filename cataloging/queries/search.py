"""Finding records and items: by words, by ISBN, by barcode."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db.models import Exists, F, FloatField, OuterRef, QuerySet
from django.db.models.functions import Cast

from cataloging.marc.fields import plain
from cataloging.models.items import Item
from cataloging.models.records import MatchKey, Record
from cataloging.rules.lifecycle import ItemState, RecordState
from techsvc.kernel import barcodes
from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.places import Branch

# Ranking looks at so many finds at most: two common words are in a tenth of a large catalog.
RANKED = 2000
OPERATORS = ('"', " OR ", " or ", " -")
# English words that PostgreSQL's dictionary leaves out of titles.
STOP_LIST = (
    "i me my we our ours you your yours he him his she her hers it its they them their theirs what which who whom this "
    "that these those am is are was were be been being have has had having do does did doing a an the and but if or "
    "because as until while of at by for with about against between into through during before after above below to "
    "from up down in out on off over under again further then once here there when where why how all any both each few "
    "more most other some such no nor not only own same so than too very s t can will just don should now"
)
STOP_WORDS = frozenset(STOP_LIST.split())


def visible() -> QuerySet[Record]:
    """Records that the library stands by, for lists: without their bytes."""
    return Record.objects.exclude(state=RecordState.WITHDRAWN).defer("raw", "search", "extra")


def search(
    text: str, *, among: QuerySet[Record] | None = None, format: str = "", branch: Branch | None = None
) -> QuerySet[Record]:
    """Records for what somebody typed or scanned, the best first.

    A number (ISBN, UPC, barcode) finds by itself; otherwise every word has to be in title, author, subjects or notes,
    and when that finds nothing, titles that contain the text. Quotes, OR and a minus before a word work.
    """
    rows = visible() if among is None else among
    if format:
        rows = rows.filter(format=format)
    if branch is not None:
        rows = rows.filter(at_branch(branch.pk))
    scan = barcodes.read(text)
    if scan.kind in (ScanKind.ISBN, ScanKind.UPC, ScanKind.ISSN):
        return rows.filter(match_keys__kind=scan.kind.value, match_keys__key=scan.value)
    if scan.kind is ScanKind.ITEM_BARCODE:
        return rows.filter(items__barcode=scan.value)
    return by_words(text, rows)


def by_words(text: str, rows: QuerySet[Record]) -> QuerySet[Record]:
    """Records by words, ranked under a cap; titles that contain the text when no record has all of the words."""
    query = _query(text)
    if query is not None:
        found = rows.filter(search=query)
        ranked = rows.filter(pk__in=found.order_by().values("pk")[:RANKED])
        if found.exists():
            rank = Cast(SearchRank(F("search"), query), FloatField())  # as precise as the address of a page says it
            return ranked.annotate(rank=rank).order_by("-rank", "title_sort", "pk")
    if not plain(text):
        return rows.none()
    return rows.filter(title__icontains=text.strip()).order_by("title_sort", "pk")


def _query(text: str) -> SearchQueryCombinable | None:
    """Titles are indexed by stems and names as they are written, so each word is asked for both ways."""
    if any(operator in text for operator in OPERATORS):
        return _both_ways(text)
    query: SearchQueryCombinable | None = None
    for word in plain(text).split():
        if word not in STOP_WORDS:
            query = _both_ways(word) if query is None else query & _both_ways(word)
    return query


def _both_ways(text: str) -> SearchQueryCombinable:
    stems = SearchQuery(text, config="english", search_type="websearch")
    return stems | SearchQuery(text, config="simple", search_type="websearch")


def by_isbn(isbn13: str) -> QuerySet[Record]:
    """Every record that carries the ISBN."""
    return visible().filter(pk__in=MatchKey.objects.filter(kind="isbn", key=isbn13).values("record"))


def by_barcode(barcode: str) -> Item | None:
    """The item that carries the barcode."""
    return Item.objects.filter(barcode=barcode).select_related("record", "branch").first()


def at_branch(branch_id: int) -> Exists:
    """Records of which a branch has, or will have, an item."""
    gone = (ItemState.WITHDRAWN, ItemState.CANCELLED)
    return Exists(Item.objects.filter(record=OuterRef("pk"), branch=branch_id).exclude(state__in=gone))


def has_item_in(*states: ItemState) -> Exists:
    """Records of which an item is in one of these states."""
    return Exists(Item.objects.filter(record=OuterRef("pk"), state__in=states))
