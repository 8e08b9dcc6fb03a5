"""Seals vendors' passwords with the newest key of the key file, so that the older keys can be destroyed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from techsvc.kernel.actions import people, places
from techsvc.kernel.errors import Refusal


class Command(BaseCommand):
    """manage.py rotate_secrets"""

    help = "Seal vendors' passwords with the first key of the key file. Put the new key into its first line before."

    def handle(self, **_options: Any) -> None:
        try:
            count = places.reseal_passwords(actor=people.system())
        except Refusal as refusal:
            raise CommandError(refusal.text) from None
        self.stdout.write(f"{count} passwords sealed anew. The older keys can be taken out of the key file now.")
