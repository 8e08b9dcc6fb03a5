"""Two people at one record: what was compared has to be what is there now."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from cataloging.actions.versions import bytes_of
from cataloging.marc.record import parse
from cataloging.models.records import Record, RecordVersion
from cataloging.rules.words import changed_fields
from techsvc.kernel.errors import Refusal, Stale

NAMED = 5


def require_version(record: Record, version: int) -> None:
    """Refuse when a locked record has moved on from the version that somebody looked at, and say what differs."""
    if record.version == version:
        return
    raise Stale(
        _(
            "“%(title)s” was changed while you compared: it is at version %(now)d now, not %(then)d. "
            "%(what)s Compare again."
        )
        % {"title": record.title, "now": record.version, "then": version, "what": _difference(record, version)}
    )


def require_unmerged(records: Sequence[Record]) -> None:
    """Refuse when something is to hang on a record that was merged into another; none is merged until this is over."""
    rows = Record.objects.select_for_update(no_key=True).filter(pk__in={record.pk for record in records}).order_by("pk")
    for pk, title, into in rows.values_list("pk", "title", "merged_into_id"):
        if into is not None:
            raise Refusal(
                _("“%(title)s” (record %(n)d) was merged into record %(into)d. Use that one.")
                % {"title": title, "n": pk, "into": into}
            )


def _difference(record: Record, version: int) -> str:
    """What changed since that version, by the names of the fields."""
    kept = RecordVersion.objects.filter(record_id=record.pk, version=version).first()
    if kept is None:
        return ""
    names = list(changed_fields(parse(bytes_of(kept)), parse(bytes(record.raw)))[1])
    if not names:
        return _("Its state changed: %(state)s.") % {"state": record.state}
    more = _(" and %(n)d more") % {"n": len(names) - NAMED} if len(names) > NAMED else ""
    return _("Changed: %(names)s%(more)s.") % {"names": ", ".join(names[:NAMED]), "more": more}
