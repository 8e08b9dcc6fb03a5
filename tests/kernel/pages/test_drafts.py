"""Drafts: what was typed is kept for the person, offered when they come back, and gone when it was sent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from techsvc.kernel import clock
from techsvc.kernel.actions import sweeping
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person, send
from tests.kernel.pages.test_stale import AS_IT_IS, opened

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


@pytest.fixture
def url(central: Branch) -> str:
    return f"/branches/{central.pk}/change/"


def type_in(client: Client, url: str, **typed: Any) -> Any:
    """What the script of a page sends after a pause."""
    return send(client, url, _draft="1", **typed)


def test_only_what_was_changed_is_kept_and_no_secrets(client: Client, staff: User, url: str) -> None:
    typed = AS_IT_IS | {"name": "Centre", "secret": "hush", "contact": "Mrs Hill"}
    del typed["active"]
    assert type_in(client, url, **typed, **opened(client, url)).status_code == 204
    assert Draft.objects.get(user=staff, path=url).fields["typed"] == {"name": ["Centre"], "active": []}


def test_it_is_offered_and_goes_on_where_it_was(client: Client, staff: User, url: str) -> None:
    typed = {"code": "c", "name": "Centre", "address": "A long story.\nAnd more."}
    type_in(client, url, **typed, **opened(client, url))
    offered = client.get(url).content.decode()
    assert "You began this on" in offered
    assert 'value="Central"' in offered
    going_on = client.get(url, {"draft": "1"}).content.decode()
    assert "You began this on" not in going_on
    assert 'value="Centre"' in going_on
    assert "A long story.\nAnd more.</textarea>" in going_on
    assert "checked" not in going_on.split('id="id_active"')[1].split(">")[0]


def test_it_is_gone_when_it_was_sent(client: Client, staff: User, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"})
    assert send(client, url, **AS_IT_IS | {"name": "Centre"}).status_code == 302
    assert not Draft.objects.exists()


def test_it_stays_when_the_form_was_refused(client: Client, staff: User, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"code": ""})
    assert send(client, url, **AS_IT_IS | {"code": ""}).status_code == 422
    assert Draft.objects.get().fields["typed"] == {"code": []}


def test_a_draft_that_comes_after_its_form_was_sent_is_not_kept(client: Client, staff: User, url: str) -> None:
    key = str(uuid.uuid4())
    send(client, url, **AS_IT_IS | {"name": "Centre", "_key": key})
    type_in(client, url, **AS_IT_IS | {"name": "Centr", "_key": key})
    assert not Draft.objects.exists()


def test_who_typed_everything_back_has_no_draft(client: Client, staff: User, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"})
    type_in(client, url, **AS_IT_IS)
    assert not Draft.objects.exists()


def test_it_can_be_discarded(client: Client, staff: User, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"})
    answer = send(client, url, _discard="1")
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert not Draft.objects.exists()


def test_it_is_nobody_elses(client: Client, staff: User, central: Branch, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"})
    other = Client()
    other.force_login(person("ada", "technician", branch=central))
    assert "You began this" not in other.get(url).content.decode()
    send(other, url, _discard="1")
    assert Draft.objects.get().user == staff


def test_what_changed_since_the_draft_is_found_when_it_is_sent(
    client: Client, staff: User, central: Branch, url: str
) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"}, **opened(client, url))
    Branch.objects.filter(pk=central.pk).update(name="Main")
    going_on = opened(client, f"{url}?draft=1")
    assert send(client, url, **AS_IT_IS | going_on | {"name": "Centre"}).status_code == 422
    central.refresh_from_db()
    assert central.name == "Main"


def test_a_form_that_is_sent_without_a_script_after_the_session_lapsed_is_kept(
    client: Client, staff: User, url: str
) -> None:
    client.get(url)
    with clock.at(clock.now() + timedelta(hours=2)):
        answer = send(client, url, **AS_IT_IS | {"name": "Centre"})
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={url}")
        assert Draft.objects.get(user=staff).fields["typed"] == {"name": ["Centre"]}


def test_old_drafts_are_forgotten_at_night(client: Client, staff: User, url: str) -> None:
    type_in(client, url, **AS_IT_IS | {"name": "Centre"})
    Draft.objects.update(saved_at=clock.now() - timedelta(days=30, minutes=1))
    type_in(client, "/new/", code="n", name="North")
    assert sweeping.forget()["drafts"] == 1
    assert Draft.objects.get().path == "/new/"
