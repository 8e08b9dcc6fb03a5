"""The one place for raw SQL: COPY, locks and the few statements that the ORM has no words for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, LiteralString

from django.db import connection

BLOCK = 1 << 16


def rows(statement: LiteralString, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement whose text is a constant of ours; values travel as parameters only."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def execute(statement: LiteralString, params: Sequence[Any] = ()) -> int:
    """Run a statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        touched: int = cursor.rowcount
        return touched


def copy_in(table_and_columns: LiteralString, lines: Iterable[str]) -> None:
    """COPY text-format lines (already escaped, tab-separated) into "table (column, …)"."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table_and_columns} FROM STDIN", StringIO("".join(lines)), BLOCK)


def take_turn(what: str) -> None:
    """Wait for everybody else whose transaction took a turn at the same thing; held until this one ends."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
