"""Two branches, a member of staff who is signed in, and a long list."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page as Tab

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person
from tests.kernel.pages.browsing import furnish, sign_in


@pytest.fixture
def central() -> Branch:
    return Branch.objects.create(code="c", name="Central", address="1 River Street")


@pytest.fixture
def east() -> Branch:
    return Branch.objects.create(code="e", name="East", active=False)


@pytest.fixture
def staff(central: Branch, client: Client) -> User:
    user = person("tess", "technician", branch=central)
    client.force_login(user)
    return user


@pytest.fixture
def many(central: Branch, east: Branch) -> list[Branch]:
    return Branch.objects.bulk_create(Branch(code=f"b{i:02}", name=f"Branch {i:02}") for i in range(60))


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pages of browsing.py stand on."""
    furnish(monkeypatch)


@pytest.fixture
def desk(page: Tab, house: None) -> Tab:
    return sign_in(page)
