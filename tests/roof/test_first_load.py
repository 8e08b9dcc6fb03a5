"""The first page that a person opens: how much comes over the line, and from where."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from techsvc.kernel.models.people import User
from tests import make

pytestmark = pytest.mark.django_db
ALL, SCRIPTS, SHEETS = 200_000, 60_000, 50_000  # bytes, compressed


@pytest.fixture
def supervisor(client: Client) -> User:
    user = make.person("supervisor", "technician", branch=make.branch("CEN", "Central"))
    client.force_login(user)
    return user


def loaded(page: str) -> list[str]:
    """Addresses that the browser fetches for a page."""
    found = re.findall(r'<(?:script|img|use|link)\b[^>]*?\b(?:src|href)="([^"]+)"', page)
    return sorted({address.partition("#")[0] for address in found})


def weight(address: str) -> int:
    path = finders.find(address.removeprefix("/static/"))
    assert path, f"{address} is no file of ours"
    return len(gzip.compress(Path(path).read_bytes(), 6))


@pytest.mark.parametrize("name", ["workroom:home", "acquisitions:orders", "acquisitions:receive", "kernel:style"])
def test_a_first_load_is_light_and_comes_from_here(client: Client, supervisor: User, name: str) -> None:
    page = client.get(reverse(name)).content
    addresses = loaded(page.decode())
    assert [address for address in addresses if not address.startswith("/static/")] == []
    weights = {address: weight(address) for address in addresses}
    by_kind = {end: sum(size for address, size in weights.items() if address.endswith(end)) for end in (".js", ".css")}
    assert by_kind[".js"] <= SCRIPTS
    assert by_kind[".css"] <= SHEETS
    assert len(gzip.compress(page, 6)) + sum(weights.values()) <= ALL, weights
