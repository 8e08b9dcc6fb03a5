"""The states of a processing job and of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from techsvc.kernel.errors import Refusal
from techsvc.kernel.states import Lifecycle, move


class ProcessingState(StrEnum):
    """Where one item's preparation is."""

    WAITING = "waiting"
    IN_WORK = "in_work"
    DONE = "done"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """Whether one step is still to be done."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


PROCESSING: Lifecycle[ProcessingState] = {
    ProcessingState.WAITING: {
        "start": ProcessingState.IN_WORK,
        "finish": ProcessingState.DONE,
        "cancel": ProcessingState.CANCELLED,
    },
    ProcessingState.IN_WORK: {
        "put_back": ProcessingState.WAITING,
        "finish": ProcessingState.DONE,
        "cancel": ProcessingState.CANCELLED,
    },
    ProcessingState.DONE: {"reopen": ProcessingState.IN_WORK},
    ProcessingState.CANCELLED: {"reopen": ProcessingState.WAITING},
}

STEP: Lifecycle[StepState] = {
    StepState.OPEN: {"do": StepState.DONE, "skip": StepState.SKIPPED},
    StepState.DONE: {"undo": StepState.OPEN},
    StepState.SKIPPED: {"undo": StepState.OPEN, "do": StepState.DONE},
}


def finish(state: ProcessingState, steps: Iterable[tuple[str, StepState]], *, what: str) -> ProcessingState:
    """The state after finishing; a Refusal names the steps (label, state) that are still open."""
    after = move(PROCESSING, state, "finish", what=what)
    missing = [label for label, step in steps if step is StepState.OPEN]
    if missing:
        raise Refusal(f"{what} can't be finished: {', '.join(missing)} still open. Do or skip each step first.")
    return after


def after_step(state: ProcessingState) -> ProcessingState:
    """Doing a step of a waiting job starts it; other states stay."""
    return ProcessingState.IN_WORK if state is ProcessingState.WAITING else state
