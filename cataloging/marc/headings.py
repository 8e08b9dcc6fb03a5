"""The headings under which a record stands in browse lists: names, subjects, titles, series, genres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cataloging.marc.classes import Field
from cataloging.marc.fields import Tagged, plain, subfields, trim

LONGEST_SORT = 200
DIVISIONS = "vxyz"


class HeadingKind(StrEnum):
    """The lists that may be browsed."""

    NAME = "name"
    SUBJECT = "subject"
    TITLE = "title"
    SERIES = "series"
    GENRE = "genre"


class Heading(NamedTuple):
    """One heading as MARC writes it, and the key that sorts it."""

    kind: HeadingKind
    tag: str
    text: str
    sort: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a tag's heading is written: subfields, and the indicator (1 or 2) that counts an article's characters."""

    kind: HeadingKind
    codes: str
    article: int = 0
    divided: bool = False


_NAME, _SUBJECT, _TITLE = HeadingKind.NAME, HeadingKind.SUBJECT, HeadingKind.TITLE
SHAPES = {
    "100": _Shape(_NAME, "abcdjq"),
    "110": _Shape(_NAME, "abcdgn"),
    "111": _Shape(_NAME, "acdegnq"),
    "130": _Shape(_TITLE, "adfghklmnoprst", article=1),
    "240": _Shape(_TITLE, "adfghklmnoprs", article=2),
    "245": _Shape(_TITLE, "abfgknps", article=2),
    "246": _Shape(_TITLE, "abfgnp"),
    "440": _Shape(HeadingKind.SERIES, "anp", article=2),
    "490": _Shape(HeadingKind.SERIES, "a"),
    "600": _Shape(_SUBJECT, "abcdfghjklmnopqrst", divided=True),
    "610": _Shape(_SUBJECT, "abcdfghklmnoprst", divided=True),
    "611": _Shape(_SUBJECT, "acdefghklnpqst", divided=True),
    "630": _Shape(_SUBJECT, "adfghklmnoprst", article=1, divided=True),
    "648": _Shape(_SUBJECT, "a", divided=True),
    "650": _Shape(_SUBJECT, "abcdg", divided=True),
    "651": _Shape(_SUBJECT, "ag", divided=True),
    "655": _Shape(HeadingKind.GENRE, "abc", divided=True),
    "700": _Shape(_NAME, "abcdjq"),
    "710": _Shape(_NAME, "abcdgn"),
    "711": _Shape(_NAME, "acdegnq"),
    "730": _Shape(_TITLE, "adfghklmnoprst", article=1),
    "740": _Shape(_TITLE, "ahnp", article=1),
    "800": _Shape(HeadingKind.SERIES, "abcdfghjklmnopqrst"),
    "810": _Shape(HeadingKind.SERIES, "abcdfghklmnoprst"),
    "811": _Shape(HeadingKind.SERIES, "acdefghklnpqst"),
    "830": _Shape(HeadingKind.SERIES, "adfghklmnoprst", article=2),
}


def headings(record: Tagged) -> tuple[Heading, ...]:
    """Each heading once, in the order of the record."""
    found: dict[tuple[HeadingKind, str], Heading] = {}
    for field in record.fields:
        shape = SHAPES.get(field.tag)
        if shape is not None:
            text = _text(field, shape)
            sort = plain(text[_article(field, shape) :])[:LONGEST_SORT]
            if sort:
                found.setdefault((shape.kind, sort), Heading(shape.kind, field.tag, text, sort))
    return tuple(found.values())


def _text(field: Field, shape: _Shape) -> str:
    """ "Cats -- Fiction", "Hannah, Kristin"."""
    main = trim(subfields(field, shape.codes))
    if not shape.divided:
        return main
    divisions = [part for one in field.subfields if one.code in DIVISIONS and (part := trim(one.value))]
    return " -- ".join([main, *divisions]) if main else ""


def _article(field: Field, shape: _Shape) -> int:
    if not shape.article:
        return 0
    counted = field.indicator1 if shape.article == 1 else field.indicator2
    return int(counted) if counted in set("123456789") else 0
