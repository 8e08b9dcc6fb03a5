"""The pages of loans: lists that agree with their tiles, steps by buttons and forms, no patron named to strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ill.actions import borrowing
from ill.models.borrowing import BorrowingRequest
from techsvc.kernel import clock, slots
from techsvc.kernel.models.people import User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db: None) -> User:
    return make.person("ill", branch=make.branch("CEN", "Central"))


@pytest.fixture
def browser(clerk: User) -> Client:
    return make.client(clerk)


def received(clerk: User, title: str = "The peregrine") -> BorrowingRequest:
    row = make.loan(title, actor=clerk, patron=make.patron("Ada Reader"))
    borrowing.mark_sent(row.pk, lender="State Library", actor=clerk)
    return borrowing.receive_loan(row.pk, due_on=clock.today() + timedelta(days=3), actor=clerk)


def test_a_request_is_entered_sent_received_and_returned_by_pages(browser: Client) -> None:
    central = make.branch("CEN", "Central")
    answer = make.post(browser, reverse("ill:request_new"), title="The peregrine", pickup=central.pk)
    row = BorrowingRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == row.get_absolute_url()
    due = clock.today() + timedelta(days=21)
    for name, data in (
        ("send", {"lender": "State Library"}),
        ("ship", {"due_on": due.isoformat()}),
        ("receive", {"due_on": due.isoformat()}),
        ("return", {}),
        ("complete", {}),
    ):
        assert make.post(browser, reverse(f"ill:{name}", args=[row.pk]), **data).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.due_on) == ("completed", due)


def test_a_refusal_stays_on_the_form(browser: Client, clerk: User) -> None:
    row = make.loan(actor=clerk)
    answer = make.post(browser, reverse("ill:receive", args=[row.pk]), due_on=clock.today().isoformat())
    assert answer.status_code == 422
    assert b"receive, it is new" in answer.content
    row.refresh_from_db()
    assert row.state == "new"


def test_the_buttons_are_the_steps_that_the_state_allows(browser: Client, clerk: User) -> None:
    row = received(clerk)
    shown = browser.get(row.get_absolute_url()).content.decode()
    assert reverse("ill:return", args=[row.pk]) in shown
    assert reverse("ill:cancel", args=[row.pk]) not in shown


def test_a_scanned_isbn_comes_into_the_new_request(browser: Client) -> None:
    shown = browser.get(reverse("ill:request_new"), {"isbn": "9780140434262"}).content.decode()
    assert 'value="9780140434262"' in shown


def test_only_who_may_see_patrons_reads_the_name(browser: Client, clerk: User) -> None:
    row = received(clerk)
    assert "Ada Reader" in browser.get(row.get_absolute_url()).content.decode()
    for role in ("technician", "auditor"):
        shown = make.client(make.person(role)).get(row.get_absolute_url()).content.decode()
        assert "Ada Reader" not in shown
        assert "a patron" in shown


def test_each_tile_counts_what_its_list_shows(browser: Client, clerk: User) -> None:
    received(clerk)
    make.loan("Independent people", actor=clerk)
    tiles = {str(tile.label): tile for tile in slots.tiles(clerk) if "/ill/" in tile.url}
    assert {label: tile.count for label, tile in tiles.items()} == {"Send to a lender": 1, "Loans due back": 1}
    for tile in tiles.values():
        assert browser.get(tile.url).context["span"].count == tile.count


def test_loans_are_searched_by_title_number_and_lender(clerk: User) -> None:
    row = received(clerk)
    for text in ("peregrine", row.number, "state lib"):
        assert row.get_absolute_url() in {hit.url for hit in slots.search(text, clerk)}


def test_the_list_asks_as_much_for_many_as_for_few(
    browser: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(12):
        received(clerk, f"Title {place}")
    browser.get(reverse("ill:requests"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("ill:requests"))
