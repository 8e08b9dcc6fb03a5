"""Ask the database whether what must hold holds."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from techsvc.kernel import invariants

SHOWN = 20


class Command(BaseCommand):
    """manage.py invariants"""

    help = "Check what must hold after any fault; ends with code 1 and names the rows when something does not."
    requires_system_checks = ()  # wanted most when something is wrong

    def handle(self, **_options: Any) -> None:
        broken = 0
        for name, invariant, exceptions in invariants.ask():
            self.stdout.write(f"{'BROKEN' if exceptions else 'holds '} {name}: {invariant.sentence}")
            for line in exceptions[:SHOWN]:
                self.stdout.write(f"       - {line}")
            if len(exceptions) > SHOWN:
                self.stdout.write(f"       … and {len(exceptions) - SHOWN} more")
            broken += bool(exceptions)
        if broken:
            raise CommandError(f"{broken} of {len(invariants.DECLARED)} do not hold.")
        self.stdout.write(f"All {len(invariants.DECLARED)} hold.")
