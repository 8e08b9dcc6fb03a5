"""What circulation declares to the house: rights, policies, notices, states' tones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cataloging.actions import moving
from cataloging.models.records import Record
from techsvc.circulation import queries
from techsvc.circulation.actions import holds, merging, telling
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import access, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history, jobs, notices, policies, printing, retention
from techsvc.kernel.actions.jobs import ScheduleDeclaration
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.actions.printing import PrintKind
from techsvc.kernel.actions.retention import Keeping
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import NavItem, Panel, Verb, Worklist

RIGHTS = (
    Right(
        "circulation.view_holds",
        "See holds",
        ("technician", "cataloger", "processing", "ill", "desk", "supervisor", "auditor"),
    ),
    Right(
        "circulation.place_hold",
        "Place and settle holds",
        ("technician", "selector", "processing", "ill", "desk", "supervisor"),
    ),
)
QUEUE_SHOWN = 10
HOLD_DAYS = PolicyDeclaration(
    "circulation.hold_days",
    _("Days that a hold is kept on the shelf"),
    "int",
    7,
    _("Then the next in line gets it."),
    least=1,
)


def circulation() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*RIGHTS)
    policies.declare(HOLD_DAYS)
    jobs.declare(
        ScheduleDeclaration(
            "circulation.expire_uncollected",
            _("Let uncollected holds go"),
            daily_at=time(2, 30),
            why=_("The next in line should not wait for somebody who does not come."),
        )
    )
    retention.declare(
        Keeping(
            "holds",
            _("Who waited for what: holds that are over"),
            90,
            queries.over_since,
            retention.without_patron,
            _("A quarter answers who had the book last; what somebody read is nobody's business afterwards."),
            _("the hold, its title and its dates"),
        )
    )
    moving.register(merging.Holds())
    printing.declare(PrintKind("hold_tag", _("Hold tag")))
    notices.register(telling.HOLD_READY)
    for verb, undo in (
        ("circulation.place_hold", holds.undo_place),
        ("circulation.cancel_hold", holds.undo_cancel),
        ("circulation.collect", holds.undo_collect),
    ):
        history.undoable(verb, undo)
    tones.register({"waiting": "info", "ready": "ok", "collected": "idle", "expired": "warn"})
    slots.open_kind("circulation.hold", "circulation.patron")
    slots.add_nav(
        NavItem(_("Holds"), "circulation:holds", "circulation.view_holds", "hold", 70),
        NavItem(_("Patrons"), "circulation:patrons", "kernel.view_patrons", "patron", 72),
    )
    slots.add_panel("cataloging.record", "circulation.view_holds", _record_panel)
    slots.add_verbs("cataloging.record", "circulation.place_hold", _record_verbs)
    slots.add_tiles("circulation.view_holds", _tiles, nav="circulation:holds")
    slots.add_objection("kernel.patron", _still_waits)
    slots.add_objection("cataloging.record", _is_waited_for)


def _still_waits(patron: Patron) -> Iterator[str]:
    """Why a patron's link can't be severed yet."""
    if count := queries.open_holds(patron).count():
        yield ngettext(
            "%(n)d hold is open: settle or cancel it first.",
            "%(n)d holds are open: settle or cancel them first.",
            count,
        ) % {"n": count}


def _is_waited_for(record: Record) -> Iterator[str]:
    """Why a title can't go out of the catalog yet."""
    if count := Hold.objects.filter(record=record, state__in=queries.OPEN).count():
        yield ngettext(
            "%(n)d patron waits for it: settle or cancel the hold first.",
            "%(n)d patrons wait for it: settle or cancel the holds first.",
            count,
        ) % {"n": count}


def _record_panel(record: Record, _user: User) -> Panel | None:
    """The head of a title's queue, on its record page."""
    queue = Hold.objects.filter(record=record, state__in=queries.OPEN).select_related("pickup")
    shown = list(queue[: QUEUE_SHOWN + 1])
    if not shown:
        return None
    more = queue.count() - QUEUE_SHOWN if len(shown) > QUEUE_SHOWN else 0
    return Panel(str(_("Holds")), "circulation/_queue.html", {"queue": shown[:QUEUE_SHOWN], "more": more})


def _record_verbs(record: Record, _user: User) -> Iterator[Verb]:
    if record.merged_into_id is None:
        yield Verb(_("Place hold"), reverse("circulation:hold_new", args=[record.pk]), key="h", icon="hold")


def _tiles(_user: User) -> Iterator[Worklist]:
    ready = Hold.objects.filter(state=HoldState.READY)
    yield Worklist(_("On the hold shelf"), reverse("circulation:holds") + "?state=ready", ready, "ready_at")
