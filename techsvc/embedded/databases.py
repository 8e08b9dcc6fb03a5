"""Whole databases of a server, by the role that owns them: made empty, copied, put in another's place, dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.sql import SQL, Identifier

from techsvc.embedded.servers import GRANTS

Login = Mapping[str, Any]  # NAME, USER, PASSWORD, HOST, PORT, as Django's settings have them
MAINTENANCE = "postgres"


@contextmanager
def server(login: Login, database: str = MAINTENANCE) -> Iterator[Any]:
    """A cursor outside any transaction: databases can't be made or dropped inside one."""
    connection = psycopg2.connect(
        dbname=database,
        user=login["USER"] or None,
        password=login["PASSWORD"] or None,
        host=login["HOST"] or None,
        port=login["PORT"] or None,
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def names(cursor: Any, beginning: str) -> list[str]:
    """Databases whose name begins so, the newest first."""
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [beginning])
    return [name for (name,) in cursor.fetchall()]


def make_empty(cursor: Any, login: Login, name: str) -> None:
    """A new database without tables, in which the application's role will be granted what it needs."""
    drop(cursor, name)
    cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    with server(login, name) as inside:
        inside.execute(GRANTS)


def copy(cursor: Any, source: str, target: str) -> None:
    """Put a copy of one database in the place of another; raises psycopg2's ObjectInUse while somebody is in it."""
    drop(cursor, target)
    statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    cursor.execute(statement.format(Identifier(target), Identifier(source)))


def rename(cursor: Any, name: str, to: str) -> None:
    cursor.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(to)))


def drop(cursor: Any, name: str) -> None:
    """Drop a database that nobody is in."""
    cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
