"""Holds: placed, caught when an item is ready, collected, released."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cataloging.actions import items as item_actions
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation import queries
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HOLD, HoldState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history, policies, printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch


@transaction.atomic
def place_hold(record: Record, *, patron: Patron, pickup: Branch, actor: User) -> Hold:
    """Put a patron into the queue of a title. Refuses a second open hold of the same patron on it."""
    access.require(actor, "circulation.place_hold", branch=pickup)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(record=record, patron=patron, pickup=pickup, placed_at=clock.now())
    except IntegrityError:
        raise Refusal(
            _("This patron already waits for “%(title)s”. There is nothing more to do.") % {"title": record.title}
        ) from None
    history.write(
        hold,
        "circulation.place_hold",
        actor=actor,
        summary=_("Hold placed on “%(title)s”, pickup at %(branch)s") % {"title": record.title, "branch": pickup},
        after={"record": record.pk, "pickup": pickup.code},
    )
    return hold


@transaction.atomic
def trap(item: Item, *, actor: User) -> Hold | None:
    """Give an available item to the next in line: item onto the hold shelf, tag asked for. None when nobody waits."""
    hold = queries.next_in_line(item).select_for_update(of=("self",), skip_locked=True).first()
    if hold is None:
        return None
    item_actions.move_items([item], "trap", actor=actor, why=_("Somebody waits for it"))
    _move(hold, "trap")
    hold.item = item
    hold.ready_at = clock.now()
    hold.keep_until = clock.today() + timedelta(days=policies.value("circulation.hold_days"))
    hold.save()
    printing.request(
        hold,
        "hold_tag",
        key=f"hold_tag:{hold.pk}:{hold.ready_at:%Y%m%d%H%M%S}",
        title=_("Hold tag: %(title)s") % {"title": hold.record.title},
        branch=hold.pickup,
        actor=actor,
    )
    history.write(
        hold,
        "circulation.trap",
        actor=actor,
        summary=_("%(item)s is ready at %(branch)s until %(day)s")
        % {"item": item, "branch": hold.pickup, "day": hold.keep_until},
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
    hold.save()
    history.write(hold, "circulation.collect", actor=actor, summary=_("Collected"))
    return hold


@transaction.atomic
def release_hold(hold_id: int, *, actor: User, why: str = "") -> Hold:
    """Back into the queue; the item is free for the next in line."""
    hold = _locked(hold_id, actor)
    _move(hold, "release")
    _free_item(hold, actor=actor, why=why)
    hold.item, hold.ready_at, hold.keep_until = None, None, None
    hold.save()
    history.write(hold, "circulation.release", actor=actor, summary=_("Back in the queue"), why=why)
    return hold


@transaction.atomic
def cancel_hold(hold_id: int, *, actor: User, why: str = "") -> Hold:
    """The patron does not want it any more."""
    hold = _locked(hold_id, actor)
    before = hold.state
    _move(hold, "cancel")
    if before == HoldState.READY:
        _free_item(hold, actor=actor, why=why)
    hold.item, hold.ready_at, hold.keep_until = None, None, None
    hold.save()
    history.write(
        hold, "circulation.cancel_hold", actor=actor, summary=_("Hold cancelled"), why=why, before={"state": before}
    )
    return hold


def undo_cancel(event: HistoryEvent, *, actor: User) -> Hold:
    """Put a cancelled hold back where it was in the queue."""
    hold = _locked(int(event.subject_id), actor)
    _move(hold, "reinstate")
    try:
        with transaction.atomic():
            hold.save()
    except IntegrityError:
        raise Refusal(_("This patron has placed a new hold on the title since. There is nothing to undo.")) from None
    history.write(hold, "circulation.undo_cancel", actor=actor, summary=_("Hold reinstated"), undoes=event)
    return hold


@transaction.atomic
def expire_uncollected(*, actor: User) -> int:
    """Let holds that nobody collected go, each item to the next in line; returns how many."""
    rows = list(queries.overdue_on_shelf().select_for_update(of=("self",)).select_related("item", "pickup", "record"))
    for hold in rows:
        item = hold.item
        _move(hold, "expire")
        _free_item(hold, actor=actor, why=_("Not collected"))
        hold.save()
        history.write(
            hold, "circulation.expire", actor=actor, summary=_("Not collected by %(day)s") % {"day": hold.keep_until}
        )
        if item is not None:
            trap(item, actor=actor)
    return len(rows)


def _locked(hold_id: int, actor: User) -> Hold:
    hold = Hold.objects.select_for_update(of=("self",)).select_related("record", "pickup", "item").get(pk=hold_id)
    access.require(actor, "circulation.place_hold", branch=hold.pickup)
    return hold


def _move(hold: Hold, verb: str) -> None:
    hold.state = states.move(HOLD, HoldState(hold.state), verb, what=_("Hold %(n)s") % {"n": hold.pk})


def _free_item(hold: Hold, *, actor: User, why: str) -> None:
    if hold.item is not None:
        item_actions.move_items([hold.item], "release", actor=actor, why=why)
        printing.cancel_for(hold, actor=actor, why=why)
