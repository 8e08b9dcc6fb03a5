"""Files of full records: looked at first, then loaded, and taken back as a whole if need be."""

from __future__ import annotations

from collections.abc import Sequence
from io import SEEK_END, BytesIO
from typing import BinaryIO

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from cataloging.actions import passes, taking_back
from cataloging.actions.loading import Work
from cataloging.actions.passes import pending
from cataloging.marc import files, iso2709
from cataloging.marc.files import FileFormat
from cataloging.models.loads import OUTCOMES, Load, LoadProfile, LoadRow
from cataloging.rules.profiles import profile_of
from techsvc.kernel import access, clock
from techsvc.kernel.actions import exchange, history, jobs
from techsvc.kernel.contents import Content
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.models.exchange import IncomingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, JobState
from techsvc.kernel.models.people import User
from techsvc.kernel.queries import type_of

RIGHT = "cataloging.load_records"
TASK = "cataloging.load"
# More records than this are loaded by a worker, with progress; fewer while the person waits.
AT_ONCE, AT_ONCE_BYTES = 500, 1 << 20
HEAD = 1 << 20
# Other formats than ISO 2709 are read whole.
LONGEST_OTHER = 40_000_000
NAMED = 5
DECISIONS = {"create": "create", "overlay": "overlay", "reject": "rejected"}


@transaction.atomic
def open_load(file: bytes | BinaryIO, name: str, *, actor: User, profile: LoadProfile | None = None) -> Load:
    """Keep a file and say what loading would make of every stretch of it. Nothing comes into the catalog yet.

    A long file is looked at by a job that can be watched. Refuses what is no MARC file, and a file that is here
    already; one whose load was undone or discarded is looked at anew.
    """
    load = keep(file, name, "reading", actor=actor, profile=profile)
    content = Content(load.incoming)
    if content.size > AT_ONCE_BYTES:
        records = sum(part.count(iso2709.RECORD_END) for part in content.pieces()) or 1
        return _hand_over(load, records, _("Look at %(name)s") % {"name": load.name}, actor)
    for _rows in passes.look(work_of(load, actor=actor)):
        pass
    return looked_at(load, actor=actor)


@transaction.atomic
def keep(file: bytes | BinaryIO, name: str, state: str, *, actor: User, profile: LoadProfile | None = None) -> Load:
    """The load of a file that is new here, in its first state; the file is kept as it is."""
    access.require(actor, RIGHT)
    stream = BytesIO(file) if isinstance(file, bytes) else file
    form = _format(stream, name)
    incoming, fresh = exchange.upload_file(name, stream, kind="marc")
    if fresh:
        exchange.end_reading(incoming, IncomingState.READ)
    fresh_load = Load(incoming=incoming, name=name[:200], format=form, state=state, uploaded_by=actor, profile=profile)
    return _begin(fresh_load)


def work_of(load: Load, *, actor: User) -> Work:
    """What a pass over the file of a load needs."""
    return Work(load, profile_of(load.profile), actor)


def looked_at(load: Load, *, actor: User) -> Load:
    """The whole file is looked at: say so, and wait for a person."""
    load.state = "preview"
    load.save(update_fields=["state"])
    counts = counted(load)
    summary = _("Looked at: %(counts)s") % {"counts": in_words(counts)}
    history.write(load, "cataloging.open_load", actor=actor, summary=summary, after=counts)
    return load


def _format(stream: BinaryIO, name: str) -> str:
    """The format of the file. Refuses what is no MARC, and what is too long for its format."""
    stream.seek(0)
    head = stream.read(HEAD)
    if not head.strip():
        raise BadInput(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    try:
        form = files.sniff(head)
    except BadInput as other:
        raise BadInput(
            _("“%(name)s” can't be loaded: it is %(what)s. Ask for %(formats)s.")
            % {"name": name, "what": iso2709.looks_like(head), "formats": files.ACCEPTED}
        ) from other
    if form != FileFormat.ISO2709 and stream.seek(0, SEEK_END) > LONGEST_OTHER:
        raise BadInput(
            _("“%(name)s” is longer than %(n)d MB, which only ISO 2709 may be. Ask for .mrc, or for smaller files.")
            % {"name": name, "n": LONGEST_OTHER // 1_000_000}
        )
    return form


def _begin(fresh: Load) -> Load:
    """The load of a file, empty: a new one, or the one that was undone or discarded."""
    load = Load.objects.select_for_update().filter(incoming=fresh.incoming).first()
    if load and load.state not in ("undone", "discarded"):
        raise Refusal(
            _("%(who)s uploaded this very file on %(day)s as “%(name)s”: load %(n)d, %(state)s. Open that one.")
            % {
                "day": f"{load.created_at:%Y-%m-%d}",
                "who": load.uploaded_by,
                "name": load.name,
                "n": load.pk,
                "state": load.state,
            }
        )
    if load:
        load.rows.all().delete()
        fresh.pk = load.pk
    fresh.created_at, fresh.loaded_at = clock.now(), None
    fresh.save()
    return fresh


def counted(load: Load) -> dict[str, int]:
    """How many rows there are of each outcome."""
    found = dict(load.rows.values_list("outcome").annotate(Count("pk")).order_by())
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}


def in_words(counts: dict[str, int]) -> str:
    """Counts as a sentence has them: "300 new, 112 to overlay, 3 held"."""
    words = {
        "create": _("new"),
        "overlay": _("overlaid"),
        "withdraw": _("to withdraw"),
        "held": _("held"),
        "rejected": _("rejected"),
        "unchanged": _("unchanged"),
    }
    return ", ".join(f"{count:,} {words[outcome]}" for outcome, count in counts.items() if count) or _("nothing")


@transaction.atomic
def decide(row_id: int, decision: str, *, actor: User) -> LoadRow:
    """Settle a held row: make a new record, overlay the suggested one, or leave it out."""
    access.require(actor, RIGHT)
    row = LoadRow.objects.select_for_update(of=("self",)).select_related("load", "record").get(pk=row_id)
    if row.outcome != "held" or row.load.state == "undone":
        raise Refusal(_("Record %(n)d does not wait for a decision.") % {"n": row.position})
    if decision not in DECISIONS or (decision == "overlay" and row.record is None):
        raise Refusal(
            _("Choose what becomes of record %(n)d: a new one, an overlay, or nothing.") % {"n": row.position}
        )
    row.outcome, before = DECISIONS[decision], row.reason
    row.reason = _("%(who)s decided; before: %(why)s") % {"who": actor, "why": before}
    row.save(update_fields=["outcome", "reason"])
    summary = _("Record %(n)d, “%(title)s”: %(what)s") % {"n": row.position, "title": row.title, "what": row.outcome}
    history.write(row.load, "cataloging.decide", actor=actor, summary=summary, why=before)
    return row


@transaction.atomic
def discard_load(load_id: int, *, actor: User) -> Load:
    """Put a looked-at file aside without loading it."""
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=load_id)
    if not may_discard(load):
        raise Refusal(_("“%(name)s” is %(state)s; only a preview is discarded.") % {"name": load, "state": load.state})
    load.state = "discarded"
    load.save(update_fields=["state"])
    history.write(load, "cataloging.discard_load", actor=actor, summary=_("Discarded"))
    return load


def may_discard(load: Load) -> bool:
    """Whether nothing of it is in the catalog, and no job is looking at it."""
    return load.state == "preview" or (load.state == "reading" and job_of(load) is None)


# Loading


def job_of(load: Load) -> Job | None:
    """The job that is at it now."""
    running = Job.objects.filter(task=TASK, row_id=str(load.pk), state__in=(JobState.WAITING, JobState.RUNNING))
    return running.order_by("-pk").first()


def may_load(load: Load) -> bool:
    """Whether loading can begin, or go on after a job that was cancelled or failed."""
    return load.state in ("preview", "loaded") or (load.state == "loading" and job_of(load) is None)


@transaction.atomic
def commit_load(load_id: int, *, actor: User) -> Load:
    """Bring the pending rows into the catalog: at once when they are few, else by a job that can be watched.

    Refuses when nothing is pending, and while a job is at it.
    """
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=load_id)
    waiting = pending(load).count()
    if not waiting or not may_load(load):
        raise Refusal(
            _("“%(name)s” has nothing to load: it is %(state)s, %(counts)s.")
            % {"name": load, "state": load.state, "counts": in_words(counted(load))}
        )
    if waiting > AT_ONCE:
        load.state = "loading"
        load.save(update_fields=["state"])
        return _hand_over(load, waiting, _("Load %(name)s") % {"name": load.name}, actor)
    for _rows in passes.bring(work_of(load, actor=actor)):
        pass
    return close(load, actor=actor)


def _hand_over(load: Load, total: int, title: str, actor: User) -> Load:
    key = f"load:{load.pk}:{clock.now().isoformat()}"
    jobs.start(TASK, load.pk, title=title, key=key, total=total, actor=actor, url=load.get_absolute_url())
    return load


def close(load: Load, *, actor: User) -> Load:
    """What could be loaded is in the catalog: say so."""
    load.state, load.loaded_at = "loaded", clock.now()
    load.save(update_fields=["state", "loaded_at"])
    counts = counted(load) | {"left": pending(load).count()}
    summary = _("Loaded: %(counts)s") % {"counts": in_words(counted(load))}
    history.write(load, "cataloging.load", actor=actor, summary=summary, after=counts)
    return load


# Taking back


def undo_load(event: HistoryEvent, *, actor: User) -> Load:
    """Take back what of a load can be taken back; what can't stays, each row with its reason.

    The rest can be undone by the line that names it, once the reasons are gone. Refuses when nothing can be taken back.
    """
    access.require(actor, RIGHT)
    load = Load.objects.select_for_update().get(pk=event.subject_id)
    if load.state != "loaded":
        raise Refusal(_("“%(name)s” is %(state)s, so there is nothing to undo.") % {"name": load, "state": load.state})
    taken, stayed = taking_back.take_back(load)
    if stayed and not taken:
        raise Refusal(_("Nothing can be taken back: %(rows)s.") % {"rows": _named(stayed)})
    if not stayed:
        load.state, load.loaded_at = "undone", None
        load.save(update_fields=["state", "loaded_at"])
        summary = _("Taken out of the catalog again: %(n)d records") % {"n": taken}
        history.write(load, "cataloging.undo_load", actor=actor, summary=summary, undoes=event)
        return load
    words = {"n": taken, "left": len(stayed), "rows": _named(stayed)}
    summary = _("Taken out of the catalog again: %(n)d records. %(left)d stay: %(rows)s") % words
    history.write(load, "cataloging.undo_load", actor=actor, summary=summary, undoes=event, after={"left": len(stayed)})
    rest = _("Still loaded: %(left)d records that could not be taken back: %(rows)s") % words
    history.write(load, "cataloging.load", actor=actor, summary=rest, after={"left": len(stayed)})
    return load


@transaction.atomic
def undo_batch(load_id: int, *, actor: User) -> Load:
    """Undo a load by its number. Refuses one that is not in the catalog."""
    event = HistoryEvent.objects.filter(
        verb="cataloging.load", subject_type=type_of(Load(pk=load_id)), subject_id=str(load_id), undone_by=None
    )
    last = event.order_by("-pk").first()
    if last is None:
        raise Refusal(_("There is no load %(n)d in the catalog, so there is nothing to undo.") % {"n": load_id})
    history.undo(last.pk, actor=actor)
    return Load.objects.get(pk=load_id)


def _named(rows: Sequence[LoadRow]) -> str:
    named = "; ".join(f"“{row.title}”: {row.reason}" for row in rows[:NAMED])
    return f"{named} …" if len(rows) > NAMED else named
