"""What the kernel itself declares: rights of the console, policies, schedules, entries of the rail."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext_lazy as _

from techsvc.kernel import access, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import (
    barcodes,
    calendar,
    exchange,
    history,
    jobs,
    keepings,
    people,
    policies,
    retention,
    saved_views,
)
from techsvc.kernel.actions.jobs import ScheduleDeclaration
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import NavItem

RIGHTS = (
    Right("kernel.console", "Open the console", ("supervisor", "admin", "auditor")),
    Right("kernel.manage_people", "Manage people and roles", ("supervisor", "admin")),
    Right("kernel.manage_places", "Manage branches and printers", ("supervisor", "admin")),
    Right("kernel.set_policy", "Set policies", ("supervisor", "admin")),
    Right("kernel.view_connections", "See connections to vendors", ("supervisor", "admin", "auditor")),
    Right("kernel.manage_connections", "Set up connections to vendors", ("admin",)),
    Right("kernel.release_outgoing", "Pause and release outgoing messages", ("supervisor", "admin")),
    Right(
        "kernel.view_messages",
        "See messages that left and came in",
        ("technician", "selector", "ill", "supervisor", "finance", "admin", "auditor"),
    ),
    Right("kernel.settle_messages", "Retry or set aside messages", ("technician", "supervisor", "admin")),
    Right("kernel.view_history", "See the history of everything", ("supervisor", "admin", "auditor")),
    Right(
        "kernel.undo",
        "Undo what can be undone",
        ("technician", "selector", "cataloger", "ill", "desk", "processing", "supervisor", "finance"),
    ),
    Right(
        "kernel.print",
        "Print labels and slips",
        ("technician", "cataloger", "ill", "desk", "processing", "supervisor", "admin"),
    ),
    Right("kernel.tidy_views", "Delete saved views that others share", ("supervisor", "admin")),
    Right("kernel.view_jobs", "See long jobs", tuple(access.ROLES)),
    Right("kernel.cancel_jobs", "Cancel other people's long jobs", ("supervisor", "admin")),
    Right("kernel.view_patrons", "See who a patron is", ("ill", "desk", "supervisor"), own_branch=("technician",)),
    Right("kernel.edit_patrons", "Add and change patrons", ("ill", "desk", "supervisor")),
)

POLICIES = (
    PolicyDeclaration(
        "exchange.paused",
        _("Outgoing messages are paused"),
        "bool",
        False,
        _("Nothing leaves the building while this is on."),
    ),
    PolicyDeclaration(
        "exchange.attempts",
        _("Attempts before a message needs a person"),
        "int",
        6,
        _("Between attempts the wait doubles, up to an hour."),
        least=1,
    ),
    PolicyDeclaration(
        "library.name",
        _("Name of the library"),
        "text",
        "Riverbend Public Library",
        _("Printed on labels, slips and mail."),
    ),
    PolicyDeclaration(
        "library.mail",
        _("Address that mail comes from"),
        "mail",
        "techservices@example.org",
        _("The From line of notices and claims."),
    ),
)

SCHEDULES = (
    ScheduleDeclaration(
        "kernel.sweep",
        _("Send what waits, read what came"),
        every_minutes=1,
        why=_("A worker that died, or a lost doorbell, delays a message by a minute at most."),
    ),
    ScheduleDeclaration(
        "kernel.poll",
        _("Ask every connection for new files"),
        every_minutes=5,
        why=_("Vendors answer within hours; five minutes keeps the desk up to date."),
    ),
    ScheduleDeclaration(
        "kernel.send_notices",
        _("Send notices that are due"),
        every_minutes=5,
        why=_("Who waits for a title is told soon after it is ready."),
    ),
    ScheduleDeclaration(
        "kernel.forget",
        _("Forget what nobody needs any more"),
        daily_at=time(3, 15),
        why=_("Words of notices, drafts, and lists of who looked at whom are kept as long as needed, and no longer."),
    ),
)


# Kinds of pages that other departments may add to; "patron" is the thing that they may object to severing.
PAGES = (
    "branch",
    "connection",
    "event",
    "incoming",
    "job",
    "notice",
    "outgoing",
    "patron",
    "person",
    "role",
    "schedule",
)


def kernel() -> None:
    """Make the kernel's own declarations; called once from its apps.py."""
    access.declare(*RIGHTS)
    policies.declare(*POLICIES)
    jobs.declare(*SCHEDULES)
    retention.declare(*keepings.KEEPINGS)
    tones.register({"switched_off": "idle", "locked": "stop", "missed": "stop", "broke_off": "stop", "ok": "ok"})
    slots.open_kind(*(f"kernel.{kind}" for kind in PAGES))
    slots.add_nav(
        NavItem(_("Messages"), "kernel:outgoing", "kernel.view_messages", "exchange", 80),
        NavItem(_("Printing"), "kernel:prints", "kernel.print", "print", 82),
        NavItem(_("Console"), "kernel:console", "kernel.console", "console", 95),
    )
    for verb, undo in (
        ("kernel.set_policy", policies.undo_set),
        ("kernel.delete_view", saved_views.undo_delete),
        ("kernel.pause_outgoing", exchange.undo_pause),
        ("kernel.set_roles", people.undo_set_roles),
        ("kernel.set_grant", people.undo_set_grant),
        ("kernel.set_aside", exchange.undo_set_aside),
        ("kernel.switch_person", people.undo_switch_person),
        ("kernel.set_week", calendar.undo_set_week),
        ("kernel.close_days", calendar.undo_close_days),
        ("kernel.open_days", calendar.undo_open_days),
        ("kernel.save_barcode_rule", barcodes.undo_save),
        ("kernel.delete_barcode_rule", barcodes.undo_delete),
        ("kernel.copy_closings", calendar.undo_copy_year),
    ):
        history.undoable(verb, undo)
