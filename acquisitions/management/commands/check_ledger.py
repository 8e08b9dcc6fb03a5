"""Ask whether the money adds up."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from acquisitions.queries.invariants import ALL

MONEY = ("acquisitions.ledger_balances", "acquisitions.funds_within_stops", "acquisitions.encumbered")


class Command(BaseCommand):
    """manage.py check_ledger"""

    help = "Check that postings balance, funds keep their stops, and what is encumbered is what is on order."

    def handle(self, **_options: Any) -> None:
        wrong = 0
        for name in MONEY:
            sentence, exceptions = ALL[name]
            found = exceptions()
            wrong += len(found)
            self.stdout.write(f"{'BROKEN' if found else 'holds '} {sentence}")
            for line in found:
                self.stdout.write(f"       - {line}")
        if wrong:
            raise CommandError(f"The ledger has {wrong} faults. Nothing was changed; show them to whoever keeps it.")
