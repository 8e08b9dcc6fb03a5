"""Two records made into one, with all that hangs on them, and two of one again."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from acquisitions.models.orders import OrderLine
from cataloging.actions import duplicates, items, merging, moving, records
from cataloging.actions.versions import Draft, bytes_of, put
from cataloging.marc.record import as_lines, parse, shown
from cataloging.models.duplicates import DuplicatePair, Merge
from cataloging.models.items import Item
from cataloging.models.records import Record, RecordVersion
from cataloging.queries.duplicates import open_pairs
from cataloging.rules.lifecycle import RecordState
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal, Stale
from techsvc.kernel.models.history import HistoryEvent
from tests import make

WOMEN = {"author": "Hannah, Kristin", "isbn13": "9781250178633"}
DEPARTMENTS = {"cataloging", "circulation", "acquisitions", "ill", "processing"}
PASSING = {"RecordVersion", "Merge"}


def lines(record: Record) -> list[str]:
    return [shown(line) for line in as_lines(parse(bytes(record.raw)))]


def rows() -> dict[str, Any]:
    """Every row of the departments, but for versions and the times of changes."""
    kept = {}
    for model in apps.get_models():
        if model._meta.app_label not in DEPARTMENTS or model.__name__ in PASSING:
            continue
        derived = model.__name__ in ("MatchKey", "Heading")
        out = {"version", "updated_at", "search"} | ({"id"} if derived else set())
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in out]
        found = model._default_manager.values_list(*names)
        kept[model._meta.label] = sorted(
            repr([bytes(value) if isinstance(value, memoryview) else value for value in row]) for row in found
        )
    return kept


def pair() -> tuple[Record, Record]:
    """Two full records of one title, each with what the other lacks."""
    one = make.full(make.marc("The women", **WOMEN, extra=(("520", "a", "Nurses at war."), ("650", "a", "Nurses."))))
    extra = (
        ("020", "a", make.isbn(7)),
        ("650", "a", "nurses"),
        ("650", "a", "Vietnam War."),
        ("590", "a", "Signed copy."),
    )
    return one, make.full(make.marc("The women", **WOMEN, extra=extra))


def merge(survivor: Record, loser: Record, **more: Any) -> Record:
    seen = more.pop("seen", (survivor.version, loser.version))
    return merging.merge_records(
        survivor.pk, loser.pk, seen=seen, actor=more.pop("actor", None) or make.person("cataloger"), **more
    )


def undo(actor: Any = None) -> None:
    history.undo(HistoryEvent.objects.filter(verb="cataloging.merge").latest("pk").pk, actor=actor or people.system())


def test_everything_that_points_at_a_record_follows_it_or_is_said_to_stay() -> None:
    pointing = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Record
    }
    following = {(one.model, one.field) for one in moving.FOLLOWERS}
    assert pointing == following | moving.STAYING.keys(), "Register it: moving.register or moving.leave."
    assert not following & moving.STAYING.keys()


@pytest.mark.django_db
def test_the_survivor_keeps_its_description_and_gets_numbers_subjects_and_local_fields() -> None:
    one, other = pair()
    merged = merge(one, other)
    said = lines(merged)
    assert [line for line in said if line.startswith(("020", "590", "650"))] == [
        "020 __ $a 9781250178633",
        f"020 __ $a {make.isbn(7)}",
        "590 __ $a Signed copy.",
        "650 _0 $a Friendship $v Fiction.",
        "650 __ $a Nurses.",
        "650 __ $a Vietnam War.",
    ]
    assert (merged.version, merged.state) == (2, "full")
    other.refresh_from_db()
    assert (other.state, other.merged_into_id, other.version) == ("withdrawn", one.pk, 2)


@pytest.mark.django_db
def test_items_holds_order_lines_and_pairs_move_and_undo_restores_every_row() -> None:
    order = make.placed_order()
    ordered = OrderLine.objects.filter(order=order).first()
    assert ordered is not None
    loser = ordered.record
    survivor = make.full(make.marc(loser.title, author=loser.author, isbn13=loser.isbn))
    earlier, later = make.branch("CEN", "Central"), make.patron("Zoe")
    make.hold(loser, who=later, pickup=earlier)
    make.hold(loser)
    make.hold(survivor, who=later, pickup=earlier)
    make.on_shelf(survivor)
    duplicates.search_changed(actor=people.system())
    before, count = rows(), loser.items.count()
    assert count > 0
    merged = merge(survivor, loser)
    event = HistoryEvent.objects.get(verb="cataloging.merge")
    assert event.summary.endswith(f"moved here: {count} items, 2 holds, 1 order line") or count == 1
    assert (merged.items.count(), OrderLine.objects.get(pk=ordered.pk).record_id) == (count + 1, survivor.pk)
    assert sorted(Hold.objects.values_list("record_id", "state")) == [
        (survivor.pk, "cancelled"), (survivor.pk, "waiting"), (survivor.pk, "waiting"),
    ]  # fmt: skip
    assert not open_pairs().filter(one=min(survivor.pk, loser.pk), other=max(survivor.pk, loser.pk)).exists()
    assert rows() != before
    undo()
    assert rows() == before
    assert (Record.objects.get(pk=survivor.pk).version, Record.objects.get(pk=loser.pk).version) == (3, 3)


@pytest.mark.django_db
def test_a_patron_who_waits_for_both_keeps_the_earlier_place() -> None:
    one, other = pair()
    ada, bob = make.patron("Ada"), make.patron("Bob")
    early = make.hold(other, who=ada)
    between = make.hold(one, who=bob)
    late = make.hold(one, who=ada)
    merge(one, other)
    waiting = list(Hold.objects.filter(record=one, state="waiting"))
    assert waiting == [early, between]
    assert Hold.objects.get(pk=late.pk).state == "cancelled"
    assert HistoryEvent.objects.get(verb="circulation.join_hold").batch == HistoryEvent.objects.get(
        verb="cataloging.merge"
    )


@pytest.mark.django_db
def test_a_ready_hold_stays_ready_and_takes_the_earlier_place() -> None:
    one, other = pair()
    ada = make.patron("Ada")
    early = make.hold(other, who=ada)
    ready = make.hold(one, who=ada)
    holds.trap(make.on_shelf(one), actor=people.system())
    before = rows()
    merge(one, other)
    ready.refresh_from_db()
    assert (ready.state, ready.placed_at) == ("ready", early.placed_at)
    undo()
    assert rows() == before


@pytest.mark.django_db
def test_two_ready_holds_of_one_patron_stop_a_merge() -> None:
    one, other = pair()
    ada = make.patron("Ada")
    for record in (one, other):
        make.hold(record, who=ada)
        holds.trap(make.on_shelf(record), actor=people.system())
    before = rows()
    with pytest.raises(Refusal, match="two copies on the hold shelf"):
        merge(one, other)
    assert rows() == before


@pytest.mark.django_db
def test_merging_twice_is_refused_and_changes_nothing() -> None:
    one, other = pair()
    merge(one, other)
    before = rows()
    one.refresh_from_db()
    other.refresh_from_db()
    with pytest.raises(Refusal, match=f"was merged into record {one.pk} already"):
        merge(one, other)
    assert rows() == before
    assert Merge.objects.count() == 1


@pytest.mark.django_db
def test_what_was_compared_has_to_be_what_is_there() -> None:
    one, other = pair()
    records.overlay(other.pk, make.marc("The women", **WOMEN), source="x.mrc", actor=people.system())
    before = rows()
    with pytest.raises(Stale, match=r"it is at version 2 now, not 1. Changed: 020 ISBN"):
        merge(one, other)
    assert rows() == before


@pytest.mark.django_db
def test_a_record_is_not_merged_with_itself_nor_by_everybody_nor_with_a_withdrawn_one() -> None:
    one, other = pair()
    with pytest.raises(Refusal, match="with itself"):
        merge(one, one)
    with pytest.raises(Forbidden):
        merge(one, other, actor=make.person("technician"))
    put([other], [Draft(bytes(other.raw), RecordState.WITHDRAWN, "by hand")])
    with pytest.raises(Refusal, match="withdrawn"):
        merge(one, other)
    assert not Merge.objects.exists()


@pytest.mark.django_db
def test_two_titles_ticked_are_refused_and_the_other_ones_title_brings_its_leader() -> None:
    one = make.brief()
    other = make.full(make.marc("The women", **WOMEN))
    with pytest.raises(Refusal, match="has field 008, 1XX, 245 once, and two are ticked"):
        merge(one, other, choice={f"{side}{n}" for side in "ab" for n in range(30)})
    marc = parse(bytes(other.raw))
    merged = merge(one, other, choice={f"b{n}" for n in range(len(marc.fields))})
    assert merged.state == "full"
    assert lines(merged)[0][10:14] == str(marc.leader)[6:10] or str(parse(bytes(merged.raw)).leader)[5:9] == "nam "
    assert "001 ts00000001" in lines(merged)
    assert "035 __ $a (BaTe)btThe wome" in lines(merged)


@pytest.mark.django_db
def test_undo_says_what_was_changed_since() -> None:
    one, other = pair()
    item = make.on_shelf(other)
    merge(one, other)
    items.move_items([item], "withdraw", actor=people.system())
    before = rows()
    with pytest.raises(Refusal, match=rf"{item.barcode} is withdrawn since"):
        undo()
    assert rows() == before


@pytest.mark.django_db
def test_undo_names_the_later_change_of_the_survivor() -> None:
    one, other = pair()
    merge(one, other)
    records.overlay(one.pk, make.marc("The women", **WOMEN, dewey="823"), source="y.mrc", actor=people.system())
    with pytest.raises(Refusal, match=r"the merge made 2. Undo that first: Overlaid from y.mrc"):
        undo()
    other.refresh_from_db()
    assert other.merged_into_id == one.pk


@pytest.mark.django_db
def test_undo_is_refused_when_a_moved_hold_is_ready_by_now() -> None:
    one, other = pair()
    hold = make.hold(other)
    merge(one, other)
    holds.trap(make.on_shelf(one), actor=people.system())
    with pytest.raises(Refusal, match=f"hold {hold.pk} is ready by now"):
        undo()
    assert Hold.objects.get().record_id == one.pk


@pytest.mark.django_db
def test_records_merged_before_follow_and_the_chain_is_undone_from_its_end() -> None:
    one, other = pair()
    third = make.full(make.marc("The women", **WOMEN))
    merge(one, other)
    one.refresh_from_db()
    before = rows()
    merge(third, one)
    other.refresh_from_db()
    assert other.merged_into_id == third.pk
    undo()
    assert rows() == before


@pytest.mark.django_db
def test_the_bytes_of_both_are_as_they_were_after_an_undo() -> None:
    one, other = pair()
    was = {record.pk: bytes(record.raw) for record in (one, other)}
    merge(one, other)
    undo()
    assert {record.pk: bytes(record.raw) for record in Record.objects.all()} == was
    newest = RecordVersion.objects.get(record_id=other.pk, version=3)
    assert (bytes_of(newest), newest.state) == (was[other.pk], "full")
    assert (DuplicatePair.objects.count(), Item.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_nothing_new_hangs_on_a_record_that_was_merged() -> None:
    one, other = pair()
    merge(one, other)
    before = rows()
    with pytest.raises(Refusal, match=f"was merged into record {one.pk}. Use that one"):
        make.hold(other)
    with pytest.raises(Refusal, match=f"was merged into record {one.pk}. Use that one"):
        make.on_shelf(other)
    assert rows() == before
