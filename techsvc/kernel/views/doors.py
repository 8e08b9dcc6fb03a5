"""The doors of the console, and what is wrong behind them: each is a list with its filter and its count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel import access, clock, queries
from techsvc.kernel.actions import policies, schedules, signing_in
from techsvc.kernel.models.exchange import Incoming, IncomingState, Outgoing, OutgoingState, TransportKind
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.people import User
from techsvc.kernel.slots import Tile


@dataclass(frozen=True, slots=True)
class Door:
    """A page of the console: who may open it, what it is called, a sentence of what is behind it."""

    name: str
    permission: str
    label: Any
    sentence: Any

    @property
    def url(self) -> str:
        return reverse(f"kernel:{self.name}")


ROOMS: tuple[tuple[Any, tuple[Door, ...]], ...] = (
    (
        _("People"),
        (
            Door("people", "kernel.manage_people", _("People"), _("Who may sign in, at which branch.")),
            Door(
                "roles",
                "kernel.manage_people",
                _("Roles and rights"),
                _("What each role may do, how far, up to which amount."),
            ),
        ),
    ),
    (
        _("The library"),
        (
            Door("branches", "kernel.manage_places", _("Branches"), _("The library's buildings, and when they open.")),
            Door("calendar", "kernel.console", _("Calendar"), _("Days off, on which nothing is promised.")),
            Door("barcode_rules", "kernel.manage_places", _("Barcode rules"), _("How each branch's barcodes look.")),
            Door("printers", "kernel.manage_places", _("Printers"), _("Where labels come out, and their stock.")),
            Door("policies", "kernel.console", _("Policies"), _("What this library decides for itself, and why.")),
        ),
    ),
    (
        _("Work that runs by itself"),
        (
            Door("schedules", "kernel.console", _("Schedules"), _("What is done again and again, and what is late.")),
            Door("jobs", "kernel.view_jobs", _("Jobs"), _("Long work: running, done, failed.")),
            Door(
                "outgoing",
                "kernel.view_messages",
                _("Outgoing messages"),
                _("What left, waits, or needs a person; pause and release."),
            ),
            Door(
                "incoming",
                "kernel.view_messages",
                _("Incoming files"),
                _("Every file as it came, and what became of it."),
            ),
            Door("mailbox", "kernel.view_messages", _("Mail"), _("Every mail to patrons and vendors, as it was sent.")),
            Door(
                "notices", "kernel.view_patrons", _("Notices"), _("Who was told what, and who has to be told by hand.")
            ),
            Door(
                "connections",
                "kernel.view_connections",
                _("Connections to partners"),
                _("Hosts, folders and keys of vendors."),
            ),
        ),
    ),
    (
        _("The record"),
        (
            Door("history", "kernel.view_history", _("History of everything"), _("Who did what, when and why.")),
            Door("looks", "kernel.view_history", _("Looks at patrons"), _("Who saw which patron, when and where.")),
            Door(
                "retention",
                "kernel.console",
                _("What is kept, and how long"),
                _("Personal data that is forgotten, when, and why."),
            ),
        ),
    ),
)


def open_rooms(user: User) -> list[tuple[Any, list[Door]]]:
    """The rooms with the doors that open to a person; a room without any is left out."""
    open_to = [(room, [door for door in doors if access.allowed(user, door.permission)]) for room, doors in ROOMS]
    return [(room, doors) for room, doors in open_to if doors]


def _rows(user: User) -> Iterator[tuple[str, Any, str, Any, str]]:
    """(right, label, address, rows, since when) of everything that may be wrong."""
    dead = Outgoing.objects.filter(state=OutgoingState.DEAD)
    outgoing, incoming, mail = (reverse(f"kernel:{name}") for name in ("outgoing", "incoming", "mailbox"))
    files = dead.exclude(connection__kind=TransportKind.MAIL)
    yield "kernel.view_messages", _("Messages that could not be sent"), f"{outgoing}?state=dead", files, "queued_at"
    letters = dead.filter(connection__kind=TransportKind.MAIL)
    yield "kernel.view_messages", _("Mail that could not be sent"), f"{mail}?state=dead", letters, "queued_at"
    for state, label in (
        (IncomingState.HELD, _("Files that wait for a person")),
        (IncomingState.REFUSED, _("Files that can't be read")),
    ):
        found = Incoming.objects.filter(state=state)
        yield "kernel.view_messages", label, f"{incoming}?state={state}", found, "received_at"
    failed = Job.objects.filter(state=JobState.FAILED)
    yield "kernel.console", _("Jobs that failed"), reverse("kernel:jobs") + "?state=failed", failed, "finished_at"
    by_hand = Notice.objects.filter(state=NoticeState.BY_HAND)
    limit = access.branch_limit(user, "kernel.view_patrons")
    mine = by_hand if limit is None else by_hand.filter(patron__branch_id=limit)
    yield (
        "kernel.view_patrons",
        _("To be told by hand"),
        reverse("kernel:notices") + "?state=by_hand",
        mine,
        "created_at",
    )


def troubles(user: User) -> list[Tile]:
    """What is wrong, with how many and since when; nothing for what is in order."""
    asked = [row for row in _rows(user) if access.allowed(user, row[0])]
    counts = queries.count_and_oldest([(rows, since) for _right, _label, _url, rows, since in asked])
    found = [
        Tile(label, url, count, oldest, tone="warn", icon="stop")
        for (_right, label, url, _found, _since), (count, oldest) in zip(asked, counts, strict=True)
    ]
    return [tile for tile in (*_missed(), *found, *_locked(user)) if tile.count]


def _missed() -> Iterator[Tile]:
    at = clock.now()
    bad = [
        s for s in queries.schedules_with_last_run() if schedules.standing(s, at) in ("missed", "failed", "broke_off")
    ]
    yield Tile(_("Schedules that are late or failed"), reverse("kernel:schedules"), len(bad), tone="stop", icon="clock")


def _locked(user: User) -> Iterator[Tile]:
    if access.allowed(user, "kernel.manage_people"):
        count = signing_in.locked_out().count()
        yield Tile(_("Locked out by wrong passwords"), reverse("kernel:people") + "?locked=1", count, icon="user")


def is_paused() -> bool:
    """Whether nothing leaves the building."""
    return bool(policies.value("exchange.paused"))
