"""A selector who is signed in, and what the pages of acquisitions can show."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.acquisitions import make
from tests.acquisitions.make import Setting

Post = Callable[..., HttpResponse]


@pytest.fixture
def at() -> Setting:
    return make.setting()


@pytest.fixture
def selector(client: Client, at: Setting) -> Client:
    client.force_login(at.selector)
    return client


@pytest.fixture
def post(client: Client) -> Post:
    """Post to a named page with a fresh key, as its form would."""

    def go(name: str, /, *args: Any, **data: Any) -> HttpResponse:
        return client.post(reverse(f"acquisitions:{name}", args=args), {"_key": str(uuid.uuid4()), **data})  # type: ignore[return-value]

    return go
