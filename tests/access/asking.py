"""Asking for pages: each request in a savepoint of its own, so that what breaks breaks alone."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

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
    return _taken_back(lambda: getattr(client, method)(url, data or {}, headers=headers or {}))


def knock(user: User, url: str, data: dict[str, Any]) -> Answer:
    """A GET that reaches the view at once, past sessions and middleware: for asking thousands of questions."""
    request = RequestFactory().get(url, data)
    request.user = user
    view = resolve(urlsplit(url).path)
    return _taken_back(lambda: view.func(request, *view.args, **view.kwargs))


def _taken_back(request: Callable[[], HttpResponseBase]) -> Answer:
    try:
        with transaction.atomic():
            answer = read(request())
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a 500 to whoever asked)
        return Answer(500, fault=f"{type(error).__name__}: {error} at {_where(error)}")
    return answer


def unrendered_page(*_template: object, status: int = 200, **_context: object) -> HttpResponse:
    """In place of Django's `render`, for tests that look at the status alone."""
    return HttpResponse(status=status)


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
        location=response.get("Location", "") or response.get("HX-Redirect", ""),
        policy=response.get("Content-Security-Policy", ""),
        content_type=response.get("Content-Type", ""),
    )


def _where(error: BaseException) -> str:
    """The innermost line of our own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
