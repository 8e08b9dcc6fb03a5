"""Whether the process lives (/healthz) and whether it can serve (/readyz): for supervisors and load balancers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from techsvc.kernel import clock, queries, sql
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.jobs import ScheduledRun
from techsvc.kernel.secrets import SecretUnreadable, key_ring

LEAST_DISK_BYTES = 500_000_000
LATE = timedelta(minutes=15)


@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def readyz(_request: HttpRequest) -> JsonResponse:
    """Every part that serving needs, each with "ok" or what is wrong; 503 when one that must be there is not."""
    found = {name: _ask(check) for name, check in CHECKS.items()}
    ready = all(answer == "ok" for name, answer in found.items() if name not in WARNINGS)
    return JsonResponse({"ready": ready, "checks": found}, status=200 if ready else 503)


def _ask(check: Callable[[], str]) -> str:
    try:
        return check() or "ok"
    except (DatabaseError, OSError, Refusal) as error:
        return str(error).splitlines()[0]


def _database() -> str:
    sql.rows("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied: run manage.py migrate" if missing else ""


def _disk() -> str:
    free = shutil.disk_usage(settings.BASE_DIR).free
    return "" if free >= LEAST_DISK_BYTES else f"only {free:,} bytes are free on the disk"


def _vendor_keys() -> str:
    try:
        key_ring()
    except SecretUnreadable:
        return "the key file is missing or wrong: nothing is sent to vendors"  # its place is nobody's business
    return ""


def _queue_age() -> str:
    oldest = queries.due_outgoing().order_by("queued_at").values_list("queued_at", flat=True).first()
    return f"a message waits since {oldest:%Y-%m-%d %H:%M}" if oldest and clock.now() - oldest > LATE else ""


def _beat() -> str:
    last = ScheduledRun.objects.order_by("-at").values_list("at", flat=True).first()
    return "" if last and clock.now() - last < LATE else "no schedule was rung lately: is beat running?"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "disk": _disk,
    "vendor keys": _vendor_keys,
    "outgoing messages": _queue_age,
    "beat": _beat,
}
WARNINGS = ("outgoing messages", "beat")
