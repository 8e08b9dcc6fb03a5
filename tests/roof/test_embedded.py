"""The built-in servers: addresses, keys, and starts that meet or follow a crash."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from techsvc import embedded
from techsvc.embedded import keys, places
from tests.architecture.code import ROOT

HOLD = """
import os, sys, psycopg2
from techsvc import embedded
print(",".join(embedded.ensure()) or "nothing", flush=True)
psycopg2.connect(os.environ["DATABASE_URL"]).close()
sys.stdin.read()
"""


def hold(var: Path) -> subprocess.Popen[str]:
    """A process that needs the servers until its input is closed; its first line says what it started."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    environ = {name: value for name, value in os.environ.items() if name not in ours} | {"TECHSVC_VAR": str(var)}
    return subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0


def postmaster(var: Path) -> int:
    return int((places.home_of(var).cluster / "postmaster.pid").read_text().split()[0])


@pytest.fixture
def var() -> Iterator[Path]:
    """A new folder that the account of the servers can reach: pytest's own are private."""
    folder = ROOT / "var" / "test" / f"servers-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


def test_addresses_name_the_sockets_below_var(tmp_path: Path) -> None:
    found = embedded.addresses(tmp_path)
    socket = places.home_of(tmp_path).run
    assert found["REDIS_URL"] == f"redis+socket://{socket}/valkey.sock"
    assert found["DATABASE_URL"].startswith("postgresql://techsvc_app@/techsvc?host=%2F")
    assert found["DATABASE_OWNER_URL"].startswith("postgresql://techsvc_owner@/techsvc?host=%2F")


def test_a_socket_path_too_long_for_the_kernel_is_moved() -> None:
    home = places.Home(Path("/x" * 60), Path("/x" * 60))
    assert len(str(home.broker_socket)) < 60


def test_keys_are_private_and_never_replaced(tmp_path: Path) -> None:
    keys.write_keys(tmp_path)
    ring = tmp_path / "keys" / "vendor_keys"
    before = ring.read_text()
    keys.write_keys(tmp_path)
    assert ring.read_text() == before
    assert before.startswith("k1:")
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert sorted(path.name for path in ring.parent.iterdir()) == ["secret_key", "vendor_keys"]


@pytest.mark.slow
def test_six_starts_at_once_make_one_pair_and_the_last_to_leave_stops_it(var: Path) -> None:
    processes = [hold(var) for _ in range(6)]
    assert sorted(map(first_line, processes)) == ["database,broker", *["nothing"] * 5]
    pid = postmaster(var)
    leave(*processes[:5])
    os.kill(pid, 0)  # still there for the sixth
    leave(processes[5])
    assert not (places.home_of(var).cluster / "postmaster.pid").exists()


@pytest.mark.slow
def test_a_killed_database_keeps_its_rows(var: Path) -> None:
    first = hold(var)
    assert first_line(first) == "database,broker"
    with psycopg2.connect(embedded.addresses(var)["DATABASE_OWNER_URL"]) as connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(var), signal.SIGKILL)

    second = hold(var)

    assert first_line(second) == "database"
    with psycopg2.connect(embedded.addresses(var)["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchall() == [(42,)]
    leave(first, second)


@pytest.mark.slow
def test_data_of_another_version_are_not_touched(var: Path) -> None:
    cluster = places.prepare(var).cluster
    (cluster / "PG_VERSION").write_text("17\n")
    process = hold(var)
    assert first_line(process) == ""
    assert process.wait() == 1
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]
