"""A browser of few words: one person's session, posts that may break off and are sent again with the same key."""

from __future__ import annotations

import http.client
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import get_random_string

from techsvc.kernel.models.people import User


@dataclass
class Browser:
    """`port` is where the web server of the plant listens."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, key: str) -> tuple[int, str]:
        """(status, Location); status 0 when the line broke."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies[settings.CSRF_COOKIE_NAME],
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("POST", path, urlencode({"_key": key}), headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()
        return answer.status, answer.getheader("Location", "")


def signed_in(user: User, port: int) -> Browser:
    """As if the person had signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key or "",
        settings.CSRF_COOKIE_NAME: get_random_string(32),
    }
    return Browser(port, cookies)


def new_key() -> str:
    return str(uuid.uuid4())
