"""An order as a library sends it, and a vendor's directory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from techsvc.practice.vendor import Places

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

BOOKS = (
    ("9780143039433", "The Grapes of Wrath", 2, "20.00"),
    ("9780060935467", "To Kill a Mockingbird", 3, "16.99"),
    ("9780307387899", "The Road", 1, "17.00"),
    ("9780679732761", "Invisible man?: a novel", 45, "18.00"),
)


def line(position: int, book: tuple[str, str, int, str], order: str) -> list[str]:
    """The segments of one line."""
    isbn, title, quantity, price = book
    return [
        f"LIN+{position}++{isbn}:EN",
        f"PIA+5+{isbn}:IB+{700 + position}:SA",
        f"IMD+L+050+:::{title}",
        f"QTY+21:{quantity}",
        f"PRI+AAE:{price}",
        f"GIR+001+ADULT:LSQ+MAIN:LLO+{quantity}:LQT",
        f"RFF+LI:{order}/{position}",
    ]


def message(order: str, books: tuple[tuple[str, str, int, str], ...], number: int = 1) -> list[str]:
    """One ORDERS message."""
    body = [
        f"BGM+220+{order}+9",
        "DTM+137:20261124:102",
        "NAD+BY+1694510::31B",
        "NAD+BY+LIB-MAIN::91",
        "NAD+SU+1697684::31B",
        "CUX+2:USD:9",
    ]
    for position, book in enumerate(books, start=1):
        body += line(position, book, order)
    body += ["UNS+S", f"CNT+2:{len(books)}"]
    return [f"UNH+{number}+ORDERS:D:96A:UN:EAN008", *body, f"UNT+{len(body) + 2}+{number}"]


def orders_file(*numbers: str, reference: str = "17", books: tuple[tuple[str, str, int, str], ...] = BOOKS) -> bytes:
    """An interchange with one message for each order number."""
    messages = [segment for n, order in enumerate(numbers, start=1) for segment in message(order, books, n)]
    segments = [
        f"UNB+UNOC:3+1694510:31B+1697684:31B+261124:0900+{reference}",
        *messages,
        f"UNZ+{len(numbers)}+{reference}",
    ]
    return ("'".join(["UNA:+.? ", *segments]) + "'").encode("latin-1")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A vendor's directory."""
    return Places(tmp_path / "practice")


@pytest.fixture
def deliver(places: Places) -> Callable[..., bytes]:
    """Lay a file into in/; returns its bytes."""

    def lay(body: bytes | None = None, name: str = "m1.edi") -> bytes:
        body = orders_file("PO-1001") if body is None else body
        (places.incoming / name).write_bytes(body)
        return body

    return lay
