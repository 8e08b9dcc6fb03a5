"""Makes items ready: a job with its steps, ticked off, and the item onto the shelf or to whoever waits for it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import items as item_actions
from cataloging.marc.fields import Format
from cataloging.models.items import Item
from processing import queries
from processing.models.jobs import JobStep, ProcessingJob
from processing.rules import lifecycle, routing
from processing.rules.lifecycle import PROCESSING, STEP, ProcessingState, StepState
from techsvc.circulation.actions import holds
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User


@transaction.atomic
def start(item_id: int, *, actor: User) -> ProcessingJob:
    """Take a received item into work, with the steps that its format needs; the open job, if there is one.

    Refuses an item that was not cataloged yet, and one that is not in the house.
    """
    item = Item.objects.select_for_update(of=("self",)).select_related("record", "branch").get(pk=item_id)
    access.require(actor, "processing.work", branch=item.branch)
    if (job := queries.job_of(item)) is not None:
        return job
    if item.barcode is None:
        raise Refusal(
            _("“%(title)s” has no barcode yet. Catalog it first: scan its ISBN on the catalog bench.")
            % {"title": item.record.title}
        )
    item_actions.move_items([item], "start_processing", actor=actor)
    job = _new_job(item)
    history.write(job, "processing.start", actor=actor, summary=_("%(item)s taken into work") % {"item": item.barcode})
    return job


def _new_job(item: Item) -> ProcessingJob:
    job = ProcessingJob.objects.create(item=item, created_at=clock.now())
    planned = routing.route(Format(item.record.format), barcode=item.barcode or "")
    JobStep.objects.bulk_create(
        JobStep(job=job, position=n, code=plan.step.code, label=plan.step.label, state=plan.state)
        for n, plan in enumerate(planned, start=1)
    )
    return job


def undo_start(event: HistoryEvent, *, actor: User) -> ProcessingJob:
    """Out of work again, as if the item had just been received. Refuses a job that is over."""
    job = _locked(int(event.subject_id), actor)
    job.state = states.move(PROCESSING, ProcessingState(job.state), "cancel", what=_what(job))
    job.finished_at = clock.now()
    job.save(update_fields=["state", "finished_at"])
    item_actions.move_items([job.item], "stop_processing", actor=actor, why=_("Taken into work by mistake"))
    history.write(job, "processing.undo_start", actor=actor, summary=_("Out of work again"), undoes=event)
    return job


@transaction.atomic
def do_step(job_id: int, code: str, *, actor: User, verb: str = "do") -> ProcessingJob:
    """Do a step, skip it, or take it back (`verb` do, skip, undo)."""
    job = _locked(job_id, actor)
    if not states.may(PROCESSING, ProcessingState(job.state), "finish"):
        raise Refusal(
            _("%(what)s is %(state)s, so its steps stay as they are. Reopen it first.")
            % {"what": _what(job), "state": states.words(ProcessingState(job.state))}
        )
    step = job.steps.select_for_update().filter(code=code).first()
    if step is None:
        raise Refusal(_("This job has no step “%(code)s”. Reload the page.") % {"code": code})
    before = step.state
    _mark(step, verb, actor=actor)
    job.state = lifecycle.after_step(ProcessingState(job.state))
    job.save(update_fields=["state"])
    history.write(
        job, "processing.step", actor=actor, summary=f"{step.label}: {step.state}",
        before={step.code: before}, after={step.code: str(step.state)},
    )  # fmt: skip
    return job


def _mark(step: JobStep, verb: str, *, actor: User) -> None:
    step.state = states.move(STEP, StepState(step.state), verb, what=step.label)
    open_again = step.state == StepState.OPEN
    step.done_by, step.done_at = (None, None) if open_again else (actor, clock.now())
    step.save()


@transaction.atomic
def finish(job_id: int, *, actor: User, do_open: bool = False) -> ProcessingJob:
    """The item is ready: onto the shelf, or onto the hold shelf of the next in line.

    `do_open` ticks the steps that are still open first (one key for "all done"); else open steps refuse.
    """
    job = _locked(job_id, actor)
    steps = list(job.steps.select_for_update())
    for step in steps:
        if do_open and step.state == StepState.OPEN:
            _mark(step, "do", actor=actor)
    pairs = [(step.label, StepState(step.state)) for step in steps]
    job.state = lifecycle.finish(ProcessingState(job.state), pairs, what=_what(job))
    job.finished_at = clock.now()
    job.save(update_fields=["state", "finished_at"])
    item_actions.move_items([job.item], "finish", actor=actor)
    history.write(
        job, "processing.finish", actor=actor, summary=_("%(item)s is ready") % {"item": item_actions.named(job.item)}
    )
    holds.trap(job.item, actor=actor)
    return job


def undo_finish(event: HistoryEvent, *, actor: User) -> ProcessingJob:
    """Back into work, while the item is still on the shelf; refuses once it is promised or lent."""
    job = _locked(int(event.subject_id), actor)
    job.state = states.move(PROCESSING, ProcessingState(job.state), "reopen", what=_what(job))
    job.finished_at = None
    job.save(update_fields=["state", "finished_at"])
    item_actions.move_items([job.item], "start_processing", actor=actor, why=_("Processing reopened"))
    history.write(job, "processing.reopen", actor=actor, summary=_("Back into work"), undoes=event)
    return job


def _what(job: ProcessingJob) -> str:
    """The job as a sentence begins with it."""
    return _("Processing of %(item)s") % {"item": item_actions.named(job.item)}


def _locked(job_id: int, actor: User) -> ProcessingJob:
    job = (
        ProcessingJob.objects.select_for_update(of=("self",))
        .select_related("item__branch", "item__record")
        .get(pk=job_id)
    )
    access.require(actor, "processing.work", branch=job.item.branch)
    return job
