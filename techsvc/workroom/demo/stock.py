"""What came into the demo library's catalog without an order: older stock with its items, and e-books as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cataloging.actions import adding, loads
from cataloging.models.items import Collection, Item, ItemType
from cataloging.models.loads import Load
from cataloging.models.records import Record
from cataloging.queries.callnumbers import suggested
from techsvc.kernel import clock
from techsvc.workroom.demo.bench import Staff
from techsvc.workroom.demo.library import ITEM, barcode
from techsvc.workroom.demo.marc import full_record
from techsvc.workroom.demo.story import Story, days_ago, later
from techsvc.workroom.demo.titles import ONLINE, STOCK, Title

FIRST_SERIAL = 12_900_001
KIND = {"kit": "BK", "other": "VG", "score": "BK", "map": "BK"}


def loaded(staff: Staff) -> Iterator[Story]:
    """Two files of records: the older stock in the first weeks, e-books in the spring."""
    yield older_stock(staff)
    yield e_books(staff)


def older_stock(staff: Staff) -> Story:
    """Records of scores, maps and kits; their items are added by scanning the day after."""
    yield (began := days_ago(350, 10))
    load(staff, "older-stock.mrc", STOCK)
    yield later(began, 1, 14, 0)
    for place, title in enumerate(STOCK):
        add_items(staff, title, FIRST_SERIAL + 2 * place)


def e_books(staff: Staff) -> Story:
    """The supplier's file: full records with an address, and no items."""
    yield days_ago(150, 11)
    load(staff, "e-books.mrc", ONLINE)


def load(staff: Staff, name: str, titles: Sequence[Title]) -> Load:
    """A file that the cataloger looks at and loads."""
    body = b"".join(full_record(title, entered=clock.today()) for title in titles)
    cataloger = staff.library.staff["cataloger"]
    return loads.commit_load(loads.open_load(body, name, actor=cataloger).pk, actor=cataloger)


def add_items(staff: Staff, title: Title, serial: int) -> None:
    """Two copies on the shelf at Central, one scan each."""
    library, cataloger = staff.library, staff.library.staff["cataloger"]
    record = Record.objects.get(title__startswith=title.title.partition(" : ")[0])
    branch = library.branches["CE"]
    place, _why = suggested(Item(record=record, branch=branch))
    said = {
        "branch": branch,
        "collection": Collection.objects.get(code=title.collection),
        "item_type": ItemType.objects.get(code=KIND[title.format]),
        "state": "available",
        "counts_up": False,
        "call_number": place,
        "volume": "",
        "price_minor": int(title.price * 100),
    }
    adding.keep_habit(record, said, actor=cataloger)
    for number in (serial, serial + 1):
        adding.add_by_scan(record, barcode(ITEM, number), actor=cataloger)
