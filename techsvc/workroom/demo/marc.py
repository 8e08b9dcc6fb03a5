"""The demo's MARC: full records as a vendor delivers them, and carts with order data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cataloging.marc.fields import Format
from cataloging.marc.orderdata import OrderProfile
from cataloging.marc.record import Brief, Field, Indicators, Leader, Subfield, build, to_bytes
from techsvc.kernel.money import Money
from techsvc.workroom.demo.titles import Title

# collection → audience (008/22), literary form (008/33) and biography (008/34) of a book
CODED = {"FIC": (" ", "1", " "), "NON": (" ", "0", " "), "BIO": (" ", "0", "a"), "LP": (" ", "1", " ")}
CODED |= {"TEEN": ("d", "1", " "), "JUV": ("j", "1", " "), "PIC": ("b", "1", " ")}
BOOKS = ("FIC", "NON", "BIO", "LP", "TEEN", "JUV", "PIC")
DEWEY_EDITION = "23"
ONLINE_FORMATS, ONLINE_AT = (Format.EBOOK, Format.EAUDIO), "https://ebooks.example.org/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many copies of a cart's title for a branch, in the vendor's codes."""

    branch: str
    fund: str
    collection: str
    item_type: str
    quantity: int


def brief(title: Title) -> Brief:
    """The facts that an on-order record carries."""
    return Brief(
        title=title.title,
        author=title.author,
        isbn13=title.isbn,
        issn=title.issn,
        upc=title.upc,
        publisher=title.publisher,
        pub_year=title.year,
        format=title.format,
        price=Money.of(title.price),
        control_no=f"rb{title.number.replace('-', '').lower()}",
    )


def full_record(title: Title, *, entered: date) -> bytes:
    """A full record: coded for audience and form, classed, with its statement of responsibility and subjects."""
    record = build(brief(title), entered=entered)
    leader = str(record.leader)
    record.leader = Leader(f"{leader[:17]} i{leader[19:]}")
    for field in record.fields:
        if field.tag == "008":
            field.data = _coded(field.data or "", title)
        elif field.tag == "245":
            _with_statement(field, title.author)
        elif field.tag == "100" and "," not in title.author:
            field.tag, field.indicators = "110", Indicators("2", " ")
    dewey = "[E]" if title.collection == "PIC" else title.dewey
    added = [
        _field("082", "04", [("a", dewey), ("2", DEWEY_EDITION)]),
        *(_subject(title, place, text) for place, text in enumerate(title.subjects)),
        *([_field("856", "40", [("u", f"{ONLINE_AT}{title.number}")])] if title.format in ONLINE_FORMATS else []),
    ]
    record.fields = sorted([*record.fields, *added], key=lambda field: field.tag)
    return to_bytes(record)


def _coded(fixed: str, title: Title) -> str:
    if title.collection not in BOOKS:
        return fixed
    audience, form, life = CODED[title.collection]
    return f"{fixed[:22]}{audience}{fixed[23:33]}{form}{life}{fixed[35:]}"


def _subject(title: Title, place: int, text: str) -> Field:
    """A subject heading; the first one of a biography is the person."""
    tag, indicators = ("600", "10") if place == 0 and title.collection == "BIO" else ("650", " 0")
    return _field(tag, indicators, [("a", f"{text}.")])


def _with_statement(field: Field, author: str) -> None:
    """245 with $c: the author in natural order, behind ISBD's stroke."""
    if not author:
        return
    family, comma, given = author.partition(", ")
    name = f"{given} {family}" if comma else author
    title = field.get_subfields("a")[0]
    field.subfields = [Subfield("a", f"{title} /"), Subfield("c", f"{name}.")]


def cart_record(title: Title, wanted: Iterable[Wanted], *, entered: date) -> bytes:
    """An on-order record with a field of order data for each branch."""
    profile = OrderProfile()
    record = build(brief(title), entered=entered)
    for one in wanted:
        parts = [
            (profile.branch, one.branch),
            (profile.quantity, str(one.quantity)),
            (profile.collection, one.collection),
            (profile.fund, one.fund),
            (profile.price, str(title.price)),
            (profile.item_type, one.item_type),
        ]
        record.fields.append(_field(profile.tag, "  ", parts))
    return to_bytes(record)


def _field(tag: str, indicators: str, parts: list[tuple[str, str]]) -> Field:
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=[Subfield(code, text) for code, text in parts])


def cart(copies: Mapping[Title, Iterable[Wanted]], *, entered: date) -> bytes:
    """A whole cart file."""
    return b"".join(cart_record(title, wanted, entered=entered) for title, wanted in copies.items())
