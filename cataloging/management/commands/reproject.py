"""Derive the columns, match keys and headings of all records anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cataloging.actions.reprojecting import reproject
from techsvc.kernel.actions import people


class Command(BaseCommand):
    """manage.py reproject"""

    help = "Derive columns, match keys and headings of all records anew from their bytes, as an upgrade may need it."

    def handle(self, **_options: Any) -> None:
        done, faults = 0, []
        for done, some in reproject(actor=people.system()):
            faults += some
            self.stdout.write(f"{done:,} records", ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.write(f"Derived anew: {done:,} records.")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} records can't be derived and stay as they were. Mend or withdraw them.")
