"""Lifecycles as tables: {state: {verb: next state}}."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from techsvc.kernel.errors import Refusal

State = TypeVar("State", bound=StrEnum)
Lifecycle = Mapping[State, Mapping[str, State]]

# States whose value is not how people say it.
SPOKEN = {"dead": "could not be sent", "needs_person": "needs a person"}


def may(table: Lifecycle[State], state: State, verb: str) -> bool:
    """Whether `verb` is legal in `state`."""
    return verb in table[state]


def move(table: Lifecycle[State], state: State, verb: str, *, what: str, hint: str = "") -> State:
    """The state after `verb`; an illegal move raises Refusal naming `what`, the state and what is possible.

    "Line 4: can't receive, it is cancelled. Possible now: reopen." `hint` replaces the last sentence.
    """
    try:
        return table[state][verb]
    except KeyError:
        raise Refusal(refusal_text(table, state, verb, what=what, hint=hint)) from None


def refusal_text(table: Lifecycle[State], state: State, verb: str, *, what: str, hint: str = "") -> str:
    """The sentence that explains why `verb` is not possible now, and what is."""
    possible = ", ".join(sorted(v.replace("_", " ") for v in table[state])) or "nothing more"
    return f"{what}: can't {verb.replace('_', ' ')}, it is {words(state)}. {hint or f'Possible now: {possible}.'}"


def words(state: StrEnum) -> str:
    """The state as a person reads it: "on order" for ON_ORDER."""
    return spoken(str(state.value))


def spoken(value: str) -> str:
    """The value of a state as a person reads it."""
    return SPOKEN.get(value, value.replace("_", " "))


def mermaid(table: Lifecycle[State]) -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2"]
    for state, moves in table.items():
        lines += [f"    {state.value} --> {target.value}: {verb.replace('_', ' ')}" for verb, target in moves.items()]
        if not moves:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join(lines) + "\n"
