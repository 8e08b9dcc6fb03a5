"""Asking for pages: each request in a savepoint of its own, so that what breaks breaks alone."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from techsvc.kernel.models.people import User

SHOWN = 25


@dataclass(frozen=True)
class Answer:
    """What came back: the status (500 for whatever was raised), the text, the place that broke."""

    status: int
    text: str = ""
    fault: str = ""
    location: str = ""
    policy: str = ""
    content_type: str = ""

    def __str__(self) -> str:
        return f"{self.status} {self.fault or self.location}".strip()


def signed_in_as(user: User) -> Client:
    """A browser in which the person has signed in and opened a first page."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("workroom:home"))
    return client


def ask(
    client: Client,
    url: str,
    method: str = "get",
    *,
    data: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request; its writes are taken back."""
    try:
        with transaction.atomic():
            response = getattr(client, method)(url, data or {}, headers=headers or {})
            answer = read(response)
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a 500 to whoever asked)
        return Answer(500, fault=f"{type(error).__name__}: {error} at {_where(error)}")
    return answer


def nothing_of(wrong: dict[str, str]) -> None:
    """Fail when anything went wrong, with a line for each; the first of many."""
    lines = [f"{what}: {answer[:500]}" for what, answer in wrong.items()]
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    if lines:
        pytest.fail("\n".join(["", *lines[:SHOWN], *more]), pytrace=False)


def read(response: HttpResponseBase) -> Answer:
    body = b"".join(response) if response.streaming else response.content
    return Answer(
        response.status_code,
        body.decode("utf-8", "replace"),
        location=response.get("Location", ""),
        policy=response.get("Content-Security-Policy", ""),
        content_type=response.get("Content-Type", ""),
    )


def _where(error: BaseException) -> str:
    """The innermost line of our own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
