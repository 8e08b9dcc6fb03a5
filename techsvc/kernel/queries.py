"""Reads of the kernel's own tables that are more than a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast

from techsvc.kernel import access, clock
from techsvc.kernel.models.exchange import Connection, Incoming, IncomingState, Outgoing, OutgoingState
from techsvc.kernel.models.habits import Draft, ListHabit, PinnedView, SavedView
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState, Schedule, ScheduledRun
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.people import User
from techsvc.kernel.models.printing import PrintRequest

# A row that has been "sending" for longer than any attempt may last belonged to a worker that died.
ATTEMPT_LIMIT = timedelta(minutes=2)


def type_of(thing: Model | type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(thing)


def verbs_in_history() -> QuerySet[HistoryEvent, str]:
    """Every verb that was ever written."""
    return HistoryEvent.objects.order_by("verb").values_list("verb", flat=True).distinct()


def kinds_in_history() -> QuerySet[ContentType]:
    """Every kind of thing that something was ever done to."""
    return ContentType.objects.filter(Exists(HistoryEvent.objects.filter(subject_type=OuterRef("pk"))))


def changes_of(event: HistoryEvent) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of everything that a line of history changed."""
    names = [*event.before, *(name for name in event.after if name not in event.before)]
    pairs = [(name, event.before.get(name), event.after.get(name)) for name in names]
    return [(name.replace("_", " "), old, new) for name, old, new in pairs if (old or None) != (new or None)]


def history_of(thing: Model) -> QuerySet[HistoryEvent]:
    """Everything that happened to the row, newest first."""
    return HistoryEvent.objects.filter(subject_type=type_of(thing), subject_id=str(thing.pk)).select_related(
        "actor", "undone_by", "batch"
    )


def outgoing_of(thing: Model) -> QuerySet[Outgoing]:
    """Messages that left, or wait to leave, because of the row."""
    return Outgoing.objects.filter(subject_type=type_of(thing), subject_id=str(thing.pk)).defer("body")


def prints_of(thing: Model) -> QuerySet[PrintRequest]:
    return PrintRequest.objects.filter(subject_type=type_of(thing), subject_id=str(thing.pk)).defer("document")


def visible_prints(user: User) -> QuerySet[PrintRequest]:
    """Every branch's papers, or those of the one branch for which the person prints; without the documents."""
    made = ExpressionWrapper(Q(document__isnull=False), output_field=BooleanField())
    rows = PrintRequest.objects.defer("document").select_related("branch").annotate(made=made)
    limit = access.branch_limit(user, "kernel.print")
    return rows if limit is None else rows.filter(branch_id=limit)


def due_outgoing(*, in_turn: bool = False) -> QuerySet[Outgoing]:
    """Rows that an attempt is due for: waiting ones, and those whose attempt ended without a word.

    With `in_turn` only those that no earlier message of their order holds back.
    """
    at = clock.now()
    lost = Q(state=OutgoingState.SENDING, claimed_at__lt=at - ATTEMPT_LIMIT)
    due = Q(state__in=(OutgoingState.WAITING, OutgoingState.UNKNOWN), due_at__lte=at)
    rows = Outgoing.objects.filter(due | lost).order_by("id")
    if not in_turn:
        return rows
    earlier = _unsettled().filter(ordering_key=OuterRef("ordering_key"), pk__lt=OuterRef("pk"))
    return rows.exclude(Exists(earlier))


def _unsettled() -> QuerySet[Outgoing]:
    return Outgoing.objects.exclude(state__in=(OutgoingState.SENT, OutgoingState.CANCELLED))


def waits_for_an_earlier_one(outgoing: Outgoing) -> bool:
    """Whether an earlier message of the same order has neither left nor been cancelled."""
    return _unsettled().filter(ordering_key=outgoing.ordering_key, pk__lt=outgoing.pk).exists()


def dead_outgoing() -> QuerySet[Outgoing]:
    """Messages that could not be sent and wait for a person."""
    return Outgoing.objects.filter(state=OutgoingState.DEAD).defer("body").select_related("connection")


def waiting_at(connection: Connection) -> QuerySet[Outgoing]:
    """Messages to one partner that have not left, the first in line first."""
    open_states = (OutgoingState.WAITING, OutgoingState.SENDING, OutgoingState.UNKNOWN, OutgoingState.DEAD)
    return Outgoing.objects.filter(connection=connection, state__in=open_states).defer("body").order_by("id")


def held_incoming() -> QuerySet[Incoming]:
    """Files that could not be taken in by themselves."""
    return (
        Incoming.objects.filter(state__in=(IncomingState.HELD, IncomingState.REFUSED))
        .defer("body")
        .select_related("connection")
    )


def count_and_oldest(lists: Sequence[tuple[QuerySet[Any], str]]) -> list[tuple[int, datetime | None]]:
    """(how many rows, the earliest value of the column) of each list, in its order; one query however many lists.

    A list without a column has no oldest.
    """
    parts = [
        _plain(rows)
        .annotate(_place=Value(place))
        .values("_place")
        .annotate(_count=Count("pk"), _oldest=Min(Cast(F(since) if since else Value(None), DateTimeField())))
        for place, (rows, since) in enumerate(lists)
    ]
    if not parts:
        return []
    found = {row["_place"]: (row["_count"], row["_oldest"]) for row in parts[0].union(*parts[1:], all=True)}
    return [found.get(place, (0, None)) for place in range(len(parts))]


def list_habit(user: User, page: str) -> ListHabit | None:
    """How the person likes the list."""
    return ListHabit.objects.filter(user=user, page=page).first()


def submission_of(key: str, *, user: User, path: str) -> Submission | None:
    """A form that the person sent to this address, by its key."""
    try:
        return Submission.objects.filter(pk=UUID(key), user=user, path=path).first()
    except ValueError:
        return None


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows, to be counted by another query: without an order, and of a table where they were grouped."""
    grouped = rows.query.distinct or rows.query.group_by is not None or rows.query.combinator
    return (rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")) if grouped else rows).order_by()


def views_of(user: User, page: str) -> QuerySet[SavedView]:
    """The saved views of a list that the person may use: their own first, then shared ones; `pinned` by them or not."""
    pins = PinnedView.objects.filter(user=user, view=OuterRef("pk"))
    return (
        SavedView.objects.filter(Q(owner=user) | Q(shared=True), page=page)
        .annotate(pinned=Exists(pins), others=Case(When(owner=user, then=0), default=1))
        .select_related("owner")
        .order_by("others", "label", "pk")
    )


def pins_of(user: User) -> QuerySet[PinnedView]:
    """What the person pinned to their home page and may still use, in the order of pinning."""
    usable = Q(view__owner=user) | Q(view__shared=True)
    return PinnedView.objects.filter(usable, user=user).select_related("view")


def my_jobs(user: User, *, since: datetime) -> QuerySet[Job]:
    """The person's own long jobs that go on or of whose end they were not told, and those that ended since then."""
    open_or_new = Q(state__in=(JobState.WAITING, JobState.RUNNING)) | Q(told_at=None)
    return Job.objects.filter(open_or_new | Q(finished_at__gte=since), started_by=user).order_by(
        F("finished_at").asc(nulls_first=True), "-id"
    )


def time_left(job: Job) -> timedelta | None:
    """How long the job will go on at its pace so far; None when nothing is done yet or the end is unknown."""
    if not job.done or job.total <= job.done or job.is_over:
        return None
    return (clock.now() - job.created_at) * (job.total - job.done) / job.done


def ends_to_tell(user: User) -> QuerySet[Job]:
    """The person's own long jobs that are over, of whose end they were not told."""
    return Job.objects.filter(started_by=user, told_at=None, finished_at__isnull=False).order_by("finished_at", "id")


def schedules_with_last_run() -> QuerySet[Schedule]:
    """Schedules with their last run: `last_run`, when it was rung, and `last_began`, `last_ended` and so on."""
    latest = ScheduledRun.objects.filter(schedule=OuterRef("pk")).order_by("-at", "-id")
    names = {"last_run": "at", **{f"last_{name}": name for name in ("began_at", "ended_at", "result", "failed")}}
    return Schedule.objects.annotate(**{name: Subquery(latest.values(field)[:1]) for name, field in names.items()})


def draft_of(user: User, path: str) -> Draft | None:
    """What the person typed into the form of this address and did not send."""
    return Draft.objects.filter(user=user, path=path[:300]).first()
