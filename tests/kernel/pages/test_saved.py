"""Saved views on a list: kept from what it is asked, shown beside its tabs with their counts, used by others."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel.actions import saved_views
from techsvc.kernel.models.habits import PinnedView, SavedView
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


def keep(client: Client, query: str = "active=0", label: str = "Shut", **more: str) -> Any:
    return send(client, reverse("kernel:view_new"), page="branches", query=query, label=label, **more)


def shown(client: Client, query: str = "") -> list[tuple[str, int | None, bool]]:
    return [(str(t.label), t.count, t.current) for t in client.get(f"/branches/?{query}").context["tabs"].shown]


def test_what_a_list_is_asked_is_kept_and_stands_beside_its_tabs(
    client: Client, staff: User, many: list[Branch]
) -> None:
    answer = keep(client, "size=50&code=&q=Branch 1&sort=-name&page=2")
    assert answer.headers["Location"] == "/branches/?q=Branch+1&sort=-name"
    assert SavedView.objects.get().query == "q=Branch+1&sort=-name"
    assert "“Shut” is saved." in client.get("/branches/").content.decode()
    assert shown(client) == [("All", 62, True), ("Closed", 1, False), ("Shut", 15, False)]
    assert shown(client, "sort=-name&q=Branch 1") == [("All", 62, False), ("Closed", 1, False), ("Shut", 15, True)]


def test_columns_belong_to_a_view_but_not_to_a_tab(client: Client, staff: User, many: list[Branch]) -> None:
    keep(client, "active=0&cols=code,name")
    assert shown(client, "active=0&cols=code,name")[1:] == [("Closed", 1, False), ("Shut", 1, True)]
    assert shown(client, "active=0&cols=code")[1:] == [("Closed", 1, True), ("Shut", 1, False)]


@pytest.mark.parametrize(
    ("page", "query", "words"),
    [
        ("branches", "code=zz", "“Code” can't be “zz”"),
        ("branches", "sort=password", "can't be sorted by “password”"),
        ("branches", "cols=secret", "has no column “secret”"),
        ("kernel:history", "", "you may not open it"),
        ("secret", "", "This list keeps no views"),
        ("branch", "", "This list keeps no views"),
        ("no:such", "", "This list keeps no views"),
        ("", "", "This list keeps no views"),
        ("branches", "q=" + "x" * 1500, ""),
    ],
)
def test_what_the_list_does_not_know_is_not_kept(
    client: Client, staff: User, page: str, query: str, words: str
) -> None:
    answer = send(client, reverse("kernel:view_new"), page=page, query=query, label="X")
    assert (answer.status_code, SavedView.objects.count()) == (422, 0)
    assert words in unescape(answer.content.decode())


def test_a_name_is_asked_for(client: Client, staff: User) -> None:
    assert keep(client, label=" ").status_code == 422
    keep(client)
    answer = keep(client, "active=1")
    assert (answer.status_code, SavedView.objects.count()) == (422, 1)
    assert "You have a view “Shut” of this list already" in answer.content.decode()


def test_a_shared_view_is_used_and_pinned_by_others_but_changed_by_its_owner_only(
    client: Client, staff: User, many: list[Branch]
) -> None:
    keep(client, shared="on")
    keep(client, "active=1", label="Private")
    other = Client()
    other.force_login(person("olga", "desk"))
    assert [label for label, _count, _current in shown(other)] == ["All", "Closed", "Shut"]
    page = other.get("/branches/?active=0").content.decode()
    view = SavedView.objects.get(label="Shut")
    assert "Shared by Tess" in page
    assert reverse("kernel:view", args=[view.pk]) not in page.replace("/pin/", "")
    assert send(other, reverse("kernel:view_pin", args=[view.pk]), next="/branches/").status_code == 302
    assert PinnedView.objects.get().user.username == "olga"
    assert other.get(reverse("kernel:view", args=[view.pk])).status_code == 404
    assert send(other, reverse("kernel:view", args=[view.pk]), label="Mine now").status_code == 404
    assert send(other, reverse("kernel:view_delete", args=[view.pk])).status_code == 403
    assert {view.label for view in SavedView.objects.all()} == {"Shut", "Private"}


def test_a_view_is_renamed_unshared_and_deleted_and_the_toast_brings_it_back(
    client: Client, staff: User, many: list[Branch]
) -> None:
    keep(client, shared="on")
    view = SavedView.objects.get()
    answer = send(client, reverse("kernel:view", args=[view.pk]), label="Closed ones")
    view.refresh_from_db()
    assert (answer.headers["Location"], view.label, view.shared) == ("/branches/?active=0", "Closed ones", False)
    assert send(client, reverse("kernel:view_delete", args=[view.pk])).headers["Location"] == "/branches/"
    page = client.get("/branches/").content.decode()
    assert "“Closed ones” is deleted." in page
    undo = page.partition('action="/console/undo/')[2].partition('"')[0]
    send(client, f"/console/undo/{undo}")
    assert shown(client)[2] == ("Closed ones", 1, False)


def test_a_view_that_no_longer_fits_says_so_and_offers_to_be_deleted(
    client: Client, staff: User, many: list[Branch]
) -> None:
    view = saved_views.save_view("branches", "Old", "code=gone", shared=True, actor=staff)
    (tab,) = [tab for tab in client.get("/branches/").context["tabs"].shown if tab.view]
    assert (tab.url, tab.count) == (reverse("kernel:view", args=[view.pk]), None)
    page = unescape(client.get(tab.url).content.decode())
    assert "no longer fits its list" in page
    assert "“Code” can't be “gone”." in page
    assert reverse("kernel:view_delete", args=[view.pk]) in page
    other = Client()
    other.force_login(person("olga", "desk"))
    assert [label for label, _count, _current in shown(other)] == ["All", "Closed"]


def test_a_list_about_one_thing_keeps_no_views(client: Client, staff: User) -> None:
    assert "Save this view" in client.get("/branches/").content.decode()
    assert send(client, reverse("kernel:view_new"), page="branch", query="", label="X").status_code == 422


def test_views_that_do_not_fit_beside_the_tabs_are_in_a_menu_and_not_counted(
    client: Client, staff: User, many: list[Branch], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        saved_views.save_view("branches", f"View {number:02}", f"q=Branch {number:02}", actor=staff)
    with django_assert_max_num_queries(12):
        tabs = client.get("/branches/").context["tabs"]
    assert [tab.label for tab in tabs.shown[2:]] == [f"View {n:02}" for n in range(6)]
    assert [tab.label for tab in tabs.more] == [f"View {n:02}" for n in range(6, 30)]
    tabs = client.get("/branches/?q=Branch 20").context["tabs"]
    assert (tabs.current.label, tabs.current.count) == ("View 20", 1)
    assert "View 20" in [tab.label for tab in tabs.shown]


def test_six_views_take_as_many_questions_as_one(client: Client, staff: User, many: list[Branch]) -> None:
    client.get("/branches/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/branches/")
        return len(captured)

    saved_views.save_view("branches", "One", "q=One", actor=staff)
    one = asked()
    for number in range(5):
        saved_views.save_view("branches", f"More {number}", f"q={number}", actor=staff)
    assert asked() == one
