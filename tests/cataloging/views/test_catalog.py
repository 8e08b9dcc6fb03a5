"""The page of the catalog: what it finds, says and counts, and how often it asks the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cataloging.actions import items
from cataloging.actions.spellings import gather_spellings
from cataloging.models.records import Record
from cataloging.rules.matching import Description
from techsvc.kernel.actions import people
from tests.cataloging import make

pytestmark = pytest.mark.django_db
URL = reverse("cataloging:records")


@pytest.fixture
def browser() -> Client:
    """A cataloger's, in a catalog of three titles; one copy of the first is labelled, two are on order."""
    women = make.brief()
    make.received(women)
    make.brief(Description("Women and men", "Smith, Ann", pub_year=1994))
    make.full(make.marc("Harry Potter", author="Rowling, J. K."))
    gather_spellings(actor=people.system())
    return make.client(make.person("cataloger", branch=make.branch()))


def content(browser: Client, query: str) -> str:
    answer = browser.get(f"{URL}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_best_comes_first_with_where_it_is(browser: Client) -> None:
    page = content(browser, "q=women")
    assert page.index("The women") < page.index("Women and men")
    assert "1 being made ready" in page
    assert "Harry Potter" not in page
    assert "1–2 of 2 rows" in page


def test_choices_are_counted_and_narrow_together(browser: Client) -> None:
    page = content(browser, "q=women&decade=1990")
    assert '<option value="1990" selected>1990s (1)</option>' in page
    assert '<option value="2020">2020s (1)</option>' in page
    assert f'<option value="{make.branch().pk}" class="none">Central (0)</option>' in page
    assert f'<option value="{make.branch().pk}">Central (1)</option>' in content(browser, "q=women")
    assert "Women and men" in page
    assert "The women" not in page
    assert "Nothing matches." in content(browser, f"q=potter&branch={make.branch().pk}")


def test_a_typo_is_told_and_asked(browser: Client) -> None:
    page = content(browser, "q=hary+poter")
    assert "No record has “hary poter”." in page
    assert f'<a href="{URL}?q=harry%20potter">harry potter</a>' in page
    assert "Harry Potter" in page
    assert "These come nearest" in content(browser, "q=otte")
    assert "Nothing matches." in content(browser, "q=xyzzy")


def test_a_hidden_record_carries_a_badge(browser: Client) -> None:
    assert "hidden from patrons" not in content(browser, "q=potter").lower()
    Record.objects.filter(title="Harry Potter").update(suppressed=True)
    assert "hidden from patrons" in content(browser, "q=potter").lower()


@pytest.mark.parametrize("sort", ["", "title", "-author", "year", "-added"])
def test_a_sort_shows_the_same_records(browser: Client, sort: str) -> None:
    page = content(browser, f"q=women&sort={sort}")
    assert "The women" in page
    assert "Women and men" in page


@pytest.mark.parametrize("query", ["", "q=women", "q=women&format=book&decade=1990", "q=hary+poter", "q=9781250178633"])
def test_the_catalog_asks_twelve_times_at_most(browser: Client, query: str) -> None:
    content(browser, query)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        content(browser, query)
    assert len(asked) <= 12, [one["sql"][:100] for one in asked]


@pytest.mark.parametrize(
    "text", ["%27%3B--", "%00", "ti%3A", "-", "*", "%22", "((", "%5C", "no%3A%27", "yr%3A0000-9999"]
)
def test_hostile_text_is_answered(browser: Client, text: str) -> None:
    content(browser, f"q={text}")


def test_an_item_is_found_by_its_barcode(browser: Client) -> None:
    item = Record.objects.get(title="The women").items.get()
    items.set_barcode_and_call_number(item.pk, barcode=make.barcode(7), call_number="FIC", actor=people.system())
    assert "The women" in content(browser, f"q={make.barcode(7)}")
