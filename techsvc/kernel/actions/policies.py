"""What the library decides for itself: declared with a default by departments, set with a reason, kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.policy import Policy


@dataclass(frozen=True, slots=True)
class PolicyDeclaration:
    """A policy: its key, words, kind (bool, int, money, text), default and what it means."""

    key: str
    label: str
    kind: str
    default: Any
    help: str = ""


DECLARED: dict[str, PolicyDeclaration] = {}
_READ: dict[str, Callable[[Any], Any]] = {
    "bool": lambda text: str(text).lower() in ("true", "on", "yes", "1"),
    "int": int,
    "money": int,
    "text": str,
}


def declare(*declarations: PolicyDeclaration) -> None:
    for declaration in declarations:
        if declaration.key in DECLARED or declaration.kind not in _READ:
            raise ValueError(f"policy {declaration.key}: declared twice, or of unknown kind {declaration.kind}")
        DECLARED[declaration.key] = declaration


def value(key: str) -> Any:
    """The value in force now, or the declared default."""
    row = Policy.objects.filter(key=key, since__lte=clock.now()).order_by("-since", "-id").first()
    return row.value if row else DECLARED[key].default


def declared(key: str) -> PolicyDeclaration:
    """The declaration of a policy; refuses a key that nobody declared."""
    if key not in DECLARED:
        raise Refusal(_("There is no policy called %(key)s.") % {"key": key})
    return DECLARED[key]


def in_force() -> list[tuple[PolicyDeclaration, Any, Policy | None]]:
    """Every policy with its value now and the row that decided it, by key. One query."""
    rows = {
        row.key: row
        for row in Policy.objects.filter(since__lte=clock.now()).select_related("set_by").order_by("since", "id")
    }
    return [
        (d, rows[d.key].value if d.key in rows else d.default, rows.get(d.key))
        for d in sorted(DECLARED.values(), key=lambda d: d.key)
    ]


@transaction.atomic
def set_policy(key: str, new: Any, *, actor: User, why: str) -> Policy:
    """Decide a policy from now on. Refuses unknown keys, values of the wrong kind, and an empty reason."""
    access.require(actor, "kernel.set_policy")
    if not why.strip():
        raise Refusal(_("Say why the policy changes: the next person will want to know."), field="why")
    return _set(key, new, actor=actor, why=why)


def decide(key: str, parsed: Any, *, actor: User, why: str) -> Policy:
    """Write the row alone, for actions that have rights and history of their own."""
    return Policy.objects.create(key=key, value=parsed, since=clock.now(), set_by=actor, why=why)


def _set(key: str, new: Any, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> Policy:
    declaration = declared(key)
    try:
        parsed = _READ[declaration.kind](new)
    except (TypeError, ValueError):
        raise Refusal(_("“%(new)s” is not a whole number.") % {"new": new}, field="value") from None
    before = value(key)
    row = decide(key, parsed, actor=actor, why=why)
    history.write(
        row,
        "kernel.set_policy" if undoes is None else "kernel.undo_set_policy",
        actor=actor,
        summary=_("%(label)s: %(before)s → %(after)s")
        % {"label": declaration.label, "before": before, "after": parsed},
        before={"value": before},
        after={"value": parsed},
        why=why,
        undoes=undoes,
    )
    return row


def undo_set(event: HistoryEvent, *, actor: User) -> Policy:
    """Put a policy back to what it was before the change."""
    access.require(actor, "kernel.set_policy")
    row = Policy.objects.get(pk=event.subject_id)
    return _set(row.key, event.before["value"], actor=actor, why=_("Undone"), undoes=event)
