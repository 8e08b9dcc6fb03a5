"""How long personal and bulky data is kept: a policy each, and one nightly round that forgets what is due.

A department declares what it keeps; the rows that a page counts as due are the very rows that the round takes.
The ledger, history and policies are kept for ever, and no keeping names rows that something open still needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history, policies
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.models.jobs import Schedule
from techsvc.kernel.models.people import User

BATCH = 500  # rows a transaction, so that nobody waits for the round
SCHEDULE = "kernel.forget"


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of data: `due` finds the rows older than an instant, `forget` drops them or empties them.

    `days` is the default of the policy "keep.<code>" and `why` its reason; `stays` says what is left.
    """

    code: str
    label: Any
    days: int
    due: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]
    why: Any
    stays: Any = ""

    @property
    def policy(self) -> str:
        return f"keep.{self.code}"


DECLARED: dict[str, Keeping] = {}


def declare(*keepings: Keeping) -> None:
    """Make keepings known, each with its policy; called from a department's declarations."""
    for one in keepings:
        if one.code in DECLARED:
            raise ValueError(f"keeping {one.code}: declared twice")
        DECLARED[one.code] = one
        policies.declare(
            PolicyDeclaration(
                one.policy,
                format_lazy(gettext_lazy("Days kept: {what}"), what=one.label),
                "int",
                one.days,
                one.why,
                least=1,
            )
        )


def due(keeping: Keeping) -> QuerySet[Any]:
    """The rows whose time is over by the policy in force."""
    return keeping.due(clock.now() - timedelta(days=policies.value(keeping.policy)))


def delete(rows: QuerySet[Any]) -> int:
    """Drop rows that leave nothing behind."""
    return rows.delete()[0]


def without_patron(rows: QuerySet[Any]) -> int:
    """Cut the link to the patron; what was asked for stays, counted, without a person."""
    return rows.update(patron=None)


def purge(*, actor: User) -> dict[str, int]:
    """Forget everything that is due, in small batches, and write one line about it. Returns how many rows of each."""
    access.require(actor, "kernel.set_policy")
    gone = {code: _purge(keeping) for code, keeping in DECLARED.items()}
    done = {code: count for code, count in gone.items() if count}
    if done:
        told = ", ".join(f"{DECLARED[code].label}: {count}" for code, count in done.items())
        subject = Schedule.objects.get(task=SCHEDULE)
        history.write(
            subject, "kernel.purge", actor=actor, summary=_("Forgotten: %(what)s") % {"what": told}, after=done
        )
    return gone


def _purge(keeping: Keeping) -> int:
    rows, count = due(keeping), 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            keeping.forget(rows.model._default_manager.filter(pk__in=pks))
        count += len(pks)
        if rows.filter(pk__in=pks).exists():
            raise RuntimeError(f"Forgetting {keeping.code} left rows that are still due.")
    return count
