"""What the home page shows: long jobs under way, and what happened by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils import timezone

from techsvc.kernel import access, clock, queries
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User
from techsvc.kernel.pages.base import home_of

SHOWN = 10
LOOKED_AT = 60  # newest lines among which those that the person may open are found


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened by itself; `url` is the page of what it happened to, or ""."""

    at: datetime
    sentence: str
    url: str


def running(user: User) -> QuerySet[Job]:
    """The person's long jobs that are not over. One query."""
    return queries.my_jobs(user).filter(state__in=(JobState.WAITING, JobState.RUNNING))


def time_left(job: Job) -> timedelta | None:
    """How long the job will go on at its pace so far; None when nothing is done yet or the end is unknown."""
    spent = clock.now() - job.created_at
    if not job.done or job.total <= job.done:
        return None
    return spent * (job.total - job.done) / job.done


def since_yesterday(user: User) -> list[Told]:
    """What the system did since yesterday's midnight, newest first, on pages that the person may open. One query."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    events = HistoryEvent.objects.filter(
        actor__is_system=True, batch=None, at__gte=midnight - timedelta(days=1), at__lte=clock.now()
    ).order_by("-at", "-pk")[:LOOKED_AT]
    told = []
    for event in events:
        url = page_of(event)
        if _may_open(user, url):
            told.append(Told(event.at, event.summary, url))
    return told[:SHOWN]


def page_of(event: HistoryEvent) -> str:
    """The address of what the line is about, made from its key alone; "" for things without a page."""
    model = ContentType.objects.get_for_id(event.subject_type_id).model_class()
    try:
        return home_of(model(pk=event.subject_id)) if model is not None else ""
    except NoReverseMatch:
        return ""


def _may_open(user: User, url: str) -> bool:
    """Whether the page lets the person in; lines about things without a page are for readers of the whole history."""
    if not url:
        return access.allowed(user, "kernel.view_history")
    try:
        view = resolve(url).func
    except Resolver404:
        return False
    return access.allowed(user, getattr(getattr(view, "view_class", view), "permission", access.ANY_STAFF))
