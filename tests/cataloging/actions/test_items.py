"""Items: made on order, moved by the table, labelled once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cataloging.actions import items
from cataloging.actions.items import NewItem
from cataloging.models.items import STATES, Item
from cataloging.rules.lifecycle import ItemState
from techsvc.kernel import clock
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def label(item: Item, barcode: str, call_number: str = "FIC HAN") -> Item:
    return items.set_barcode_and_call_number(
        item.pk, barcode=barcode, call_number=call_number, actor=make.person("cataloger")
    )


def open_prints() -> list[tuple[str, str]]:
    return list(
        PrintRequest.objects.exclude(state="cancelled").order_by("pk").values_list("kind", "title")
    )  # fmt: skip


def test_the_database_knows_the_states_of_the_table() -> None:
    assert set(STATES) == {state.value for state in ItemState}


def test_items_are_made_on_order_with_their_price() -> None:
    record, central, north = make.brief(), make.branch(), make.branch("NOR", "North")
    with clock.at(NOON):
        made = items.add_items(
            [NewItem(record, central, price_minor=1680), NewItem(record, north)], actor=make.person("selector")
        )
    assert list(Item.objects.order_by("pk").values_list("branch__code", "state", "price_minor", "state_since")) == [
        ("CEN", "on_order", 1680, NOON),
        ("NOR", "on_order", None, NOON),
    ]
    assert [item.barcode for item in made] == [None, None]
    assert HistoryEvent.objects.get(verb="cataloging.add_items").summary == "2 items added"


def test_a_batch_has_its_own_line_and_more_items_cost_no_more_queries() -> None:
    record, central, person = make.brief(), make.branch(), make.person("technician")
    batch = history.write(record, "test.order", actor=person, summary="an order")
    counts = []
    for size in (2, 200):
        with CaptureQueriesContext(connection) as made:
            new = items.add_items([NewItem(record, central)] * size, actor=person, batch=batch)
        with CaptureQueriesContext(connection) as moved:
            items.move_items(new, "receive", actor=person, batch=batch)
        counts.append((len(made), len(moved)))
    assert counts[1] <= counts[0] <= (6, 7)
    assert set(HistoryEvent.objects.values_list("verb", flat=True)) >= {"test.order"}
    assert not HistoryEvent.objects.filter(verb__in=("cataloging.add_items", "cataloging.move_items")).exists()
    assert Item.objects.filter(state="received").count() == 202


def test_a_move_sets_since_when_and_tells_it() -> None:
    item = make.received(make.brief())[0]
    with clock.at(NOON):
        moved = items.move_items([item], "start_processing", actor=people.system())[0]
    assert (moved.state, moved.state_since, moved.version) == ("in_process", NOON, 3)
    lines = HistoryEvent.objects.filter(verb="cataloging.move_items").order_by("pk")
    assert [(line.summary, line.before, line.after) for line in lines] == [
        ("Now received", {"state": "on_order"}, {"state": "received"}),
        ("Now in process", {"state": "received"}, {"state": "in_process"}),
    ]


def test_one_that_cant_move_keeps_all_where_they_are() -> None:
    record = make.brief()
    good = make.received(record, 2)
    late = items.add_items([NewItem(record, make.branch())], actor=people.system())
    with pytest.raises(
        Refusal, match=r"Nothing was done: 1 of 3 items can't start processing: “The women” for Central"
    ):
        items.move_items([*good, *late], "start_processing", actor=people.system())
    assert list(Item.objects.order_by("pk").values_list("state", flat=True)) == ["received", "received", "on_order"]
    with pytest.raises(Refusal, match="“The women” for Central: can't receive, it is received"):
        items.move_items(good[:1], "receive", actor=people.system())


def test_finance_moves_nothing() -> None:
    item = make.received(make.brief())[0]
    with pytest.raises(Forbidden):
        items.move_items([item], "finish", actor=make.person("finance"))
    item.refresh_from_db()
    assert item.state == "received"


def test_a_label_is_set_and_printed_once() -> None:
    item = make.received(make.brief())[0]
    code = make.barcode(1)
    assert label(item, f"]F0A{code}B", " FIC  HAN ").version == 3
    label(item, code, "FIC HAN")
    item.refresh_from_db()
    assert (item.barcode, item.call_number, item.call_sort, item.version) == (code, "FIC HAN", "FIC HAN", 3)
    assert open_prints() == [("spine_label", "FIC HAN · The women")]
    assert HistoryEvent.objects.filter(verb="cataloging.label").count() == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (make.barcode(7, "2"), "This is a patron's card. Scan the library's barcode on the item."),
        ("31234000000018", "That is not a whole barcode: scan it again."),
        ("9781250178633", "This is an ISBN. Scan the library's barcode on the item."),
        (make.barcode(5), "is already on “The women” at Central"),
    ],
)
def test_codes_that_no_item_may_carry(code: str, sentence: str) -> None:
    first, second = make.received(make.brief(), 2)
    label(first, make.barcode(5))
    with pytest.raises(Refusal, match=sentence) as refused:
        label(second, code)
    second.refresh_from_db()
    assert refused.value.field == "barcode"
    assert (second.barcode, second.call_number, second.version) == (None, "", 2)
    assert len(open_prints()) == 1


def test_a_barcode_is_replaced_not_taken_off() -> None:
    item = label(make.received(make.brief())[0], make.barcode(1))
    with pytest.raises(Refusal, match="Scan the barcode that takes its place"):
        label(item, "")
    assert label(item, make.barcode(2)).barcode == make.barcode(2)


def test_a_new_call_number_withdraws_the_label_that_is_not_printed() -> None:
    item = label(make.received(make.brief())[0], make.barcode(1), "813.6 HAN")
    label(item, make.barcode(1), "FIC HAN")
    assert open_prints() == [("spine_label", "FIC HAN · The women")]


def test_an_item_that_is_gone_gets_no_label() -> None:
    item = items.add_items([NewItem(make.brief(), make.branch())], actor=people.system())[0]
    items.move_items([item], "cancel", actor=people.system())
    with pytest.raises(Refusal, match="is cancelled, so it needs no labels"):
        label(item, make.barcode(1))
    assert open_prints() == []


def test_undo_takes_the_label_back_and_refuses_when_it_changed() -> None:
    item = label(make.received(make.brief())[0], make.barcode(1), "813.6 HAN")
    label(item, make.barcode(1), "FIC HAN")
    second, first = HistoryEvent.objects.filter(verb="cataloging.label")
    with pytest.raises(Refusal, match="was labelled anew since"):
        history.undo(first.pk, actor=make.person("cataloger"))
    history.undo(second.pk, actor=make.person("cataloger"))
    item.refresh_from_db()
    assert (item.barcode, item.call_number) == (make.barcode(1), "813.6 HAN")
    assert open_prints() == [("spine_label", "813.6 HAN · The women")]
    history.undo(first.pk, actor=make.person("cataloger"))
    item.refresh_from_db()
    assert (item.barcode, item.call_number, item.call_sort) == (None, "", "")
    assert open_prints() == []


def test_the_own_branch_is_a_limit_where_the_role_has_one() -> None:
    item = make.received(make.brief())[0]
    with pytest.raises(Forbidden):
        items.set_barcode_and_call_number(
            item.pk, barcode=make.barcode(1), call_number="FIC", actor=make.person("selector")
        )
    item.refresh_from_db()
    assert item.barcode is None
