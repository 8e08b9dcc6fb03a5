"""The database of a test run: migrated once for each state of the models, then cloned in a moment.

A template named after a digest of everything that shapes the tables stays in the test cluster between runs. Each
run, and each worker of it, gets a clone named after its process, so that several runs at once don't meet. Tests
log in as the application's role, as the programs do; the owner makes and drops the databases.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from techsvc import embedded

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("techsvc", "cataloging", "acquisitions", "ill", "processing")
SHAPES_ROWS = ("migrations/*.py", "models/*.py", "models.py", "apps.py", "access.py", "declarations.py")
TEMPLATES_KEPT = 8
LOCK = 7_470_117  # any fixed number: the advisory lock under which templates are built


def prepare() -> tuple[str, str]:
    """Make this process's database and point Django and child processes at it; returns its name and its template's."""
    name, template = f"test_techsvc_{os.getpid()}", template_name()
    with _server() as cursor:
        _drop_abandoned(cursor)
        _ensure_template(template, cursor)
    recreate(name, template)
    _use(name, settings.APP_LOGIN)
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        parts = urlsplit(os.environ.get(variable) or os.environ["DATABASE_URL"])
        os.environ[variable] = urlunsplit(parts._replace(path=f"/{name}", netloc=parts.netloc or "@"))
    return name, template


def recreate(name: str, template: str) -> None:
    """Replace the database by a fresh clone: seeded rows are back and sequences start again."""
    _end_sessions(name)
    with _server() as cursor:
        drop(name, cursor)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')  # a third of the time


def drop(name: str, cursor: Any) -> None:
    """Drop a database, whoever is still connected to it."""
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def finish(name: str) -> None:
    """Remove this process's database."""
    _end_sessions(name)
    with _server() as cursor:
        drop(name, cursor)


def _end_sessions(name: str) -> None:
    """End what is still connected (threads of a live server): the owner may not end sessions of the programs' role."""
    connections.close_all()
    with _server(login=settings.APP_LOGIN) as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user",
            [name],
        )


def template_name() -> str:
    """Named after a digest of the files that shape tables and seeded rows."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted(file for part in PARTS for glob in SHAPES_ROWS for file in (ROOT / part).rglob(glob)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"template_techsvc_{digest.hexdigest()[:16]}"


def _ensure_template(name: str, cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # released when the connection closes
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone():
        return
    unfinished = f"{name}_unfinished"
    drop(unfinished, cursor)
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    with _server(unfinished) as inside:
        inside.execute(embedded.GRANTS)
    _use(unfinished, settings.OWNER_LOGIN)
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    connections.close_all()
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    _drop_old_templates(cursor)


def _drop_old_templates(cursor: Any) -> None:
    cursor.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^template_techsvc_[0-9a-f]+$' ORDER BY oid DESC OFFSET %s",
        [TEMPLATES_KEPT],
    )
    for (name,) in cursor.fetchall():
        drop(name, cursor)


def _drop_abandoned(cursor: Any) -> None:
    """Databases of runs that were killed: their process is gone."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_techsvc_[0-9]+$'")
    for (name,) in cursor.fetchall():
        try:
            os.kill(int(name.rsplit("_", 1)[1]), 0)
        except ProcessLookupError:
            drop(name, cursor)
        except PermissionError:
            continue


def _use(name: str, login: dict[str, Any]) -> None:
    connections["default"].close()
    connections["default"].settings_dict.update({**login, "NAME": name})
    settings.DATABASES["default"]["NAME"] = name


@contextmanager
def _server(database: str = "postgres", *, login: dict[str, Any] | None = None) -> Iterator[Any]:
    login = login or settings.OWNER_LOGIN
    connection = psycopg2.connect(
        dbname=database,
        user=login["USER"] or None,
        password=login["PASSWORD"] or None,
        host=login["HOST"] or None,
        port=login["PORT"] or None,
    )
    connection.autocommit = True  # CREATE DATABASE refuses to run inside a transaction
    try:
        yield connection.cursor()
    finally:
        connection.close()
