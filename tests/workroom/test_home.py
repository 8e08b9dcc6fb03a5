"""Home: worklists by role, whose counts are those of the lists behind them; what runs; what happened by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import get_resolver
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import access, clock, queries, slots
from techsvc.kernel.actions import exchange, history, jobs, people, saved_views
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import ListPage, pinned
from techsvc.kernel.slots import Tile
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
        assert queries.time_left(job) == left


def over(job: Job, result: str = "Loaded: 100.") -> Job:
    mine = jobs.claim(job.pk) or job
    jobs.finish(mine, result=result)
    mine.refresh_from_db()
    return mine


def waiting_job(person: User) -> Job:
    return jobs.start("kernel.sweep", 1, title="Loading a file", key="test-job", total=100, actor=person)


def told_elsewhere(browser: Client) -> bool:
    """Whether a page other than home is given the toast when it asks for the rail's counts."""
    at = {"HX-Request": "true", "HX-Current-URL": "http://testserver/acquisitions/orders/"}
    return "Loaded: 100." in browser.get("/console/waiting/", headers=at).content.decode()


def test_who_closed_the_tab_in_mid_job_comes_back_and_is_told_the_end_once(rings: None) -> None:
    person = make.person("cataloger")
    job = waiting_job(person)
    assert 'hx-trigger="every 3s"' in make.client(person).get("/").content.decode()
    over(job)
    browser = make.client(person)  # another session, another day
    assert told_elsewhere(browser)
    make.post(browser, f"/console/jobs/{job.pk}/told/")  # as the toast does when it is there
    assert not told_elsewhere(browser)
    assert not told_elsewhere(make.client(person))
    home_page = browser.get("/").content.decode()
    assert "Got it" not in home_page
    assert "Loading a file: Loaded: 100." in home_page.partition('id="told"')[2]


def test_home_shows_the_end_until_it_is_seen_and_stops_asking(rings: None) -> None:
    person = make.person("cataloger")
    job = over(waiting_job(person))
    browser = make.client(person)
    for _look in range(2):
        card = browser.get("/running/").content.decode()
        assert "Loaded: 100." in card
        assert "every 3s" not in card
    at_home = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
    assert "Loaded: 100." not in browser.get("/console/waiting/", headers=at_home).content.decode()
    assert make.post(browser, f"/console/jobs/{job.pk}/told/", next="/").headers["Location"] == "/"
    assert "Loading a file" not in browser.get("/running/").content.decode()


def test_the_card_tells_how_many_were_held_and_why_the_last(rings: None) -> None:
    person = make.person("cataloger")
    job = jobs.claim(waiting_job(person).pk)
    assert job is not None
    jobs.step(job, done=40, faults=["Record 2 has no title.", "Record 9 is no record."])
    card = make.client(person).get("/running/").content.decode()
    assert "40 of 100" in card
    assert "2 held" in card
    assert "Record 9 is no record." in card
    assert f'href="/console/jobs/{job.pk}/"' in card


@pytest.fixture
def rings(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doorbells are rung, and nobody answers."""
    monkeypatch.setattr(jobs, "_ring", lambda *_args: None)


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


# ── Pinned views ─────────────────────────────────────────────────────────────────────────────────


def lists() -> dict[str, type[ListPage[Any]]]:
    """Every list that keeps views, by its URL name."""
    everywhere = make.person(*access.ROLES)
    found = {
        f"{space}:{name}": pinned.list_named(f"{space}:{name}", everywhere)
        for space in ("acquisitions", "cataloging", "circulation", "ill", "processing", "kernel")
        for name in get_resolver().namespace_dict[space][1].reverse_dict
        if isinstance(name, str)
    }
    return {name: page for name, page in found.items() if page is not None}


def pin(person: User, page: str, query: str, label: str = "Pinned", *, shared: bool = False) -> SavedView:
    view = saved_views.save_view(page, label, query, shared=shared, actor=person)
    return saved_views.pin_view(view.pk, actor=person)


def pinned_tiles(person: User) -> list[Tile]:
    mine = pinned.pinned(person).lists
    return slots.tiles(person, mine)[-len(mine) :]


@pytest.mark.slow
def test_a_pinned_view_of_every_list_counts_what_the_list_shows(library: Library) -> None:
    person = make.person(*access.ROLES, branch=make.branch("CEN", "Central"))
    browser = make.client(person)
    for name, page in lists().items():
        if name == "kernel:looks":
            continue  # it grows by opening the others
        for number, query in enumerate({"", *(tab.query for tab in page.tabs)}):
            pin(person, name, query, f"{name} {number}")
    tiles = pinned_tiles(person)
    assert len(tiles) > 50
    found = {tile.url: browser.get(tile.url) for tile in tiles}
    assert {url: page.status_code for url, page in found.items() if page.status_code != 200} == {}
    counts = {tile.url: (tile.count, found[tile.url].context["span"].count) for tile in tiles}
    assert {url: pair for url, pair in counts.items() if pair[0] != pair[1]} == {}


def test_a_pinned_view_is_a_tile_with_the_age_of_its_oldest(library: Library) -> None:
    person = make.person("technician", branch=make.branch("CEN", "Central"))
    pin(person, "acquisitions:requests", "state=asked", "My requests")
    pin(person, "acquisitions:requests", "q=nothing+like+it", "None of these")
    (tile, empty) = pinned_tiles(person)
    assert (tile.count, tile.oldest, tile.icon) == (1, library.request.asked_at, "pin")
    assert (empty.count, empty.oldest) == (0, None)
    tiles, _, quiet = make.client(person).get("/").content.decode().partition('class="tile-row"')
    assert "My requests" in tiles
    assert "None of these" in quiet


def test_who_lost_the_right_to_a_list_does_not_see_what_they_pinned(library: Library) -> None:
    person = make.person("technician")
    pin(person, "acquisitions:invoices", "state=entered", "My invoices")
    assert "My invoices" in make.client(person).get("/").content.decode()
    person.roles.set([])
    assert "My invoices" not in make.client(person).get("/").content.decode()


def test_what_another_shares_no_more_is_off_my_home(library: Library) -> None:
    owner, other = make.person("technician"), make.person("supervisor")
    view = pin(owner, "acquisitions:orders", "", "Shared orders", shared=True)
    saved_views.pin_view(view.pk, actor=other)
    assert "Shared orders" in make.client(other).get("/").content.decode()
    saved_views.change_view(view.pk, label="Shared orders", shared=False, actor=owner)
    assert "Shared orders" not in make.client(other).get("/").content.decode()


@pytest.mark.parametrize("query", ["state=no-such-state", "no_such_filter=1", "vendor=x", "ordered_from=yesterday"])
def test_a_pinned_view_that_no_longer_fits_says_so(library: Library, query: str) -> None:
    person = make.person("technician")
    view = pin(person, "acquisitions:orders", query, "Old view")
    browser = make.client(person)
    assert "“Old view”, which you pinned, no longer fits its list." in browser.get("/").content.decode()
    page = browser.get(f"/console/views/{view.pk}/").content.decode()
    assert "no longer fits its list" in page
    make.post(browser, f"/console/views/{view.pk}/unpin/")
    assert "Old view" not in browser.get("/").content.decode().partition("<main")[2].partition("</main>")[0]


def test_many_pins_take_no_more_questions(
    library: Library, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = make.person(*access.ROLES, branch=make.branch("CEN", "Central"))
    for name in lists():
        pin(person, name, "", name)
    browser = make.client(person)
    browser.get("/")
    with django_assert_max_num_queries(12):
        browser.get("/")
