"""Take a load of records back out of the catalog."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cataloging.actions import loads
from cataloging.models.loads import Load
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Refusal


class Command(BaseCommand):
    """manage.py undo_load BATCH [--json]"""

    help = "Take back what a load created, overlaid and withdrew; what can't be taken back stays and is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the load")
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")

    def handle(self, **options: Any) -> None:
        number = options["batch"]
        before = _loaded(number)
        try:
            load = loads.undo_batch(number, actor=people.system())
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal
        stayed = [
            {"record": position, "title": title, "why": why}
            for position, title, why in load.rows.exclude(version_after=None).values_list("position", "title", "reason")
        ]
        undone = before - len(stayed)
        if options["json"]:
            self.stdout.write(json.dumps({"batch": number, "undone": undone, "state": load.state, "stayed": stayed}))
            return
        self.stdout.write(f"Load {number}: {undone:,} records taken back, {len(stayed):,} stay.")
        for one in stayed:
            self.stdout.write(f"  record {one['record']}, {one['title']}: {one['why']}")


def _loaded(number: int) -> int:
    """How many rows of it are in the catalog now."""
    return Load(pk=number).rows.exclude(version_after=None).count()
