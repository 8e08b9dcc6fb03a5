"""The one place for raw SQL: COPY, locks and the few statements that the ORM has no words for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, LiteralString

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

BLOCK = 1 << 16
# What COPY's text format says in another way; NUL can't be kept at all.
SPECIAL = re.compile(r"[\\\t\n\r\x00]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
NULL = "\\N"


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


def tallies(
    sets: Sequence[QuerySet[Any, Any]],
    columns: Sequence[tuple[int, int]],
    joined: Sequence[tuple[int, QuerySet[Any, Any]]] = (),
) -> tuple[int, list[list[tuple[str, int]]]]:
    """How many rows the first set has, and for each (set, place of a column) how many have each value of it.

    Sets are value lists whose first column is the key. `joined` holds (set, value list of key and value): how many keys
    of the set have each value there. One statement, in which each set is read once.
    """
    written = [_written(rows) for rows in sets]
    pairs = [_written(rows) for _set, rows in joined]
    heads = [f"s{i}({', '.join(f'c{n}' for n in range(width))})" for i, (_text, _params, width) in enumerate(written)]
    withs = [f"{head} AS MATERIALIZED ({text})" for head, (text, _params, _width) in zip(heads, written, strict=True)]
    parts = ["SELECT -1 AS place, NULL AS value, count(*) FROM s0"]
    parts += [
        f"SELECT {place}, s{i}.c{n}::text, count(*) FROM s{i} GROUP BY s{i}.c{n}"  # noqa: S608  (names are ours)
        for place, (i, n) in enumerate(columns)
    ]
    parts += [
        f"SELECT {place}, p.v::text, count(DISTINCT p.k) "  # noqa: S608  (text is the ORM's)
        f"FROM s{i} JOIN ({text}) p(k, v) ON p.k = s{i}.c0 GROUP BY p.v"
        for place, ((i, _rows), (text, _params, _width)) in enumerate(zip(joined, pairs, strict=True), len(columns))
    ]
    params = [value for _text, values, _width in (*written, *pairs) for value in values]
    found: list[list[tuple[str, int]]] = [[] for _part in (*columns, *joined)]
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(withs)} {' UNION ALL '.join(parts)}", params)
        for place, value, number in cursor.fetchall():
            if place < 0:
                total = number
            else:
                found[place].append((value or "", number))
    return total, found


def _written(rows: QuerySet[Any, Any]) -> tuple[str, Sequence[Any], int]:
    """A value list as text and parameters, and how many columns it has."""
    width = len(rows.query.values_select) + len(rows.query.annotation_select)
    try:
        text, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return f"SELECT {', '.join(['NULL::bigint'] * width)} WHERE FALSE", (), width
    return text, params, width


def take_turn(what: str) -> None:
    """Wait for everybody else whose transaction took a turn at the same thing; held until this one ends."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def tabbed(texts: Sequence[str]) -> str:
    """Texts side by side as COPY takes them; one look tells whether any of them needs escaping."""
    joined = "\x1d".join(texts)
    if SPECIAL.search(joined):
        joined = joined.translate(ESCAPES)
    return joined.replace("\x1d", "\t")


def or_null(number: int | None) -> str:
    """A number as COPY takes it."""
    return NULL if number is None else str(number)


def numbers(table: LiteralString, count: int) -> list[int]:
    """So many new primary keys of a table, nobody else's."""
    statement = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [number for (number,) in rows(statement, [table, count])]
