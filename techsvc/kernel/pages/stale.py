"""Two people on one form: what the other one saved meanwhile is found, field by field, before anything is saved.

A form carries, sealed, what it showed. On its way back that is compared with what holds now: where only one of the
two changed a field, that change stands; where both did, and differently, nothing is saved and the person is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from techsvc.kernel import clock, queries
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.pages import typed
from techsvc.kernel.pages.typed import Sent

SALT = "techsvc.form"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form showed, and when."""

    at: datetime
    shown: Sent


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people changed: in words, and the line of history that tells of the other one."""

    name: str
    id: str
    label: str
    opened: str
    now: str
    typed: str
    event: HistoryEvent | None


@dataclass(slots=True)
class Compared:
    """What came of comparing: what to ask, the fields that took the other one's value, the data to go on with."""

    data: QueryDict
    differences: list[Difference] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def seal(shown: Sent, path: str) -> str:
    """What the form shows, so that nobody can change it on its way."""
    return signing.dumps({"at": clock.now().isoformat(), "path": path, "shown": shown}, salt=SALT, compress=True)


def unseal(token: str, path: str) -> Opened:
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        found = {}
    at = parse_datetime(found.get("at", ""))
    if at is None or found["path"] != path:
        raise BadRequest(_("The form belongs to another page. Open it again, then send it."))
    return Opened(at, found["shown"])


def compare(
    form: forms.BaseForm, data: QueryDict, opened: Opened, *, names: Collection[str] | None, thing: Model | None
) -> Compared:
    """Compare the data with what `form`, which has none and shows what holds now, would show; None: every field."""
    now, sent = typed.shown(form), typed.posted(form, data)
    fields = [bound for bound in typed.kept(form) if names is None or bound.name in names]
    moved = [bound for bound in fields if now[bound.name] != opened.shown.get(bound.name)]
    found = Compared(data.copy() if moved else data)
    events = _since(thing, opened.at) if moved else []
    for bound in moved:
        name, was = bound.name, opened.shown.get(bound.name, [])
        if not typed.differs(bound, sent[name], was):
            typed.put(found.data, bound, now[name])
            found.taken.append(str(bound.label))
        elif typed.differs(bound, sent[name], now[name]):
            found.differences.append(_difference(bound, was, now[name], sent[name], events))
    return found


def _since(thing: Model | None, at: datetime) -> Sequence[HistoryEvent]:
    return [] if thing is None else list(queries.history_of(thing).filter(at__gte=at)[:50])


def _difference(
    bound: BoundField, was: list[str], now: list[str], sent: list[str], events: Sequence[HistoryEvent]
) -> Difference:
    """The line of history is the newest that names the field, else the newest there is."""
    naming = [event for event in events if bound.name in event.after]
    event = next(iter([*naming, *events]), None)
    opened, holds, mine = (typed.words(bound, one) for one in (was, now, sent))
    return Difference(bound.name, typed.anchor(bound), str(bound.label), opened, holds, mine, event)
