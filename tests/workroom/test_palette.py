"""The palette's answers: everything that a person may open or begin, the best first, and nothing that is closed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel import access, clock
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.models.privacy import PatronLook
from techsvc.kernel.slots import Hit
from techsvc.workroom.queries.finding import rank
from tests import make
from tests.workroom.conftest import Library

pytestmark = pytest.mark.django_db
OPTION = re.compile(r'role="option" tabindex="-1" href="([^"]+)"><span class="hit-label">([^<]*)')
# One word for each kind of thing, and the groups it opens to somebody who may see everything.
ASKED = ("act of love", "vendor", "1130B766274", "D00", "PO-2026", "reader", "person", "north", "central", "days", "a")


def answer(browser: Client, text: str = "") -> str:
    return browser.get("/search/", {"q": text}, headers={"HX-Request": "true"}).content.decode()


def offered(browser: Client, text: str = "") -> dict[str, str]:
    """Label → address of what the palette offers."""
    return {label: url for url, label in OPTION.findall(answer(browser, text))}


@pytest.mark.parametrize(
    "role", [pytest.param(one, marks=pytest.mark.slow if one != "technician" else ()) for one in access.ROLES]
)
def test_whatever_is_offered_opens(library: Library, role: str) -> None:
    browser = make.client(make.person(role, branch=make.branch("CEN", "Central")))
    urls = {url for text in ("", *ASKED) for url in offered(browser, text).values()}
    closed = {url: status for url in sorted(urls) if (status := browser.get(url, follow=True).status_code) != 200}
    assert closed == {}
    assert len(urls) >= 5


def test_with_nothing_asked_it_offers_what_the_person_begins(library: Library) -> None:
    desk, supervisor = make.client(make.person("desk")), make.client(make.person("supervisor"))
    assert "New patron" in offered(desk)
    assert "New order" not in offered(desk)
    assert offered(supervisor)["New order"] == reverse("acquisitions:order_new")
    assert {"Home", "Fiscal years", "New branch", "Your password", "Policies"} <= offered(supervisor).keys()


def test_pages_are_found_by_what_people_call_them(library: Library) -> None:
    browser = make.client(make.person("supervisor"))
    for text, page in (
        ("carton", "acquisitions:receive"),
        ("check in", "acquisitions:receive"),
        ("budget", "acquisitions:funds"),
        ("suppliers", "acquisitions:vendors"),
        ("audit", "kernel:history"),
        ("n ord", "acquisitions:order_new"),
    ):
        assert reverse(page) in offered(browser, text).values(), text


def test_things_of_the_console_are_found_by_name(library: Library) -> None:
    person = make.person("technician")
    browser = make.client(make.person("admin"))
    assert offered(browser, person.display_name)[person.display_name] == reverse("kernel:person", args=[person.pk])
    central = make.branch("CEN", "Central")
    assert offered(browser, "cen")["Central"] == reverse("kernel:branch_edit", args=[central.pk])
    assert "Name of the library" in offered(browser, "library")
    assert "Send what waits, read what came" in offered(browser, "send what")
    assert person.display_name not in offered(make.client(make.person("desk")), person.display_name)


def test_views_are_found_by_whoever_they_are_for(library: Library) -> None:
    owner, other = make.person("supervisor"), make.person("supervisor")
    for label, shared in (("Late from Brodart", True), ("Late and mine", False)):
        SavedView.objects.create(
            owner=owner, page="acquisitions:orders", label=label, query="late=1", shared=shared, created_at=clock.now()
        )
    orders = reverse("acquisitions:orders") + "?late=1"
    assert offered(make.client(owner), "late and") == {"Late and mine": orders}
    assert offered(make.client(other), "late f") == {"Late from Brodart": orders}
    assert offered(make.client(other), "late and") == {}
    assert offered(make.client(make.person("admin")), "late f") == {}


def test_the_best_comes_first() -> None:
    hits = [Hit("Title", label, label, detail) for label, detail in (
        ("Concerning women", ""), ("The women", "PO-1 · Brodart"), ("Womenfolk", ""), ("Women", ""), ("Snowomen", ""),
    )]  # fmt: skip
    assert [hit.label for hit in sorted(hits, key=lambda hit: rank("women", hit))] == [
        "Women", "Womenfolk", "Concerning women", "The women", "Snowomen",
    ]  # fmt: skip
    assert rank("po-1", hits[1]) == 0


def test_a_number_comes_before_what_contains_it(library: Library) -> None:
    shown = answer(make.client(make.person("supervisor")), library.order.number)
    assert OPTION.findall(shown) == [(library.order.get_absolute_url(), str(library.order))]


def test_an_unknown_code_says_what_to_do_in_the_palette_as_well(library: Library) -> None:
    shown = answer(make.client(make.person("supervisor")), make.isbn(42))
    assert "The library has nothing with ISBN" in shown
    assert [label for _url, label in OPTION.findall(shown)] == ["Ask to buy it", "Borrow it", "Load its record"]
    asking = offered(make.client(make.person("supervisor")), make.isbn(42))["Ask to buy it"]
    assert f'value="{make.isbn(42)}"' in make.client(make.person("supervisor")).get(asking).content.decode()


def test_a_patrons_name_in_the_finds_is_a_look(library: Library) -> None:
    person = make.person("supervisor")
    answer(make.client(person), "ada reader")
    look = PatronLook.objects.get(page="workroom:search")
    assert (look.actor, look.patron) == (person, library.patron.pk)


def test_two_letters_show_nobodys_name(library: Library) -> None:
    shown = answer(make.client(make.person("supervisor")), "ad")
    assert library.patron.name not in shown
    assert PatronLook.objects.filter(page="workroom:search").count() == 0


def test_going_straight_to_a_patron_is_one_look(library: Library) -> None:
    make.client(make.person("supervisor")).get("/search/", {"q": library.patron.card}, follow=True)
    assert [look.page for look in PatronLook.objects.all()] == ["circulation:patron"]


def test_the_page_of_a_request_or_a_loan_notes_who_saw_the_patron(library: Library) -> None:
    library.loan.patron = library.patron
    library.loan.save()
    for role, looks in (("supervisor", ["acquisitions:request", "ill:request"]), ("auditor", [])):
        browser = make.client(make.person(role))
        shown = [browser.get(thing.get_absolute_url()).content.decode() for thing in (library.request, library.loan)]
        assert [library.patron.name in text for text in shown] == [bool(looks)] * 2
        assert sorted(look.page for look in PatronLook.objects.all()) == looks
        PatronLook.objects.all().delete()
