"""Derives what the catalog keeps beside the bytes of its records anew, after an upgrade that derives more or better."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import versions
from cataloging.models.records import Record
from techsvc.kernel import access
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User

CHUNK = 1000


def reproject(*, actor: User) -> Iterator[tuple[int, list[str]]]:
    """All records, a chunk to a transaction: (how many are through, a sentence for each that can't be derived).

    Broken off and begun again it does no harm: nothing is written but what follows from the bytes.
    """
    access.require(actor, "cataloging.edit_records")
    done, last = 0, 0
    while True:
        count, last, faults = _some(last)
        if not count:
            return
        done += count
        yield done, faults


@transaction.atomic
def _some(after: int) -> tuple[int, int, list[str]]:
    rows = list(Record.objects.select_for_update().defer("search").filter(pk__gt=after).order_by("pk")[:CHUNK])
    try:
        with transaction.atomic():
            versions.derive_again(rows)
        faults = []
    except Refusal:
        faults = [fault for row in rows if (fault := _alone(row))]
    return len(rows), rows[-1].pk if rows else after, faults


def _alone(row: Record) -> str:
    try:
        versions.derive_again([row])
    except Refusal as refusal:
        return _("Record %(n)d, %(title)s: %(why)s") % {"n": row.pk, "title": row.title, "why": refusal.text}
    return ""
