"""What the home page shows: long jobs under way, and what happened by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from acquisitions.models.messages import EdiMessage
from techsvc.kernel import access, clock, queries
from techsvc.kernel.actions.notices import KINDS as NOTICE_KINDS
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.people import User
from techsvc.kernel.pages.links import may_open, page_of

SHOWN = 10
LOOKED_AT = 40  # newest lines of history, among which those that the person may open are found
# What a message of a vendor did is told by the message; its lines of history would say it again.
TOLD_BY_MESSAGES = (
    "acquisitions.answer",
    "acquisitions.announce_shipment",
    "acquisitions.back_order_copies",
    "acquisitions.cancel_copies",
    "acquisitions.enter_invoice",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened by itself; `url` is the page of what it happened to, or ""."""

    at: datetime
    sentence: str
    url: str


def jobs(user: User) -> list[Job]:
    """The person's long jobs: those under way, those whose end is to be told, and those since yesterday. One query."""
    return list(queries.my_jobs(user, since=yesterday()))


def yesterday() -> datetime:
    """The midnight at which yesterday began."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=1)


def since_yesterday(user: User, jobs: Iterable[Job] = ()) -> list[Told]:
    """What happened by itself since yesterday's midnight, newest first: answered, sent, told, and what schedules did.

    With what became of their long jobs. Only what the person may open. A query for each of the four.
    """
    since = yesterday()
    ended = [
        Told(job.finished_at, f"{job.title}: {job.result}", job.get_absolute_url()) for job in jobs if job.finished_at
    ]
    told = ended + [one for right, source in SOURCES if access.allowed(user, right) for one in source(since, user)]
    return sorted(told, key=lambda one: one.at, reverse=True)[:SHOWN]


def _answered(since: datetime, _user: User) -> Iterator[Told]:
    """What vendors' messages said."""
    rows = EdiMessage.objects.filter(direction="in", at__range=(since, clock.now())).select_related("vendor")
    for row in rows.order_by("-at")[:SHOWN]:
        yield Told(row.at, f"{row.vendor}: {row.summary}", row.get_absolute_url())


def _sent(since: datetime, user: User) -> Iterator[Told]:
    """What left the building: what a message said, the name of any other file. Mail to patrons is told as a notice."""
    reads_edi = access.allowed(user, "acquisitions.view_messages")
    rows = Outgoing.objects.filter(sent_at__range=(since, clock.now())).exclude(kind="notice").defer("body")
    for row in rows.select_related("connection", "edi_message__vendor").order_by("-sent_at")[:SHOWN]:
        said = getattr(row, "edi_message", None)
        words = {"partner": said.vendor if said else row.connection, "what": said.summary if said else f"{row.name}."}
        file = reverse("kernel:outgoing_message", args=[row.pk])
        url = said.get_absolute_url() if said and reads_edi else file
        yield Told(row.sent_at or since, _("Sent to %(partner)s: %(what)s") % words, url)


def _noticed(since: datetime, _user: User) -> Iterator[Told]:
    """Which patrons were told what; without their names."""
    rows = Notice.objects.filter(state=NoticeState.QUEUED, settled_at__range=(since, clock.now()))
    for row in rows.order_by("-settled_at")[:SHOWN]:
        words = NOTICE_KINDS[row.kind].label if row.kind in NOTICE_KINDS else row.kind
        sentence = _("A patron was told: %(what)s.") % {"what": words}
        yield Told(row.settled_at or since, sentence, reverse("kernel:notice", args=[row.pk]))


def _done(since: datetime, user: User) -> Iterator[Told]:
    """What schedules and jobs did to rows that have a page."""
    events = HistoryEvent.objects.filter(actor__is_system=True, batch=None, at__range=(since, clock.now()))
    for event in events.exclude(verb__in=TOLD_BY_MESSAGES).order_by("-at", "-pk")[:LOOKED_AT]:
        url = page_of(event)
        if _may_open(user, url):
            kind = ContentType.objects.get_for_id(event.subject_type_id).name
            yield Told(event.at, f"{kind[:1].upper()}{kind[1:]}: {event.summary}", url)


Source = Callable[[datetime, User], Iterable[Told]]
SOURCES: tuple[tuple[str, Source], ...] = (
    ("acquisitions.view_messages", _answered),
    ("kernel.view_messages", _sent),
    ("kernel.view_patrons", _noticed),
    (access.ANY_STAFF, _done),
)


def _may_open(user: User, url: str) -> bool:
    """Whether the page lets the person in; lines about things without a page are for readers of the whole history."""
    return may_open(user, url) if url else access.allowed(user, "kernel.view_history")
