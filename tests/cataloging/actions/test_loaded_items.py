"""Items of a load: ordered copies are filled and never made twice, and an undo names what has moved on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cataloging.actions import items, loaded_items, loads
from cataloging.actions.items import NewItem, add_items, move_items
from cataloging.marc.record import Field, Indicators, Subfield, parse, to_bytes
from cataloging.models.items import Collection, Item
from cataloging.models.loads import Load, LoadItem, LoadProfile, LoadRow
from cataloging.models.records import Record
from techsvc.kernel import clock
from techsvc.kernel.actions import people
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make

pytestmark = pytest.mark.django_db
WHERE = {
    "tag": "949", "barcode": "i", "branch": "b", "collection": "c", "call_number": "a", "price": "p", "volume": "v",
    "note": "n", "pieces": "m", "meanings": {"branch": {"MAIN": "CEN"}},
}  # fmt: skip


def profile(**changes: Any) -> LoadProfile:
    return LoadProfile.objects.create(name=f"Shelf-ready {LoadProfile.objects.count()}", items=WHERE | changes)


def with_items(*fields: str, title: str = "The women", tag: str = "949") -> bytes:
    """A record with item fields ("i31234… bCEN")."""
    record = parse(make.marc(title, author="Hannah, Kristin", isbn13="9781250178633"))
    for text in fields:
        parts = [Subfield(part[0], part[1:].replace("_", " ")) for part in text.split()]
        record.fields.append(Field(tag=tag, indicators=Indicators(" ", " "), subfields=parts))
    return to_bytes(record)


def loaded(raw: bytes, record: Record, by: LoadProfile) -> LoadRow:
    """A row of a load whose record has just been brought in, with its items."""
    load = loads.open_load(raw, f"file {Load.objects.count()}.mrc", actor=people.system())
    load.profile = by
    load.save()
    row = load.rows.get()
    row.reason = ""
    loaded_items.bring_in(load, [(row, parse(raw.rstrip()), record)], actor=people.system())
    row.save()
    return row


def copies(record: Record, *codes: str) -> list[Item]:
    return add_items([NewItem(record, make.branch(code, code.title())) for code in codes], actor=people.system())


def seen(record: Record) -> list[tuple[str, str | None, str, str]]:
    rows = Item.objects.filter(record=record).order_by("pk")
    return [(item.branch.code, item.barcode, item.call_number, item.state) for item in rows]


def test_ordered_copies_are_filled_by_branch_and_none_is_made_twice() -> None:
    record = make.brief()
    copies(record, "CEN", "EAST", "CEN")
    one, two, three = (make.barcode(n) for n in (1, 2, 3))
    loaded(with_items(f"i{one} bEAST aFIC_HAN", f"i{two} bMAIN aFIC_HAN", f"i{three} bcen aFIC_HAN"), record, profile())
    assert seen(record) == [
        ("CEN", two, "FIC HAN", "on_order"),
        ("EAST", one, "FIC HAN", "on_order"),
        ("CEN", three, "FIC HAN", "on_order"),
    ]
    assert LoadItem.objects.filter(made=False).count() == 3


def test_a_copy_that_nobody_ordered_is_made_as_the_profile_says() -> None:
    record = make.brief()
    make.branch("CEN")
    Collection.objects.create(code="AF", name="Adult fiction")
    code = make.barcode(1)
    row = loaded(with_items(f"i{code} bCEN caf aFIC_HAN p$28.00 vSeason_2 m3_discs nGift"), record,
                 profile(state="available"))  # fmt: skip
    item = Item.objects.get()
    assert (item.barcode, item.collection and item.collection.code, item.price_minor, item.volume, item.pieces) == (
        code, "AF", 2800, "Season 2", 3,
    )  # fmt: skip
    assert (item.state, item.note, row.reason) == ("available", "Gift", "")


def test_a_copy_for_a_branch_that_awaits_none_waits_while_others_do() -> None:
    record = make.brief()
    copies(record, "CEN")
    make.branch("EAST", "East")
    row = loaded(with_items(f"i{make.barcode(1)} bEAST"), record, profile())
    assert seen(record) == [("CEN", None, "", "on_order")]
    assert row.reason == f"item {make.barcode(1)}: no copy is on order for EAST, but copies for other branches are"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("i123 bCEN", "“123” is no barcode of this library's"),
        ("i{patron} bCEN", "“{patron}” is no barcode of this library's"),
        ("i{code} bMARS", "item {code}: no branch here has the code “MARS”"),
        ("i{taken} bCEN", "barcode {taken} is on an item of another title"),
        ("i{code} bCEN cXX", "no collection here has the code “XX”"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_item_waits(fields: str, why: str) -> None:
    other = make.received(make.full(make.marc("James", isbn13="9780385550369")))[0]
    items.set_barcode_and_call_number(other.pk, barcode=make.barcode(9), call_number="FIC EVE", actor=people.system())
    record = make.brief()
    copies(record, "CEN")
    said = {"code": make.barcode(1), "taken": make.barcode(9), "patron": make.barcode(1, kind="2")}
    row = loaded(with_items(fields.format(**said)), record, profile())
    assert row.reason == why.format(**said)
    filled = "cXX" in fields
    assert seen(record) == [("CEN", make.barcode(1) if filled else None, "", "on_order")]


def test_the_same_file_again_brings_no_second_item() -> None:
    record, by = make.brief(), profile()
    copies(record, "CEN", "CEN")
    raw = with_items(f"i{make.barcode(1)} bCEN")
    loaded(raw, record, by)
    before = seen(record)
    row = loaded(raw + b"\n", record, by)
    assert seen(record) == before
    assert row.reason == ""


def test_a_barcode_that_stands_twice_in_a_file_is_used_once() -> None:
    record = make.brief()
    copies(record, "CEN", "CEN")
    row = loaded(with_items(*[f"i{make.barcode(1)} bCEN"] * 2), record, profile())
    assert [barcode for _branch, barcode, _place, _state in seen(record)] == [make.barcode(1), None]
    assert row.reason == f"barcode {make.barcode(1)} stands twice in the file"


def test_labels_are_asked_for_only_where_the_profile_says_so() -> None:
    record = make.brief()
    copies(record, "CEN", "CEN")
    loaded(with_items(f"i{make.barcode(1)} bCEN aFIC_HAN"), record, profile())
    assert not PrintRequest.objects.exists()
    loaded(with_items(f"i{make.barcode(2)} bCEN aFIC_HAN"), record, profile(labels=True))
    assert [(one.kind, one.title) for one in PrintRequest.objects.all()] == [("spine_label", "FIC HAN · The women")]


def test_a_profile_without_items_leaves_them_alone() -> None:
    record = make.brief()
    copies(record, "CEN")
    row = loaded(with_items(f"i{make.barcode(1)} bCEN"), record, LoadProfile.objects.create(name="Records alone"))
    assert seen(record) == [("CEN", None, "", "on_order")]
    assert not LoadItem.objects.filter(row=row).exists()


def test_taking_back_restores_filled_items_and_removes_made_ones() -> None:
    ordered, bought = make.brief(), make.full(make.marc("Orbital"))
    copies(ordered, "CEN")
    before = seen(ordered)
    by = profile()
    one = loaded(with_items(f"i{make.barcode(1)} bCEN aFIC_HAN"), ordered, by)
    two = loaded(with_items(f"i{make.barcode(2)} bCEN aFIC_HAR", title="Orbital"), bought, by)
    for row in (one, two):
        assert loaded_items.take_back(row.load, [row]) == {}
    assert seen(ordered) == before
    assert seen(bought) == []


def test_an_item_that_was_received_since_stays_and_is_named() -> None:
    record = make.brief()
    made = copies(record, "CEN", "CEN", "CEN")
    codes = [make.barcode(n) for n in (1, 2, 3)]
    row = loaded(with_items(*(f"i{code} bCEN aFIC_HAN" for code in codes)), record, profile())
    move_items([made[1]], "receive", actor=people.system())
    items.set_barcode_and_call_number(made[2].pk, barcode=codes[2], call_number="FIC H", actor=people.system())
    assert loaded_items.take_back(row.load, [row]) == {
        row.pk: f"item {codes[1]} was received on {clock.today():%Y-%m-%d}; item {codes[2]} was changed since"
    }
    assert seen(record) == [
        ("CEN", None, "", "on_order"),
        ("CEN", codes[1], "FIC HAN", "received"),
        ("CEN", codes[2], "FIC H", "on_order"),
    ]
    assert loaded_items.take_back(row.load, [row]).keys() == {row.pk}  # again: the restored one is left alone


def test_many_rows_ask_no_more_than_one() -> None:
    by, rows = profile(), []
    for n in range(12):
        record = make.full(make.marc(f"Title {n}", isbn13=make.isbn(n)))
        copies(record, "CEN")
        raw = with_items(f"i{make.barcode(n)} bCEN aFIC", title=f"Title {n}")
        load = loads.open_load(raw, f"{n}.mrc", actor=people.system())
        load.profile = by
        rows.append((load.rows.get(), parse(raw), record))
    few, many = (_asked(part) for part in (rows[:1], rows[1:]))
    assert few == many
    assert Item.objects.exclude(barcode=None).count() == 12


def _asked(rows: list[Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        loaded_items.bring_in(rows[0][0].load, rows, actor=people.system())
    return len(asked)
