"""Who may open a page, and what the others are told."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import (
    Page,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


def test_a_page_without_a_permission_cannot_be_routed() -> None:
    class Open(Page):
        pass

    with pytest.raises(ImproperlyConfigured, match="Open states no permission"):
        Open.as_view()


def test_nobody_is_sent_to_sign_in_and_parts_of_pages_are_told(client: Client) -> None:
    answer = client.get("/branches/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/branches/")
    part = client.get("/branches/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Trigger"], part.content) == (401, "session-expired", b"")


def test_a_missing_right_is_a_page_with_a_sentence(client: Client, staff: User) -> None:
    answer = client.get("/secret/")
    assert answer.status_code == 403
    assert "You may not do this: set policies. Ask a supervisor" in answer.content.decode()
    part = client.get("/secret/", headers={"HX-Request": "true"})
    assert (part.status_code, part["Content-Type"]) == (403, "text/plain; charset=utf-8")


def test_a_right_for_the_own_branch_ends_there(client: Client, staff: User, central: Branch, east: Branch) -> None:
    assert client.get(f"/branches/{central.pk}/own/").status_code == 200
    assert client.get(f"/branches/{east.pk}/own/").status_code == 403


def test_what_is_not_there_is_404(client: Client, staff: User) -> None:
    for number in ("999999", "99999999999999999999"):
        answer = client.get(f"/branches/{number}/")
        assert answer.status_code == 404
        assert "it is not yours to see" in answer.content.decode()
