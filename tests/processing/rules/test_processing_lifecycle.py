"""States of jobs and steps."""

from __future__ import annotations

import pytest

from processing.rules.lifecycle import PROCESSING, STEP, ProcessingState, StepState, after_step, finish
from techsvc.kernel.errors import Refusal
from techsvc.kernel.states import move

WAITING, IN_WORK, DONE, CANCELLED = ProcessingState


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        (WAITING, "start", IN_WORK),
        (WAITING, "finish", DONE),
        (WAITING, "cancel", CANCELLED),
        (IN_WORK, "put_back", WAITING),
        (IN_WORK, "finish", DONE),
        (DONE, "reopen", IN_WORK),
        (CANCELLED, "reopen", WAITING),
    ],
)
def test_legal_moves(state: ProcessingState, verb: str, after: ProcessingState) -> None:
    assert move(PROCESSING, state, verb, what="The atlas") is after


@pytest.mark.parametrize(
    ("state", "verb"), [(DONE, "finish"), (DONE, "cancel"), (CANCELLED, "start"), (WAITING, "reopen")]
)
def test_illegal_moves(state: ProcessingState, verb: str) -> None:
    with pytest.raises(Refusal, match=f"The atlas: can't {verb}, it is "):
        move(PROCESSING, state, verb, what="The atlas")


def test_every_state_and_every_step_has_a_row() -> None:
    assert set(PROCESSING) == set(ProcessingState)
    assert set(STEP) == set(StepState)


def test_a_job_with_open_steps_is_not_finished() -> None:
    steps = [("Stamp", StepState.DONE), ("Barcode", StepState.OPEN), ("Spine label", StepState.OPEN)]
    with pytest.raises(Refusal) as caught:
        finish(IN_WORK, steps, what="31234000012346")
    assert caught.value.text == (
        "31234000012346 can't be finished: Barcode, Spine label still open. Do or skip each step first."
    )
    assert finish(IN_WORK, [("Stamp", StepState.DONE), ("Barcode", StepState.SKIPPED)], what="x") is DONE
    with pytest.raises(Refusal, match="it is done"):
        finish(DONE, [], what="x")


def test_the_first_step_starts_the_job() -> None:
    assert after_step(WAITING) is IN_WORK
    assert after_step(IN_WORK) is IN_WORK


def test_the_states_are_those_that_the_database_allows() -> None:
    from processing.models import jobs  # noqa: PLC0415

    assert tuple(ProcessingState) == jobs.JOB_STATES
    assert tuple(StepState) == jobs.STEP_STATES
