"""What points at a record and follows it when the record is merged into another, and back again.

Departments above register their rows in their declarations; a test holds that nothing that points at a record is
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.rules.lifecycle import GONE, ItemState
from techsvc.kernel import states
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

Words = Callable[[int], str]
NAMED = 3


class Follower(Protocol):
    """Rows of one kind that follow a record; `kept` is what `move` returned, in plain JSON."""

    model: type[Model]
    field: str

    def count(self, record: Record) -> int:
        """How many rows would be seen to move."""

    def words(self, count: int) -> str:
        """That many in words: "8 items"."""

    def hindrances(self, loser: Record, survivor: Record) -> Sequence[str]:
        """Why these can't move, as sentences."""

    def move(self, loser: Record, survivor: Record, *, actor: User, batch: HistoryEvent) -> Any:
        """Let every row of the loser point at the survivor."""

    def objections(self, kept: Any, survivor: Record) -> Sequence[str]:
        """Why these can't go back: what changed since, as sentences."""

    def back(self, kept: Any, loser: Record) -> None:
        """Put everything back as it was."""


class Rows:
    """Rows that follow without more ado."""

    def __init__(self, model: type[Model], field: str, words: Words) -> None:
        self.model, self.field, self.words = model, field, words

    def count(self, record: Record) -> int:
        return self._of(record).count()

    def hindrances(self, loser: Record, survivor: Record) -> Sequence[str]:
        return ()

    def move(self, loser: Record, survivor: Record, *, actor: User, batch: HistoryEvent) -> Any:
        pks = list(self._of(loser).select_for_update().values_list("pk", flat=True))
        self.model._default_manager.filter(pk__in=pks).update(**{self.field: survivor})
        return pks

    def objections(self, kept: Any, survivor: Record) -> Sequence[str]:
        there = set(self._of(survivor).select_for_update().values_list("pk", flat=True))
        gone = [pk for pk in kept if pk not in there]
        what = self.model._meta.verbose_name
        return [_("%(what)s %(n)s is not with this record any more") % {"what": what, "n": pk} for pk in gone[:NAMED]]

    def back(self, kept: Any, loser: Record) -> None:
        self.model._default_manager.filter(pk__in=list(kept)).update(**{self.field: loser})

    def _of(self, record: Record) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.field: record}).order_by("pk")


class Items(Rows):
    """Items; one that has left the library since doesn't go back unasked."""

    def __init__(self) -> None:
        super().__init__(Item, "record", lambda n: ngettext("%(n)d item", "%(n)d items", n) % {"n": n})

    def move(self, loser: Record, survivor: Record, *, actor: User, batch: HistoryEvent) -> Any:
        was = dict(self._of(loser).values_list("pk", "state"))
        return {str(pk): was.get(pk, "") for pk in super().move(loser, survivor, actor=actor, batch=batch)}

    def objections(self, kept: Any, survivor: Record) -> Sequence[str]:
        there = {str(item.pk): item for item in self._of(survivor).select_for_update()}
        found = []
        for pk, was in kept.items():
            item = there.get(pk)
            if item is None:
                found.append(_("item %(n)s is not with this record any more") % {"n": pk})
            elif item.state != was and item.state in GONE:
                words = {"item": item, "state": states.words(ItemState(item.state))}
                found.append(_("%(item)s is %(state)s since") % words)
        return found[:NAMED]


FOLLOWERS: list[Follower] = []
# (model, field) of what stays with a record that is merged into another, and why.
STAYING: dict[tuple[type[Model], str], str] = {}


def register(*followers: Follower) -> None:
    """Say what follows a record; called from a department's declarations."""
    FOLLOWERS.extend(followers)


def leave(model: type[Model], *fields: str, why: str) -> None:
    """Say what stays with the record that it is about."""
    STAYING.update({(model, field): why for field in fields})


def named(follower: Follower) -> str:
    """The name under which a merge keeps what moved."""
    return f"{follower.model._meta.label}.{follower.field}"


def counted(record: Record) -> list[tuple[str, int]]:
    """What would move, in words and numbers; kinds of which there is nothing are left out."""
    found = [(follower, follower.count(record)) for follower in FOLLOWERS]
    return [(follower.words(count), count) for follower, count in found if count]


def in_words(record: Record) -> str:
    """ "8 items, 2 holds", or "nothing"."""
    return ", ".join(words for words, _count in counted(record)) or _("nothing")
