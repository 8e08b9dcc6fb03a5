"""Holds follow their title when its record is merged into another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cataloging.models.records import Record
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.queries import OPEN
from techsvc.circulation.rules.lifecycle import HOLD, HoldState
from techsvc.kernel import states
from techsvc.kernel.actions import history
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

NAMED = 3


class Holds:
    """Holds. A patron who waits for the same of both records waits once afterwards, at the earlier of the two places.

    What is kept: "moved", the holds that came; "was", each touched hold's state and place before; "now", each one's
    state and item afterwards.
    """

    model: type[Model] = Hold
    field = "record"

    def count(self, record: Record) -> int:
        return Hold.objects.filter(record=record, state__in=OPEN).count()

    def words(self, count: int) -> str:
        return ngettext("%(n)d hold", "%(n)d holds", count) % {"n": count}

    def hindrances(self, loser: Record, survivor: Record) -> Sequence[str]:
        both_ready = [twin for twin in _twins(_open((loser, survivor))) if all(one.state == "ready" for one in twin)]
        return [
            _(
                "a patron has two copies on the hold shelf (holds %(one)d and %(two)d); "
                "let one be collected or released first"
            )
            % {"one": one.pk, "two": two.pk}
            for one, two in both_ready[:NAMED]
        ]

    def move(self, loser: Record, survivor: Record, *, actor: User, batch: HistoryEvent) -> Any:
        mine = list(Hold.objects.select_for_update().filter(record=loser).order_by("pk"))
        twins = _twins(_open((loser, survivor)))
        touched = {hold.pk: hold for hold in (*mine, *(one for twin in twins for one in twin))}
        was = {str(pk): [hold.state, hold.placed_at.isoformat()] for pk, hold in touched.items()}
        for twin in twins:
            _join(*(touched[one.pk] for one in twin), actor=actor, batch=batch)
        Hold.objects.filter(record=loser).update(record=survivor)
        now = {str(pk): [hold.state, hold.item_id] for pk, hold in touched.items()}
        return {"moved": [hold.pk for hold in mine], "was": was, "now": now}

    def objections(self, kept: Any, survivor: Record) -> Sequence[str]:
        rows = {str(one.pk): one for one in Hold.objects.select_for_update().filter(record=survivor).order_by("pk")}
        found = []
        for pk, (state, item) in kept["now"].items():
            hold = rows.get(pk)
            if hold is None or (hold.state, hold.item_id) != (state, item):
                words = states.words(HoldState(hold.state)) if hold else _("gone")
                found.append(_("hold %(n)s is %(state)s by now") % {"n": pk, "state": words})
        return found[:NAMED]

    def back(self, kept: Any, loser: Record) -> None:
        Hold.objects.filter(pk__in=kept["moved"]).update(record=loser)
        for hold in Hold.objects.filter(pk__in=kept["was"]).order_by("pk"):
            state, placed = kept["was"][str(hold.pk)]
            if hold.state != state and hold.patron_id is not None:
                hold.state = states.move(HOLD, HoldState(hold.state), "reinstate", what=str(hold))
            hold.placed_at = parse_datetime(placed) or hold.placed_at
            hold.save(update_fields=["state", "placed_at"])


def _open(records: Iterable[Record]) -> list[Hold]:
    rows = Hold.objects.select_for_update().filter(record__in=list(records), state__in=OPEN, patron__isnull=False)
    return list(rows.order_by("pk"))


def _twins(rows: Iterable[Hold]) -> list[tuple[Hold, Hold]]:
    """The holds of patrons who have two, the one that stays first: what lies ready, else the earlier one."""
    by_patron: dict[tuple[object, str], list[Hold]] = defaultdict(list)
    for row in rows:
        by_patron[row.patron_id, row.volume].append(row)
    pairs = [
        sorted(two, key=lambda hold: (hold.state != "ready", hold.placed_at, hold.pk)) for two in by_patron.values()
    ]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def _join(stays: Hold, goes: Hold, *, actor: User, batch: HistoryEvent) -> None:
    """One hold of two: the earlier place stays, the other hold is over."""
    stays.placed_at = min(stays.placed_at, goes.placed_at)
    goes.state = states.move(HOLD, HoldState(goes.state), "cancel", what=str(goes))
    goes.save(update_fields=["state"])
    stays.save(update_fields=["placed_at"])
    summary = _("Joined with hold %(n)d: both titles are one record now") % {"n": stays.pk}
    history.write(goes, "circulation.join_hold", actor=actor, summary=summary, batch=batch)
