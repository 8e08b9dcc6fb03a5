"""Paper: somebody asks, the worker makes the document, a person says that it was printed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history, jobs
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest, PrintState
from techsvc.kernel.queries import type_of

log = logging.getLogger(__name__)
# kind → makes the PDF of one request from rows as they are at that moment.
Renderer = Callable[[PrintRequest], bytes]


@dataclass(frozen=True, slots=True)
class PrintKind:
    """A kind of paper: its name and its words ("spine_label", "Spine label")."""

    code: str
    label: Any


KINDS: dict[str, PrintKind] = {}
RENDERERS: dict[str, Renderer] = {}


def declare(*kinds: PrintKind) -> None:
    """Kinds of paper that a department asks for; who renders them registers separately."""
    KINDS.update({kind.code: kind for kind in kinds})


def register(kind: str, renderer: Renderer) -> None:
    """Say who makes documents of a kind; called from apps.py."""
    RENDERERS[kind] = renderer


@transaction.atomic
def request(
    subject: models.Model, kind: str, *, key: str, title: str, branch: Branch | None, actor: User
) -> PrintRequest:
    """Ask for one piece of paper; the same key again returns the first request: nothing prints twice by itself."""
    row, fresh = PrintRequest.objects.get_or_create(
        key=key,
        defaults={
            "kind": KINDS[kind].code,
            "title": title[:200],
            "branch": branch,
            "asked_by": actor,
            "asked_at": clock.now(),
            "subject_type": type_of(subject),
            "subject_id": str(subject.pk),
        },
    )
    if fresh:
        jobs.later("kernel.render", row.pk)
    return row


def render(request_id: int) -> None:
    """Make the document of a waiting request; why it can't be made is shown on the request."""
    with transaction.atomic():
        row = (
            PrintRequest.objects.select_for_update(skip_locked=True)
            .filter(pk=request_id, state=PrintState.WAITING)
            .first()
        )
        if row is None:
            return
        row.attempts += 1
        try:
            with transaction.atomic():
                row.document, row.state, row.fault = RENDERERS[row.kind](row), PrintState.READY, ""
        except Refusal as refusal:
            row.state, row.fault = PrintState.FAILED, refusal.text
        except Exception:
            log.exception("print request %s could not be made", row.pk)
            row.state, row.fault = (
                PrintState.FAILED,
                _("The program failed. Tell the administrator; then make it again."),
            )
        row.made_at = clock.now()
        row.save()


@transaction.atomic
def make_again(request_id: int, *, actor: User) -> PrintRequest:
    """Make the document anew (a call number changed, a label was spoiled). Refuses one that is not needed any more."""
    row = PrintRequest.objects.select_for_update(of=("self",)).select_related("branch").get(pk=request_id)
    access.require(actor, "kernel.print", branch=row.branch)
    if row.state == PrintState.CANCELLED:
        raise Refusal(_("“%(title)s” is not needed any more, so it is not made again.") % {"title": row.title})
    row.state, row.fault, row.document, row.attempts = PrintState.WAITING, "", None, 0
    row.save()
    history.write(row, "kernel.reprint", actor=actor, summary=_("%(title)s made again") % {"title": row.title})
    jobs.later("kernel.render", row.pk)
    return row


@transaction.atomic
def mark_printed(request_ids: Iterable[int], *, actor: User) -> int:
    """Say that these came out of the printer; returns how many were still open."""
    rows = _locked(pk__in=list(request_ids), state=PrintState.READY)
    for branch in {row.branch_id: row.branch for row in rows}.values():
        access.require(actor, "kernel.print", branch=branch)
    for row in rows:
        history.write(row, "kernel.printed", actor=actor, summary=_("%(title)s printed") % {"title": row.title})
    return PrintRequest.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=PrintState.PRINTED, printed_at=clock.now()
    )


@transaction.atomic
def cancel_for(subject: models.Model, *, actor: User, why: str, kinds: Collection[str] = ()) -> int:
    """Withdraw requests that are not printed yet, of these kinds or all, because what they were for was undone."""
    rows = _locked(
        subject_type=type_of(subject),
        subject_id=str(subject.pk),
        state__in=(PrintState.WAITING, PrintState.READY, PrintState.FAILED),
        kind__in=kinds or KINDS,
    )
    for row in rows:
        history.write(
            row, "kernel.cancel_print", actor=actor, summary=_("%(title)s not needed") % {"title": row.title}, why=why
        )
        # The key is freed, so that doing the act again asks for paper again.
        PrintRequest.objects.filter(pk=row.pk).update(state=PrintState.CANCELLED, key=f"{row.pk}#{row.key}"[:120])
    return len(rows)


def _locked(**which: object) -> list[PrintRequest]:
    """The requests, locked, without their documents."""
    rows = PrintRequest.objects.filter(**which).defer("document").select_related("branch")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def sweep() -> int:
    """Ring for requests whose doorbell was lost; returns how many."""
    waiting = list(PrintRequest.objects.filter(state=PrintState.WAITING).values_list("pk", flat=True))
    for pk in waiting:
        jobs.later("kernel.render", pk)
    return len(waiting)
