"""Changes of what is said about an item: one line of history each, in plain words, which one undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions.items import ask_for_labels, locked, named, refuse_taken
from cataloging.models.items import Collection, Item, ItemType
from cataloging.rules import callnumbers, volumes
from techsvc.kernel import access, clock
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


def undo_change(event: HistoryEvent, *, actor: User) -> Item:
    """Take a change back. Refuses when what it changed was changed anew, or the old barcode is in use."""
    item = locked(int(event.subject_id))
    for branch in {event.before.get("branch", item.branch.code), item.branch.code}:
        access.require(actor, "cataloging.edit_items", branch=real("branch", branch))
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
