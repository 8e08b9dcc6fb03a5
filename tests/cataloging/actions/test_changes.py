"""Items changed by hand, one or many: told in one line each, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from cataloging.actions import batches, changes, items, suppression
from cataloging.actions.batches import Wanted
from cataloging.models.items import Collection, Item
from cataloging.rules.lifecycle import ITEM, ItemState, by_hand
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make

pytestmark = pytest.mark.django_db


def available(count: int = 1) -> list[Item]:
    return items.move_items(make.received(make.brief(), count), "finish", actor=people.system())


def now(item: Item, *names: str) -> list[Any]:
    return list(Item.objects.filter(pk=item.pk).values_list(*names).get())


def test_what_is_said_of_an_item_is_changed_told_and_taken_back() -> None:
    item, north, person = available()[0], make.branch("NOR", "North"), make.person("cataloger")
    said = {"branch": north, "volume": "Season 2", "pieces": 12, "pieces_note": "11 discs and 1 booklet"}
    changes.edit_item(item.pk, said | {"note": ""}, actor=person)
    names = ("branch__code", "volume", "volume_sort", "pieces", "pieces_note")
    assert now(item, *names) == ["NOR", "Season 2", "season 000002", 12, "11 discs and 1 booklet"]
    line = HistoryEvent.objects.get(verb="cataloging.edit_item")
    assert line.summary == "Changed: branch, volume, pieces, what the pieces are"
    assert (line.before["branch"], line.after["branch"]) == ("CEN", "NOR")
    history.undo(line.pk, actor=person)
    assert now(item, *names) == ["CEN", "", "", 1, ""]


def test_saying_what_is_so_already_changes_nothing() -> None:
    item = available()[0]
    changes.edit_item(item.pk, {"branch": item.branch, "pieces": 1}, actor=make.person("cataloger"))
    assert now(item, "version") == [item.version]
    assert not HistoryEvent.objects.filter(verb="cataloging.edit_item").exists()


def test_a_change_is_not_taken_back_over_a_later_one() -> None:
    item, person = available()[0], make.person("cataloger")
    changes.edit_item(item.pk, {"volume": "v. 1"}, actor=person)
    line = HistoryEvent.objects.get(verb="cataloging.edit_item")
    changes.edit_item(item.pk, {"volume": "v. 2"}, actor=person)
    with pytest.raises(Refusal, match="was changed again since: volume"):
        history.undo(line.pk, actor=person)
    assert now(item, "volume") == ["v. 2"]


def test_a_withdrawn_item_is_not_changed() -> None:
    item = items.move_items(available(), "withdraw", actor=people.system())[0]
    with pytest.raises(Refusal, match="is withdrawn, so nothing is changed in it"):
        changes.edit_item(item.pk, {"volume": "v. 1"}, actor=make.person("cataloger"))
    assert now(item, "volume", "version") == ["", item.version]


def test_a_person_of_one_branch_moves_no_item_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    item = available()[0]
    with pytest.raises(Forbidden):
        changes.edit_item(item.pk, {"branch": make.branch("NOR", "North")}, actor=make.person("auditor"))
    assert now(item, "branch__code") == ["CEN"]


@pytest.mark.parametrize(("verb", "after"), [("report_missing", "missing"), ("report_damage", "damaged")])
def test_what_became_of_an_item_is_said_and_taken_back(verb: str, after: str) -> None:
    item, person = available()[0], make.person("desk", "supervisor")
    changes.change_state(item.pk, verb, actor=person)
    assert now(item, "state") == [after]
    line = HistoryEvent.objects.get(verb="cataloging.change_state")
    assert (line.summary, line.before, line.after) == (f"Now {after}", {"state": "available"}, {"state": after})
    history.undo(line.pk, actor=person)
    assert now(item, "state") == ["available"]


@pytest.mark.parametrize("verb", ["find", "restore", "check_in", "withdraw", "fly"])
def test_what_can_not_be_said_of_an_available_item_changes_nothing(verb: str) -> None:
    item = available()[0]
    with pytest.raises(Refusal):
        changes.change_state(item.pk, verb, actor=make.person("cataloger"))
    assert now(item, "state", "version") == ["available", item.version]


def test_an_item_on_the_hold_shelf_is_its_holds() -> None:
    item = items.move_items(available(), "trap", actor=people.system())[0]
    with pytest.raises(Refusal, match="settled where it waits"):
        changes.change_state(item.pk, "report_missing", actor=make.person("cataloger"))
    assert now(item, "state") == ["on_hold_shelf"]


def test_by_hand_is_only_what_the_table_allows() -> None:
    for state in ItemState:
        assert set(by_hand(state)) <= set(ITEM[state])
    assert by_hand(ItemState.CLAIMED_RETURNED) == ("report_missing", "report_lost", "check_in")
    assert by_hand(ItemState.LOST) == ("find",)
    assert by_hand(ItemState.ON_HOLD_SHELF) == by_hand(ItemState.ON_ORDER) == ()


def test_many_items_are_changed_together_and_taken_back_together_but_for_those_changed_since() -> None:
    rows, person = available(3), make.person("cataloger")
    for serial, row in enumerate(rows, 1):
        items.set_barcode_and_call_number(row.pk, barcode=make.barcode(serial), call_number="FIC HAN", actor=person)
    adult = Collection.objects.create(code="AF", name="Adult fiction")
    wanted = Wanted({"collection": adult, "suppressed": True}, prefix="LP", verb="report_missing")
    batch = batches.begin_batch(rows[0], 3, wanted, actor=person)
    for row in Item.objects.all():
        batches.change_one(row, wanted, batch=batch, actor=person)
    names = ("collection__code", "call_number", "suppressed", "state")
    assert [now(row, *names) for row in rows] == [["AF", "LP FIC HAN", True, "missing"]] * 3
    assert batch.summary == (
        "3 items changed together: collection: Adult fiction, hidden from patrons: yes, call number: LP …, "
        "state: report missing"
    )
    changes.change_state(rows[1].pk, "find", actor=person)
    history.undo(batch.pk, actor=person)
    assert [now(row, *names) for row in rows] == [
        [None, "FIC HAN", False, "available"],
        [None, "FIC HAN", False, "available"],
        [None, "FIC HAN", False, "available"],
    ]
    told = HistoryEvent.objects.get(verb="cataloging.undo_change_items").summary
    assert (
        told == f"5 changes taken back. 1 stays: {make.barcode(2)} was changed again since: state. Change it by hand."
    )


def test_a_prefix_is_not_put_twice() -> None:
    row, person = available()[0], make.person("cataloger")
    items.set_barcode_and_call_number(row.pk, barcode=make.barcode(1), call_number="REF 030 WOR", actor=person)
    batch = batches.begin_batch(row, 1, Wanted(prefix="REF"), actor=person)
    batches.change_one(Item.objects.get(), Wanted(prefix="REF"), batch=batch, actor=person)
    assert now(row, "call_number") == ["REF 030 WOR"]


def test_a_title_is_hidden_and_shown() -> None:
    record, person = make.brief(), make.person("cataloger")
    suppression.suppress_record(record.pk, hide=True, actor=person)
    record.refresh_from_db()
    assert record.suppressed
    history.undo(HistoryEvent.objects.get(verb="cataloging.suppress_record").pk, actor=person)
    record.refresh_from_db()
    assert not record.suppressed
    with pytest.raises(Forbidden):
        suppression.suppress_record(record.pk, hide=True, actor=make.person("technician"))
