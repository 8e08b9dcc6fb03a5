"""Adding items by scanning: one barcode, one item, each taken back as easily."""

from __future__ import annotations

from typing import Any

import pytest

from cataloging.actions import adding, items
from cataloging.actions.items import NewItem
from cataloging.models.items import AddingHabit, Item
from cataloging.models.records import Record
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make

pytestmark = pytest.mark.django_db


def said(**other: Any) -> dict[str, Any]:
    """What a person says of the items to come."""
    return {
        "branch": make.branch(),
        "collection": None,
        "item_type": None,
        "call_number": "FIC HAN",
        "volume": "",
        "counts_up": True,
        "price_minor": 1680,
        "state": "received",
    } | other


def scanned(record: Record, serial: int, person: User) -> adding.Added:
    return adding.add_by_scan(record, make.barcode(serial), actor=person)


def test_a_scan_makes_one_item_as_the_person_said() -> None:
    record, person = make.brief(), make.person("technician")
    adding.keep_habit(record, said(volume="v. 9", state="available"), actor=person)
    first, second = scanned(record, 1, person), scanned(record, 2, person)
    assert list(
        Item.objects.order_by("pk").values_list("barcode", "volume", "call_number", "state", "price_minor")
    ) == [
        (make.barcode(1), "v. 9", "FIC HAN", "available", 1680),
        (make.barcode(2), "v. 10", "FIC HAN", "available", 1680),
    ]
    assert (first.filled, second.filled) == (False, False)
    assert AddingHabit.objects.get(user=person).volume == "v. 11"
    assert first.event.summary == f"Item {make.barcode(1)} added for Central"


def test_copies_of_one_volume_are_not_counted_up() -> None:
    record, person = make.brief(), make.person("technician")
    adding.keep_habit(record, said(volume="Season 1", counts_up=False), actor=person)
    for serial in (1, 2):
        scanned(record, serial, person)
    assert [item.volume for item in Item.objects.all()] == ["Season 1", "Season 1"]


def test_without_a_habit_the_title_and_the_persons_branch_say_it() -> None:
    north = make.branch("NOR", "North")
    record, person = make.full(make.marc("Gardens", author="Bell, Ann", dewey="635.9")), make.person("technician")
    person.branch = north
    person.save()
    item = scanned(record, 1, person).item
    assert (item.branch, item.state, item.volume) == (north, "received", "")
    assert item.call_number == "FIC BEL"
    assert AddingHabit.objects.get(user=person).record == record


def test_what_belongs_to_a_title_does_not_go_to_the_next() -> None:
    first, second, person = make.brief(), make.full(make.marc("Gardens", author="Bell, Ann")), make.person("technician")
    adding.keep_habit(first, said(volume="v. 3", state="available"), actor=person)
    item = scanned(second, 1, person).item
    assert (item.volume, item.price_minor, item.call_number, item.state) == ("", None, "FIC BEL", "available")


def test_a_scan_fills_an_item_that_waits_before_it_makes_one() -> None:
    record, person, central = make.brief(), make.person("technician"), make.branch()
    on_order = items.add_items([NewItem(record, central), NewItem(record, make.branch("NOR", "North"))], actor=person)
    received = make.received(record)[0]
    adding.keep_habit(record, said(state="available"), actor=person)
    came = [scanned(record, serial, person) for serial in (1, 2, 3)]
    assert [(one.filled, one.item.pk) for one in came[:2]] == [(True, received.pk), (True, on_order[0].pk)]
    assert not came[2].filled
    assert [one.item.state for one in came] == ["received", "on_order", "available"]
    assert Item.objects.filter(barcode=None).count() == 1  # North's waits on


def test_a_barcode_that_is_taken_makes_nothing() -> None:
    record, person = make.brief(), make.person("technician")
    other = make.full(make.marc("Gardens"))
    adding.keep_habit(record, said(volume="v. 1"), actor=person)
    scanned(record, 1, person)
    lines = HistoryEvent.objects.count()
    with pytest.raises(Refusal, match="is already on “The women” at Central"):
        adding.add_by_scan(other, make.barcode(1), actor=person)
    assert (Item.objects.count(), HistoryEvent.objects.count()) == (1, lines)
    assert AddingHabit.objects.get(user=person).record == record


def test_who_may_not_add_adds_nothing() -> None:
    make.branch()
    with pytest.raises(Forbidden):
        scanned(make.brief(), 1, make.person("auditor"))
    assert not Item.objects.exists()


def test_undo_takes_the_item_away_and_the_volume_is_next_again() -> None:
    record, person = make.brief(), make.person("technician")
    adding.keep_habit(record, said(volume="v. 1"), actor=person)
    event = scanned(record, 1, person).event
    history.undo(event.pk, actor=person)
    assert not Item.objects.exists()
    assert not PrintRequest.objects.exclude(state="cancelled").exists()
    assert AddingHabit.objects.get(user=person).volume == "v. 1"
    assert scanned(record, 1, person).item.volume == "v. 1"


def test_undo_of_a_filled_item_takes_its_barcode_off() -> None:
    record, person = make.brief(), make.person("technician")
    item = make.received(record)[0]
    adding.keep_habit(record, said(volume="v. 1"), actor=person)
    event = scanned(record, 1, person).event
    assert event.after == {"barcode": make.barcode(1), "call_number": "FIC HAN", "volume": "v. 1"}
    history.undo(event.pk, actor=person)
    item.refresh_from_db()
    assert (item.barcode, item.call_number, item.volume, item.state) == (None, "", "", "received")
    assert AddingHabit.objects.get(user=person).volume == "v. 1"


def test_an_item_that_went_on_stays() -> None:
    record, person = make.brief(), make.person("technician")
    adding.keep_habit(record, said(), actor=person)
    added = scanned(record, 1, person)
    items.move_items([added.item], "finish", actor=people.system())
    with pytest.raises(Refusal, match="was changed since it was added"):
        history.undo(added.event.pk, actor=person)
    assert Item.objects.get().state == "available"
