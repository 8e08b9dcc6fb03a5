"""Many items changed at once: one line of history for all, which one undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cataloging.actions import changes
from cataloging.actions.items import named
from cataloging.models.items import Item
from techsvc.kernel import access
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

NAMED = 5  # so many of the items that stay as they are get a name


@dataclass(frozen=True, slots=True)
class Wanted:
    """What many items shall say from now on; `prefix` goes before each call number, `verb` is what became of them."""

    said: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""
    verb: str = ""

    def words(self) -> str:
        """ "branch: North, call number: REF …" """
        told = [f"{changes.WORDS[name]}: {_shown(value)}" for name, value in self.said.items()]
        told += [f"{changes.WORDS['call_number']}: {self.prefix} …"] if self.prefix else []
        told += [f"{changes.WORDS['state']}: {self.verb.replace('_', ' ')}"] if self.verb else []
        return ", ".join(told)


def _shown(value: Any) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value or "–")


@transaction.atomic
def begin_batch(first: Item, count: int, wanted: Wanted, *, actor: User) -> HistoryEvent:
    """The line of history that the changes of all items belong to."""
    access.require(actor, "cataloging.edit_items")
    summary = ngettext("%(n)d item changed together: %(what)s", "%(n)d items changed together: %(what)s", count)
    words = {"n": count, "what": wanted.words()}
    return history.write(first, "cataloging.change_items", actor=actor, summary=summary % words)


def change_one(item: Item, wanted: Wanted, *, batch: HistoryEvent, actor: User) -> None:
    """Change one of the items; what refuses it leaves it as it was."""
    said = dict(wanted.said)
    if wanted.prefix and item.call_number and not f"{item.call_number} ".startswith(f"{wanted.prefix} "):
        said["call_number"] = _prefixed(item, wanted.prefix)
    if said:
        changes.edit_item(item.pk, said, actor=actor, batch=batch)
    if wanted.verb:
        changes.change_state(item.pk, wanted.verb, actor=actor, batch=batch)


def _prefixed(item: Item, prefix: str) -> str:
    number = f"{prefix} {item.call_number}"
    longest = Item._meta.get_field("call_number").max_length or 0
    if len(number) > longest:
        raise Refusal(
            _("The call number of %(item)s would be longer than %(n)d characters. Change it by hand.")
            % {"item": named(item), "n": longest}
        )
    return number


def undo_batch(event: HistoryEvent, *, actor: User) -> None:
    """Take back what was changed together. Items that were changed since stay as they are, and are named."""
    lines = list(HistoryEvent.objects.filter(batch=event, undone_by=None).order_by("-pk"))
    kept = [reason for line in lines if (reason := _refused(line, actor))]
    if lines and len(kept) == len(lines):
        raise Refusal(_("Nothing can be taken back. %(why)s") % {"why": kept[0]})
    back = len(lines) - len(kept)
    summary = ngettext("%(n)d change taken back", "%(n)d changes taken back", back) % {"n": back}
    if kept:
        stay = ngettext("%(n)d stays: %(why)s", "%(n)d stay: %(why)s", len(kept))
        summary += ". " + stay % {"n": len(kept), "why": " ".join(kept[:NAMED])}
    first = Item(pk=int(event.subject_id))
    history.write(first, "cataloging.undo_change_items", actor=actor, summary=summary, undoes=event)


def _refused(line: HistoryEvent, actor: User) -> str:
    """Why the change of one item can't be taken back; empty when it was."""
    try:
        with transaction.atomic():
            changes.undo_change(line, actor=actor)
    except Refusal as refusal:
        return refusal.text
    return ""
