"""How long a person stays signed in: an hour without a request, twelve hours in all."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from techsvc.kernel import clock

BEGAN, SEEN = "signed_in_at", "seen_at"  # keys in the session, in seconds since 1970
SEEN_STEP = 60  # seconds: the session's row is written once a minute at most


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
            logout(request)
        elif BEGAN not in request.session or now - seen >= SEEN_STEP:
            request.session[BEGAN], request.session[SEEN] = began, now
