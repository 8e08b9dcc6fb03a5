"""Two people on one form: who only changed other fields is not in the way; who changed the same one is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]

AS_IT_IS = {"code": "c", "name": "Central", "address": "1 River Street", "active": "on"}


@pytest.fixture
def url(central: Branch) -> str:
    return f"/branches/{central.pk}/change/"


@pytest.fixture
def other(central: Branch) -> Client:
    """Ada's browser."""
    client = Client()
    client.force_login(person("ada", "technician", branch=central))
    return client


def opened(client: Client, url: str) -> dict[str, str]:
    """What the form carries besides what is typed."""
    return {"_shown": seal(client.get(url))}


def seal(answer: Any) -> str:
    found = re.search(r'name="_shown" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def row(answer: Any) -> list[str]:
    """The one row of the table of differences, without its tags."""
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", answer.content.decode(), re.S)
    assert len(rows) == 1
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", rows[0], re.S)]


def test_a_field_that_both_changed_is_shown_and_nothing_is_saved(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, **AS_IT_IS | {"name": "Main"})
    before = HistoryEvent.objects.count()
    answer = send(client, url, **AS_IT_IS | mine | {"name": "Centre"})
    assert answer.status_code == 422
    field, was, now, typed = row(answer)
    assert (field, was, typed) == ("Name", "Central", "Centre")
    assert re.fullmatch(r"Main Ada, \d+ \w+ \d\d:\d\d", now)
    content = answer.content.decode()
    assert 'value="Centre"' in content
    assert "Save mine over it" in content
    assert "Take theirs" in content
    central.refresh_from_db()
    assert (central.name, HistoryEvent.objects.count()) == ("Main", before)


def test_mine_is_saved_over_it_when_i_say_so(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, **AS_IT_IS | {"name": "Main"})
    asked = send(client, url, **AS_IT_IS | mine | {"name": "Centre"})
    answer = send(client, url, **AS_IT_IS | {"_shown": seal(asked), "name": "Centre"})
    central.refresh_from_db()
    assert (answer.status_code, central.name) == (302, "Centre")


def test_taking_theirs_puts_it_into_the_form_and_keeps_the_rest_of_the_typing(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, **AS_IT_IS | {"name": "Main"})
    typed = AS_IT_IS | {"name": "Centre", "address": "2 Hill Street"}
    asked = send(client, url, **typed | mine)
    form = send(client, url, **typed | {"_shown": seal(asked), "_theirs": "name "})
    content = form.content.decode()
    assert form.status_code == 200
    assert 'value="Main"' in content
    assert "2 Hill Street" in content
    central.refresh_from_db()
    assert central.address == "1 River Street"


def test_who_changed_another_field_is_not_in_the_way_and_loses_nothing(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, code="c", name="Main", address="1 River Street")
    answer = client.post(url, AS_IT_IS | mine | {"_key": "6f1f6ab6-6d43-4d8b-8c9d-0d8f6a3a4b11", "address": "Hill"})
    assert answer.status_code == 302
    central.refresh_from_db()
    assert (central.name, central.address, central.active) == ("Main", "Hill", False)
    assert "Kept as others changed it meanwhile: Name, Active." in client.get("/branches/").content.decode()


def test_who_typed_the_same_is_asked_nothing(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, **AS_IT_IS | {"address": "1\nHill Street"})
    answer = send(client, url, **AS_IT_IS | mine | {"address": "1\r\nHill Street"})
    assert answer.status_code == 302


def test_an_error_elsewhere_does_not_lose_what_others_changed(
    client: Client, staff: User, other: Client, central: Branch, url: str
) -> None:
    mine = opened(client, url)
    send(other, url, **AS_IT_IS | {"name": "Main"})
    wrong = send(client, url, **AS_IT_IS | mine | {"code": ""})
    assert wrong.status_code == 422
    assert 'value="Main"' in wrong.content.decode()
    send(client, url, **AS_IT_IS | {"_shown": seal(wrong), "code": "x", "name": "Main"})
    central.refresh_from_db()
    assert (central.code, central.name) == ("x", "Main")


def test_a_seal_of_another_page_is_refused(
    client: Client, staff: User, central: Branch, east: Branch, url: str
) -> None:
    mine = opened(client, f"/branches/{east.pk}/change/")
    assert send(client, url, **AS_IT_IS | mine).status_code == 400
    assert send(client, url, **AS_IT_IS, _shown="made up").status_code == 400


def test_a_form_about_nothing_carries_no_seal(client: Client, staff: User) -> None:
    assert "_shown" not in client.get("/new/").content.decode()
