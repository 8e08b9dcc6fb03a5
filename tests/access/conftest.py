"""The small library, made once for all tests of this folder, and one walk through it; changes are rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from techsvc.kernel.pages import base
from tests import database
from tests.access.asking import signed_in_as, unrendered_page
from tests.access.library import Library, build
from tests.access.pressing import Press, press_all
from tests.access.walking import Visit, visit_all

HERE = Path(__file__).parent
# What people type here is hostile throughout, so that every test of this folder opens pages full of it.
HOSTILE = '"><img src=x onerror=alert(1)>{{7*7}}{% load x %}'


@pytest.fixture(scope="package")
def library(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """In committed rows; the database is made anew when it is not needed any more."""
    with django_db_blocker.unblock():
        made = build(tmp_path_factory.mktemp("brodart"), lambda text: f"{text} {HOSTILE}")
    yield made
    with django_db_blocker.unblock():
        database.recreate(connection.settings_dict["NAME"], database.template_name())


@pytest.fixture(scope="package")
def visits(library: Library, django_db_blocker: DjangoDbBlocker) -> list[Visit]:
    """Every page that can be read, opened once by somebody with all roles, with each thing of the library."""
    with django_db_blocker.unblock():
        return visit_all(library)


@pytest.fixture(scope="package")
def presses(library: Library, django_db_blocker: DjangoDbBlocker) -> list[Press]:
    """Every button and every form, pressed twice with one key."""
    with django_db_blocker.unblock():
        return press_all(library)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker opens all the pages, so that the library is made once."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("access"))


class Browsers(dict[str, Client]):
    def __init__(self, library: Library) -> None:
        self.library = library

    def __missing__(self, role: str) -> Client:
        self[role] = signed_in_as(self.library.staff[role])
        return self[role]


@pytest.fixture
def signed_in(db: None, library: Library) -> dict[str, Client]:
    """For each role a browser in which its person has signed in, made when it is first asked for."""
    return Browsers(library)


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages end at their template: by then it is settled who may, and test_reading.py reads them all."""
    monkeypatch.setattr(base, "render", unrendered_page)
