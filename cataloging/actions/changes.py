"""Changes of what is said about an item: one line of history each, in plain words, which one undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions.items import ask_for_labels, locked, named, refuse_taken
from cataloging.models.items import Collection, Item, ItemType
from cataloging.rules import callnumbers, volumes
from cataloging.rules.lifecycle import BY_HAND, GONE, ITEM, NOT_BY_HAND, ItemState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch

LONGEST_SORT = 120
# What may be said about an item → what it is called
WORDS = {
    "branch": gettext_lazy("branch"),
    "collection": gettext_lazy("collection"),
    "item_type": gettext_lazy("item type"),
    "barcode": gettext_lazy("barcode"),
    "call_number": gettext_lazy("call number"),
    "volume": gettext_lazy("volume"),
    "pieces": gettext_lazy("pieces"),
    "pieces_note": gettext_lazy("what the pieces are"),
    "price_minor": gettext_lazy("price"),
    "note": gettext_lazy("note"),
    "suppressed": gettext_lazy("hidden from patrons"),
    "state": gettext_lazy("state"),
}
RIGHTS = {"cataloging.change_state": "cataloging.move_items"}
# Things that history names by their code
BY_CODE = {"branch": Branch, "collection": Collection, "item_type": ItemType}


def plain(item: Item, name: str) -> Any:
    """What an item says under a name, as history keeps it."""
    value = getattr(item, name)
    return getattr(value, "code", "") if name in BY_CODE else ("" if value is None else value)


def real(name: str, kept: Any) -> Any:
    """What history kept, as the item has it. Refuses a code that is not there any more."""
    if name not in BY_CODE:
        return None if name in ("barcode", "price_minor") and kept == "" else kept
    if kept == "":
        return None
    found = BY_CODE[name]._default_manager.filter(code=kept).first()
    if found is None:
        raise Refusal(_("“%(code)s” is not there any more. Change the item by hand.") % {"code": kept})
    return found


def write_change(
    item: Item,
    changes: Mapping[str, Any],
    verb: str,
    *,
    actor: User,
    summary: str = "",
    why: str = "",
    batch: HistoryEvent | None = None,
    undoes: HistoryEvent | None = None,
) -> HistoryEvent | None:
    """Write what changes of a locked item, its history, and what has to be printed anew; None when nothing does."""
    before = {name: plain(item, name) for name in changes}
    labels = {"barcode": item.barcode or "", "call_number": item.call_number}
    for name, value in changes.items():
        setattr(item, name, value)
    after = {name: plain(item, name) for name in changes}
    moved = [name for name in changes if before[name] != after[name]]
    if not moved and undoes is None:
        return None
    _derive(item, moved)
    item.save()
    event = history.write(
        item,
        verb,
        actor=actor,
        summary=summary or _("Changed: %(what)s") % {"what": ", ".join(str(WORDS[name]) for name in moved)},
        before={name: before[name] for name in moved},
        after={name: after[name] for name in moved},
        why=why,
        batch=batch,
        undoes=undoes,
    )
    if {"barcode", "call_number"} & {*moved}:
        ask_for_labels(item, labels, actor=actor)
    return event


def _derive(item: Item, moved: list[str]) -> None:
    """What follows from what changed."""
    item.version += 1
    if "call_number" in moved:
        item.call_sort = callnumbers.shelf_key(item.call_number)[:LONGEST_SORT]
    if "volume" in moved:
        item.volume_sort = volumes.sort_key(item.volume)
    if "state" in moved:
        item.state_since = clock.now()


@transaction.atomic
def edit_item(item_id: int, said: Mapping[str, Any], *, actor: User, batch: HistoryEvent | None = None) -> Item:
    """Say anew where an item belongs, which part it is and what is in it. What is not said stays.

    Refuses items that are gone, and a branch at which the person may not change items.
    """
    item = locked(item_id)
    for branch in (item.branch, said.get("branch", item.branch)):
        access.require(actor, "cataloging.edit_items", branch=branch)
    if ItemState(item.state) in GONE:
        words = {"item": named(item), "state": states.words(ItemState(item.state))}
        raise Refusal(_("%(item)s is %(state)s, so nothing is changed in it. Reinstate it first.") % words)
    write_change(item, said, "cataloging.edit_item", actor=actor, batch=batch)
    return item


@transaction.atomic
def change_state(item_id: int, verb: str, *, actor: User, why: str = "", batch: HistoryEvent | None = None) -> Item:
    """Say by hand what became of an item: missing, found. Refuses what its state does not allow, naming what it does.

    An item on the hold shelf is a patron's: its hold is settled first.
    """
    item = locked(item_id)
    access.require(actor, "cataloging.move_items", branch=item.branch)
    before = ItemState(item.state)
    if verb not in BY_HAND or before in NOT_BY_HAND:
        words = {"item": named(item), "state": states.words(before)}
        raise Refusal(_("%(item)s is %(state)s: that is settled where it waits, not here.") % words)
    now = states.move(ITEM, before, verb, what=named(item))
    summary = _("Now %(state)s") % {"state": states.words(now)}
    write_change(
        item, {"state": str(now)}, "cataloging.change_state", actor=actor, summary=summary, why=why, batch=batch
    )
    return item


def undo_change(event: HistoryEvent, *, actor: User) -> Item:
    """Take a change back. Refuses when what it changed was changed anew, or the old barcode is in use."""
    item = locked(int(event.subject_id))
    right = RIGHTS.get(event.verb, "cataloging.edit_items")
    for branch in {event.before.get("branch", item.branch.code), item.branch.code}:
        access.require(actor, right, branch=real("branch", branch))
    anew = [str(WORDS[name]) for name, value in event.after.items() if plain(item, name) != value]
    if anew:
        words = {"item": named(item), "what": ", ".join(anew)}
        raise Refusal(_("%(item)s was changed again since: %(what)s. Change it by hand.") % words)
    changes = {name: real(name, value) for name, value in event.before.items()}
    if "barcode" in changes:
        refuse_taken(changes["barcode"], but=item)
    verb = f"cataloging.undo_{event.verb.partition('.')[2]}"
    write_change(item, changes, verb, actor=actor, summary=_("Undone"), undoes=event)
    return item
