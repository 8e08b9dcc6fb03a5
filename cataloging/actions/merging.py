"""Makes one record of two, with all that hangs on them, and two of one again."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from cataloging.actions import moving, versions
from cataloging.actions.standing import require_version
from cataloging.actions.versions import Draft
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import parse, to_bytes
from cataloging.models.duplicates import DuplicatePair, Merge
from cataloging.models.records import Record, RecordVersion
from cataloging.rules import merging as rules
from cataloging.rules.lifecycle import RECORD, RecordState
from cataloging.rules.words import changed_fields
from techsvc.kernel import access, clock, queries, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

RIGHT = "cataloging.merge_records"
PAIR = "cataloging.DuplicatePair"  # what the pair was before, among what a merge keeps


@transaction.atomic
def merge_records(
    survivor_id: int,
    loser_id: int,
    *,
    seen: tuple[int, int],
    choice: Collection[str] | None = None,
    actor: User,
) -> Record:
    """Make one record of two: the survivor gets the chosen fields and everything that hangs on the other one.

    `seen` are the versions of both that were compared. Refuses when one of them has moved on, when one is withdrawn,
    a choice that makes no record, and what a department says can't move.
    """
    access.require(actor, RIGHT)
    survivor, loser = _locked(survivor_id, loser_id)
    _refuse_settled(survivor, loser)
    require_version(survivor, seen[0])
    require_version(loser, seen[1])
    _refuse_hindered(loser, survivor)
    old, other = parse(bytes(survivor.raw)), parse(bytes(loser.raw))
    choice = rules.default_choice(old, other) if choice is None else choice
    made = rules.merged(old, other, choice)
    state = loser.state if rules.takes_title_of_other(old, choice, other) else survivor.state
    state = RecordState.FULL if RecordState.FULL in (survivor.state, state) else RecordState(state)
    moves = moving.in_words(loser)
    merge = _write(survivor, loser, Draft(to_bytes(made), state, _("merge with record %(n)d") % {"n": loser.pk}))
    event = _tell(merge, old, made, moves, actor)
    merge.moved = {
        moving.named(one): one.move(loser, survivor, actor=actor, batch=event) for one in moving.FOLLOWERS
    } | {PAIR: _settle_pair(survivor, loser)}
    merge.save(update_fields=["moved"])
    return survivor


def _locked(survivor_id: int, loser_id: int) -> tuple[Record, Record]:
    if survivor_id == loser_id:
        raise Refusal(_("A record can't be merged with itself. Choose another one."))
    rows = Record.objects.select_for_update().filter(pk__in=(survivor_id, loser_id)).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise Refusal(_("One of the two records is not there any more. Look at the list of duplicates again."))
    return found[survivor_id], found[loser_id]


def _refuse_settled(survivor: Record, loser: Record) -> None:
    for record in (loser, survivor):
        if record.merged_into_id is not None:
            raise Refusal(
                _("“%(title)s” (record %(n)d) was merged into record %(into)d already.")
                % {"title": record.title, "n": record.pk, "into": record.merged_into_id}
            )
        states.move(RECORD, RecordState(record.state), "withdraw", what=f"“{record.title}”")


def _refuse_hindered(loser: Record, survivor: Record) -> None:
    found = [sentence for one in moving.FOLLOWERS for sentence in one.hindrances(loser, survivor)]
    if found:
        raise Refusal(_("These can't be merged yet: %(why)s.") % {"why": "; ".join(found)})


def _write(survivor: Record, loser: Record, draft: Draft) -> Merge:
    """Both records' next versions, and what is needed to go back."""
    before = survivor.version, loser.version
    away = Draft(bytes(loser.raw), RecordState.WITHDRAWN, _("merged into record %(n)d") % {"n": survivor.pk})
    versions.put([survivor, loser], [draft, away])
    loser.merged_into = survivor
    loser.save(update_fields=["merged_into"])
    return Merge.objects.create(
        survivor=survivor,
        loser=loser,
        survivor_before=before[0],
        loser_before=before[1],
        survivor_after=survivor.version,
        loser_after=loser.version,
        at=clock.now(),
    )


def _tell(merge: Merge, old: Marc, made: Marc, moves: str, actor: User) -> HistoryEvent:
    """The line of the act, about the survivor; the other record's own page shows it too."""
    survivor, loser = merge.survivor, merge.loser
    was, now = changed_fields(old, made)
    event = history.write(
        survivor,
        "cataloging.merge",
        actor=actor,
        summary=_("Merged with record %(n)d, “%(title)s”; moved here: %(moves)s")
        % {"n": loser.pk, "title": loser.title, "moves": moves},
        before={"version": merge.survivor_before} | was,
        after={"version": merge.survivor_after, "merge": merge.pk} | now,
    )
    summary = _("Merged into record %(n)d, “%(title)s”") % {"n": survivor.pk, "title": survivor.title}
    history.write(loser, "cataloging.merged_away", actor=actor, summary=summary, batch=event)
    return event


def _settle_pair(survivor: Record, loser: Record) -> list[object]:
    """Take the pair off the list; what it was, if there is one."""
    older, younger = sorted((survivor.pk, loser.pk))
    pair = DuplicatePair.objects.select_for_update().filter(one=older, other=younger).first()
    if pair is None:
        return []
    before, pair.state = pair.state, "merged"
    pair.save(update_fields=["state"])
    return [pair.pk, before]


# And back


def undo_merge(event: HistoryEvent, *, actor: User) -> Record:
    """Make two records of one again: both at their former versions, and everything where it was.

    Refuses when one of them, or something that moved, changed since, and says what.
    """
    access.require(actor, RIGHT)
    merge = Merge.objects.select_for_update().get(pk=event.after["merge"])
    survivor, loser = _locked(merge.survivor_id, merge.loser_id)
    _refuse_changed(survivor, merge.survivor_after)
    _refuse_changed(loser, merge.loser_after)
    found = [why for one in moving.FOLLOWERS for why in one.objections(_kept(merge, one), survivor)]
    if found:
        raise Refusal(
            _("This merge can't be undone as it stands: %(why)s. Take that back first.") % {"why": "; ".join(found)}
        )
    _go_back(merge, survivor, loser)
    summary = _("Two records again: what came from record %(n)d is back there") % {"n": loser.pk}
    undone = history.write(survivor, "cataloging.undo_merge", actor=actor, summary=summary, undoes=event)
    summary = _("A record of its own again")
    history.write(loser, "cataloging.undo_merge", actor=actor, summary=summary, batch=undone)
    return survivor


def _kept(merge: Merge, follower: moving.Follower) -> object:
    return merge.moved.get(moving.named(follower), [])


def _refuse_changed(record: Record, version: int) -> None:
    if record.version == version:
        return
    last = queries.history_of(record).first()
    raise Refusal(
        _(
            "“%(title)s” was changed after the merge: it is at version %(now)d, the merge made %(then)d. "
            "Undo that first: %(last)s."
        )
        % {"title": record.title, "now": record.version, "then": version, "last": last.summary if last else "–"}
    )


def _go_back(merge: Merge, survivor: Record, loser: Record) -> None:
    loser.merged_into = None
    loser.save(update_fields=["merged_into"])
    drafts = [_former(survivor, merge.survivor_before), _former(loser, merge.loser_before)]
    versions.put([survivor, loser], drafts)
    for one in moving.FOLLOWERS:
        one.back(_kept(merge, one), loser)
    if pair := merge.moved[PAIR]:
        DuplicatePair.objects.filter(pk=pair[0]).update(state=pair[1])
    merge.undone_at = clock.now()
    merge.save(update_fields=["undone_at"])


def _former(record: Record, version: int) -> Draft:
    kept = RecordVersion.objects.get(record_id=record.pk, version=version)
    return Draft(versions.bytes_of(kept), RecordState(kept.state), _("version %(n)d") % {"n": version})
