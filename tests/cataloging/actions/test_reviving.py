"""Records that were taken out of the catalog come back under their number."""

from __future__ import annotations

import pytest

from cataloging.actions import reviving, versions
from cataloging.models.records import Heading, MatchKey, Record, RecordVersion
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make


def gone() -> tuple[int, bytes]:
    record = make.full(make.marc("The bee sting", author="Murray, Paul", isbn13=make.isbn(1)))
    versions.remove([record.pk], source="load 1 undone")
    return record.pk, bytes(record.raw)


@pytest.mark.django_db
def test_a_record_comes_back_as_it_was_with_its_keys_and_headings() -> None:
    pk, raw = gone()
    assert not Record.objects.exists()
    back = reviving.revive_record(pk, actor=make.person("cataloger"))
    back.refresh_from_db()
    assert (back.pk, bytes(back.raw), back.state, back.version) == (pk, raw, "full", 3)
    assert MatchKey.objects.filter(record=back, kind="isbn", key=make.isbn(1)).exists()
    assert Heading.objects.filter(record=back).exists()
    assert list(RecordVersion.objects.filter(record_id=pk).values_list("version", "state")) == [
        (3, "full"), (2, "withdrawn"), (1, "full"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_is_there_or_never_was_is_not_brought_back() -> None:
    record = make.full(make.marc("The bee sting"))
    with pytest.raises(Refusal, match="nothing to bring back"):
        reviving.revive_record(record.pk, actor=people.system())
    with pytest.raises(Refusal, match="never a record"):
        reviving.revive_record(record.pk + 1, actor=people.system())
    assert RecordVersion.objects.count() == 1


@pytest.mark.django_db
def test_bringing_back_is_undone_unless_something_hangs_on_it() -> None:
    pk, _raw = gone()
    record = reviving.revive_record(pk, actor=people.system())
    event = HistoryEvent.objects.get(verb="cataloging.revive")
    item = make.received(record)[0]
    with pytest.raises(Refusal, match="has 1 item by now"):
        history.undo(event.pk, actor=people.system())
    item.delete()
    history.undo(event.pk, actor=people.system())
    assert not Record.objects.exists()
