"""What must hold in the database after any fault: each department declares its own, one command asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from techsvc.kernel import clock
from techsvc.kernel.models.exchange import Outgoing, OutgoingState

STUCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Invariant:
    """One sentence that must be true, and the query that names the rows for which it is not."""

    sentence: str
    exceptions: Callable[[], Iterable[str]]


DECLARED: dict[str, Invariant] = {}


def declare(name: str, sentence: str, exceptions: Callable[[], Iterable[str]]) -> None:
    """Make an invariant known under "department.name"; called from a department's declarations."""
    if name in DECLARED:
        raise ValueError(f"{name}: declared twice")
    DECLARED[name] = Invariant(sentence, exceptions)


def ask() -> Iterator[tuple[str, Invariant, list[str]]]:
    """Every invariant with its exceptions, in the order of the names; none means that it holds."""
    for name, invariant in sorted(DECLARED.items()):
        yield name, invariant, list(invariant.exceptions())


def stuck_messages() -> Iterator[str]:
    """Messages that no attempt can still be carrying."""
    since = clock.now() - STUCK
    for outgoing in Outgoing.objects.filter(state=OutgoingState.SENDING, claimed_at__lt=since).defer("body"):
        yield f"{outgoing}: on its way since {outgoing.claimed_at:%Y-%m-%d %H:%M}"


declare("kernel.nothing_stuck", "No message has been on its way for more than 15 minutes.", stuck_messages)
