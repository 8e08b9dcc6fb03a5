"""Holds: placed, caught when an item is ready, collected, released."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cataloging.actions import items as item_actions
from cataloging.actions.standing import require_unmerged
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.rules.lifecycle import ItemState
from techsvc.circulation import queries
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HOLD, HoldState
from techsvc.kernel import access, clock, opening, states
from techsvc.kernel.actions import history, policies, printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch


@transaction.atomic
def place_hold(record: Record, *, patron: Patron, pickup: Branch, actor: User, volume: str = "") -> Hold:
    """Put a patron at the end of a title's queue, for one of its volumes or for any item.

    Refuses a second open hold of the same patron on the same, a volume that the title does not have, and a record
    that was merged into another one.
    """
    access.require(actor, "circulation.place_hold", branch=pickup)
    require_unmerged([record])
    if volume and volume not in queries.volumes_of(record):
        raise Refusal(
            _("“%(title)s” has no volume “%(volume)s”. Choose one of its volumes.")
            % {"title": record.title, "volume": volume},
            field="volume",
        )
    at = clock.now()
    try:
        with transaction.atomic():
            hold = Hold.objects.create(record=record, patron=patron, volume=volume, pickup=pickup, placed_at=at)
    except IntegrityError:
        raise Refusal(
            _("This patron already waits for “%(title)s”. There is nothing more to do.") % {"title": record.title}
        ) from None
    history.write(
        hold,
        "circulation.place_hold",
        actor=actor,
        summary=_("Hold placed on “%(title)s”, pickup at %(branch)s") % {"title": named(hold), "branch": pickup},
        after={"record": record.pk, "pickup": pickup.code} | ({"volume": volume} if volume else {}),
    )
    return hold


def named(hold: Hold) -> str:
    """What the patron waits for: the title, and which volume of it."""
    return f"{hold.record.title}, {hold.volume}" if hold.volume else hold.record.title


def undo_place(event: HistoryEvent, *, actor: User) -> Hold:
    """Take a hold out of the queue again. Refuses what was collected or let go."""
    hold = _locked(int(event.subject_id), actor)
    return _cancel(hold, actor=actor, why=_("Placed by mistake"), undoes=event)


@transaction.atomic
def trap(item: Item, *, actor: User) -> Hold | None:
    """Give an available item to the next in line: item onto the hold shelf, tag asked for. None when nobody waits."""
    return _next(item, queries.next_in_line(item), actor=actor)


def _next(item: Item, line: QuerySet[Hold], *, actor: User) -> Hold | None:
    # Of two items caught at once each goes to a hold of its own: one that is being given an item is passed over.
    hold = line.select_for_update(of=("self",), skip_locked=True).first()
    return None if hold is None else _give(hold, item, actor=actor)


def _give(hold: Hold, item: Item, *, actor: User) -> Hold:
    item_actions.move_items([item], "trap", actor=actor, why=_("Somebody waits for it"))
    _move(hold, "trap")
    hold.item = item
    hold.ready_at = clock.now()
    days = timedelta(days=policies.value("circulation.hold_days"))
    hold.keep_until = opening.next_open_day(hold.pickup, clock.today() + days)
    hold.save()
    printing.request(
        hold,
        "hold_tag",
        key=f"hold_tag:{hold.pk}:{hold.ready_at:%Y%m%d%H%M%S%f}",
        title=_("Hold tag: %(title)s") % {"title": named(hold)},
        branch=hold.pickup,
        actor=actor,
    )
    history.write(
        hold,
        "circulation.trap",
        actor=actor,
        summary=_("%(item)s is ready at %(branch)s until %(day)s")
        % {"item": item_actions.named(item), "branch": hold.pickup, "day": hold.keep_until},
        after={"item": item.pk, "keep_until": str(hold.keep_until)},
    )
    return hold


@transaction.atomic
def collect_hold(hold_id: int, *, actor: User) -> Hold:
    """The patron took the item: it is theirs until it comes back."""
    hold = _locked(hold_id, actor)
    _move(hold, "collect")
    if hold.item is not None:
        item_actions.move_items([hold.item], "check_out", actor=actor)
    printing.cancel_for(hold, actor=actor, why=_("Collected"))
    hold.save()
    history.write(hold, "circulation.collect", actor=actor, summary=_("Collected"))
    return hold


def undo_collect(event: HistoryEvent, *, actor: User) -> Hold:
    """It was not collected after all: item and hold are back on the hold shelf. Refuses once the item moved on."""
    hold = _locked(int(event.subject_id), actor)
    _move(hold, "bring_back")
    if hold.item is not None:
        item_actions.move_items([hold.item], "trap", actor=actor, why=_("Not collected after all"))
    hold.keep_until = opening.next_open_day(hold.pickup, max(hold.keep_until or clock.today(), clock.today()))
    _save_open(hold)
    history.write(hold, "circulation.undo_collect", actor=actor, summary=_("Not collected after all"), undoes=event)
    return hold


@transaction.atomic
def release_hold(hold_id: int, *, actor: User, why: str = "") -> Hold:
    """Back into the queue at its old place; the item goes to the next in line after it."""
    hold = _locked(hold_id, actor)
    _move(hold, "release")
    item = _free_item(hold, actor=actor, why=why)
    hold.item, hold.ready_at, hold.keep_until = None, None, None
    hold.save()
    history.write(hold, "circulation.release", actor=actor, summary=_("Back in the queue"), why=why)
    _pass_on(item, actor=actor, past=hold)
    return hold


@transaction.atomic
def cancel_hold(hold_id: int, *, actor: User, why: str = "") -> Hold:
    """The patron does not want it any more; an item that was kept for them goes to the next in line."""
    return _cancel(_locked(hold_id, actor), actor=actor, why=why)


def _cancel(hold: Hold, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> Hold:
    before = hold.state
    _move(hold, "cancel")
    item = _free_item(hold, actor=actor, why=why)
    hold.item, hold.ready_at, hold.keep_until = None, None, None
    hold.save()
    history.write(
        hold,
        "circulation.cancel_hold" if undoes is None else "circulation.undo_place",
        actor=actor,
        summary=_("Hold cancelled"),
        why=why,
        before={"state": before},
        after={"state": str(hold.state)},
        undoes=undoes,
    )
    _pass_on(item, actor=actor)
    return hold


def undo_cancel(event: HistoryEvent, *, actor: User) -> Hold:
    """Put a cancelled hold back where it was in the queue."""
    hold = _locked(int(event.subject_id), actor)
    if hold.patron_id is None:
        raise Refusal(_("The patron's link was severed since, so nobody waits. Place a new hold."))
    _move(hold, "reinstate")
    _save_open(hold)
    history.write(hold, "circulation.undo_cancel", actor=actor, summary=_("Hold reinstated"), undoes=event)
    return hold


def _save_open(hold: Hold) -> None:
    try:
        with transaction.atomic():
            hold.save()
    except IntegrityError:
        raise Refusal(_("This patron has placed a new hold on the title since. There is nothing to undo.")) from None


def expire_uncollected(*, actor: User) -> int:
    """Let holds that nobody collected go, each item to the next in line; returns how many.

    Each is a transaction of its own, so that one that can't be let go keeps no other.
    """
    access.require(actor, "circulation.place_hold")
    return sum(_expire(pk, actor=actor) for pk in queries.overdue_on_shelf().values_list("pk", flat=True))


@transaction.atomic
def _expire(hold_id: int, *, actor: User) -> bool:
    rows = queries.overdue_on_shelf().select_for_update(of=("self",), skip_locked=True)
    hold = rows.select_related("item", "pickup", "record").filter(pk=hold_id).first()
    if hold is None:  # collected in this very moment
        return False
    promised = hold.keep_until or clock.today()
    if opening.next_open_day(hold.pickup, promised) >= clock.today():  # closed on the last day since it was promised
        return False
    _move(hold, "expire")
    item = _free_item(hold, actor=actor, why=_("Not collected"))
    hold.save()
    summary = _("Not collected by %(day)s") % {"day": hold.keep_until}
    history.write(hold, "circulation.expire", actor=actor, summary=summary)
    _pass_on(item, actor=actor)
    return True


def _locked(hold_id: int, actor: User) -> Hold:
    hold = Hold.objects.select_for_update(of=("self",)).select_related("record", "pickup", "item").get(pk=hold_id)
    access.require(actor, "circulation.place_hold", branch=hold.pickup)
    return hold


def _move(hold: Hold, verb: str) -> None:
    what = _("Hold on “%(title)s”") % {"title": hold.record.title}
    hold.state = states.move(HOLD, HoldState(hold.state), verb, what=what)


def _free_item(hold: Hold, *, actor: User, why: str) -> Item | None:
    """Take the item off the hold shelf and its tag off the printer; None when it is not on the shelf (any more)."""
    if hold.item is None:
        return None
    printing.cancel_for(hold, actor=actor, why=why)
    if hold.item.state != ItemState.ON_HOLD_SHELF:
        return None
    return item_actions.move_items([hold.item], "release", actor=actor, why=why)[0]


def _pass_on(item: Item | None, *, actor: User, past: Hold | None = None) -> None:
    """Give a freed item to the next in line, passing over the hold that has just let it go."""
    if item is None:
        return
    line = queries.next_in_line(item)
    if past is not None:
        line = line.exclude(pk=past.pk)
    _next(item, line, actor=actor)
