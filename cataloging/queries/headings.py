"""Headings in the order of the alphabet, from anywhere in it, with how many records stand under each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min

from cataloging.marc.fields import plain
from cataloging.models.records import Heading
from cataloging.rules import asking

PAGE = 50
LONGEST_SORT = 200
# kind of heading → the field of the search box that asks for it
FIELDS = {"name": "author", "subject": "subject", "title": "title", "series": "series", "genre": "genre"}


@dataclass(frozen=True, slots=True)
class Line:
    """One heading: as MARC writes it, its place in the list, how many records have it, and what finds exactly them."""

    text: str
    sort: str
    records: int
    question: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of the list, and where the pages before and after it stand ("" where the list ends)."""

    lines: list[Line]
    before: str = ""
    after: str = ""


def browse(kind: str, start: str = "", *, after: str = "", before: str = "") -> Stretch:
    """The headings from what is typed on; or those after, or before, a place in the list. One query."""
    rows = Heading.objects.filter(kind=kind).order_by().values("sort").annotate(text_=Min("text"), n=Count("pk"))
    if before:
        found = list(rows.filter(sort__lt=before).order_by("-sort")[: PAGE + 1])
        lines = [_line(kind, **row) for row in reversed(found[:PAGE])]
        return Stretch(lines, lines[0].sort if len(found) > PAGE else "", lines[-1].sort if lines else "")
    place = {"sort__gt": after} if after else {"sort__gte": plain(start)[:LONGEST_SORT]}
    found = list(rows.filter(**place).order_by("sort")[: PAGE + 1])
    lines = [_line(kind, **row) for row in found[:PAGE]]
    more = lines[-1].sort if len(found) > PAGE else ""
    return Stretch(lines, lines[0].sort if lines and (after or start) else "", more)


def _line(kind: str, *, sort: str, text_: str, n: int) -> Line:
    # A heading that begins with an article stands under its next word, by which it is asked for then.
    same = text_ if plain(text_)[:LONGEST_SORT] == sort else sort
    return Line(text_, sort, n, asking.heading(FIELDS[kind], same))
