"""Forms and acts: once is once, refusals change nothing and say why, the irreversible asks first."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import CloseBranch, person, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


def test_a_form_acts_once_however_often_it_is_sent(client: Client, staff: User) -> None:
    data = {"_key": str(uuid.uuid4()), "code": "n", "name": "North"}
    first, second = client.post("/new/", data), client.post("/new/", data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == reverse("branch", kwargs={"pk": Branch.objects.get(code="n").pk})


def test_typing_begins_in_the_first_field(client: Client, staff: User) -> None:
    assert client.get("/new/").content.decode().count(" autofocus") == 1
    answer = send(client, "/new/", code="", name="North")
    assert " autofocus" not in answer.content.decode()


def test_a_form_without_a_key_is_refused(client: Client, staff: User) -> None:
    answer = client.post("/new/", {"code": "n", "name": "North"})
    assert answer.status_code == 400
    assert "came without its key" in answer.content.decode()
    assert not Branch.objects.filter(code="n").exists()


def test_errors_are_listed_and_linked_and_typing_is_kept(client: Client, staff: User) -> None:
    answer = send(client, "/new/", code="", name="North")
    content = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_code">Code: This field is required.</a>' in content
    assert 'value="North"' in content


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("taken", '<a href="#id_code">Code: Taken is in use. Choose another code.</a>'),
        ("never", "<li>The library has too many branches. Close one first.</li>"),
    ],
)
def test_a_refusal_lands_on_the_form_and_nothing_has_changed(client: Client, staff: User, code: str, line: str) -> None:
    before = set(Branch.objects.values_list("code", flat=True))
    answer = send(client, "/new/", code=code, name="North")
    assert answer.status_code == 422
    assert line in answer.content.decode()
    assert set(Branch.objects.values_list("code", flat=True)) == before
    assert not Submission.objects.exists()


def test_an_act_without_a_question_has_no_get(client: Client, staff: User, central: Branch) -> None:
    assert client.get(f"/branches/{central.pk}/close/").status_code == 405


def test_an_act_offers_its_undo(client: Client, staff: User, central: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    def reopen(event: Any, *, actor: User) -> None:
        Branch.objects.filter(pk=event.subject_id).update(active=True)
        history.write(central, "tests.reopen", actor=actor, summary="Central was reopened", undoes=event)

    monkeypatch.setitem(history.UNDOS, "tests.close", reopen)
    answer = client.post(
        f"/branches/{central.pk}/close/", {"_key": str(uuid.uuid4()), "next": "/branches/"}, follow=True
    )
    content = answer.content.decode()
    event = history.HistoryEvent.objects.get(verb="tests.close")
    assert f'action="/console/undo/{event.pk}/"' in content
    client.post(f"/console/undo/{event.pk}/", {"_key": str(uuid.uuid4()), "next": "/branches/"})
    central.refresh_from_db()
    assert central.active


def test_a_refused_act_says_why_where_the_person_was(client: Client, staff: User, east: Branch) -> None:
    url = f"/branches/{east.pk}/close/"
    answer = client.post(url, {"_key": str(uuid.uuid4()), "next": "/branches/?active=0"})
    assert (answer.status_code, answer["Location"]) == (302, "/branches/?active=0")
    assert "East can&#x27;t be closed: it is closed already." in client.get("/branches/").content.decode()
    part = client.post(url, {"_key": str(uuid.uuid4())}, headers={"HX-Request": "true"})
    assert (part.status_code, part.content.decode()) == (422, "East can't be closed: it is closed already.")


def test_a_refused_act_says_who_was_quicker(client: Client, staff: User, central: Branch) -> None:
    other = Client()
    other.force_login(person("ada", "technician", branch=central))
    url = f"/branches/{central.pk}/close/"
    send(other, url)
    part = client.post(url, {"_key": str(uuid.uuid4())}, headers={"HX-Request": "true"})
    assert part.content.decode().startswith(
        "Central can't be closed: it is closed already. Last: Central was closed (Ada, "
    )
    assert history.HistoryEvent.objects.filter(verb="tests.close").count() == 1


def test_nobody_is_sent_to_another_site(client: Client, staff: User, central: Branch) -> None:
    data = {"_key": str(uuid.uuid4()), "next": "https://evil.example/"}
    assert client.post(f"/branches/{central.pk}/close/", data)["Location"] == central.get_absolute_url()


def test_what_cannot_be_undone_asks_first(client: Client, staff: User, central: Branch) -> None:
    url = f"/branches/{central.pk}/remove/"
    assert "Remove Central for good?" in client.get(url).content.decode()
    answer = send(client, url)
    assert answer.status_code == 422
    assert "3 items stand there. Move them first." in answer.content.decode()


def test_many_rows_each_refusal_shown_the_others_done(
    client: Client, staff: User, many: list[Branch], east: Branch
) -> None:
    Branch.objects.update(active=True)
    ids = [many[0].pk, many[1].pk, east.pk]
    content = client.get(send(client, "/close/", ids=ids).headers["Location"]).content.decode()
    assert "<h2>2 rows done.</h2>" in content
    assert "<h2>1 was not done</h2>" in content
    assert "<li><strong>East</strong>: East is being rebuilt.</li>" in content
    assert content.count("<li>Branch 0") == 2
    assert list(Branch.objects.filter(active=False).order_by("pk")) == [many[0], many[1]]


def test_three_of_ten_fail_and_each_says_why(client: Client, staff: User, many: list[Branch]) -> None:
    Branch.objects.filter(pk__in=[branch.pk for branch in many[:10]]).update(active=True)
    Branch.objects.filter(pk__in=[branch.pk for branch in many[:3]]).update(address="a building site")
    answer = send(client, "/close/", ids=[branch.pk for branch in many[:10]])
    content = client.get(answer.headers["Location"]).content.decode()
    assert "<h2>7 rows done.</h2>" in content
    assert "<h2>3 were not done</h2>" in content
    for branch in many[:3]:
        assert f"<li><strong>{branch}</strong>: {branch} is being rebuilt.</li>" in content
    for branch in many[3:10]:
        assert f"<li>{branch}</li>" in content
    assert [branch.active for branch in Branch.objects.filter(pk__in=[b.pk for b in many[:10]]).order_by("pk")] == (
        [True] * 3 + [False] * 7
    )


def test_a_repeated_press_shows_the_same_and_does_nothing(client: Client, staff: User, many: list[Branch]) -> None:
    Branch.objects.update(active=True)
    key, ids = str(uuid.uuid4()), [many[0].pk, many[1].pk]
    first = send(client, "/close/", ids=ids, _key=key)
    Branch.objects.update(active=True)
    second = send(client, "/close/", ids=ids, _key=key)
    assert second.headers["Location"] == first.headers["Location"] == f"/close/?of={key}"
    assert not Branch.objects.filter(active=False).exists()
    assert "<h2>2 rows done.</h2>" in client.get(second.headers["Location"]).content.decode()


def test_rows_that_are_gone_are_told(client: Client, staff: User, many: list[Branch]) -> None:
    gone = many[0].pk
    many[0].delete()
    content = client.get(send(client, "/close/", ids=[gone, many[1].pk]).headers["Location"]).content.decode()
    assert "<strong>1 row</strong>: It is gone meanwhile" in content
    assert "<h2>1 row done.</h2>" in content


def test_many_successes_are_folded_away(client: Client, staff: User, many: list[Branch]) -> None:
    location = send(client, "/close/", all="1", query="q=branch").headers["Location"]
    content = client.get(location).content.decode()
    assert "<details><summary>The 60 rows</summary>" in content


def test_what_came_of_it_is_shown_to_who_did_it(client: Client, staff: User, many: list[Branch]) -> None:
    location = send(client, "/close/", ids=[many[0].pk]).headers["Location"]
    client.force_login(person("olga", "technician"))
    assert client.get(location).status_code == 404
    assert client.get("/close/?of=nonsense").status_code == 404
    assert client.get("/close/").status_code == 405


def test_all_that_match_are_what_the_list_matched(client: Client, staff: User, many: list[Branch]) -> None:
    Branch.objects.update(active=True)
    send(client, "/close/", all="1", query="q=branch+1&sort=-code")
    closed = Branch.objects.filter(active=False).values_list("code", flat=True)
    assert set(closed) == {"b01", "b10", *(f"b{i}" for i in range(11, 20)), "b21", "b31", "b41", "b51"}


def test_ids_that_are_none_are_400(client: Client, staff: User) -> None:
    assert send(client, "/close/", ids=["x"]).status_code == 400


def test_forbidden_inside_an_act_is_403(
    client: Client, staff: User, central: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any, thing: Branch) -> None:
        raise Forbidden("You may not close branches.")

    monkeypatch.setattr(CloseBranch, "act", refuse)
    assert send(client, f"/branches/{central.pk}/close/").status_code == 403
