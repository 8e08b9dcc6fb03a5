"""Home: worklists by role, whose counts are those of the lists behind them; what runs; what happened by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import access, clock, queries, slots
from techsvc.kernel.actions import exchange, history, jobs, people
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.jobs import Job
from techsvc.workroom.queries import home
from tests import make
from tests.workroom.conftest import Library

pytestmark = pytest.mark.django_db


def test_every_tile_counts_what_its_list_shows(library: Library) -> None:
    for role in access.ROLES:
        person = make.person(role, branch=make.branch("CEN", "Central"))
        browser = make.client(person)
        for tile in slots.tiles(person):
            page = browser.get(tile.url)
            assert page.status_code == 200, (role, tile.url)
            assert page.context["span"].count == tile.count, (role, tile.label)


def test_tiles_with_something_stand_in_front_and_the_others_in_one_line(library: Library) -> None:
    shown = make.client(make.person("technician")).get("/").content.decode()
    tiles, _, quiet = shown.partition('class="tile-row"')
    assert "Invoices to match" in tiles
    assert "Being unpacked" in tiles
    assert "EDI needs you" in quiet


def test_a_role_sees_its_own_worklists_only(library: Library) -> None:
    labels = {role: {str(t.label) for t in slots.tiles(make.person(role))} for role in ("cataloger", "finance", "desk")}
    assert "To catalog" in labels["cataloger"]
    assert "Invoices to match" in labels["finance"]
    assert "To catalog" not in labels["finance"] | labels["desk"]
    assert slots.tiles(AnonymousUser()) == []  # type: ignore[arg-type]


def test_the_oldest_is_told(library: Library) -> None:
    person = make.person("technician")
    (tile,) = [one for one in slots.tiles(person) if str(one.label) == "Requests to decide"]
    assert (tile.count, tile.oldest) == (1, library.request.asked_at)


def test_nobody_waits_says_so(db: None) -> None:
    assert "Nothing waits for you." in make.client(make.person("auditor")).get("/").content.decode()


def test_home_asks_twelve_queries_at_most(
    library: Library, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for role in access.ROLES:
        browser = make.client(make.person(role, branch=make.branch("CEN", "Central")))
        browser.get("/")
        with django_assert_max_num_queries(12):
            browser.get("/")


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "Good night"), (8, "Good morning"), (14, "Good afternoon"), (20, "Good evening")]
)
def test_the_greeting_follows_the_librarys_clock(client: Client, hour: int, words: str) -> None:
    person = make.person("desk", branch=make.branch("CEN", "Central"))
    with clock.at(datetime(2026, 11, 24, hour, tzinfo=ZoneInfo(settings.TIME_ZONE))):
        shown = make.client(person).get("/").content.decode()
    assert words in shown
    assert "Central · Tue 24 Nov" in shown


# ── Long jobs ────────────────────────────────────────────────────────────────────────────────────


def running(person: people.User, done: int = 0, total: int = 100) -> Job:
    job = jobs.start("kernel.sweep", 1, title="Loading a file", key="test-job", total=total, actor=person)
    Job.objects.filter(pk=job.pk).update(state="running", done=done, beat_at=clock.now())
    job.refresh_from_db()
    return job


def test_a_job_shows_how_far_it_is_and_can_be_cancelled() -> None:
    person = make.person("cataloger")
    job = running(person, done=40)
    browser = make.client(person)
    shown = browser.get("/").content.decode()
    assert "Loading a file" in shown
    assert "40 of 100" in shown
    make.post(browser, f"/console/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.cancel_asked
    assert "stopping" in browser.get("/running/").content.decode()


def test_only_my_jobs_are_shown() -> None:
    running(make.person("cataloger"))
    assert "Loading a file" not in make.client(make.person("cataloger")).get("/").content.decode()


@pytest.mark.parametrize(
    ("done", "total", "left"), [(0, 100, None), (25, 100, timedelta(minutes=3)), (100, 100, None), (5, 0, None)]
)
def test_the_time_left_follows_the_pace(done: int, total: int, left: timedelta | None) -> None:
    job = running(make.person("cataloger"), done=done, total=total)
    with clock.at(job.created_at + timedelta(minutes=1)):
        assert home.time_left(job) == left


# ── By itself ────────────────────────────────────────────────────────────────────────────────────


def test_what_the_system_did_is_told_and_linked(library: Library) -> None:
    history.write(library.order, "acquisitions.close_order", actor=people.system(), summary="All is here and paid")
    (told,) = home.since_yesterday(make.person("technician"))
    assert (told.sentence, told.url) == ("Order: All is here and paid", library.order.get_absolute_url())


def test_what_people_did_or_what_is_older_is_not_told(library: Library) -> None:
    history.write(library.order, "acquisitions.close_order", actor=make.person("selector"), summary="By hand")
    with clock.at(clock.now() - timedelta(days=3)):
        history.write(library.order, "acquisitions.close_order", actor=people.system(), summary="Long ago")
    assert home.since_yesterday(make.person("technician")) == []


def test_lines_about_pages_that_a_person_may_not_open_are_left_out(library: Library) -> None:
    history.write(library.invoice, "acquisitions.settle", actor=people.system(), summary="Released")
    assert [one.sentence for one in home.since_yesterday(make.person("finance"))] == ["Invoice: Released"]
    assert home.since_yesterday(make.person("desk")) == []


def test_what_left_is_told_to_those_who_see_messages(library: Library) -> None:
    mail = Connection.objects.get(code=exchange.MAIL)
    row = exchange.queue(
        library.order, connection=mail, kind="claim", key="k", name="CL-1.eml", body=b"x", ordering_key="k"
    )
    assert exchange.transmit(row.pk) == "sent"
    assert [one.sentence for one in home.since_yesterday(make.person("technician"))] == ["Sent to Mail: CL-1.eml."]
    assert home.since_yesterday(make.person("cataloger")) == []


def test_counts_of_no_lists_ask_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert queries.count_and_oldest([]) == []
