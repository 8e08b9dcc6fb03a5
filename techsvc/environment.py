"""Typed access to the environment; a wrong value ends the start with a sentence that names the variable."""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from techsvc import embedded


def text(name: str, default: str | None = None) -> str:
    """The value of a variable; one without a default has to be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: see docs/operations.md for what it means.")
    return value


def number(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    value = os.environ.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name}={value!r}: must be a whole number from {low} to {high}")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    """On or off."""
    value = os.environ.get(name, "on" if default else "off").lower()
    if value not in {"on", "off", "1", "0", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name}={value!r}: must be on or off")
    return value in {"on", "1", "true", "yes"}


def choice(name: str, *allowed: str) -> str:
    """One of these; the first where it is not set."""
    value = os.environ.get(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: must be {' or '.join(allowed)}")
    return value


def url(name: str, value: str, *schemes: str) -> SplitResult:
    """The parts of an address whose scheme is one of these."""
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name}={value!r}: must begin with {' or '.join(f'{s}://' for s in schemes)}")
    return parts


def secret_key() -> str:
    """SECRET_KEY, or the key file of the built-in installation; a process without rows makes do with any."""
    kept = embedded.var_dir() / "keys" / "secret_key"
    if "SECRET_KEY" not in os.environ and kept.exists():
        return kept.read_text(encoding="ascii").strip()
    return text("SECRET_KEY", None if "DATABASE_URL" in os.environ else secrets.token_urlsafe(48))


def database(name: str, *, statement_seconds: int) -> dict[str, Any]:
    """Django's settings for a postgresql:// address; `?host=` names the folder of a Unix socket."""
    default = (
        embedded.addresses(embedded.var_dir())[name] if "DATABASE_URL" not in os.environ else os.environ["DATABASE_URL"]
    )
    parts = url(name, text(name, default), "postgresql", "postgres")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    program = f"techsvc {Path(sys.argv[0]).name}"[:60].replace(" ", "-")
    limits = f"-c lock_timeout=5s -c statement_timeout={statement_seconds}s"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": program, "options": limits, **query},
    }
