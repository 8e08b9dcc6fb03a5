"""Looks for records that may be of one title, and keeps what people say of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cataloging.models.duplicates import DuplicatePair, DuplicateSearch
from cataloging.queries import duplicates as finding
from cataloging.queries.duplicates import Suspected
from techsvc.kernel import access, clock, sql
from techsvc.kernel.actions import history, jobs
from techsvc.kernel.actions.jobs import Cancelled, Overtaken
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User

RIGHT = "cataloging.merge_records"
TASK = "cataloging.find_duplicates"
PAGE = 1000
# A transaction may end so long after the instant that its records carry: the next search looks so far back.
OVERLAP = timedelta(minutes=10)
JUDGED = ("verdict", "reasons", "points", "state", "one_version", "other_version", "found_at")


# Searching


@transaction.atomic
def start_search(*, actor: User) -> Job:
    """Look for duplicates in the background: among all records the first time, later among what changed since.

    Refuses while a search is running.
    """
    access.require(actor, RIGHT)
    search = _next_search()
    running = Job.objects.filter(task=TASK, state__in=(JobState.WAITING, JobState.RUNNING)).first()
    if running is not None:
        raise Refusal(_("A search is running already: %(n)d records are looked at.") % {"n": running.done})
    return jobs.start(
        TASK,
        search.pk,
        title=_("Look for duplicates"),
        key=f"duplicates:{search.pk}:{clock.now().isoformat()}",
        total=finding.to_search(search).count(),
        actor=actor,
        url=reverse("cataloging:duplicates"),
    )


def carry_on(job_id: int) -> None:
    """Look at the records of a search, a page to a transaction, until all were looked at or somebody cancels."""
    job = jobs.claim(job_id)
    if job is None:
        return
    search = DuplicateSearch.objects.get(pk=job.row_id)
    state = JobState.DONE
    try:
        while count := _look_at_some(search):
            jobs.step(job, done=count)
    except Cancelled:
        state = JobState.CANCELLED
    except Overtaken:
        return
    words = ngettext("%(n)d pair may be of one title.", "%(n)d pairs may be of one title.", search.found)
    jobs.finish(job, result=words % {"n": search.found}, state=state)


def search_changed(*, actor: User) -> int:
    """Look at what changed since the last search; returns how many pairs it found. The nightly schedule does this."""
    access.require(actor, RIGHT)
    search = _next_search()
    while _look_at_some(search):
        pass
    return search.found


@transaction.atomic
def _next_search() -> DuplicateSearch:
    """The search to go on with: one that broke off, else a new one from where the last one ended."""
    sql.take_turn(TASK)
    last = DuplicateSearch.objects.first()
    if last is not None and last.finished_at is None:
        return last
    since = None if last is None else last.until - OVERLAP
    return DuplicateSearch.objects.create(since=since, until=clock.now())


@transaction.atomic
def _look_at_some(search: DuplicateSearch) -> int:
    """Look at the next page of records; returns how many there were."""
    pks = list(finding.to_search(search).values_list("pk", flat=True)[:PAGE])
    if pks:
        search.found += _note(pks, finding.suspected(pks))
        search.after = pks[-1]
    else:
        search.finished_at = clock.now()
    search.save(update_fields=["found", "after", "finished_at"])
    return len(pks)


@transaction.atomic
def look_at(pks: Sequence[int]) -> int:
    """Look for duplicates of these records now; called where a record is made or overlaid."""
    return _note(pks, finding.suspected(pks))


def _note(pks: Sequence[int], found: Sequence[Suspected]) -> int:
    """Keep the pairs that are new or compare otherwise than before; open ones that nothing speaks for any more go.

    Returns how many are new. What people said of a pair stands while both of its records are as they were.
    """
    known = {(pair.one_id, pair.other_id): pair for pair in finding.pairs_about(pks)}
    fresh = [_pair(one) for one in found if _is_news(one, known.get((one.one.pk, one.other.pk)))]
    DuplicatePair.objects.bulk_create(
        fresh, batch_size=PAGE, update_conflicts=True, unique_fields=["one", "other"], update_fields=JUDGED
    )
    alike = {(one.one.pk, one.other.pk) for one in found}
    gone = [pair.pk for key, pair in known.items() if pair.state == "open" and key not in alike]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    return sum((pair.one_id, pair.other_id) not in known for pair in fresh)


def _is_news(found: Suspected, pair: DuplicatePair | None) -> bool:
    return pair is None or (pair.one_version, pair.other_version) != (found.one.version, found.other.version)


def _pair(found: Suspected) -> DuplicatePair:
    return DuplicatePair(
        one=found.one,
        other=found.other,
        one_version=found.one.version,
        other_version=found.other.version,
        verdict=found.match.verdict,
        reasons=found.match.reasons,
        points=found.match.points,
        state="open",
        found_at=clock.now(),
    )


# What people say


@transaction.atomic
def dismiss_pair(pair_id: int, *, actor: User) -> DuplicatePair:
    """Say that two records are not of one title; they are not shown again until one of them changes.

    Refuses a pair that somebody settled already.
    """
    access.require(actor, RIGHT)
    pair = _locked(pair_id)
    if pair.state != "open":
        raise Refusal(
            _("“%(title)s” and its double are settled already: %(state)s.")
            % {"title": pair.one.title, "state": pair.state}
        )
    _settle(pair, "dismissed")
    summary = _("Not the same as “%(title)s” (record %(n)d)") % {"title": pair.other.title, "n": pair.other_id}
    after = {"pair": pair.pk, "state": "dismissed"}
    history.write(
        pair.one, "cataloging.dismiss_pair", actor=actor, summary=summary, before={"state": "open"}, after=after
    )
    return pair


def undo_dismiss(event: HistoryEvent, *, actor: User) -> DuplicatePair:
    """Put a pair back on the list. Refuses when it was found again or settled since."""
    access.require(actor, RIGHT)
    pair = _locked(event.after["pair"])
    if pair.state != "dismissed":
        raise Refusal(_("The pair is %(state)s by now; there is nothing to undo.") % {"state": pair.state})
    _settle(pair, "open")
    summary = _("Perhaps the same as “%(title)s” after all") % {"title": pair.other.title}
    history.write(pair.one, "cataloging.undo_dismiss", actor=actor, summary=summary, undoes=event)
    return pair


def _locked(pair_id: int) -> DuplicatePair:
    return DuplicatePair.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=pair_id)


def _settle(pair: DuplicatePair, state: str) -> None:
    pair.state = state
    pair.save(update_fields=["state"])
