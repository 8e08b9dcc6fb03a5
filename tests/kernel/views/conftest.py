"""Browsers in which people have signed in, and one of everything that the console shows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from techsvc.kernel.actions import jobs
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.cataloging import make


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Doorbells that were rung, and nobody answers."""
    rung: list[tuple[str, Any]] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, row: rung.append((name, row)))
    return rung


@pytest.fixture
def central(db: None) -> Branch:
    return make.branch()


@pytest.fixture
def supervisor(central: Branch) -> User:
    return make.person("supervisor", branch=central)


@pytest.fixture
def admin(central: Branch) -> User:
    return make.person("admin", branch=central)


@pytest.fixture
def browse(central: Branch) -> Callable[..., Client]:
    """browse("desk") or browse(person): a browser in which somebody has signed in."""

    def signed_in(who: User | str) -> Client:
        return make.client(make.person(who, branch=central) if isinstance(who, str) else who)

    return signed_in


@pytest.fixture
def partner(db: None, tmp_path: Path) -> Connection:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return Connection.objects.create(
        code="brodart", name="Brodart", kind="folder", root=str(tmp_path), outbox="in", inbox="out"
    )


def posted(**values: Any) -> dict[str, Any]:
    """What a form sends, with a key of its own."""
    return {"_key": str(uuid.uuid4())} | values
