"""Two people at one record in the same instant: nothing is lost, one wins, the other is told."""

from __future__ import annotations

from typing import Any

import pytest

from cataloging.actions import merging, records
from cataloging.marc.record import parse
from cataloging.models.duplicates import Merge
from cataloging.models.records import Record, RecordVersion
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def noted(title: str, note: str) -> bytes:
    return make.marc(title, extra=(("500", "a", note),))


def split(results: list[Any]) -> tuple[list[Any], list[Refusal]]:
    """What went well, and who was told; anything else is a fault."""
    told = [one for one in results if isinstance(one, Refusal)]
    assert not [one for one in results if isinstance(one, Exception) and one not in told], results
    return [one for one in results if one not in told], told


def sound(record_id: int) -> Record:
    """The record, whose newest version and columns are of the same bytes."""
    record = Record.objects.get(pk=record_id)
    numbers = list(RecordVersion.objects.filter(record_id=record_id).values_list("version", flat=True))
    assert numbers == list(range(record.version, 0, -1))
    assert parse(bytes(record.raw))
    return record


def test_two_overlays_of_what_was_compared() -> None:
    record, actor = make.full(make.marc("The women")), people.system()
    files = [
        records.keep_file(record.pk, name=f"{n}.mrc", body=noted("The women", f"Note {n}."), actor=actor)
        for n in (1, 2)
    ]
    results = at_once(
        *(lambda one=one: records.overlay_from(record.pk, one.pk, version=1, actor=actor) for one in files)
    )
    done, told = split(results)
    assert (len(done), len(told)) == (1, 1)
    assert "it is at version 2 now, not 1. Changed: 500 Note. Compare again." in told[0].text
    assert sound(record.pk).version == 2


def test_a_merge_and_an_overlay_of_the_losing_record() -> None:
    one, other, actor = make.full(make.marc("The women")), make.full(make.marc("The women")), people.system()
    file = records.keep_file(other.pk, name="1.mrc", body=noted("The women", "Note."), actor=actor)
    results = at_once(
        lambda: merging.merge_records(one.pk, other.pk, seen=(1, 1), actor=actor),
        lambda: records.overlay_from(other.pk, file.pk, version=1, actor=actor),
    )
    done, told = split(results)
    assert (len(done), len(told)) == (1, 1)
    merged = Merge.objects.exists()
    assert sound(other.pk).state == ("withdrawn" if merged else "full")
    assert (b"Note." in bytes(Record.objects.get(pk=other.pk).raw)) is not merged
    assert sound(one.pk).version == (2 if merged else 1)


def test_an_undo_and_an_overlay() -> None:
    record, actor = make.full(make.marc("The women")), people.system()
    records.overlay(record.pk, noted("The women", "First."), source="a", actor=actor)
    event = HistoryEvent.objects.get(verb="cataloging.overlay")
    file = records.keep_file(record.pk, name="2.mrc", body=noted("The women", "Second."), actor=actor)
    results = at_once(
        lambda: history.undo(event.pk, actor=actor),
        lambda: records.overlay_from(record.pk, file.pk, version=2, actor=actor),
    )
    done, told = split(results)
    assert (len(done), len(told)) == (1, 1)
    assert sound(record.pk).version == 3


def test_two_merges_of_the_same_pair_both_ways() -> None:
    one, other, actor = make.full(make.marc("The women")), make.full(make.marc("The women")), people.system()
    results = at_once(
        lambda: merging.merge_records(one.pk, other.pk, seen=(1, 1), actor=actor),
        lambda: merging.merge_records(other.pk, one.pk, seen=(1, 1), actor=actor),
    )
    done, told = split(results)
    assert (len(done), len(told)) == (1, 1)
    assert "was merged into record" in told[0].text
    assert Merge.objects.count() == 1
    assert sorted(Record.objects.values_list("state", flat=True)) == ["full", "withdrawn"]
