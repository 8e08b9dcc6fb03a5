"""Start and stop the two servers: PostgreSQL and Valkey, as plain programs on Unix sockets."""

from __future__ import annotations

import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from techsvc.embedded.places import Home, binaries, identity

OWNER, APP, DATABASE = "techsvc_owner", "techsvc_app", "techsvc"
GRANTS = f"""
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {APP};
"""

POSTGRES_OPTIONS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "shared_preload_libraries=pg_stat_statements",
    "shared_buffers=256MB",
    "wal_compression=on",
    "jit=off",
    "max_connections=100",
)
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def _run(*words: object) -> int:
    """Run a program as the servers' account. Its output is not captured: a server would inherit the pipe."""
    quiet = subprocess.DEVNULL
    command = [str(word) for word in words]
    done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/", check=False, **identity())
    return done.returncode


def _forget_dead(pidfile: Path) -> None:
    """Remove a lock file whose process is gone, is a zombie or is by now another program.

    PostgreSQL itself trusts any living process number, which a restarted container gives to somebody else.
    """
    try:
        process = Path("/proc") / pidfile.read_text().split()[0]
        if not Path("/proc/self").exists():
            return
        state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0] if process.exists() else "Z"
        if state == "Z" or (process / "comm").read_text().strip() != "postgres":
            pidfile.unlink()
    except (OSError, IndexError):
        return


def start_postgres(home: Home, *, durable: bool) -> bool:
    """Start the database if it does not answer; True when that was needed. The first start makes the cluster."""
    programs, cluster = binaries().postgres, home.cluster
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(programs, cluster, *(() if durable else ("--no-sync",)))
    _refuse_other_version(programs, cluster)
    if _run(programs / "pg_isready", "-q", "-h", home.run) == 0:
        return False
    options = [*POSTGRES_OPTIONS, *(() if durable else UNSAFE_BUT_FAST)]
    words = " ".join([f"-k {shlex.quote(str(home.run))}", *(f"-c {option}" for option in options)])
    for _ in range(15):  # after a kill -9, orphaned backends hold the shared memory for a moment
        for pidfile in (cluster / "postmaster.pid", home.run / ".s.PGSQL.5432.lock"):
            _forget_dead(pidfile)
        log = cluster / "server.log"
        if _run(programs / "pg_ctl", "-D", cluster, "-l", log, "-o", words, "-w", "start") == 0:
            return True
        time.sleep(0.5)
    raise SystemExit(f"PostgreSQL did not start; the reason is at the end of {cluster / 'server.log'}.")


def _make_cluster(programs: Path, cluster: Path, *more: str) -> None:
    """A new cluster in UTF-8; the wheel has no ICU, so that the collation is the built-in one."""
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    if _run(programs / "initdb", "-D", cluster, "-U", "postgres", "-E", "UTF8", "-A", "trust", *locale, *more):
        raise SystemExit(f"PostgreSQL could not make a new cluster in {cluster}: is the disk full?")


def _refuse_other_version(programs: Path, cluster: Path) -> None:
    shown = subprocess.run([programs / "postgres", "-V"], capture_output=True, text=True, check=True, **identity())
    ours, theirs = (shown.stdout.split()[-1].split(".")[0], (cluster / "PG_VERSION").read_text().strip())
    if ours != theirs:
        raise SystemExit(
            f"The data in {cluster} were made by PostgreSQL {theirs}, but {ours} is installed: "
            "back up with the release that made them, move the folder away, and restore with this one."
        )


def create_roles(home: Home) -> None:
    """Make the roles and the database: the owner migrates, the programs log in as a role that owns nothing."""
    with _superuser(home, "postgres") as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        known = {name for (name,) in cursor.fetchall()}
        for role, attributes in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
            if role not in known:
                cursor.execute(f"CREATE ROLE {role} {attributes}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone():
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")  # beside the library's data: not backed up
        cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    with _superuser(home, DATABASE) as cursor:
        cursor.execute(GRANTS)


@contextmanager
def _superuser(home: Home, database: str) -> Iterator[Any]:
    connection = psycopg2.connect(host=str(home.run), dbname=database, user="postgres")
    connection.autocommit = True  # CREATE DATABASE refuses to run inside a transaction
    try:
        yield connection.cursor()
    finally:
        connection.close()


def start_valkey(home: Home) -> bool:
    """Start the broker if it does not answer; True when that was needed."""
    if _valkey_answers(home):
        return False
    words: dict[str, object] = {
        "port": 0,
        "unixsocket": home.broker_socket,
        "unixsocketperm": 700,
        "dir": home.queue,
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "logfile": home.queue / "server.log",
    }
    _run(binaries().valkey, *(word for name, value in words.items() for word in (f"--{name}", value)))
    for _ in range(200):
        if _valkey_answers(home):
            return True
        time.sleep(0.05)
    raise SystemExit(f"The broker did not start; the reason is at the end of {home.queue / 'server.log'}.")


def _valkey_answers(home: Home) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(home.broker_socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def stop(home: Home) -> None:
    """Stop both servers, each after writing what it holds."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(home.broker_socket))
            client.sendall(b"SHUTDOWN\r\n")
            client.recv(1)  # returns when the server has written its file and closed
        except OSError:
            pass
    if (home.cluster / "postmaster.pid").exists():
        _run(binaries().postgres / "pg_ctl", "-D", home.cluster, "-m", "fast", "-w", "stop")
