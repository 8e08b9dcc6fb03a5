"""Signing in: how long it lasts, what a guesser meets, and what no cache may keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from techsvc.kernel import clock
from techsvc.kernel.actions import people
from techsvc.kernel.models.people import User

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
PAGE = "/console/undo/0/"  # any page that asks for a person


@pytest.fixture
def anna(db: None) -> User:
    return people.create_user(
        "anna", display_name="Anna", password=PASSWORD, branch=None, roles=[], actor=people.system()
    )


def is_signed_in(client: Client) -> bool:
    response = client.get(PAGE)
    return not (response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/"))


@pytest.mark.parametrize(
    ("minutes", "still_in"),
    [
        ([59, 118], True),  # never an hour without a request
        ([59, 120], False),
        ([50 * n for n in range(1, 15)], True),  # 11 hours and 40 minutes
        ([50 * n for n in range(1, 16)], False),  # 12 hours and 30 minutes
    ],
)
def test_a_person_stays_signed_in_while_working_and_no_longer_than_a_shift(
    client: Client, anna: User, minutes: list[int], still_in: bool
) -> None:
    client.force_login(anna)
    with clock.at(MORNING):
        assert is_signed_in(client)
    for minute in minutes[:-1]:
        with clock.at(MORNING + timedelta(minutes=minute)):
            assert is_signed_in(client)
    with clock.at(MORNING + timedelta(minutes=minutes[-1])):
        assert is_signed_in(client) is still_in


def test_the_sixth_guess_is_not_even_tried(client: Client, anna: User) -> None:
    for _ in range(5):
        client.post("/accounts/login/", {"username": "anna", "password": "wrong"})
    response = client.post("/accounts/login/", {"username": "anna", "password": PASSWORD})
    assert response.status_code == 429
    assert "not tried for 15 minutes" in response.content.decode()
    assert not is_signed_in(client)
    assert (
        Client(REMOTE_ADDR="192.0.2.7").post("/accounts/login/", {"username": "anna", "password": PASSWORD}).status_code
        == 302
    )


def test_a_database_that_dies_under_a_session_is_not_the_persons_fault(
    client: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: object, **_named: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    client.force_login(anna)
    client.raise_request_exception = False
    monkeypatch.setattr(Session, "save", dies)
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


def test_pages_are_kept_by_no_cache_and_open_no_device(client: Client, db: None) -> None:
    headers = client.get("/accounts/login/").headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "'unsafe" not in headers["Content-Security-Policy"]
