"""Write a backup of the database to a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from techsvc.kernel import clock
from techsvc.kernel.management import archive


class Command(BaseCommand):
    """manage.py backup [--to FOLDER] [--keep DAYS]"""

    help = "Write a backup of the database to var/backups, and drop backups that are older than 35 days."
    requires_system_checks = ()  # wanted most when something is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.VAR_DIR / "backups", help="folder of the backups")
        parser.add_argument("--keep", type=int, default=35, help="days that a backup is kept")

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        target = archive.dump(options["to"], clock.now())
        took = time.monotonic() - began
        self.stdout.write(f"Backed up to {target}: {target.stat().st_size / 1e6:.1f} MB in {took:.1f} s.")
        for path in archive.drop_old(options["to"], clock.now(), options["keep"]):
            self.stdout.write(f"Removed {path.name}, older than {options['keep']} days.")
        keys = settings.VENDOR_KEYS_FILE
        self.stdout.write(f"The keys of the vendors' passwords are not in it: keep a copy of {keys} in another place.")
