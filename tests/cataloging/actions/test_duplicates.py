"""Suspected duplicates: found, said to be none, found again when something changed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cataloging.actions import duplicates, records
from cataloging.actions.versions import Draft, put
from cataloging.models.duplicates import DuplicatePair, DuplicateSearch
from cataloging.models.records import Record
from cataloging.queries.duplicates import open_pairs, open_pairs_of, suspected
from cataloging.rules.lifecycle import RecordState
from cataloging.rules.matching import Description
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from tests.cataloging import make

WOMEN = {"author": "Hannah, Kristin", "isbn13": "9781250178633"}


def two(**other: object) -> tuple[Record, Record]:
    """The women, twice: a full record and a brief one."""
    return make.full(make.marc("The women", **WOMEN)), make.brief(Description(**({"title": "The women"} | other)))


def search() -> int:
    return duplicates.search_changed(actor=people.system())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "verdict", "reasons"),
    [
        (
            {"isbn": "9781250178633", "author": "Hannah, Kristin", "pub_year": 2024},
            "same",
            ["same ISBN 9781250178633", "same title", "same author"],
        ),
        ({"author": "Hannah, Kristin", "pub_year": 2024}, "maybe", ["same title", "same author"]),
        (
            {"isbn": "9781250178633", "author": "Hannah, Kristin", "pub_year": 2019},
            "maybe",
            ["same ISBN 9781250178633", "same title", "same author", "published 2024 and 2019"],
        ),
    ],
)
def test_two_facts_that_agree_make_a_pair(other: dict[str, object], verdict: str, reasons: list[str]) -> None:
    one, double = two(**other)
    assert search() == 1
    pair = DuplicatePair.objects.get()
    assert (pair.one_id, pair.other_id, pair.verdict, pair.state) == (one.pk, double.pk, verdict, "open")
    assert pair.reasons == reasons


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"title": "A field guide to owls", "isbn": "9781250178633"},  # an ISBN that two publishers' titles carry
        {"isbn": "", "author": "Hannah, Kristin", "pub_year": 2001},
        {"author": "Walker, Alice", "pub_year": 2024},
        {"author": "Hannah, Kristin", "pub_year": 2024, "edition": "Second edition"},
    ],
)
def test_one_fact_alone_makes_none(other: dict[str, object]) -> None:
    make.full(make.marc("The women", **WOMEN, extra=(("250", "a", "First edition."),)))
    make.brief(Description(**({"title": "The women"} | other)))
    assert search() == 0
    assert not DuplicatePair.objects.exists()


@pytest.mark.django_db
def test_an_issn_counts_only_with_the_title_and_a_publishers_number_counts() -> None:
    issn = (("022", "a", "0028-0836"),)
    make.full(make.marc("Nature", year=2024, extra=issn))
    make.full(make.marc("Nature", year=2024, extra=issn))
    make.full(make.marc("Nature careers", year=2024, extra=issn))
    make.full(make.marc("Kind of blue", year=2024, extra=(("028", "a", "CL 1355"),)))
    make.full(make.marc("Kind of blue", year=2024, extra=(("028", "a", "CL1355"),)))
    assert search() == 2
    assert [(pair.one.title, pair.reasons[0]) for pair in DuplicatePair.objects.order_by("pk")] == [
        ("Nature", "same ISSN 0028-0836"),
        ("Kind of blue", "same publisher's number cl1355"),
    ]


@pytest.mark.django_db
def test_what_was_dismissed_stays_so_until_one_of_the_two_changes() -> None:
    one, _double = two(author="Hannah, Kristin")
    cataloger = make.person("cataloger")
    search()
    pair = DuplicatePair.objects.get()
    duplicates.dismiss_pair(pair.pk, actor=cataloger)
    assert duplicates.look_at([one.pk]) == 0
    assert not open_pairs().exists()
    records.overlay(
        one.pk, make.marc("The women", **WOMEN, extra=(("500", "a", "A note."),)), source="a file", actor=cataloger
    )
    duplicates.look_at([one.pk])
    assert open_pairs().get() == pair


@pytest.mark.django_db
def test_a_pair_for_which_nothing_speaks_any_more_goes() -> None:
    one, _double = two(author="Hannah, Kristin")
    search()
    put([one], [Draft(make.marc("Owls", author="Heath, Ann"), RecordState.FULL, "a file")])
    assert search() == 0
    assert not DuplicatePair.objects.exists()


@pytest.mark.django_db
def test_a_withdrawn_record_is_nobodys_double() -> None:
    one, _double = two(author="Hannah, Kristin")
    search()
    put([one], [Draft(bytes(one.raw), RecordState.WITHDRAWN, "by hand")])
    assert not open_pairs().exists()
    assert suspected([one.pk]) == []


@pytest.mark.django_db
def test_dismissing_is_one_line_and_undone_by_it() -> None:
    one, double = two(author="Hannah, Kristin")
    search()
    cataloger, pair = make.person("cataloger"), DuplicatePair.objects.get()
    duplicates.dismiss_pair(pair.pk, actor=cataloger)
    with pytest.raises(Refusal, match="settled already"):
        duplicates.dismiss_pair(pair.pk, actor=cataloger)
    event = HistoryEvent.objects.get(verb="cataloging.dismiss_pair")
    assert event.summary == f"Not the same as “The women” (record {double.pk})"
    history.undo(event.pk, actor=cataloger)
    assert open_pairs_of(one).get() == pair
    with pytest.raises(Refusal, match="already undone"):
        history.undo(event.pk, actor=cataloger)


@pytest.mark.django_db
def test_who_may_settle_duplicates() -> None:
    two(author="Hannah, Kristin")
    search()
    with pytest.raises(Forbidden):
        duplicates.dismiss_pair(DuplicatePair.objects.get().pk, actor=make.person("technician"))
    assert open_pairs().count() == 1


@pytest.mark.django_db
def test_the_next_search_looks_only_at_what_changed() -> None:
    two(author="Hannah, Kristin")
    search()
    first = DuplicateSearch.objects.get()
    assert (first.since, first.found, first.finished_at is not None) == (None, 1, True)
    Record.objects.update(updated_at=first.until - duplicates.OVERLAP * 2)
    make.full(make.marc("The women", **WOMEN))
    with CaptureQueriesContext(connection) as queries:
        assert search() == 2
    assert DuplicateSearch.objects.first().after == Record.objects.latest("pk").pk
    assert len(queries) <= 20


@pytest.mark.django_db
def test_a_search_in_the_background_is_a_job_and_runs_once_at_a_time() -> None:
    two(author="Hannah, Kristin")
    cataloger = make.person("cataloger")
    job = duplicates.start_search(actor=cataloger)
    assert job.total == 2
    with pytest.raises(Refusal, match="running already"):
        duplicates.start_search(actor=cataloger)
    duplicates.carry_on(job.pk)
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.done, job.result) == ("done", 2, "1 pair may be of one title.")


@pytest.mark.django_db
def test_as_many_queries_for_twenty_records_as_for_two() -> None:
    pks = [make.full(make.marc(f"Novel {n}", author="Hannah, Kristin")).pk for n in (1, 1, *range(2, 20), 19)]
    counts = []
    for some in (pks[:2], pks):
        with CaptureQueriesContext(connection) as queries:
            assert len(suspected(some)) == (1 if len(some) == 2 else 2)
        counts.append(len(queries))
    assert counts == [3, 3]
