"""Read a backup into an empty database; nothing leaves the building afterwards until a person says so."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from techsvc.kernel import clock
from techsvc.kernel.actions import exchange, people, policies, privacy, retention
from techsvc.kernel.management import archive


class Command(BaseCommand):
    """manage.py restore FILE [--replace]"""

    help = "Read a backup into an empty database, apply newer migrations and hold all outgoing messages."
    requires_system_checks = ()  # wanted most when something is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` wrote")
        parser.add_argument("--replace", action="store_true", help="back up and remove what the database holds now")

    def handle(self, **options: Any) -> None:
        source: Path = options["file"]
        began = time.monotonic()
        archive.refuse_unreadable(source)
        severed: dict[str, str] = {}
        if not archive.is_empty():
            severed = self._make_room(replace=options["replace"])
        archive.load(source)
        call_command("migrate", interactive=False, verbosity=0)
        if not policies.value("exchange.paused"):
            exchange.pause_outgoing(actor=people.system(), why=f"Restored from {source.name}")
        self._forget_again(severed)
        self.stdout.write(f"Restored {source} in {time.monotonic() - began:.1f} s.")
        self.stdout.write(
            "No message leaves until a person releases them in the console: the vendors may have received some "
            "of them after the backup was made."
        )
        call_command("invariants", stdout=self.stdout)

    def _forget_again(self, severed: dict[str, str]) -> None:
        """What was severed or due to be forgotten is in an older backup still: it goes at once, and not at night."""
        kept = privacy.sever_again(severed, actor=people.system())
        retention.purge(actor=people.system())
        for sentence in kept:
            self.stdout.write(f"A patron who was severed is back. {sentence}")
        if not severed:
            self.stdout.write("Patrons who were severed after the backup was made are back: sever them again.")

    def _make_room(self, *, replace: bool) -> dict[str, str]:
        """Back up and remove what is there; returns who was severed, whom an older backup would bring back."""
        if not replace:
            raise CommandError(
                f"The database {connection.settings_dict['NAME']} is not empty, so nothing was restored. "
                "With --replace its contents are backed up and removed first."
            )
        severed = privacy.severed() if archive.has_history() else {}
        kept = archive.dump(settings.VAR_DIR / "backups", clock.now())
        self.stdout.write(f"What the database held is in {kept}.")
        try:
            archive.clear()
        except OperationalError as problem:
            raise CommandError("The database is in use, so nothing was restored: stop the system first.") from problem
        return severed
