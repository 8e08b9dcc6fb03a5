"""Who a patron is stays with those who may know: on every page, in every state of things."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client

from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Grant, Patron, Role, Scope
from tests.access.addresses import PAGES
from tests.access.asking import ask, listed
from tests.access.library import PASSWORD, Library

RIGHT = "kernel.view_patrons"


def browser(library: Library, roles: Iterable[Role]) -> Client:
    """Somebody new with these roles at the home branch, signed in."""
    user = people.create_user(
        "somebody",
        display_name="Somebody",
        password=PASSWORD,
        branch=library.one("branches"),
        roles=roles,
        actor=people.system(),
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(client: Client, library: Library, patron: Patron) -> dict[str, str]:
    """Address → what of the patron stands there: name, card, mail."""
    found = {}
    for page in PAGES:
        for url in page.urls(library):
            text = ask(client, url).text
            seen = [secret for secret in (patron.name, patron.card, patron.email) if secret in text]
            if seen:
                found[url] = f"{page.name} shows {seen}"
    return found


def test_those_without_the_right_never_learn_who_a_patron_is(db: None, library: Library) -> None:
    knowing = Grant.objects.filter(permission=RIGHT).values("role")
    found = told(browser(library, Role.objects.exclude(pk__in=knowing)), library, library.one("patrons"))
    assert not found, listed(found)


def test_those_with_the_right_do(signed_in: dict[str, Client], library: Library) -> None:
    found = told(signed_in["supervisor"], library, library.one("patrons"))
    assert found


@pytest.fixture
def everything_here(library: Library, db: None) -> Client:
    """Somebody who may do everything, to patrons of the own branch only."""
    roles = list(Role.objects.all())
    Grant.objects.filter(permission=RIGHT).update(scope=Scope.OWN)
    return browser(library, roles)


def test_a_right_that_ends_at_the_branch_tells_nothing_of_patrons_elsewhere(
    everything_here: Client, library: Library
) -> None:
    found = told(everything_here, library, library.far["patrons"][0])
    assert not found, listed(found)
