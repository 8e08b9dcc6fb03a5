"""Loads: every byte accounted for, nothing before it is committed, all of it taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cataloging.actions import carrying, loads, passes, records
from cataloging.actions.items import NewItem, add_items
from cataloging.marc import iso2709
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import MatchKey, Record, RecordVersion
from techsvc.kernel.actions import history, jobs, people
from techsvc.kernel.errors import BadInput, Forbidden, Refusal
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from tests.cataloging import make

pytestmark = pytest.mark.django_db
WOMEN = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")
JAMES = make.marc("James", author="Everett, Percival", isbn13="9780385550369")
NEW = make.marc("Orbital", author="Harvey, Samantha", isbn13="9780802161543")


def opened(body: bytes, name: str = "vendor.mrc") -> Load:
    return loads.open_load(body, name, actor=people.system())


def committed(body: bytes) -> Load:
    return loads.commit_load(opened(body).pk, actor=people.system())


def outcomes(load: Load) -> list[tuple[str, str]]:
    return list(load.rows.values_list("title", "outcome"))


def state_of_the_catalog() -> object:
    return (
        sorted((record.pk, bytes(record.raw), record.state) for record in Record.objects.all()),
        sorted(MatchKey.objects.values_list("kind", "key", "record_id")),
    )


def test_every_stretch_of_the_file_is_a_row_and_says_what_becomes_of_it() -> None:
    women = make.brief()
    body = b"\xef\xbb\xbf" + WOMEN + b"\r\n" + NEW + NEW + b"00089broken\x1d" + JAMES[:100]
    load = opened(body)
    rows = list(load.rows.all())
    assert [(row.title, row.outcome, row.offset, row.length) for row in rows] == [
        ("The women", "overlay", 3, len(WOMEN)),
        ("Orbital", "create", 5 + len(WOMEN), len(NEW)),
        ("Orbital", "held", 5 + len(WOMEN) + len(NEW), len(NEW)),
        ("", "rejected", 5 + len(WOMEN) + 2 * len(NEW), 12),
        ("", "rejected", 17 + len(WOMEN) + 2 * len(NEW), 100),
    ]
    assert sum(row.length for row in rows) + 5 == len(body)
    assert rows[0].record == women
    assert rows[0].reason == "same ISBN 9781250178633, same title, same author"
    assert rows[2].reason.startswith("record 2 of this file is the same: same ISBN 9780802161543")
    assert "breaks off" in rows[4].reason
    assert load.state == "preview"
    assert Record.objects.count() == 1
    assert loads.in_words(loads.counted(load)) == "1 new, 1 overlaid, 1 held, 2 rejected"


def test_a_maybe_is_held_and_loading_leaves_it_out() -> None:
    make.brief()
    load = committed(make.marc("Prisoners of geography", isbn13="9781250178633") + NEW)
    assert outcomes(load) == [("Prisoners of geography", "held"), ("Orbital", "create")]
    assert sorted(Record.objects.values_list("title", "state")) == [("Orbital", "full"), ("The women", "brief")]


@pytest.mark.parametrize(
    ("decision", "titles"),
    [
        ("create", ["Orbital", "The women", "Women of Troy"]),
        ("overlay", ["Orbital", "Women of Troy"]),
        ("reject", ["Orbital", "The women"]),
    ],
)
def test_a_person_settles_what_is_held(decision: str, titles: list[str]) -> None:
    make.brief()
    load = opened(make.marc("Women of Troy", isbn13="9781250178633") + NEW)
    loads.decide(load.rows.get(position=1).pk, decision, actor=make.person("cataloger"))
    loads.commit_load(load.pk, actor=people.system())
    assert sorted(Record.objects.values_list("title", flat=True)) == titles


def test_what_was_settled_is_not_settled_again() -> None:
    load = opened(NEW)
    with pytest.raises(Refusal, match="Record 1 does not wait for a decision"):
        loads.decide(load.rows.get().pk, "reject", actor=people.system())
    assert outcomes(load) == [("Orbital", "create")]


def test_loading_overlays_and_creates_and_undo_takes_all_of_it_back() -> None:
    women = make.brief()
    before = state_of_the_catalog()
    load = committed(WOMEN + NEW)
    women.refresh_from_db()
    assert (women.state, women.version) == ("full", 2)
    assert list(load.rows.values_list("outcome", "version_before", "version_after")) == [
        ("overlay", 1, 2),
        ("create", None, 1),
    ]
    source = RecordVersion.objects.filter(version=2).get().source
    assert source == f"load {load.pk}: vendor.mrc"
    event = HistoryEvent.objects.get(verb="cataloging.load")
    assert event.summary == "Loaded: 1 new, 1 overlaid"
    history.undo(event.pk, actor=make.person("cataloger"))
    load.refresh_from_db()
    assert load.state == "undone"
    assert state_of_the_catalog() == before
    again = opened(WOMEN + NEW, "again.mrc")
    assert (again.pk, again.state, again.name) == (load.pk, "preview", "again.mrc")
    assert outcomes(again) == [("The women", "overlay"), ("Orbital", "create")]


def test_undo_takes_back_what_it_can_and_names_the_rest_which_is_undone_later() -> None:
    women = make.brief()
    before = state_of_the_catalog()
    load = committed(WOMEN + NEW + JAMES)
    event = HistoryEvent.objects.get(verb="cataloging.load")
    items = add_items([NewItem(Record.objects.get(title="Orbital"), make.branch())], actor=people.system())
    record = records.restore_version(women.pk, 1, actor=people.system())
    history.undo(event.pk, actor=people.system())
    load.refresh_from_db()
    assert load.state == "loaded"
    assert sorted(Record.objects.values_list("title", flat=True)) == ["Orbital", "The women"]
    reasons = dict(load.rows.exclude(version_after=None).values_list("title", "reason"))
    assert reasons == {
        "The women": "it was changed since: it is at version 3, the load made version 2",
        "Orbital": "it is in use by now (item)",
    }
    line = HistoryEvent.objects.get(verb="cataloging.undo_load")
    assert line.summary.startswith("Taken out of the catalog again: 1 records. 2 stay: “The women”: it was changed")
    versions = RecordVersion.objects.filter(record_id=load.rows.get(title="Orbital").record_id)
    assert versions.count() == 1
    items[0].delete()
    history.undo(HistoryEvent.objects.filter(verb="cataloging.load").latest("pk").pk, actor=people.system())
    assert sorted(Record.objects.values_list("title", flat=True)) == ["The women"]
    assert list(versions.values_list("version", "source")) == [
        (2, f"undo of load {load.pk}"),
        (1, f"load {load.pk}: vendor.mrc"),
    ]
    assert record.version == 3
    assert before


def test_undo_is_refused_when_nothing_can_be_taken_back() -> None:
    women = make.brief()
    committed(WOMEN)
    records.restore_version(women.pk, 1, actor=people.system())
    before = state_of_the_catalog()
    with pytest.raises(Refusal, match="Nothing can be taken back: “The women”: it was changed since"):
        history.undo(HistoryEvent.objects.get(verb="cataloging.load").pk, actor=people.system())
    assert state_of_the_catalog() == before
    assert Load.objects.get().state == "loaded"
    assert not Load.objects.get().rows.get().reason.startswith("it was changed")


def test_the_same_file_twice_says_so() -> None:
    first = opened(NEW, "monday.mrc")
    with pytest.raises(
        Refusal, match=rf"techsvc uploaded this very file on .* as “monday.mrc”: load {first.pk}, preview"
    ):
        opened(NEW, "tuesday.mrc")
    assert Load.objects.count() == 1
    assert LoadRow.objects.count() == 1


def test_a_load_whose_records_are_there_changes_nothing() -> None:
    committed(NEW)
    load = opened(NEW + b"\n")
    assert outcomes(load) == [("Orbital", "unchanged")]
    with pytest.raises(Refusal, match=r"has nothing to load: it is preview, 1 unchanged"):
        loads.commit_load(load.pk, actor=people.system())
    assert loads.discard_load(load.pk, actor=people.system()).state == "discarded"


def test_a_title_that_came_since_the_preview_is_held() -> None:
    first, second = opened(NEW), opened(NEW + b"\n")
    loads.commit_load(first.pk, actor=people.system())
    loads.commit_load(second.pk, actor=people.system())
    row = second.rows.get()
    assert row.outcome == "held"
    assert row.reason.startswith("came into the catalog since the preview: same ISBN")
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"  \n", "“vendor.mrc” is empty"),
        (b"%PDF-1.7\n%...", "“vendor.mrc” can't be loaded: it is a PDF\\."),
        (b"isbn,title\n978,Women\n", r"“vendor.mrc” can't be loaded: it is a table \(CSV\)\."),
    ],
)
def test_other_files_leave_nothing_behind(body: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        opened(body)
    assert not Load.objects.exists()
    assert not Incoming.objects.exists()


def test_only_catalogers_load() -> None:
    with pytest.raises(Forbidden):
        loads.open_load(NEW, "vendor.mrc", actor=make.person("technician"))
    assert not Load.objects.exists()


def many(count: int) -> bytes:
    return b"".join(make.marc(f"Title number {n}", isbn13=make.isbn(n)) for n in range(count))


def test_the_queries_of_a_load_do_not_grow_with_its_rows() -> None:
    counts = []
    for size in (10, 200):
        body = many(size) if size == 200 else b"".join(make.marc(f"Small {n}") for n in range(size))
        with CaptureQueriesContext(connection) as looking:
            load = opened(body)
        with CaptureQueriesContext(connection) as loaded:
            loads.commit_load(load.pk, actor=people.system())
        counts.append((len(looking), len(loaded)))
    assert counts[1][0] - counts[0][0] <= 2
    assert counts[1][1] - counts[0][1] <= 2


def test_a_long_load_is_a_job_that_can_be_cancelled_and_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iso2709, "WINDOW", 100_000)
    load = opened(many(501))
    loads.commit_load(load.pk, actor=people.system())
    job = Job.objects.get()
    assert (job.task, job.total, Load.objects.get().state) == ("cataloging.load", 501, "loading")
    with pytest.raises(Refusal, match="nothing to load: it is loading"):
        loads.commit_load(load.pk, actor=people.system())
    Job.objects.update(cancel_asked=True)
    carrying.carry_on(job.pk)
    job.refresh_from_db()
    left = 501 - Record.objects.count()
    assert (job.state, 0 < left < 501) == ("cancelled", True)
    assert job.result == f"Loaded: 501 new. Cancelled with {left} left; undo the load, or load the rest."
    loads.commit_load(load.pk, actor=people.system())
    assert Record.objects.count() == 501
    history.undo(HistoryEvent.objects.filter(verb="cataloging.load").latest("pk").pk, actor=people.system())
    assert Record.objects.count() == 0


def test_a_job_that_was_cancelled_before_it_began_leaves_the_load_loadable() -> None:
    load = opened(many(501))
    loads.commit_load(load.pk, actor=people.system())
    jobs.cancel(Job.objects.get().pk, actor=people.system())
    assert loads.may_load(Load.objects.get())
    assert loads.commit_load(load.pk, actor=people.system()).state == "loading"
    assert Job.objects.count() == 2


def test_a_job_goes_on_where_its_worker_died() -> None:
    load = opened(many(501))
    loads.commit_load(load.pk, actor=people.system())
    job = Job.objects.get()
    assert jobs.claim(job.pk) is not None
    assert len(next(passes.bring(loads.work_of(load, actor=people.system())))) == 501
    Job.objects.update(state="waiting")
    carrying.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, Record.objects.count(), Load.objects.get().state) == ("done", 501, "loaded")


@pytest.mark.parametrize("name", ["clean", "broken"])
def test_real_files_are_accounted_for_to_the_byte(shared_data: Path, name: str) -> None:
    files = sorted(shared_data.rglob(f"*{name}*.mrc"))[:1] or sorted(shared_data.rglob("*.mrc"))[:1]
    body = files[0].read_bytes()[:400_000]
    load = opened(body)
    end = 0
    for row in load.rows.all():
        assert not body[end : row.offset].strip(b"\xef\xbb\xbf\r\n\t \x00\x1a")
        end = row.offset + row.length
        assert row.outcome != "rejected" or row.reason
    assert not body[end:].strip(b"\r\n\t \x00\x1a")
