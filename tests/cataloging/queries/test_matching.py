"""Matching: two facts that agree, at the same cost for one title as for many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cataloging.actions.records import create_briefs
from cataloging.queries.matching import find_matches
from cataloging.rules.matching import Description
from techsvc.kernel.actions import people
from tests.cataloging import make

pytestmark = pytest.mark.django_db
ISBN = "9781250178633"


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (Description("The Women : a novel", "Hannah, Kristin", ISBN), "same"),
        (Description("Women", isbn="1-250-17863-0"), "same"),
        (Description("Prisoners of geography", "Marshall, Tim", ISBN), "maybe"),
        (Description("The women", "Hannah, Kristin"), "maybe"),
        (Description("The women", "Hannah, Kristin", pub_year=1995), None),
        (Description("The women", "Boyle, T. C."), None),
    ],
)
def test_what_is_of_the_same_title(asked: Description, verdict: str | None) -> None:
    record = make.brief()
    make.brief(Description("James", "Everett, Percival", "9780385550369"))
    found = find_matches([asked])[0]
    assert [(one.record.pk, one.verdict) for one in found] == ([(record.pk, verdict)] if verdict else [])


def test_two_that_match_equally_well_are_a_question() -> None:
    first, second = make.brief(), make.brief()
    found = find_matches([make.WOMEN])[0]
    assert [(one.record.pk, one.verdict) for one in found] == [(first.pk, "maybe"), (second.pk, "maybe")]
    assert found[0].reasons[-1] == "2 records match equally well"


def test_withdrawn_records_and_common_titles_are_no_match() -> None:
    poems = Description("Selected poems")
    create_briefs([poems] * 51, source="test", actor=people.system())
    assert find_matches([poems]) == [[]]


def test_nothing_asked_nothing_found() -> None:
    assert find_matches([]) == []


def test_three_queries_for_one_and_for_five_hundred() -> None:
    titles = [Description(f"Title {n}", "Author, A.", make.isbn(n)) for n in range(500)]
    create_briefs(titles, source="test", actor=people.system())
    for asked in (titles[:1], titles):
        with CaptureQueriesContext(connection) as queries:
            found = find_matches(asked)
        assert len(queries) == 3
        assert [candidates[0].verdict for candidates in found] == ["same"] * len(asked)
