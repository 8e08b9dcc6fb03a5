"""What happens to ordered copies before they arrive: cancelled, back-ordered, and orders that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions import ledger
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.rules.lifecycle import COPY, ORDER, CopyState, OrderState
from cataloging.actions.items import move_items
from cataloging.models.items import Item
from techsvc.kernel import access, states
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

OFFENDERS_NAMED = 5


@transaction.atomic
def cancel_copies(
    copy_ids: Iterable[int], *, reason: str, actor: User, batch: HistoryEvent | None = None
) -> list[OrderCopy]:
    """Give up copies that have not come: money let go, items cancelled. Refuses received ones, and no reason.

    Each order gets a line of history; the vendor is not told by this.
    """
    access.require(actor, "acquisitions.cancel_copies")
    if not reason.strip():
        raise Refusal(
            _("Say why these copies are cancelled: whoever asked for them will want to know."), field="reason"
        )
    copies = _locked(copy_ids)
    _need(copies, "cancel")
    for order, mine in _by_order(copies):
        before = _states(mine)
        _move(mine, "cancel", reason=reason)
        event = _tell(order, "acquisitions.cancel_copies", mine, before=before, actor=actor, why=reason, batch=batch)
        move_items(_items(mine), "cancel", actor=actor, batch=event, why=reason)
        ledger.disencumber(
            [copy.pk for copy in mine], year=order.fiscal_year, source_key=_key(order, event), actor=actor, why=reason
        )
    settle_orders({order.pk for order, _mine in _by_order(copies)}, actor=actor)
    return copies


def _key(order: Order, event: HistoryEvent) -> str:
    return f"order/{order.pk}/cancel/{event.pk}"


def undo_cancel(event: HistoryEvent, *, actor: User) -> None:
    """Expect cancelled copies after all: money promised again, items on order. Refuses without the money."""
    access.require(actor, "acquisitions.cancel_copies")
    before = _before(event)
    copies = _locked(before)
    _need(copies, "reinstate")
    order = copies[0].line.order
    ledger.reverse(_key(order, event), actor=actor, why=_("Cancellation undone"))
    states_now = _states(copies)
    for copy in copies:
        copy.state, copy.reason = before[copy.pk], ""
    _save(copies)
    undone = _tell(
        order, "acquisitions.reinstate_copies", copies, before=states_now, actor=actor, why=_("Undone"), undoes=event
    )
    move_items(_items(copies), "reopen", actor=actor, batch=undone)
    settle_orders([order.pk], actor=actor)


@transaction.atomic
def back_order_copies(
    copy_ids: Iterable[int],
    *,
    expected_on: date | None,
    reason: str,
    actor: User,
    batch: HistoryEvent | None = None,
) -> list[OrderCopy]:
    """Expect copies later; the money stays promised. Back-ordered ones get the new date and reason."""
    access.require(actor, "acquisitions.cancel_copies")
    copies = _locked(copy_ids)
    fresh = [copy for copy in copies if copy.state != CopyState.BACK_ORDERED]
    _need(fresh, "back_order")
    for order, mine in _by_order(copies):
        before = _states(mine)
        _move([copy for copy in mine if copy in fresh], "back_order", reason=reason)
        _move([copy for copy in mine if copy not in fresh], "", reason=reason)
        if expected_on is not None:
            OrderLine.objects.filter(pk__in={copy.line_id for copy in mine}).update(expected_on=expected_on)
        day = date_format(expected_on, "j M Y") if expected_on else ""
        why = _("%(reason)s. Expected %(day)s.") % {"reason": reason.rstrip("."), "day": day} if day else reason
        _tell(order, "acquisitions.back_order_copies", mine, before=before, actor=actor, why=why, batch=batch)
    return copies


def undo_back_order(event: HistoryEvent, *, actor: User) -> None:
    """Expect the copies in the usual way again; the date stays as the last that was heard."""
    access.require(actor, "acquisitions.cancel_copies")
    before = _before(event)
    copies = _locked(before)
    late = [copy for copy in copies if before[copy.pk] != CopyState.BACK_ORDERED]
    _need(late, "supply")
    now = _states(late)
    _move(late, "supply", reason="")
    _tell(
        copies[0].line.order,
        "acquisitions.undo_back_order",
        late,
        before=now,
        actor=actor,
        why=_("Undone"),
        undoes=event,
    )


@transaction.atomic
def settle_orders(order_ids: Iterable[int], *, actor: User | None = None) -> list[Order]:
    """Close orders of which every copy is received and paid, or cancelled; open them again when one is not any more.

    Returns those that changed.
    """
    orders = list(
        Order.objects.select_for_update()
        .filter(pk__in=sorted(set(order_ids)))
        .exclude(state=OrderState.DRAFT)
        .order_by("pk")
    )
    copies: dict[int, list[OrderCopy]] = defaultdict(list)
    for copy in OrderCopy.objects.filter(line__order__in=orders).select_related("line", "paid"):
        copies[copy.line.order_id].append(copy)
    changed = [order for order in orders if _settled_state(copies[order.pk]) != order.state]
    for order in changed:
        _settle(order, _settled_state(copies[order.pk]), actor or people.system())
    return changed


VERBS = {OrderState.PLACED: "reopen", OrderState.CLOSED: "close", OrderState.CANCELLED: "cancel"}


def _settled_state(copies: Sequence[OrderCopy]) -> OrderState:
    if all(copy.state == CopyState.CANCELLED for copy in copies):
        return OrderState.CANCELLED
    over = all(
        copy.state == CopyState.CANCELLED or (copy.state == CopyState.RECEIVED and hasattr(copy, "paid"))
        for copy in copies
    )
    return OrderState.CLOSED if over else OrderState.PLACED


def _settle(order: Order, wanted: OrderState, actor: User) -> None:
    before = OrderState(order.state)
    if before is not OrderState.PLACED and wanted is not OrderState.PLACED:
        before = states.move(ORDER, before, "reopen", what=str(order))
    order.state = states.move(ORDER, before, VERBS[wanted], what=str(order))
    order.save(update_fields=["state"])
    words = {
        OrderState.PLACED: _("Open again"),
        OrderState.CLOSED: _("Closed: every copy is received and paid, or cancelled"),
        OrderState.CANCELLED: _("Cancelled: every copy was"),
    }
    history.write(
        order, "acquisitions.settle_order", actor=actor, summary=words[wanted],
        before={"state": before}, after={"state": order.state},
    )  # fmt: skip


# ── Together ─────────────────────────────────────────────────────────────────────────────────────


def _locked(copy_ids: Iterable[int]) -> list[OrderCopy]:
    """The copies, with their funds, orders and lines locked in the house's order."""
    wanted = list(copy_ids)
    found = OrderCopy.objects.filter(pk__in=wanted)
    ledger.lock_funds(found.values_list("fund", flat=True))
    list(Order.objects.select_for_update().filter(lines__copies__in=wanted).order_by("pk").values_list("pk"))
    copies = list(
        found.select_for_update(of=("self",))
        .select_related("line__order__fiscal_year", "line__order__vendor", "branch")
        .order_by("pk")
    )
    if not copies:
        raise Refusal(_("No copy was chosen. Tick at least one."))
    return copies


def _states(copies: Sequence[OrderCopy]) -> dict[str, str]:
    """{"line 4, copy 2": state} as history keeps it."""
    return {f"line {copy.line.position}, copy {copy.number}": str(copy.state) for copy in copies}


def _before(event: HistoryEvent) -> dict[int, CopyState]:
    """What the copies of an event were before it, by key."""
    kept: dict[str, str] = event.before
    copies = OrderCopy.objects.filter(line__order=int(event.subject_id)).select_related("line")
    keys = {f"line {copy.line.position}, copy {copy.number}": copy.pk for copy in copies}
    return {keys[name]: CopyState(state) for name, state in kept.items()}


def _need(copies: Sequence[OrderCopy], verb: str) -> None:
    """Refuse, naming the copies that can't."""
    offenders = [copy for copy in copies if not states.may(COPY, CopyState(copy.state), verb)]
    if not offenders:
        return
    named = [f"{_what(copy)} ({states.words(CopyState(copy.state))})" for copy in offenders[:OFFENDERS_NAMED]]
    more = len(offenders) - len(named)
    raise Refusal(
        _("Nothing was done, because these can't %(verb)s: %(which)s. Leave them out and try again.")
        % {
            "verb": verb.replace("_", " "),
            "which": ", ".join([*named, *([_("%(n)d more") % {"n": more}] if more else [])]),
        }
    )


def _what(copy: OrderCopy) -> str:
    return _("line %(line)d, copy for %(branch)s") % {"line": copy.line.position, "branch": copy.branch}


def _by_order(copies: Sequence[OrderCopy]) -> list[tuple[Order, list[OrderCopy]]]:
    orders = {copy.line.order.pk: copy.line.order for copy in copies}
    return [(order, [copy for copy in copies if copy.line.order_id == pk]) for pk, order in sorted(orders.items())]


def _move(copies: Sequence[OrderCopy], verb: str, *, reason: str) -> None:
    for copy in copies:
        copy.state = COPY[CopyState(copy.state)][verb] if verb else CopyState(copy.state)
        copy.reason = reason
    _save(copies)


def _save(copies: Sequence[OrderCopy]) -> None:
    """Write states and reasons: one statement for each pair of them, of which an act has one or two."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for copy in copies:
        alike[str(copy.state), copy.reason].append(copy.pk)
    for (state, reason), pks in alike.items():
        OrderCopy.objects.filter(pk__in=pks).update(state=state, reason=reason)


def _items(copies: Sequence[OrderCopy]) -> Iterable[Item]:
    return Item.objects.filter(pk__in=[copy.item_id for copy in copies if copy.item_id])


def _tell(
    order: Order,
    verb: str,
    copies: Sequence[OrderCopy],
    *,
    before: dict[str, str],
    actor: User,
    why: str,
    batch: HistoryEvent | None = None,
    undoes: HistoryEvent | None = None,
) -> HistoryEvent:
    """One line of history on the order, with what each copy was and is."""
    words = {
        "acquisitions.cancel_copies": ngettext("%(n)d copy cancelled", "%(n)d copies cancelled", len(copies)),
        "acquisitions.reinstate_copies": ngettext(
            "%(n)d copy expected again", "%(n)d copies expected again", len(copies)
        ),
        "acquisitions.back_order_copies": ngettext("%(n)d copy back-ordered", "%(n)d copies back-ordered", len(copies)),
        "acquisitions.undo_back_order": ngettext(
            "%(n)d copy on order again", "%(n)d copies on order again", len(copies)
        ),
    }
    titles = {copy.line.title for copy in copies}
    of = _(" of “%(title)s”") % {"title": next(iter(titles))} if len(titles) == 1 else ""
    return history.write(
        order, verb, actor=actor, summary=words[verb] % {"n": len(copies)} + of, why=why, batch=batch, undoes=undoes,
        before=before, after=_states(copies),
    )  # fmt: skip
