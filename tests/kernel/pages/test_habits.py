"""How somebody likes a list: kept for them, taken when the address says nothing, and forgotten again."""

from __future__ import annotations

import pytest
from django.test import Client

from techsvc.kernel.models.habits import ListHabit
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]
KEEP = "/console/habits/list/"


def kept(user: User) -> list[tuple[str, str, int | None]]:
    return list(ListHabit.objects.filter(user=user).values_list("page", "columns", "size"))


def test_columns_are_kept_and_the_address_says_them(client: Client, staff: User) -> None:
    answer = send(client, KEEP, cols=["san", "code"], next="/branches/?q=cen&cols=name")
    assert answer.headers["Location"] == "/branches/?q=cen&cols=san,code"
    assert kept(staff) == [("branches", "code,san", None)]
    content = client.get("/branches/").content.decode()
    assert "SAN</th>" in content
    assert "Address</th>" not in content


def test_the_address_comes_before_the_habit(client: Client, staff: User, many: list[Branch]) -> None:
    send(client, KEEP, cols=["code"], next="/branches/")
    send(client, KEEP, size="50", next="/branches/")
    assert kept(staff) == [("branches", "code", 50)]
    assert "1–50 of 62 rows" in client.get("/branches/").content.decode()
    content = client.get("/branches/?cols=code,san&size=25").content.decode()
    assert "SAN</th>" in content
    assert "1–25 of 62 rows" in content


def test_a_habit_is_nobody_elses(client: Client, staff: User) -> None:
    send(client, KEEP, cols=["code", "san"], next="/branches/")
    client.force_login(person("olga", "technician"))
    assert "SAN</th>" not in client.get("/branches/").content.decode()


def test_it_can_be_as_it_was(client: Client, staff: User) -> None:
    assert "As it was" not in client.get("/branches/").content.decode()
    send(client, KEEP, cols=["code", "san"], next="/branches/")
    assert "As it was" in client.get("/branches/").content.decode()
    answer = send(client, KEEP, forget="1", next="/branches/?q=cen&cols=code,san&size=50")
    assert answer.headers["Location"] == "/branches/?q=cen"
    assert kept(staff) == []


def test_a_column_that_a_list_lost_is_left_out(client: Client, staff: User) -> None:
    ListHabit.objects.create(user=staff, page="branches", columns="gone,code")
    content = client.get("/branches/").content.decode()
    assert "Code</a>" in content
    assert "Name</a>" not in content
    ListHabit.objects.update(columns="gone")
    assert "Name" in client.get("/branches/").content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"cols": ["secret"], "next": "/branches/"}, "has no such column"),
        ({"size": "7", "next": "/branches/"}, "can&#x27;t have “7” rows"),
        ({"size": "50", "next": "/secret/"}, "That is no list"),
        ({"size": "50", "next": "/nowhere/"}, "That is no list"),
        ({"size": "50", "next": "https://evil.example/branches/"}, "That is no list"),
    ],
)
def test_what_no_list_has_is_refused(client: Client, staff: User, data: dict[str, str], sentence: str) -> None:
    answer = send(client, KEEP, **data)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert kept(staff) == []


def test_looking_keeps_nothing(client: Client, staff: User) -> None:
    client.get("/branches/?cols=code&size=50")
    assert kept(staff) == []
