"""Who a patron is stays with those who may know: on every page, in every state of things."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client

from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Grant, Patron, Role, Scope
from tests.access.addresses import PAGES
from tests.access.asking import ask, nothing_of, signed_in_as
from tests.access.library import PASSWORD, Library
from tests.access.walking import Visit

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
    return signed_in_as(user)


def told(client: Client, library: Library, patron: Patron) -> dict[str, str]:
    """Address → what of the patron stands there (name, card, mail), or what broke on the way."""
    found = {}
    for page in PAGES:
        for url in page.urls(library) if "get" in page.methods else ():
            answer = ask(client, url)
            shown = seen(answer.text, patron)
            if shown or answer.status >= 500:
                found[f"{page.name} {url}"] = str(shown or answer)
    return found


def seen(text: str, patron: Patron) -> list[str]:
    secrets = (" ".join(patron.name.split()[:2]), patron.card, patron.email)
    return [secret for secret in secrets if secret in text]


@pytest.mark.slow
def test_those_without_the_right_never_learn_who_a_patron_is(db: None, library: Library) -> None:
    knowing = Grant.objects.filter(permission=RIGHT).values("role")
    nothing_of(told(browser(library, Role.objects.exclude(pk__in=knowing)), library, library.one("patrons")))


@pytest.mark.slow
def test_those_with_the_right_do(visits: list[Visit], library: Library) -> None:
    pages = {visit.page.name for visit in visits if seen(visit.answer.text, library.one("patrons"))}
    assert {"circulation:patron", "circulation:patrons", "circulation:hold"} <= pages


@pytest.mark.slow
def test_a_right_that_ends_at_the_branch_tells_nothing_of_patrons_elsewhere(db: None, library: Library) -> None:
    Grant.objects.filter(permission=RIGHT).update(scope=Scope.OWN)
    nothing_of(told(browser(library, Role.objects.all()), library, library.far["patrons"][0]))
