"""Carries loads that take long: by a job that is watched, or by a command that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import loads, passes
from cataloging.actions.loading import Work
from cataloging.models.loads import Load, LoadProfile, LoadRow
from techsvc.kernel import access
from techsvc.kernel.actions import exchange, history, jobs
from techsvc.kernel.actions.jobs import Cancelled, Overtaken
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User


class Errand(NamedTuple):
    """What a job does for a load in one of its states: the pass over the file, and the end of it."""

    carry: Callable[[Work], Iterator[list[LoadRow]]]
    end: Callable[[Load, Job, JobState], str]


def carry_on(job_id: int) -> None:
    """Look at a file or load it, a chunk to a transaction, until all is done or somebody cancels.

    A job that lost its worker goes on where the rows say. What was loaded before a cancel stays and can be undone.
    """
    job = jobs.claim(job_id)
    if job is None:
        return
    load = Load.objects.select_related("incoming", "profile").get(pk=job.row_id)
    errand = ERRANDS.get(load.state)
    if errand is None:
        jobs.finish(job, result=_("There was nothing left to do: the load is %(state)s.") % {"state": load.state})
        return
    state = JobState.DONE
    try:
        for rows in errand.carry(loads.work_of(load, actor=job.started_by)):
            jobs.step(job, done=len(rows), faults=_faults(rows))
    except Cancelled:
        state = JobState.CANCELLED
    except Overtaken:
        return
    except Refusal as refusal:
        jobs.fail(job, refusal.text)
        return
    _finish(load, job, state, errand)


@transaction.atomic
def _finish(load: Load, job: Job, state: JobState, errand: Errand) -> None:
    jobs.finish(job, result=errand.end(load, job, state), state=state)


def _looked_at(load: Load, job: Job, state: JobState) -> str:
    if state is JobState.CANCELLED:
        load.state = "discarded"
        load.save(update_fields=["state"])
        summary = _("Cancelled while it was looked at. Upload the file again to look at it anew.")
        history.write(load, "cataloging.discard_load", actor=job.started_by, summary=summary)
        return summary
    loads.looked_at(load, actor=job.started_by)
    return _("Looked at: %(counts)s.") % {"counts": loads.in_words(loads.counted(load))}


def _loaded(load: Load, job: Job, _state: JobState) -> str:
    left = passes.pending(load).count()
    loads.close(load, actor=job.started_by)
    result = _("Loaded: %(counts)s.") % {"counts": loads.in_words(loads.counted(load))}
    if left:
        result += " " + _("Cancelled with %(n)d left; undo the load, or load the rest.") % {"n": left}
    return result


ERRANDS = {"reading": Errand(passes.look, _looked_at), "loading": Errand(passes.bring, _loaded)}


def _faults(rows: Iterable[LoadRow]) -> list[str]:
    """What could not be loaded as it was decided, in a sentence each."""
    return [
        _("Record %(n)d, %(title)s: %(why)s") % {"n": row.position, "title": row.title, "why": row.reason}
        for row in rows
        if row.outcome == "held" and row.load.state == "loading"
    ]


def load_file(file: BinaryIO, name: str, *, actor: User, profile: LoadProfile | None = None) -> Load:
    """Look at a file and bring it in at once, a chunk to a transaction; a load that was killed is gone on with.

    Refuses what `loads.open_load` refuses.
    """
    access.require(actor, loads.RIGHT)
    load = _broken_off(file) or loads.keep(file, name, "loading", actor=actor, profile=profile)
    work = loads.work_of(load, actor=actor)
    try:
        for _rows in passes.straight(work):
            pass
    except BadInput:
        Load.objects.filter(pk=load.pk, state="loading").update(state="discarded")
        raise
    for _rows in passes.bring(work):
        pass
    return _closed(load, actor)


@transaction.atomic
def _closed(load: Load, actor: User) -> Load:
    row = Load.objects.select_for_update().get(pk=load.pk)
    if row.state != "loading":
        raise Refusal(_("“%(name)s” is %(state)s by now.") % {"name": row, "state": row.state})
    return loads.close(row, actor=actor)


def _broken_off(file: BinaryIO) -> Load | None:
    """The load of this very file that was begun and killed, with no job at it."""
    begun = Load.objects.filter(incoming__sha256=exchange.digest(file), state="loading").select_related("profile")
    load = begun.first()
    return load if load and loads.job_of(load) is None else None
