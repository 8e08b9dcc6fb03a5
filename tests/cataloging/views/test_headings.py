"""Browse lists: where they begin, how they page, and what a click finds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cataloging.queries import headings
from cataloging.queries.headings import browse
from cataloging.queries.search import search
from tests.cataloging import make

pytestmark = pytest.mark.django_db
URL = reverse("cataloging:headings")


@pytest.fixture
def cats(db: None) -> None:
    """Three records under subjects from B to D, one of them shared."""
    for title, subjects in (("One", ["Cats -- Fiction", "Bees"]), ("Two", ["Cats -- Fiction"]), ("Ten", ["Dogs"])):
        extra = tuple(("650", "a", subject) for subject in subjects)
        make.full(make.marc(title, author="Smith, Ann", extra=extra))


def texts(found: headings.Stretch) -> list[tuple[str, int]]:
    return [(line.text, line.records) for line in found.lines]


def test_a_list_begins_at_what_is_typed(cats: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        found = browse("subject", "CA")
    assert texts(found) == [("Cats -- Fiction", 2), ("Dogs", 1), ("Friendship -- Fiction", 3)]
    assert texts(browse("name", "")) == [("Smith, Ann", 3)]
    assert texts(browse("series", "")) == []


def test_pages_go_on_and_back(cats: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headings, "PAGE", 1)
    first = browse("subject")
    second = browse("subject", after=first.after)
    third = browse("subject", after=second.after)
    assert [texts(one)[0][0] for one in (first, second, third)] == ["Bees", "Cats -- Fiction", "Dogs"]
    last = browse("subject", after=third.after)
    assert (texts(last), first.before, last.after) == ([("Friendship -- Fiction", 3)], "", "")
    assert browse("subject", before=third.before) == second
    assert texts(browse("subject", before=second.before)) == texts(first)


def test_a_click_finds_exactly_the_records(cats: None) -> None:
    line, *_others = browse("subject", "cats").lines
    assert sorted(search(line.question).values_list("title", flat=True)) == ["One", "Two"]
    assert [record.title for record in search(browse("title", "ten").lines[0].question)] == ["Ten"]


def test_the_page_of_a_list(cats: None) -> None:
    browser: Client = make.client(make.person("desk"))
    page = browser.get(f"{URL}?kind=subject&q=cats").content.decode()
    assert "Cats -- Fiction" in page
    assert "?q=subject%3D%22Cats%20--%20Fiction%22" in page
    assert browser.get(f"{URL}?kind=shoes").status_code == 400
    assert browser.get(f"{URL}?foo=1").status_code == 400
    assert browser.get(f"{URL}?q=%00zzz").status_code == 200
