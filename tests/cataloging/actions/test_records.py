"""Records: brief ones, overlay that keeps what is local, and the way back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cataloging.actions import records
from cataloging.actions.versions import bytes_of
from cataloging.marc.record import as_lines, parse, shown, to_bytes
from cataloging.models.records import MatchKey, Record, RecordVersion
from cataloging.rules.matching import Description
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import BadInput, Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make

FULL = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")


def lines(record: Record) -> list[str]:
    return [shown(line) for line in as_lines(parse(bytes(record.raw)))]


def overlay(record: Record, raw: bytes = FULL) -> Record:
    return records.overlay(record.pk, raw, source="women.mrc", actor=people.system())


@pytest.mark.django_db
def test_a_brief_record_is_projected_and_found_by_its_keys() -> None:
    record = make.brief()
    record.refresh_from_db()
    assert (record.title, record.author, record.isbn, record.publisher, record.pub_year) == (
        "The women",
        "Hannah, Kristin",
        "9781250178633",
        "St. Martin's Press",
        2024,
    )
    assert (record.state, record.version, record.format, record.title_sort) == ("brief", 1, "book", "women")
    assert set(MatchKey.objects.values_list("kind", "key")) == {
        ("isbn", "9781250178633"),
        ("control_no", "()ts00000001"),
        ("title", "women|hannah"),
    }
    version = RecordVersion.objects.get()
    assert (version.record_id, version.version, version.state, version.source) == (
        record.pk,
        1,
        "brief",
        "order PO-2024-00001",
    )
    assert bytes_of(version) == bytes(record.raw)
    assert HistoryEvent.objects.get(verb="cataloging.create_brief").summary == "Brief record made: The women"


@pytest.mark.django_db
def test_as_many_queries_for_forty_brief_records_as_for_two() -> None:
    person = make.person("technician")
    batch = history.write(make.brief(), "test.order", actor=person, summary="an order")
    titles = [Description(f"Title {n}", isbn=make.isbn(n)) for n in range(42)]
    counts = []
    for some in (titles[:2], titles[2:]):
        with CaptureQueriesContext(connection) as queries:
            made = records.create_briefs(some, source="cart", actor=person, batch=batch)
        counts.append(len(queries))
        assert [record.title for record in made] == [one.title for one in some]
    assert counts[1] <= counts[0] <= 14


@pytest.mark.django_db
def test_a_description_without_a_title_makes_nothing() -> None:
    with pytest.raises(Refusal, match=r"Title 2 of 2 is empty"):
        records.create_briefs([make.WOMEN, Description("  ")], source="cart", actor=people.system())
    assert not Record.objects.exists()
    assert not RecordVersion.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "may"), [("selector", True), ("ill", True), ("desk", False), ("auditor", False)])
def test_who_may_make_brief_records(role: str, may: bool) -> None:
    person = make.person(role)
    if may:
        assert records.create_brief(make.WOMEN, source="request", actor=person).pk
        return
    with pytest.raises(Forbidden, match=r"make brief records"):
        records.create_brief(make.WOMEN, source="request", actor=person)
    assert not Record.objects.exists()


@pytest.mark.django_db
def test_an_overlay_completes_the_record_and_keeps_its_number() -> None:
    record = overlay(make.brief())
    record.refresh_from_db()
    assert (record.state, record.version, record.ddc, record.subjects) == (
        "full",
        2,
        "813.6",
        "Friendship -- Fiction",
    )
    assert "001 ts00000001" in lines(record)
    assert "035 __ $a (BaTe)btThe wome" in lines(record)
    assert RecordVersion.objects.filter(record_id=record.pk).count() == 2
    event = HistoryEvent.objects.get(verb="cataloging.overlay")
    assert (event.before["version"], event.after["version"]) == (1, 2)
    assert (event.before["state"], event.after["state"]) == ("brief", "full")
    assert event.after["082 Dewey number"] == "$a 813.6 $2 23"
    assert event.before["245 Title"] == "14 $a The women"


@pytest.mark.django_db
def test_an_overlay_keeps_local_notes_and_local_subjects() -> None:
    local = (("590", "a", "Gift of the Friends"), ("690", "a", "Book club"), ("500", "a", "First printing"))
    record = overlay(make.full(make.marc("The women", extra=local)))
    assert [line for line in lines(record) if line[:3] in ("500", "590", "690")] == [
        "590 __ $a Gift of the Friends",
        "690 __ $a Book club",
    ]
    assert record.version == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 not a record", "it is a PDF"),
        (FULL + FULL, "holds more than one record"),
        (FULL[:-10], "Record 1 at byte 0 can't be read. The record at byte 0 breaks off"),
        (make.marc("x").replace(b"245", b"945"), "has no title"),
    ],
)
def test_what_cant_overlay_changes_nothing(raw: bytes, sentence: str) -> None:
    record = make.brief()
    before = bytes(record.raw)
    with pytest.raises((BadInput, Refusal), match=sentence):
        overlay(record, raw)
    record.refresh_from_db()
    assert (bytes(record.raw), record.version, record.state) == (before, 1, "brief")
    assert RecordVersion.objects.count() == 1
    assert not HistoryEvent.objects.filter(verb="cataloging.overlay").exists()


@pytest.mark.django_db
def test_an_overlay_that_changes_nothing_is_refused() -> None:
    record = overlay(make.brief())
    with pytest.raises(Refusal, match="says all this already"):
        overlay(record)
    assert RecordVersion.objects.count() == 2


@pytest.mark.django_db
def test_a_technician_does_not_overlay() -> None:
    record = make.brief()
    with pytest.raises(Forbidden):
        records.overlay(record.pk, FULL, source="women.mrc", actor=make.person("technician"))
    assert RecordVersion.objects.count() == 1


@pytest.mark.django_db
def test_undo_goes_back_and_is_refused_after_a_later_change() -> None:
    record = make.brief()
    brief = bytes(record.raw)
    overlay(record)
    first = HistoryEvent.objects.get(verb="cataloging.overlay")
    records.overlay(record.pk, make.marc("The women", dewey="FIC"), source="other.mrc", actor=people.system())
    with pytest.raises(Refusal, match=r"changed since: it is at version 3, this act made version 2"):
        history.undo(first.pk, actor=make.person("cataloger"))
    record.refresh_from_db()
    assert record.version == 3
    second = HistoryEvent.objects.filter(verb="cataloging.overlay").first()
    assert second is not None
    history.undo(second.pk, actor=people.system())
    records.restore_version(record.pk, 1, actor=people.system(), why="the wrong edition")
    record.refresh_from_db()
    assert (bytes(record.raw), record.state, record.version) == (brief, "brief", 5)
    assert MatchKey.objects.filter(record=record, kind="isbn").count() == 1


@pytest.mark.django_db
def test_a_restored_version_is_undone_like_an_overlay() -> None:
    record = overlay(make.brief())
    full = bytes(record.raw)
    records.restore_version(record.pk, 1, actor=people.system())
    history.undo(HistoryEvent.objects.get(verb="cataloging.restore_version").pk, actor=people.system())
    record.refresh_from_db()
    assert (bytes(record.raw), record.state, record.version) == (full, "full", 4)


@pytest.mark.django_db
@pytest.mark.parametrize(("version", "sentence"), [(1, "is the present one"), (7, "has no version 7")])
def test_versions_that_cant_be_restored(version: int, sentence: str) -> None:
    record = make.brief()
    with pytest.raises(Refusal, match=sentence):
        records.restore_version(record.pk, version, actor=people.system())
    assert RecordVersion.objects.count() == 1


class OverlayAndBack(TestCase):
    """Whatever comes, undo brings back the very bytes."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        title=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(str.strip),
        notes=st.lists(
            st.tuples(st.sampled_from(["500", "590", "650", "852", "949"]), st.text("abc é漢", min_size=1)), max_size=5
        ),
    )
    def test_overlay_then_undo(self, title: str, notes: list[tuple[str, str]]) -> None:
        record = make.brief()
        before = {column: getattr(record, column) for column in ("raw", "state", "title", "author", "isbn", "pub_year")}
        keys = set(MatchKey.objects.filter(record=record).values_list("kind", "key"))
        extra = tuple((tag, "a", text) for tag, text in notes if text.strip())
        try:
            overlay(record, make.marc(f"A {title}", extra=extra))
        except Refusal:
            return
        event = HistoryEvent.objects.filter(verb="cataloging.overlay").first()
        assert event is not None
        history.undo(event.pk, actor=people.system())
        record = Record.objects.get(pk=record.pk)
        assert {**before, "raw": bytes(before["raw"])} == {
            **{column: getattr(record, column) for column in before},
            "raw": bytes(record.raw),
        }
        assert set(MatchKey.objects.filter(record=record).values_list("kind", "key")) == keys
        assert to_bytes(parse(bytes(record.raw))) == bytes(record.raw)
