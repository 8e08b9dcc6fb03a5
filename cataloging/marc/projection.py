"""What the catalogue keeps of a record beside its bytes: columns to show, search and match by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from cataloging.marc.classes import Field, Record
from cataloging.marc.fields import (
    SUBJECT_TAGS,
    Format,
    Tagged,
    control,
    first,
    format_of,
    plain,
    subfields,
    title_key,
    trim,
    values,
    year,
)
from cataloging.marc.headings import Heading, headings
from techsvc.kernel.identifiers import isbn13, issn, lccn, oclc, upc

AUTHOR_TAGS = {"100": "abcdq", "110": "abn", "111": "acdn", "700": "abcdq", "710": "abn", "711": "acdn", "720": "a"}
TITLE_TAGS = ("130", "240", "246", "247", "440", "490", "730", "740", "780", "785", "800", "830")
NOTE_TAGS = ("500", "505", "508", "511", "518", "520", "521", "586")
EXTRA_TAGS = frozenset({*TITLE_TAGS, *NOTE_TAGS, "700", "710", "711", "880"})
DIVISIONS = "vxyz"
LONGEST_KEY, LONGEST_NUMBER = 200, 60
FIXED_LANGUAGE = slice(35, 38)


class KeyKind(StrEnum):
    """By what two records may be found to be the same."""

    ISBN = "isbn"
    ISSN = "issn"
    LCCN = "lccn"
    OCLC = "oclc"
    UPC = "upc"
    PUBLISHER_NO = "publisher_no"
    CONTROL_NO = "control_no"
    SYSTEM_NO = "system_no"
    TITLE = "title"


class Projection(NamedTuple):
    """The columns of a bibliographic record; texts are "" and numbers None when the record does not say."""

    title: str
    title_sort: str
    author: str
    edition: str
    publisher: str
    pub_year: int | None
    language: str
    format: Format
    isbns13: tuple[str, ...]
    issns: tuple[str, ...]
    lccn: str
    oclc: str
    upcs: tuple[str, ...]
    control_no: str
    control_org: str
    publisher_nos: tuple[str, ...]
    ddc: str
    lcc: str
    subjects: tuple[str, ...]
    extra: str
    match_keys: tuple[tuple[KeyKind, str], ...]
    headings: tuple[Heading, ...]


def project(given: Record) -> Projection:
    """The projection of a record."""
    record = Tagged(given)
    title = _title(record)
    author = _author(record)
    isbns = _numbers(record, "020", "a", isbn13)
    issns = _numbers(record, "022", "al", issn)
    upcs = _upcs(record)
    record_lccn = next(iter(_numbers(record, "010", "a", lccn)), "")
    record_oclc = _oclc(record)
    control_no, control_org = control(record, "001").strip()[:LONGEST_NUMBER], control(record, "003").strip()[:30]
    publisher_nos = tuple(dict.fromkeys(plain(number).replace(" ", "") for number in values(record, ["028"], "a")))
    return Projection(
        title=title,
        title_sort=_title_sort(record, title),
        author=author,
        edition=first(record, ["250"], "ab"),
        publisher=_publisher(record),
        pub_year=_year(record),
        language=control(record, "008")[FIXED_LANGUAGE].strip(" |") or first(record, ["041"], "a")[:3],
        format=format_of(record),
        isbns13=isbns,
        issns=issns,
        lccn=record_lccn,
        oclc=record_oclc,
        upcs=upcs,
        control_no=control_no,
        control_org=control_org,
        publisher_nos=publisher_nos,
        ddc=first(record, ["082", "092"], "a")[:LONGEST_NUMBER],
        lcc=first(record, ["050", "090"], "ab")[:80],
        subjects=tuple(dict.fromkeys(_subject(field) for field in record.get_fields(*SUBJECT_TAGS))),
        extra=_extra(record),
        match_keys=_keys(
            [
                (KeyKind.ISBN, isbns),
                (KeyKind.ISSN, issns),
                (KeyKind.LCCN, [record_lccn]),
                (KeyKind.OCLC, [record_oclc]),
                (KeyKind.UPC, upcs),
                (KeyKind.PUBLISHER_NO, publisher_nos),
                (KeyKind.CONTROL_NO, [f"({control_org}){control_no}" if control_no else ""]),
                (KeyKind.SYSTEM_NO, _system_nos(record)),
                (KeyKind.TITLE, [title_key(title, author)]),
            ]
        ),
        headings=headings(record),
    )


def _title(record: Tagged) -> str:
    """Title, number and name of part, and other title information of 245: "Foundation. 2, Foundation and empire"."""
    field = record.get("245")
    if field is None:
        return ""
    parts = [(subfield.code, trim(subfield.value)) for subfield in field.subfields if subfield.code in "abfgknp"]
    title = ""
    for code, part in parts:
        if part:
            title += f"{JOINS.get(code, ' ') if title else ''}{part}"
    return title


JOINS = {"b": " : ", "n": ". ", "p": ". "}


def _title_sort(record: Tagged, title: str) -> str:
    """The plain title without its article, as 245's second indicator counts it."""
    field = record.get("245")
    skip = int(field.indicator2) if field is not None and field.indicator2 in list("123456789") else 0
    return plain(title[skip:]) or plain(title)


def _author(record: Tagged) -> str:
    """The main entry, else the first added name."""
    for tag, codes in AUTHOR_TAGS.items():
        name = first(record, [tag], codes)
        if name:
            return name
    return ""


def _publisher(record: Tagged) -> str:
    """The name in 264 with second indicator 1 (publication), else in 260."""
    published = (field for field in record.get_fields("264") if field.indicator2 == "1")
    return next((name for field in published if (name := trim(subfields(field, "b")))), first(record, ["260"], "b"))


def _year(record: Tagged) -> int | None:
    """The year of publication: 008/07-10, else the first year in 264 or 260 $c."""
    fixed = year(control(record, "008")[7:11])
    dates = (subfields(field, "c") for field in record.get_fields("264", "260"))
    return fixed or next((found for date in dates if (found := year(date))), None)


def _upcs(record: Tagged) -> tuple[str, ...]:
    """Product codes of 024 with first indicator 1 (UPC) or 3 (EAN)."""
    coded = (subfields(field, "a") for field in record.get_fields("024") if field.indicator1 in ("1", "3"))
    return tuple(dict.fromkeys(number for text in coded if (number := upc(text))))


def _oclc(record: Tagged) -> str:
    """The OCLC number of 035 (OCoLC), else of 001 where 003 or its prefix says that it is one."""
    marked = [value for value in values(record, ["035"], "a") if value.lower().startswith("(ocolc)")]
    control_no = control(record, "001").strip()
    if control(record, "003").strip() == "OCoLC" or control_no.lower().startswith(("ocm", "ocn", "on")):
        marked.append(control_no)
    return next((number for value in marked if (number := oclc(value))), "")


def _system_nos(record: Tagged) -> tuple[str, ...]:
    """The numbers that other systems and vendors gave the record: 035 "(BTCTA)BK0012345678", OCLC's left out."""
    found = (value.replace(" ", "") for value in values(record, ["035"], "a"))
    return tuple(dict.fromkeys(v for v in found if v.startswith("(") and not v.lower().startswith("(ocolc)")))


def _subject(field: Field) -> str:
    """A heading with its divisions: "Cats -- Fiction"."""
    main = subfields(field, "abcdfgklmnopqrst")
    divisions = [subfield.value.strip() for subfield in field.subfields if subfield.code in DIVISIONS]
    return " -- ".join(trim(part) for part in [main, *divisions] if part.strip())


def _extra(record: Tagged) -> str:
    """Words to find a record by that no column shows: other titles and names, series, notes, original script."""
    return " ".join([
        s.value for field in record.fields if field.tag in EXTRA_TAGS for s in field.subfields
        if s.code.isalpha() and s.code not in "uwx"
    ])  # fmt: skip


def _numbers(record: Tagged, tag: str, codes: str, reader: Callable[[str], str | None]) -> tuple[str, ...]:
    """The valid numbers in a tag's subfields, each once, in order."""
    texts = (value for field in record.get_fields(tag) for value in field.get_subfields(*codes))
    return tuple(dict.fromkeys(number for text in texts if (number := reader(text))))


def _keys(found: Iterable[tuple[KeyKind, Iterable[str]]]) -> tuple[tuple[KeyKind, str], ...]:
    return tuple((kind, key[:LONGEST_KEY]) for kind, keys in found for key in keys if key)
