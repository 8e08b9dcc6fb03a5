"""Sessions in the database, and how long a person stays signed in: an hour without a request, twelve hours in all."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from techsvc.kernel import clock

BEGAN, SEEN = "signed_in_at", "seen_at"  # keys in the session, in seconds since 1970
SEEN_STEP = 60  # seconds: the session's row is written once a minute at most


class SessionStore(db.SessionStore):
    """Django's own, which takes a database that died for a session that was deleted, and blames the request (400)."""

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise


class SessionLimitsMiddleware:
    """Signs a person out after settings.SESSION_IDLE_SECONDS unused, or settings.SESSION_COOKIE_AGE in all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        now = clock.now().timestamp()
        began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_COOKIE_AGE:
            request.lapsed = request.user  # type: ignore[attr-defined]  # for whom what was being sent is kept
            logout(request)
        elif BEGAN not in request.session or now - seen >= SEEN_STEP:
            request.session[BEGAN], request.session[SEEN] = began, now
