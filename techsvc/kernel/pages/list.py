"""Lists: one page for every worklist, with search, filters, sorting, tabs, bulk verbs and exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import queries
from techsvc.kernel.models.habits import ListHabit
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import saved
from techsvc.kernel.pages.base import Page
from techsvc.kernel.pages.cells import Column, rendered
from techsvc.kernel.pages.exports import exported
from techsvc.kernel.pages.facets import is_counted, tally
from techsvc.kernel.pages.filters import Asked, Filter, Options, Tab, all_options, ask, refuse_unknown
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.pages.paging import AFTER, BEFORE, Place, order_of, page_of, place_in
from techsvc.kernel.pages.saved import Tabs
from techsvc.kernel.slots import Verb

M = TypeVar("M", bound=Model)
SIZES = (25, 50, 100, 200)
SHOWN = {"size", "cols", AFTER, BEFORE}  # how rows are shown, not which
PARAMETERS = {"q", "sort", "export", *SHOWN}
EXPORT_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: `sort` is the parameter that a click asks for, `order` what holds now."""

    column: Column
    sort: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the address asks of a list, read and checked."""

    text: str
    sort: str
    asked: list[Asked]
    columns: list[Column]
    size: int
    place: Place

    @property
    def active(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.typed]


def whole(text: str, *, what: str, largest: int = 1_000_000) -> int:
    """A positive whole number from the address."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= largest:
        raise BadRequest(_("“%(text)s” is no %(what)s.") % {"text": text[:60], "what": what})
    return int(text[:9])


class ListPage(Page, Generic[M]):
    """A list of rows that a person may see; everything that it is asked for is in its address.

    `since` names the column that says since when a row waits, for the age of the oldest on the home page.
    """

    template = "generic/list.html"
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_help: ClassVar[Any] = ""  # what can be typed, where that is more than words
    tabs: ClassVar[Sequence[Tab]] = ()
    default_sort: ClassVar[str] = ""
    page_size: ClassVar[int] = 50
    counted_to: ClassVar[int | None] = None  # a list that may be huge says "10,000+" rather than count on
    since: ClassVar[str] = ""
    exports: ClassVar[Mapping[str, Any]] = {}  # further forms of file, by the name that export() knows, in words
    empty_title: ClassVar[Any] = gettext_lazy("Nothing here yet.")
    empty_next: ClassVar[Any] = ""
    show_all: ClassVar[Verb] = Verb(gettext_lazy("Show all"), "?")  # where a question finds nothing

    def queryset(self) -> QuerySet[M]:
        """The rows that this person may see, with what the columns read."""
        raise NotImplementedError(f"{type(self).__qualname__}.queryset()")

    def row_url(self, row: M) -> str:
        return home_of(row)

    def row_verbs(self, row: M) -> Sequence[Verb]:
        return ()

    def bulk(self) -> Sequence[Verb]:
        """Verbs on the selected rows; their pages are BulkPages."""
        return ()

    def fill(self, rows: Sequence[M]) -> None:
        """Told the rows of a page before they are written, for what one query answers for all of them."""

    def note_shown(self, rows: Iterable[M]) -> None:
        """Told which rows are about to be shown or exported, for lists whose every look is written down."""

    def export(self, form: str, listed: Listed, rows: QuerySet[M]) -> HttpResponseBase:
        """All rows as a file of the form that the address asks for."""
        return exported(form, self.page_title(), listed.columns, self._filled(rows))

    def empty_verb(self) -> Verb | None:
        """What to do when there is nothing: the primary verb, unless the page knows better."""
        return next((verb for verb in self.verbs() if verb.primary), None)

    @cached_property
    def filter_options(self) -> Options:
        return all_options(self.filters, self.user)

    @classmethod
    def asked(cls, user: User, query: str, options: Options | None = None) -> Self:
        """The list as this person would find it at an address with this query; `options` of its filters, if known."""
        request = HttpRequest()
        request.method, request.user, request.GET = "GET", user, QueryDict(query)
        page = cls()
        page.setup(request)
        if options is not None:
            page.filter_options = options
        return page

    # What is asked, and the rows that answer it

    def listed(self, params: QueryDict) -> Listed:
        refuse_unknown(params, PARAMETERS | {one.name for one in self.filters})
        return Listed(
            text=params.get("q", "").replace("\x00", "").strip()[:200],
            sort=self._sort(params.get("sort", "") or self.default_sort),
            asked=ask(self.filters, params, self.filter_options),
            columns=self._columns(params.get("cols", "")),
            size=whole(params.get("size", str(self.page_size)), what=_("number of rows"), largest=max(SIZES)),
            place=place_in(params),
        )

    def _sort(self, sort: str) -> str:
        if sort and sort.removeprefix("-") not in {column.key for column in self.columns if column.sort}:
            raise BadRequest(_("This list can't be sorted by “%(name)s”. Click a heading.") % {"name": sort[:60]})
        return sort

    def _columns(self, chosen: str) -> list[Column]:
        if not chosen:
            return [column for column in self.columns if not column.hidden]
        keys = set(chosen.split(","))
        unknown = sorted(keys - {column.key for column in self.columns})
        if unknown:
            raise BadRequest(_("This list has no column “%(name)s”.") % {"name": unknown[0][:60]})
        return [column for column in self.columns if column.key in keys]

    @cached_property
    def habit(self) -> ListHabit | None:
        """How the person likes this list."""
        match = self.request.resolver_match
        return queries.list_habit(self.user, match.view_name) if match is not None else None

    def _as_liked(self, listed: Listed) -> Listed:
        """What the address leaves open, as the person likes it."""
        said = self.request.GET
        if self.habit is None or (said.get("cols") and said.get("size")):
            return listed
        liked = [column for column in self.columns if column.key in self.habit.columns.split(",")]
        return replace(
            listed,
            columns=listed.columns if said.get("cols") else liked or listed.columns,
            size=listed.size if said.get("size") else self.habit.size or listed.size,
        )

    def apply_search(self, rows: QuerySet[M], text: str) -> QuerySet[M]:
        """Rows in which every word is found by one of the lookups in `search`."""
        for word in text.split():
            rows = rows.filter(reduce(or_, (Q(**{lookup: word}) for lookup in self.search), Q()))
        return rows

    def matching(self, params: QueryDict) -> QuerySet[M]:
        """All rows that the query finds, unsorted; also what "all N" of a bulk verb means."""
        return self._narrowed(self.listed(params))

    def _narrowed(self, listed: Listed, *, without: Sequence[Asked] = ()) -> QuerySet[M]:
        """The rows that answer what is asked, whatever some of the filters say."""
        rows = self.queryset()
        for asked in listed.active:
            rows = rows if asked in without else asked.filter.narrow(rows, asked.value)
        return self.apply_search(rows, listed.text) if listed.text and self.search else rows

    def _sorted(self, rows: QuerySet[M], sort: str) -> QuerySet[M]:
        if sort:
            field = next(column.sort for column in self.columns if column.key == sort.removeprefix("-"))
            flipped = field[1:] if field.startswith("-") else f"-{field}"
            rows = rows.order_by(flipped if sort.startswith("-") else field)
        return order_of(rows).sort(rows)

    def _tallied(self, listed: Listed, rows: QuerySet[M]) -> tuple[int, Listed]:
        """How many rows there are, and what is asked with the counts of its choices."""
        counted = [one for one in listed.asked if is_counted(one.filter, rows)]
        count, choices = tally(lambda without: self._narrowed(listed, without=without), counted, most=self.counted_to)
        asked = [replace(one, counts=choices.get(one.filter.name)) for one in listed.asked]
        return count, replace(listed, asked=asked)

    # The answer

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        listed = self._as_liked(self.listed(request.GET))
        rows = self._sorted(self._narrowed(listed), listed.sort)
        export = request.GET.get("export", "")
        if export:
            self.note_shown(rows)
            return self.export(export, listed, rows)
        return self.answer(listed, rows)

    def answer(self, listed: Listed, rows: QuerySet[M]) -> HttpResponse:
        count, listed = self._tallied(listed, rows)
        return self.paged(listed, rows, count)

    def paged(self, listed: Listed, rows: QuerySet[M], count: int, **extra: Any) -> HttpResponse:
        """A page of the rows, of which there are so many."""
        page, span = page_of(rows, listed.place, size=listed.size, count=count, most=self.counted_to)
        self.note_shown(page)
        self.fill(page)
        shown = [
            rendered(listed.columns, row, url=self.row_url(row), verbs=self.row_verbs(row), opens=self.opens)
            for row in page
        ]
        return self.show(
            listed=listed,
            span=span,
            sizes=SIZES,
            own_look=self.habit is not None or any(self.request.GET.get(name) for name in ("cols", "size")),
            headings=[self._heading(column, listed.sort) for column in listed.columns],
            all_columns=[(column, column in listed.columns) for column in self.columns],
            rows=shown,
            has_row_verbs=any(row.verbs for row in shown),
            tabs=self._tabs(span.count),
            bulk=self.bulk(),
            searchable=bool(self.search),
            empty_verb=self.empty_verb() if not page else None,
            **extra,
        )

    def _filled(self, rows: QuerySet[M]) -> Iterator[M]:
        found = rows.iterator(chunk_size=EXPORT_CHUNK)
        while chunk := list(islice(found, EXPORT_CHUNK)):
            self.fill(chunk)
            yield from chunk

    def _heading(self, column: Column, sort: str) -> Heading:
        if not column.sort:
            return Heading(column)
        order = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
        return Heading(column, f"-{column.key}" if order == "ascending" else column.key, order)

    def _tabs(self, count: int) -> Tabs | None:
        return saved.tabs(self, count)
