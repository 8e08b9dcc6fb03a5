"""Pages of people and roles beyond their forms."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.models.people import Role, User
from tests.cataloging import make
from tests.kernel.views.test_console import Browse, page, send

pytestmark = pytest.mark.django_db


def test_a_person_is_switched_off_with_a_reason(browse: Browse) -> None:
    client, tom = browse("supervisor"), make.person("desk")
    session = make.client(tom)
    send(client, "kernel:person_switch", tom.pk, why="Left")
    assert "Switched off" in page(client, "kernel:person", tom.pk)
    assert tom.display_name in page(client, "kernel:people", active="0")
    assert session.get(reverse("workroom:home")).status_code == 302


def test_who_is_locked_out_is_shown_and_unlocked(browse: Browse) -> None:
    tom = make.person("desk")
    for _ in range(5):
        Client().post("/accounts/login/", {"username": tom.username, "password": "wrong"})
    client = browse("supervisor")
    assert tom.display_name in page(client, "kernel:people", locked="1")
    assert "Locked out until" in page(client, "kernel:person", tom.pk)
    assert send(client, "kernel:person_unlock", tom.pk).status_code == 302
    assert "Locked out until" not in page(client, "kernel:person", tom.pk)


def test_a_role_shows_who_has_it_and_what_it_allows(browse: Browse) -> None:
    tom, role = make.person("desk"), Role.objects.get(code="desk")
    shown = page(browse("supervisor"), "kernel:role", role.pk)
    assert tom.display_name in shown
    assert reverse("kernel:grant", args=[role.pk, "kernel.view_patrons"]) in shown
    assert "See who a patron is" in shown


def test_nobody_is_offered_the_rights_of_their_own_role(browse: Browse, supervisor: User) -> None:
    role = supervisor.roles.get()
    assert reverse("kernel:grant", args=[role.pk, "kernel.console"]) not in page(
        browse(supervisor), "kernel:role", role.pk
    )


def test_a_role_is_added_and_its_words_changed(browse: Browse) -> None:
    client = browse("supervisor")
    send(client, "kernel:role_new", code="volunteer", name="Volunteer")
    role = Role.objects.get(code="volunteer")
    send(client, "kernel:role_edit", role.pk, name="Helper", description="On Saturdays")
    role.refresh_from_db()
    assert (role.code, role.name, role.description) == ("volunteer", "Helper", "On Saturdays")
