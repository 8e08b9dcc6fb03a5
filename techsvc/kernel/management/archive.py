"""A backup is one file of pg_dump; a restore reads one into a database that holds nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from techsvc import embedded
from techsvc.kernel import sql

NAME = "techsvc-{:%Y%m%d-%H%M%S}.dump"
IS_OURS = re.compile(r"techsvc-(\d{8}-\d{6})\.dump")


def dump(folder: Path, at: datetime) -> Path:
    """Write a backup as of now, readable by this account alone; a half-written one never has the final name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / NAME.format(at)
    part = target.with_suffix(".part")
    part.touch(mode=0o600)
    _run("pg_dump", "--format=custom", f"--file={part}")
    part.rename(target)
    return target


def load(source: Path) -> None:
    """Read a backup, all of it or nothing."""
    connection.close()
    _run(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        f"--dbname={connection.settings_dict['NAME']}",
        str(source),
    )


def refuse_unreadable(source: Path) -> None:
    """Refuse a file that is no backup, before anything is touched."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}: name one of {settings.VAR_DIR / 'backups'}.")
    with source.open("rb") as file:
        if file.read(5) != b"PGDMP":
            raise CommandError(f"{source} is not a backup: its first bytes are not those of pg_dump's custom format.")


def is_empty() -> bool:
    """Whether the database holds no table."""
    return not sql.rows("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")


def has_history() -> bool:
    """Whether the database is one of ours, and not something else that has to go."""
    return bool(sql.rows("SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'kernel_historyevent'"))


def clear() -> None:
    """Drop everything; refused while another program is connected and holds a lock."""
    sql.execute("DROP SCHEMA public CASCADE")
    sql.execute("CREATE SCHEMA public")
    sql.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def drop_old(folder: Path, at: datetime, days: int) -> Iterator[Path]:
    """Remove our backups that are older than this many days; other files stay."""
    for path in sorted(folder.glob("*.dump")):
        stamp = IS_OURS.fullmatch(path.name)
        if stamp and datetime.strptime(stamp[1], "%Y%m%d-%H%M%S").replace(tzinfo=at.tzinfo) < at - timedelta(days=days):
            path.unlink()
            yield path


def _run(program: str, *words: str) -> None:
    login = connection.settings_dict
    given = {
        "PGHOST": login["HOST"],
        "PGPORT": login["PORT"],
        "PGUSER": login["USER"],
        "PGPASSWORD": login["PASSWORD"],
        "PGDATABASE": login["NAME"],
    }
    environ = os.environ | {name: str(value) for name, value in given.items() if value}
    done = subprocess.run([_tool(program), *words], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"{program} failed and nothing was changed. It said: {done.stderr.strip()}")


def _tool(program: str) -> str:
    """The program in the server's own version: an older one can't read the server, a newer one writes for its own."""
    wanted = int(sql.rows("SHOW server_version_num")[0][0]) // 10_000
    found = [embedded.postgres_tool(program), shutil.which(program)]
    versions = {major: str(path) for path in found if path and (major := _major(Path(path)))}
    if wanted not in versions:
        have = ", ".join(map(str, sorted(versions))) or "none"
        raise CommandError(f"{program} of PostgreSQL {wanted} is needed for this server; here is {have}. Install it.")
    return versions[wanted]


def _major(path: Path) -> int:
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)\.", shown)
    return int(match[1]) if match else 0
