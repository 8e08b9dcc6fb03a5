"""Items: made when they are ordered, moved through their life, given a barcode and a place on the shelf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cataloging.actions.standing import require_unmerged
from cataloging.models.items import Collection, Item, ItemType
from cataloging.models.records import Record
from cataloging.rules.callnumbers import shelf_key
from cataloging.rules.lifecycle import GONE, ITEM, ItemState
from techsvc.kernel import access, barcodes, clock, states
from techsvc.kernel.actions import history, policies, printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.scans import require_item

BATCH = 500
OFFENDERS_NAMED = 5
LONGEST_CALL_NUMBER = 80


@dataclass(frozen=True, slots=True)
class NewItem:
    """One copy to come: of what, for where, as what kind of thing, at what price (minor units)."""

    record: Record
    branch: Branch
    collection: Collection | None = None
    item_type: ItemType | None = None
    price_minor: int | None = None
    currency: str = "USD"


@transaction.atomic
def add_items(new: Sequence[NewItem], *, actor: User, batch: HistoryEvent | None = None) -> list[Item]:
    """Items on order, in the order given; one statement however many."""
    for branch in {one.branch.pk: one.branch for one in new}.values():
        access.require(actor, "cataloging.add_items", branch=branch)
    require_unmerged([one.record for one in new])
    at = clock.now()
    made = Item.objects.bulk_create(
        [
            Item(
                record=one.record,
                branch=one.branch,
                collection=one.collection,
                item_type=one.item_type,
                price_minor=one.price_minor,
                currency=one.currency,
                state=ItemState.ON_ORDER,
                created_at=at,
                state_since=at,
            )
            for one in new
        ],
        batch_size=BATCH,
    )
    records = {one.record.pk: one.record for one in new} if batch is None else {}
    for record in records.values():
        mine = [item for item in made if item.record_id == record.pk]
        summary = ngettext("%(n)d item added", "%(n)d items added", len(mine)) % {"n": len(mine)}
        after = {f"item {item.pk}": str(item.state) for item in mine}
        history.write(record, "cataloging.add_items", actor=actor, summary=summary, after=after)
    return made


@transaction.atomic
def move_items(
    items: Iterable[Item], verb: str, *, actor: User, batch: HistoryEvent | None = None, why: str = ""
) -> list[Item]:
    """Move items along their lifecycle; all of them or none. Refuses naming those that can't make the move.

    One item gets a line of history of its own; several get one on their record, unless a batch has a line already.
    """
    wanted = [item.pk for item in items]
    rows = list(
        Item.objects.select_for_update(of=("self",))
        .select_related("branch", "record")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    for branch in {row.branch.pk: row.branch for row in rows}.values():
        access.require(actor, "cataloging.move_items", branch=branch)
    before = [row.state for row in rows]
    _refuse_offenders(rows, verb)
    at = clock.now()
    for row in rows:
        row.state = ITEM[ItemState(row.state)][verb]
        row.state_since, row.version = at, row.version + 1
    Item.objects.bulk_update(rows, ("state", "state_since", "version"), batch_size=BATCH)
    _tell_moves(list(zip(rows, before, strict=True)), actor=actor, batch=batch, why=why)
    by_key = {row.pk: row for row in rows}
    return [by_key[pk] for pk in dict.fromkeys(wanted)]


def _refuse_offenders(rows: Sequence[Item], verb: str) -> None:
    offenders = [row for row in rows if not states.may(ITEM, ItemState(row.state), verb)]
    if not offenders:
        return
    if len(rows) == 1:
        states.move(ITEM, ItemState(rows[0].state), verb, what=named(rows[0]))
    named_ones = [f"{named(row)} ({states.words(ItemState(row.state))})" for row in offenders[:OFFENDERS_NAMED]]
    more = len(offenders) - len(named_ones)
    if more:
        named_ones.append(_("%(n)d more") % {"n": more})
    raise Refusal(
        _("Nothing was done: %(count)d of %(all)d items can't %(verb)s: %(which)s. Leave them out and try again.")
        % {
            "count": len(offenders),
            "all": len(rows),
            "verb": verb.replace("_", " "),
            "which": ", ".join(named_ones),
        }
    )


def _tell_moves(moves: Sequence[tuple[Item, str]], *, actor: User, batch: HistoryEvent | None, why: str) -> None:
    """The line of history for items and the states that they were in."""
    if len(moves) == 1:
        item, before = moves[0]
        summary = _("Now %(state)s") % {"state": states.words(ItemState(item.state))}
        history.write(
            item, "cataloging.move_items", actor=actor, summary=summary,
            before={"state": before}, after={"state": str(item.state)}, why=why, batch=batch,
        )  # fmt: skip
    elif moves and batch is None:
        now = ", ".join(sorted({states.words(ItemState(item.state)) for item, _before in moves}))
        summary = _("%(n)d items now %(state)s") % {"n": len(moves), "state": now}
        history.write(
            moves[0][0].record, "cataloging.move_items", actor=actor, summary=summary, why=why,
            before={f"item {item.pk}": before for item, before in moves},
            after={f"item {item.pk}": str(item.state) for item, _before in moves},
        )  # fmt: skip


def named(item: Item) -> str:
    """An item as a sentence names it: its barcode, or its title and where it belongs."""
    return item.barcode or _("“%(title)s” for %(branch)s") % {"title": item.record.title, "branch": item.branch}


# Barcode and call number


@transaction.atomic
def set_barcode_and_call_number(item_id: int, *, barcode: str, call_number: str, actor: User) -> Item:
    """Say which barcode the piece carries and where it stands; asks for its labels.

    Refuses a patron's card and other codes that are no item barcodes, a barcode that another item carries, taking a
    barcode off again, and items that are gone. Saying the same twice changes nothing.
    """
    item = locked(item_id)
    access.require(actor, "cataloging.edit_items", branch=item.branch)
    if ItemState(item.state) in GONE:
        raise Refusal(
            _("%(item)s is %(state)s, so it needs no labels.")
            % {"item": named(item), "state": states.words(ItemState(item.state))}
        )
    code = require_item(barcodes.read(barcode)) if barcode.strip() else None
    place = " ".join(call_number.split())
    if item.barcode and code is None:
        raise Refusal(
            _("The item carries barcode %(code)s. Scan the barcode that takes its place.") % {"code": item.barcode},
            field="barcode",
        )
    if len(place) > LONGEST_CALL_NUMBER:
        raise Refusal(
            _("A call number has at most %(n)d characters. Shorten it.") % {"n": LONGEST_CALL_NUMBER},
            field="call_number",
        )
    if (item.barcode, item.call_number) == (code, place):
        return item
    refuse_taken(code, but=item)
    if code is not None and code != item.barcode:
        barcodes.require_fitting(code, item.branch)
    return _label(item, code, place, actor=actor)


def locked(item_id: int) -> Item:
    return Item.objects.select_for_update(of=("self",)).select_related("branch", "record").get(pk=item_id)


def refuse_taken(code: str | None, *, but: Item | None = None) -> None:
    """One barcode, one item: in words before the database says so; `but` is the item that may have it."""
    if code is None:
        return
    other = Item.objects.filter(barcode=code).select_related("record", "branch").first()
    if other is None or other == but:
        return
    raise Refusal(
        _("Barcode %(code)s is already on “%(title)s” at %(branch)s. Put on another label and scan that one.")
        % {"code": code, "title": other.record.title, "branch": other.branch},
        field="barcode",
    )


def _label(
    item: Item, code: str | None, place: str, *, actor: User, undoes: HistoryEvent | None = None
) -> Item:  # fmt: skip
    """Write barcode and call number of a locked item, its history, and what has to be printed."""
    before = {"barcode": item.barcode or "", "call_number": item.call_number}
    item.barcode, item.call_number, item.call_sort = code, place, shelf_key(place)[:120]
    item.version += 1
    item.save(update_fields=["barcode", "call_number", "call_sort", "version"])
    after = {"barcode": code or "", "call_number": place}
    history.write(
        item,
        "cataloging.undo_label" if undoes else "cataloging.label",
        actor=actor,
        summary=_("Labelled %(place)s, barcode %(code)s") % {"place": place or "–", "code": code or "–"},
        before=before,
        after=after,
        why=_("Undone") if undoes else "",
        undoes=undoes,
    )
    ask_for_labels(item, before, actor=actor)
    return item


def ask_for_labels(item: Item, before: dict[str, str], *, actor: User) -> None:
    """Labels for what changed; those asked for before and not printed yet would be wrong now."""
    wanted = {
        "barcode_label": bool(item.barcode)
        and item.barcode != before["barcode"]
        and policies.value("cataloging.print_barcodes"),
        "spine_label": bool(item.call_number) and item.call_number != before["call_number"],
    }
    stale = [k for k, name in KIND_OF_FIELD.items() if before[name] and before[name] != (getattr(item, name) or "")]
    if stale:
        printing.cancel_for(item, kinds=stale, actor=actor, why=_("The label changed"))
    for kind in (kind for kind, is_wanted in wanted.items() if is_wanted):
        printing.request(
            item,
            kind,
            key=f"{kind}:{item.pk}:{item.version}",
            title=f"{item.call_number or item.barcode} · {item.record.title}",
            branch=item.branch,
            actor=actor,
        )


KIND_OF_FIELD = {"barcode_label": "barcode", "spine_label": "call_number"}


def undo_label(event: HistoryEvent, *, actor: User) -> Item:
    """Take a barcode and call number back. Refuses when they were changed since, or the old barcode is in use."""
    item = locked(int(event.subject_id))
    access.require(actor, "cataloging.edit_items", branch=item.branch)
    now = {"barcode": item.barcode or "", "call_number": item.call_number}
    if now != event.after:
        raise Refusal(_("%(item)s was labelled anew since. Undo that first.") % {"item": named(item)})
    code = event.before["barcode"] or None
    refuse_taken(code, but=item)
    return _label(item, code, event.before["call_number"], actor=actor, undoes=event)
