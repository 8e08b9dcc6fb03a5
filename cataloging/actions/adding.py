"""Items added by scanning: every barcode makes one, or fills one that has none yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from cataloging.actions.changes import plain, undo_change, write_change
from cataloging.actions.items import LONGEST_CALL_NUMBER, ask_for_labels, locked, named, refuse_taken
from cataloging.actions.standing import require_unmerged
from cataloging.models.items import AddingHabit, Item
from cataloging.models.records import Record
from cataloging.queries import adding
from cataloging.rules import callnumbers, volumes
from cataloging.rules.lifecycle import RecordState
from techsvc.kernel import access, barcodes, clock, sql
from techsvc.kernel.actions import history, printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

TOLD = ("branch", "collection", "item_type", "barcode", "call_number", "volume", "price_minor", "state")


NO_LABELS = {"barcode": "", "call_number": ""}


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a scan: the item, the line of history that can be undone, whether the item was there before.

    `habit` says what the next scan makes.
    """

    item: Item
    event: HistoryEvent
    filled: bool
    habit: AddingHabit


@transaction.atomic
def keep_habit(record: Record, said: dict[str, Any], *, actor: User) -> AddingHabit:
    """Keep what a person says of the items that they are going to add to a title."""
    access.require(actor, "cataloging.add_items", branch=said["branch"])
    if len(said["call_number"]) > LONGEST_CALL_NUMBER:
        raise Refusal(
            _("A call number has at most %(n)d characters. Shorten it.") % {"n": LONGEST_CALL_NUMBER},
            field="call_number",
        )
    habit, _new = AddingHabit.objects.update_or_create(user=actor, defaults={**said, "record": record})
    return habit


@transaction.atomic
def add_by_scan(record: Record, barcode: str, *, actor: User) -> Added:
    """One item of the title with this barcode, as the person's habit has it.

    An item of the title that waits for its barcode at that branch is filled: it keeps its state and its collection.
    Refuses a barcode that an item carries already or that the branch does not use, and titles that were
    withdrawn or merged.
    """
    sql.take_turn(f"add items {actor.pk}")
    require_unmerged([record])
    if record.state == RecordState.WITHDRAWN:
        raise Refusal(_("“%(title)s” was withdrawn. Reinstate it first.") % {"title": record.title})
    habit = adding.habit_of(actor, record)
    access.require(actor, "cataloging.add_items", branch=habit.branch)
    refuse_taken(barcode)
    barcodes.require_fitting(barcode, habit.branch)
    waiting = adding.to_fill(habit).select_for_update(of=("self",), skip_locked=True).first()
    added = _make(habit, barcode, actor) if waiting is None else _fill(waiting, habit, barcode, actor)
    _count_up(habit)
    return added


def _count_up(habit: AddingHabit) -> None:
    """The next scan is of the next volume, where volumes are counted; what was suggested for a title is kept."""
    if habit.counts_up:
        habit.volume = volumes.next_volume(habit.volume)
    habit.save()


def _make(habit: AddingHabit, barcode: str, actor: User) -> Added:
    at = clock.now()
    item = Item.objects.create(
        record=habit.record,
        branch=habit.branch,
        collection=habit.collection,
        item_type=habit.item_type,
        barcode=barcode,
        call_number=habit.call_number,
        call_sort=callnumbers.shelf_key(habit.call_number)[:120],
        volume=habit.volume,
        volume_sort=volumes.sort_key(habit.volume),
        price_minor=habit.price_minor,
        state=habit.state,
        created_at=at,
        state_since=at,
    )
    event = history.write(
        habit.record,
        "cataloging.add_item",
        actor=actor,
        summary=_("Item %(code)s added for %(branch)s") % {"code": barcode, "branch": habit.branch},
        after={f"item {item.pk}": str(item.state)} | {name: plain(item, name) for name in TOLD},
    )
    ask_for_labels(item, NO_LABELS, actor=actor)
    return Added(item, event, filled=False, habit=habit)


def _fill(waiting: Item, habit: AddingHabit, barcode: str, actor: User) -> Added:
    item = locked(waiting.pk)
    said = {
        "barcode": barcode,
        "volume": item.volume or habit.volume,
        "call_number": item.call_number or habit.call_number,
        "item_type": item.item_type or habit.item_type,
        "collection": item.collection or habit.collection,
    }
    summary = _("Barcode %(code)s filled in") % {"code": barcode}
    event = write_change(item, said, "cataloging.fill_item", actor=actor, summary=summary)
    if event is None:
        raise RuntimeError("An item that waited for its barcode had it.")
    return Added(item, event, filled=True, habit=habit)


def undo_add(event: HistoryEvent, *, actor: User) -> Record:
    """Take an added item away again. Refuses when anything was done with it since."""
    key = next(name for name in event.after if name.startswith("item "))
    item = Item.objects.filter(pk=key.removeprefix("item ")).first()
    if item is None:
        raise Refusal(_("The item is not there any more. There is nothing to undo."))
    item = locked(item.pk)
    access.require(actor, "cataloging.add_items", branch=item.branch)
    if item.version > 1 or any(plain(item, name) != event.after[name] for name in TOLD):
        raise Refusal(
            _("%(item)s was changed since it was added. Withdraw it, or change it by hand.") % {"item": named(item)}
        )
    printing.cancel_for(item, actor=actor, why=_("The item was added by mistake"))
    record, what = item.record, named(item)
    _count_down(item.record_id, item.volume, actor=actor)
    try:
        with transaction.atomic():
            item.delete()
    except ProtectedError:
        raise Refusal(_("%(item)s is at work somewhere already. Withdraw it instead.") % {"item": what}) from None
    summary = _("Item %(item)s taken away again") % {"item": what}
    history.write(record, "cataloging.undo_add_item", actor=actor, summary=summary, undoes=event)
    return record


def undo_fill(event: HistoryEvent, *, actor: User) -> Item:
    """Take the barcode off an item that a scan filled; what else the scan said goes with it."""
    volume = event.after.get("volume", "")
    item = undo_change(event, actor=actor)
    _count_down(item.record_id, volume, actor=actor)
    return item


def _count_down(record_id: int, volume: str, *, actor: User) -> None:
    """The volume that was taken away is the next one again."""
    habit = AddingHabit.objects.filter(user=actor, record=record_id, counts_up=True).first()
    if habit is not None and volumes.counts(volume) and habit.volume == volumes.next_volume(volume):
        habit.volume = volume
        habit.save()
