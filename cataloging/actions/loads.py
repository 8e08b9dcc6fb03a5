"""Files of full records: looked at first, then loaded, and taken back as a whole if need be."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from cataloging.actions import loading, previews
from cataloging.marc import iso2709
from cataloging.marc.iso2709 import SpanKind
from cataloging.models.loads import OUTCOMES, Load, LoadRow
from techsvc.kernel import access, clock
from techsvc.kernel.actions import exchange, history, jobs
from techsvc.kernel.actions.jobs import Cancelled, Overtaken
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User

RIGHT = "cataloging.load_records"
TASK = "cataloging.load"
# More records than this are loaded by a worker, with progress; fewer while the person waits.
AT_ONCE = 500
CHUNK = 200
DECISIONS = {"create": "create", "overlay": "overlay", "reject": "rejected"}


@transaction.atomic
def open_load(body: bytes, name: str, *, actor: User) -> Load:
    """Keep a file and say what loading would make of every stretch of it. Nothing comes into the catalog yet.

    Refuses what is no MARC file, and a file that is here already; one whose load was undone or discarded is looked at
    anew.
    """
    access.require(actor, RIGHT)
    _refuse_foreign(body, name)
    incoming, fresh = exchange.upload(name, body, kind="marc")
    if fresh:
        exchange.end_reading(incoming, IncomingState.READ)
    load = _begin(incoming, name, actor)
    rows = list(previews.rows(body))
    for row in rows:
        row.load = load
    LoadRow.objects.bulk_create(rows, batch_size=CHUNK * 5)
    counts = counted(load)
    summary = _("Looked at: %(counts)s") % {"counts": in_words(counts)}
    history.write(load, "cataloging.open_load", actor=actor, summary=summary, after=counts)
    return load


def _refuse_foreign(body: bytes, name: str) -> None:
    if not body.strip():
        raise BadInput(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    if all(span.kind is SpanKind.JUNK for span in iso2709.split(body)):
        raise BadInput(
            _("“%(name)s” can't be loaded: it is %(what)s. Ask for the records as MARC in ISO 2709 (.mrc).")
            % {"name": name, "what": iso2709.looks_like(body)}
        )


def _begin(incoming: Incoming, name: str, actor: User) -> Load:
    """The load of a file, empty: a new one, or the one that was undone or discarded."""
    load = Load.objects.select_for_update().filter(incoming=incoming).first() or Load(incoming=incoming)
    if load.pk and load.state not in ("undone", "discarded"):
        raise Refusal(
            _("%(who)s uploaded this very file on %(day)s as “%(name)s”: load %(n)d, %(state)s. Open that one.")
            % {
                "day": f"{load.created_at:%Y-%m-%d}",
                "who": load.uploaded_by,
                "name": load.name,
                "n": load.pk,
                "state": load.state,
            }
        )
    load.name, load.state, load.uploaded_by = name[:200], "preview", actor
    load.created_at, load.loaded_at = clock.now(), None
    load.save()
    load.rows.all().delete()
    return load


def counted(load: Load) -> dict[str, int]:
    """How many rows there are of each outcome."""
    found = dict(load.rows.values_list("outcome").annotate(Count("pk")).order_by())
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}


def in_words(counts: dict[str, int]) -> str:
    """Counts as a sentence has them: "300 new, 112 to overlay, 3 held"."""
    words = {
        "create": _("new"),
        "overlay": _("overlaid"),
        "withdraw": _("to withdraw"),
        "held": _("held"),
        "rejected": _("rejected"),
        "unchanged": _("unchanged"),
    }
    return ", ".join(f"{count:,} {words[outcome]}" for outcome, count in counts.items() if count) or _("nothing")


def pending(load: Load) -> QuerySet[LoadRow]:
    """Rows that loading would bring in and hasn't yet."""
    return load.rows.filter(outcome__in=("create", "overlay"), version_after=None).order_by("position")


@transaction.atomic
def decide(row_id: int, decision: str, *, actor: User) -> LoadRow:
    """Settle a held row: make a new record, overlay the suggested one, or leave it out."""
    access.require(actor, RIGHT)
    row = LoadRow.objects.select_for_update(of=("self",)).select_related("load", "record").get(pk=row_id)
    if row.outcome != "held" or row.load.state == "undone":
        raise Refusal(_("Record %(n)d does not wait for a decision.") % {"n": row.position})
    if decision not in DECISIONS or (decision == "overlay" and row.record is None):
        raise Refusal(
            _("Choose what becomes of record %(n)d: a new one, an overlay, or nothing.") % {"n": row.position}
        )
    row.outcome, before = DECISIONS[decision], row.reason
    row.reason = _("%(who)s decided; before: %(why)s") % {"who": actor, "why": before}
    row.save(update_fields=["outcome", "reason"])
    summary = _("Record %(n)d, “%(title)s”: %(what)s") % {"n": row.position, "title": row.title, "what": row.outcome}
    history.write(row.load, "cataloging.decide", actor=actor, summary=summary, why=before)
    return row


@transaction.atomic
def discard_load(load_id: int, *, actor: User) -> Load:
    """Put a looked-at file aside without loading it."""
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=load_id)
    if load.state != "preview":
        raise Refusal(_("“%(name)s” is %(state)s; only a preview is discarded.") % {"name": load, "state": load.state})
    load.state = "discarded"
    load.save(update_fields=["state"])
    history.write(load, "cataloging.discard_load", actor=actor, summary=_("Discarded"))
    return load


# Loading


def job_of(load: Load) -> Job | None:
    """The job that is loading it now."""
    running = Job.objects.filter(task=TASK, row_id=str(load.pk), state__in=(JobState.WAITING, JobState.RUNNING))
    return running.order_by("-pk").first()


def may_load(load: Load) -> bool:
    """Whether loading can begin, or go on after a job that was cancelled or failed."""
    return load.state in ("preview", "loaded") or (load.state == "loading" and job_of(load) is None)


@transaction.atomic
def commit_load(load_id: int, *, actor: User) -> Load:
    """Bring the pending rows into the catalog: at once when they are few, else by a job that can be watched.

    Refuses when nothing is pending, and while a job is at it.
    """
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=load_id)
    waiting = pending(load).count()
    if not waiting or not may_load(load):
        raise Refusal(
            _("“%(name)s” has nothing to load: it is %(state)s, %(counts)s.")
            % {"name": load, "state": load.state, "counts": in_words(counted(load))}
        )
    if waiting > AT_ONCE:
        return _hand_over(load, waiting, actor)
    loading.bring_in(load, list(pending(load)), bytes(load.incoming.body))
    return _close(load, actor=actor)


def _hand_over(load: Load, waiting: int, actor: User) -> Load:
    load.state = "loading"
    load.save(update_fields=["state"])
    jobs.start(
        TASK,
        load.pk,
        title=_("Load %(name)s") % {"name": load.name},
        key=f"load:{load.pk}:{clock.now().isoformat()}",
        total=waiting,
        actor=actor,
        url=load.get_absolute_url(),
    )
    return load


def carry_on(job_id: int) -> None:
    """Load the pending rows, a chunk to a transaction, until they are all in or somebody cancels.

    A job that lost its worker goes on where the rows say. What was loaded before a cancel stays and can be undone.
    """
    job = jobs.claim(job_id)
    if job is None:
        return
    load = Load.objects.select_related("incoming").get(pk=job.row_id)
    body = bytes(load.incoming.body)
    state = JobState.DONE
    try:
        while rows := _bring_in_some(load, body):
            jobs.step(job, done=len(rows), faults=_faults(rows))
    except Cancelled:
        state = JobState.CANCELLED
    except Overtaken:
        return
    except Refusal as refusal:
        jobs.fail(job, refusal.text)
        return
    _finish(load, job, state)


@transaction.atomic
def _bring_in_some(load: Load, body: bytes) -> list[LoadRow]:
    rows = list(pending(load).select_for_update(of=("self",))[:CHUNK])
    if rows:
        loading.bring_in(load, rows, body)
    return rows


def _faults(rows: Iterable[LoadRow]) -> list[str]:
    """What could not be loaded as it was decided, in a sentence each."""
    return [
        _("Record %(n)d, %(title)s: %(why)s") % {"n": row.position, "title": row.title, "why": row.reason}
        for row in rows
        if row.outcome == "held"
    ]


@transaction.atomic
def _finish(load: Load, job: Job, state: JobState) -> None:
    left = pending(load).count()
    _close(load, actor=job.started_by)
    result = _("Loaded: %(counts)s.") % {"counts": in_words(counted(load))}
    if left:
        result += " " + _("Cancelled with %(n)d left; undo the load, or load the rest.") % {"n": left}
    jobs.finish(job, result=result, state=state)


def _close(load: Load, *, actor: User) -> Load:
    load.state, load.loaded_at = "loaded", clock.now()
    load.save(update_fields=["state", "loaded_at"])
    counts = counted(load) | {"left": pending(load).count()}
    summary = _("Loaded: %(counts)s") % {"counts": in_words(counted(load))}
    history.write(load, "cataloging.load", actor=actor, summary=summary, after=counts)
    return load


def undo_load(event: HistoryEvent, *, actor: User) -> Load:
    """Take all of a load back. Refuses when one of its records was changed since, or has items, holds or orders."""
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=event.subject_id)
    if load.state != "loaded":
        raise Refusal(_("“%(name)s” is %(state)s, so there is nothing to undo.") % {"name": load, "state": load.state})
    loading.take_back(load)
    load.state, load.loaded_at = "undone", None
    load.save(update_fields=["state", "loaded_at"])
    history.write(load, "cataloging.undo_load", actor=actor, summary=_("Taken out of the catalog again"), undoes=event)
    return load
