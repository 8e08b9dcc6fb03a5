"""Every address × every role: whoever has the right gets in, nobody else does, and nothing breaks."""

from __future__ import annotations

import uuid

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from techsvc.kernel import access
from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Role, Scope, User
from tests.access.addresses import ADDRESSES, PAGES, Address, limited_by_branch
from tests.access.asking import Answer, ask, nothing_of, signed_in_as
from tests.access.filling import FAR, FILL
from tests.access.library import Library

OPEN = {"healthz": 200, "readyz": 200, "login": 200}
METHODS = ("get", "post")


def posted(method: str) -> dict[str, str]:
    return {"_key": str(uuid.uuid4())} if method == "post" else {}


def test_the_table_knows_every_address(db: None, library: Library) -> None:
    empty = {page.name for page in PAGES if not page.kwargs(library)}
    assert not empty, f"The small library has nothing to open these with; make it in tests/access/library.py: {empty}"
    unused = FILL.keys() - ADDRESSES.keys()
    assert not unused, f"These addresses are gone; take them out of tests/access/filling.py: {unused}"


def test_nobody_is_sent_to_the_sign_in(db: None, library: Library) -> None:
    wrong, nobody = {}, Client()
    for page in PAGES:
        for method in METHODS:
            answer = ask(nobody, page.urls(library)[0], method)
            if (answer.status, answer.location.split("?")[0]) != (302, reverse("login")):
                wrong[f"{method} {page.name}"] = str(answer)
    nothing_of(wrong)


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_open_to_all(db: None, name: str) -> None:
    assert ask(Client(), reverse(name)).status in (OPEN[name], 503)


def test_signing_out_is_a_post(signed_in: dict[str, Client]) -> None:
    assert ask(signed_in["desk"], reverse("logout")).status == 405


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("role", access.ROLES)
def test_whoever_has_the_right_gets_in_and_nobody_else(
    signed_in: dict[str, Client], library: Library, role: str
) -> None:
    wrong = {}
    for page in PAGES:
        may = access.allowed(library.staff[role], page.permission)
        for method in page.methods:
            answer = ask(signed_in[role], page.urls(library)[0], method)
            if answer.status >= 500 or (answer.status == 403) is may:
                wrong[f"{method} {page.name}"] = f"{'may' if may else 'may not'} ({page.permission}): {answer}"
    nothing_of(wrong)


STRANGERS = {int: int, uuid.UUID: lambda number: uuid.UUID(int=number)}


@pytest.mark.parametrize("strange", [0, pytest.param(10**30, marks=pytest.mark.slow)])
def test_what_does_not_exist_is_not_found(signed_in: dict[str, Client], library: Library, strange: int) -> None:
    wrong = {}
    for page in PAGES:
        kwargs = page.kwargs(library)[0]
        strangers = {key: STRANGERS[type(value)](strange) for key, value in kwargs.items() if type(value) in STRANGERS}
        for method in page.methods if strangers else ():
            answer = ask(
                signed_in["everything"], reverse(page.name, kwargs=kwargs | strangers), method, data=posted(method)
            )
            if answer.status not in (404, 405, 422, 302):
                wrong[f"{method} {page.name}"] = str(answer)
    nothing_of(wrong)


# ── Rights that reach one branch only ───────────────────────────────────────────────────────────────


@pytest.fixture
def limited(library: Library, db: None) -> User:
    """A technician of the home branch whose every right ends there, as a library may decide."""
    role = Role.objects.create(code="limited", name="Limited")
    admin_of_rights = library.staff["admin"]
    for right in access.DECLARED:
        people.set_grant(role, right, scope=Scope.OWN, actor=admin_of_rights)
    user = library.staff["technician"]
    people.set_roles(user.pk, [role], actor=admin_of_rights)
    return User.objects.get(pk=user.pk)


def test_a_thing_of_another_branch_is_out_of_reach(limited: User, library: Library) -> None:
    client = signed_in_as(limited)
    wrong: dict[str, str] = {}
    for page in limited_by_branch():
        assert page.name in FAR, (
            f"{page.name} is limited by branch: say in FAR of tests/access/filling.py which things of the other "
            "branch it must not open."
        )
        far = [reverse(page.name, kwargs=kwargs) for kwargs in FAR[page.name](library)]
        assert far
        wrong |= _wrong(client, page, far, reached=False)
        wrong |= _wrong(client, page, page.urls(library)[:1], reached=True)
    nothing_of(wrong)


def _wrong(client: Client, page: Address, urls: list[str], *, reached: bool) -> dict[str, str]:
    answers: dict[str, Answer] = {}
    for url in urls:
        for method in page.methods:
            answers[f"{method} {url}"] = ask(client, url, method, data=posted(method))
    return {
        asked: str(got) for asked, got in answers.items() if got.status >= 500 or (got.status in (403, 404)) is reached
    }


# ── Django's admin ──────────────────────────────────────────────────────────────────────────────────


def admin_urls(library: Library) -> list[str]:
    """The admin's index and the list, form and history of every model that it shows."""
    found = [reverse("admin:index"), reverse("admin:password_change"), reverse("admin:jsi18n")]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        found += [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
        if row is not None:
            found += [reverse(f"{base}_{page}", args=[row.pk]) for page in ("change", "history", "delete")]
    return found


@pytest.mark.parametrize("role", ["supervisor", "admin", "auditor", "desk", "everything"])
def test_the_admin_breaks_for_nobody(signed_in: dict[str, Client], library: Library, role: str) -> None:
    answers = {url: ask(signed_in[role], url) for url in admin_urls(library)}
    assert {url: str(answer) for url, answer in answers.items() if answer.status not in (200, 302, 403)} == {}
    opened = {url for url, answer in answers.items() if answer.status == 200 and url.count("/") > 3}
    assert bool(opened) == access.allowed(library.staff[role], "kernel.console")
