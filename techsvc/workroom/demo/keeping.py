"""Keeps the filled demo as a database of its own, so that making it anew today takes a moment.

The kept one is named after a digest of everything that shapes it: the code, the tables of titles, the day, the keys
that sealed its password. Filling happens there, and the library's database gets a copy: it is empty or whole.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from techsvc.embedded import databases
from techsvc.kernel import clock
from techsvc.workroom.demo.filling import fill
from techsvc.workroom.demo.partners import Partners

PARTS = ("techsvc", "cataloging", "acquisitions", "ill", "processing")
SHAPES = ("*.py", "*.tsv")
PREFIX, UNFINISHED = "techsvc_demo_", "techsvc_demo_unfinished"


def name_of(partners: Partners) -> str:
    """The name of the kept demo that this code would fill today."""
    digest = hashlib.sha256(repr((clock.today(), partners, settings.TIME_ZONE, settings.CURRENCY)).encode())
    digest.update(settings.VENDOR_KEYS_FILE.read_bytes() if settings.VENDOR_KEYS_FILE.exists() else b"")
    files = (file for part in PARTS for shape in SHAPES for file in (settings.BASE_DIR / part).rglob(shape))
    for path in sorted(files):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def put_in_place(partners: Partners, *, migrated: bool) -> None:
    """The library's database becomes a copy of the kept demo, which is filled first where there is none.

    `migrated` says that the library's database is empty and up to date, so that filling can start from it. Raises
    psycopg2's InsufficientPrivilege where the owner may not make databases, ObjectInUse while somebody is in them.
    """
    library, name = settings.OWNER_LOGIN["NAME"], name_of(partners)
    connections.close_all()
    with databases.server(settings.OWNER_LOGIN) as cursor:
        kept = databases.names(cursor, PREFIX)
        if name not in kept:
            _start(cursor, library if migrated else "")
            _fill(partners, migrated=migrated)
            databases.rename(cursor, UNFINISHED, name)
        for old in kept:
            if old not in (name, UNFINISHED):
                databases.drop(cursor, old)
        databases.copy(cursor, name, library)


def _start(cursor: Any, source: str) -> None:
    """The database to be filled: a copy of the library's, or a new one."""
    if source:
        databases.copy(cursor, source, UNFINISHED)
    else:
        databases.make_empty(cursor, settings.OWNER_LOGIN, UNFINISHED)


def _fill(partners: Partners, *, migrated: bool) -> None:
    """Migrate and fill the unfinished database; a crash of the server there loses nothing, so commits don't wait."""
    place: dict[str, Any] = connections["default"].settings_dict
    before = {**place}
    limits = place["OPTIONS"].get("options", "")
    place |= {"NAME": UNFINISHED, "OPTIONS": {**place["OPTIONS"], "options": f"{limits} -c synchronous_commit=off"}}
    try:
        if not migrated:
            call_command("migrate", verbosity=0, interactive=False)
        fill(partners)
    finally:
        connections.close_all()
        place |= before
