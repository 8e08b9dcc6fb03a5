"""Load a file of full records."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cataloging.actions import loads, passes
from cataloging.actions.carrying import load_file
from cataloging.models.loads import Load, LoadProfile
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Refusal


class Command(BaseCommand):
    """manage.py load_marc FILE [--profile NAME] [--json]"""

    help = "Load a file of full records. The same command again goes on with a load that broke off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file, MARC")
        parser.add_argument("--profile", default="", help="name of the load profile to go by")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        profile = _profile(options["profile"])
        path = options["file"]
        try:
            with path.open("rb") as file:
                load = load_file(file, path.name, actor=people.system(), profile=profile)
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}. Check the name and try again.") from error
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal
        found = _figures(load) | {"seconds": round(time.monotonic() - began, 2)}
        self.stdout.write(json.dumps(found) if options["json"] else _in_words(load, found))
        if found["bytes_unaccounted"]:
            raise CommandError(f"{found['bytes_unaccounted']:,} bytes are in no row of load {load.pk}. Look at it.")


def _profile(name: str) -> LoadProfile | None:
    found = LoadProfile.objects.filter(name__iexact=name).first() if name else None
    if name and found is None:
        names = ", ".join(f"“{one}”" for one in LoadProfile.objects.filter(active=True)) or "none yet"
        raise CommandError(f"There is no load profile “{name}”. The library has: {names}.")
    return found


def _figures(load: Load) -> dict[str, Any]:
    counts = loads.counted(load)
    return {
        "bytes": load.incoming.size,
        "bytes_unaccounted": passes.unaccounted(load),
        "records_read": sum(counts.values()) - counts["rejected"],
        "created": counts["create"],
        "overlaid": counts["overlay"],
        "withdrawn": counts["withdraw"],
        "unchanged": counts["unchanged"],
        "held": counts["held"],
        "rejected": counts["rejected"],
        "batch": load.pk,
    }


def _in_words(load: Load, found: dict[str, Any]) -> str:
    return (
        f"Load {load.pk}, {load.name}: {loads.in_words(loads.counted(load))}. {found['bytes']:,} bytes, "
        f"{found['bytes_unaccounted']:,} unaccounted, {found['seconds']} s. "
        f"Undo it with: manage.py undo_load {load.pk}"
    )
