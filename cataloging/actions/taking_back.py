"""Takes what a load brought back out of the catalog; the caller has the right, the lock and the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cataloging.actions import loaded_items, versions
from cataloging.actions.versions import Draft
from cataloging.models.loads import Load, LoadItem, LoadRow
from cataloging.models.records import Heading, MatchKey, Record, RecordVersion
from cataloging.rules.lifecycle import RecordState

CHUNK = 2000
DERIVED = (MatchKey, Heading)


def take_back(load: Load) -> tuple[int, list[LoadRow]]:
    """Remove what the load created and put back what it overlaid or withdrew: (how many, the rows where it can't be).

    A row that stays says why in its reason.
    """
    taken, stayed = 0, []
    for rows in _chunks(load):
        reasons = _reasons(load, rows)
        gone = [row for row in rows if row.pk not in reasons]
        _remove([row for row in gone if row.version_before is None], load)
        _put_back([row for row in gone if row.version_before not in (None, row.version_after)])
        LoadRow.objects.filter(pk__in=[row.pk for row in gone]).update(version_before=None, version_after=None)
        left = [row for row in rows if row.pk in reasons]
        for row in left:
            row.reason = reasons[row.pk]
        LoadRow.objects.bulk_update(left, ["reason"], batch_size=500)
        taken += len(gone)
        stayed += left
    return taken, stayed


def _chunks(load: Load) -> Iterator[list[LoadRow]]:
    last = 0
    while rows := list(load.rows.filter(position__gt=last).exclude(version_after=None).order_by("position")[:CHUNK]):
        yield rows
        last = rows[-1].position


def _reasons(load: Load, rows: Sequence[LoadRow]) -> dict[int, str]:
    """Why rows can't be taken back; the items of the others are restored."""
    now = dict(_locked(_pks(rows)).values_list("pk", "version"))
    reasons = {
        row.pk: _("it was changed since: it is at version %(now)d, the load made version %(then)d")
        % {"now": now[row.record_id], "then": row.version_after}
        for row in rows
        if row.record_id in now and now[row.record_id] != row.version_after
    }
    if LoadItem.objects.filter(row__load=load).exists():
        reasons |= loaded_items.take_back(load, [row for row in rows if row.pk not in reasons])
    created = [row for row in rows if row.version_before is None and row.pk not in reasons]
    used = _in_use(_pks(created))
    return reasons | {row.pk: used[row.record_id] for row in created if row.record_id in used}


def _locked(pks: list[int]) -> QuerySet[Record]:
    return Record.objects.select_for_update().filter(pk__in=pks).order_by("pk")


def _in_use(pks: list[int]) -> dict[int | None, str]:
    """What else in the house names these records by now: items, holds, orders, requests."""
    found: dict[int | None, str] = {}
    for relation in Record._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model in DERIVED or model is LoadRow:
            continue
        what = str(model._meta.verbose_name)
        for pk in model._default_manager.filter(**{f"{name}__in": pks}).values_list(name, flat=True).distinct():
            found.setdefault(pk, _("it is in use by now (%(what)s)") % {"what": what})
    return found


def _remove(rows: Sequence[LoadRow], load: Load) -> None:
    pks = _pks(rows)
    if pks:
        LoadRow.objects.filter(record__in=pks).update(record=None)
        versions.remove(pks, source=_("undo of load %(n)d") % {"n": load.pk})


def _put_back(rows: Sequence[LoadRow]) -> None:
    """The versions before, as new versions."""
    if not rows:
        return
    records = _locked(_pks(rows)).in_bulk()
    wanted = RecordVersion.objects.filter(record_id__in=list(records), version__in={row.version_before for row in rows})
    kept = {(one.record_id, one.version): one for one in wanted}
    drafts = []
    for row in rows:
        one = kept[row.record_id or 0, row.version_before or 0]
        source = _("version %(n)d") % {"n": one.version}
        drafts.append(Draft(versions.bytes_of(one), RecordState(one.state), source))
    versions.put([records[row.record_id or 0] for row in rows], drafts)


def _pks(rows: Sequence[LoadRow]) -> list[int]:
    return [row.record_id for row in rows if row.record_id is not None]
