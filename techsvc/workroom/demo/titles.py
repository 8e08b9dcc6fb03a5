"""Real titles for the demo library, from what their publishers say of them: the .tsv files beside this.

A row is a title: its format, title, author, number (ISBN-13; UPC of music, films and games; ISSN of periodicals),
publisher, year, list price in US dollars, collection, Dewey number, and subjects.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cataloging.marc.fields import Format
from cataloging.rules.matching import Description
from techsvc.kernel.identifiers import isbn13, issn, upc

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Title:
    """One title: what it is, what it costs, and where it will stand."""

    format: Format
    title: str
    author: str
    number: str
    publisher: str
    year: int
    price: Decimal
    collection: str
    dewey: str
    subjects: tuple[str, ...]

    @property
    def isbn(self) -> str:
        return isbn13(self.number) or ""

    @property
    def issn(self) -> str:
        return (issn(self.number) or "") if self.format is Format.SERIAL else ""

    @property
    def upc(self) -> str:
        return "" if self.isbn or self.issn else upc(self.number) or ""

    @property
    def description(self) -> Description:
        """The title as a request or order knows it."""
        return Description(
            title=self.title,
            author=self.author,
            isbn=self.isbn,
            publisher=self.publisher,
            pub_year=self.year,
            format=self.format,
            upc=self.upc,
        )


def read(name: str) -> tuple[Title, ...]:
    """The titles of one table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(_title(row) for row in csv.DictReader(file, delimiter="\t"))


def _title(row: dict[str, str]) -> Title:
    return Title(
        format=Format(row["format"]),
        title=row["title"],
        author=row["author"],
        number=row["number"],
        publisher=row["publisher"],
        year=int(row["year"]),
        price=Decimal(row["price"]),
        collection=row["collection"],
        dewey=row["dewey"],
        subjects=tuple(row["subjects"].split("; ")),
    )


LIBRARY = read("titles.tsv")
NEXT_CART = read("next_cart.tsv")  # eleven titles that nobody has ordered yet: the cart that a newcomer uploads
STOCK = read("stock.tsv")  # what the library had before, of kinds that its vendors' carts don't bring
ONLINE = read("online.tsv")  # what the supplier of e-books delivers as records alone
BY_TITLE = {(one.title, one.format): one for one in (*LIBRARY, *NEXT_CART)}
