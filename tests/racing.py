"""Two workers, two beats, two people at once: acts run in threads, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections

PATIENCE = 10.0  # seconds that a test waits for another thread before it calls it stuck


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised, in the order given; all are let go at the same instant."""
    gate = threading.Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as threads:
        futures = [threads.submit(_run, act, gate) for act in acts]
        return [future.exception(PATIENCE) or future.result() for future in futures]


def _run(act: Callable[[], Any], gate: threading.Barrier) -> Any:
    try:
        gate.wait(PATIENCE)
        return act()
    finally:
        connections.close_all()


def somebody_waits_for_a_lock() -> bool:
    """Whether a session of this test's database stands before a lock that another one holds; asked until it does."""
    pause = threading.Event()
    for _attempt in range(int(PATIENCE / 0.02)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return True
        pause.wait(0.02)
    return False
