"""The small library, made once for all tests of this folder; each test's own changes are rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests import database
from tests.access.library import Library, Say, build


def kept_library(folder: Path, blocker: DjangoDbBlocker, say: Say = str) -> Iterator[Library]:
    """A library in committed rows; the database is made anew when it is not needed any more."""
    with blocker.unblock():
        made = build(folder, say)
    yield made
    with blocker.unblock():
        database.recreate(connection.settings_dict["NAME"], database.template_name())


@pytest.fixture(scope="package")
def library(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    yield from kept_library(tmp_path_factory.mktemp("brodart"), django_db_blocker)


@pytest.fixture
def signed_in(db: None, library: Library) -> dict[str, Client]:
    """A browser for each role in which its person has signed in."""
    clients = {code: Client() for code in library.staff}
    for code, client in clients.items():
        client.force_login(library.staff[code], backend="django.contrib.auth.backends.ModelBackend")
    return clients
