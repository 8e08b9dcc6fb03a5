"""What the library decides for itself: declared with a default by departments, set with a reason, kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.policy import Policy
from techsvc.kernel.money import Money
from techsvc.kernel.queries import type_of


@dataclass(frozen=True, slots=True)
class PolicyDeclaration:
    """A policy: its key, words, kind, default and what it means.

    Kinds: bool; int; money (minor units of the library's currency); text (one line); mail (an address). `least` is the
    smallest number, `choices` the only texts that will do.
    """

    key: str
    label: Any
    kind: str
    default: Any
    help: Any = ""
    least: int = 0
    choices: tuple[str, ...] = ()


def _bool(new: Any, _declaration: PolicyDeclaration) -> bool:
    if str(new).lower() not in BOOLEANS:
        raise ValueError(_("“%(new)s” is neither yes nor no.") % {"new": new})
    return BOOLEANS[str(new).lower()]


def _whole(new: Any, declaration: PolicyDeclaration) -> int:
    try:
        number = int(new)
    except (TypeError, ValueError):
        raise ValueError(_("“%(new)s” is not a whole number.") % {"new": new}) from None
    if not declaration.least <= number <= LARGEST:
        raise ValueError(
            _("%(new)s is not possible: the least is %(least)s, the most %(most)s.")
            % {"new": new, "least": declaration.least, "most": LARGEST}
        )
    return number


def _text(new: Any, declaration: PolicyDeclaration) -> str:
    text = str(new).strip()
    if not text or not text.isprintable():
        raise ValueError(_("The text has to be one line, and not empty."))
    if declaration.choices and text not in declaration.choices:
        raise ValueError(
            _("“%(new)s” is not possible. Choose one of %(choices)s.")
            % {"new": text, "choices": ", ".join(declaration.choices)}
        )
    return text


def _mail(new: Any, declaration: PolicyDeclaration) -> str:
    address = _text(new, declaration)
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError(_("“%(new)s” is no mail address.") % {"new": address}) from None
    if not address.isascii():
        raise ValueError(_("“%(new)s”: only letters from a to z can be in an address here.") % {"new": address})
    return address


BOOLEANS = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
LARGEST = 1_000_000_000
DECLARED: dict[str, PolicyDeclaration] = {}
# kind → reads a new value; ValueError says why it will not do
_READ: dict[str, Callable[[Any, PolicyDeclaration], Any]] = {
    "bool": _bool,
    "int": _whole,
    "money": _whole,
    "text": _text,
    "mail": _mail,
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


def history_of_key(key: str) -> QuerySet[HistoryEvent]:
    """Every decision about a policy, newest first."""
    rows = Policy.objects.filter(key=key).values_list("pk", flat=True)
    lines = HistoryEvent.objects.filter(subject_type=type_of(Policy), subject_id__in=[str(pk) for pk in rows])
    return lines.select_related("actor", "undone_by", "batch")


@transaction.atomic
def set_policy(key: str, new: Any, *, actor: User, why: str) -> Policy:
    """Decide a policy from now on. Refuses unknown keys, values of the wrong kind, no change, and an empty reason."""
    access.require(actor, "kernel.set_policy")
    declaration = declared(key)
    if not why.strip():
        raise Refusal(_("Say why the policy changes: the next person will want to know."), field="why")
    try:
        parsed = _READ[declaration.kind](new, declaration)
    except ValueError as reason:
        raise Refusal(str(reason), field="value") from None
    if parsed == value(key):
        raise Refusal(_("“%(label)s” is this already.") % {"label": declaration.label}, field="value")
    return _set(declaration, parsed, actor=actor, why=why)


def decide(key: str, parsed: Any, *, actor: User, why: str) -> Policy:
    """Write the row alone, for actions that have rights and history of their own."""
    return Policy.objects.create(key=key, value=parsed, since=clock.now(), set_by=actor, why=why)


def _set(
    declaration: PolicyDeclaration, new: Any, *, actor: User, why: str, undoes: HistoryEvent | None = None
) -> Policy:
    before = value(declaration.key)
    row = decide(declaration.key, new, actor=actor, why=why)
    words = {"label": declaration.label, "before": shown(declaration, before), "after": shown(declaration, new)}
    history.write(
        row,
        "kernel.set_policy" if undoes is None else "kernel.undo_set_policy",
        actor=actor,
        summary=_("%(label)s: %(before)s → %(after)s") % words,
        before={"value": before},
        after={"value": new},
        why=why,
        undoes=undoes,
    )
    return row


def shown(declaration: PolicyDeclaration, current: Any) -> str:
    """The value of a policy as people read it."""
    if declaration.kind == "money":
        return str(Money(current, settings.CURRENCY))
    if declaration.kind == "bool":
        return _("yes") if current else _("no")
    return str(current)


def undo_set(event: HistoryEvent, *, actor: User) -> Policy:
    """Put a policy back to what it was before the change. Refuses when it was decided anew since."""
    access.require(actor, "kernel.set_policy")
    declaration = declared(Policy.objects.get(pk=event.subject_id).key)
    if value(declaration.key) != event.after["value"]:
        raise Refusal(_("“%(label)s” was decided anew since. Set it by hand.") % {"label": declaration.label})
    return _set(declaration, event.before["value"], actor=actor, why=_("Undone"), undoes=event)
