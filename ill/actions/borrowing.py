"""Borrows from other libraries: asked, sent to a lender, received, returned, closed; every step can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ill.models.borrowing import BorrowingRequest
from ill.rules.lifecycle import BORROWING, BorrowingState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history, numbers
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants from another library, for whom, and where they pick it up."""

    title: str
    pickup: Branch
    author: str = ""
    isbn: str = ""
    patron: Patron | None = None
    needed_by: date | None = None
    note: str = ""


@transaction.atomic
def request_loan(wanted: Wanted, *, actor: User) -> BorrowingRequest:
    """A new request. Refuses one without a title, a wrong ISBN, a day that is past, and what is under way already."""
    access.require(actor, "ill.borrow", branch=wanted.pickup)
    title = " ".join(wanted.title.split())
    if not title:
        raise Refusal(_("Type the title: a lender needs it."), field="title")
    isbn = isbn13(wanted.isbn) or ""
    if wanted.isbn.strip() and not isbn:
        raise Refusal(_("“%(isbn)s” is not an ISBN. Check it, or leave it out.") % {"isbn": wanted.isbn}, field="isbn")
    if wanted.needed_by and wanted.needed_by < clock.today():
        raise Refusal(_("The day by which it is needed is past. Choose a later one, or none."), field="needed_by")
    _refuse_twice(wanted.patron, title, isbn)
    request = BorrowingRequest.objects.create(
        number=_number(), title=title[:300], author=wanted.author.strip()[:200], isbn=isbn, patron=wanted.patron,
        pickup=wanted.pickup, needed_by=wanted.needed_by, note=wanted.note,
        created_at=clock.now(), created_by=actor,
    )  # fmt: skip
    history.write(
        request, "ill.request_loan", actor=actor, after={"title": title, "pickup": wanted.pickup.code},
        summary=_("Asked for: %(title)s, pickup at %(branch)s") % {"title": title, "branch": wanted.pickup},
    )  # fmt: skip
    return request


def _number() -> str:
    year = clock.today().year
    return f"ILL-{year}-{numbers.draw(f'ill-{year}')[0]:05d}"


def _refuse_twice(patron: Patron | None, title: str, isbn: str) -> None:
    """The same title for the same patron, while the first request is open, is a second press and not a second wish."""
    if patron is None:
        return
    ended = (BorrowingState.COMPLETED, BorrowingState.CANCELLED)
    mine = BorrowingRequest.objects.filter(patron=patron).exclude(state__in=ended)
    same = mine.filter(isbn=isbn) if isbn else mine.filter(title__iexact=title)
    if (first := same.first()) is not None:
        raise Refusal(
            _("This patron asked for it already: %(number)s. Go on with that one.") % {"number": first.number}
        )


@transaction.atomic
def mark_sent(request_id: int, *, lender: str, actor: User) -> BorrowingRequest:
    """The request went to a lender: the first, or the next after one that could not supply."""
    name = " ".join(lender.split())
    if not name:
        raise Refusal(_("Say which library was asked."), field="lender")
    request = _locked(request_id, actor)
    return _step(request, "send", _("Asked %(lender)s") % {"lender": name}, actor=actor, lender=name[:120])


@transaction.atomic
def mark_shipped(request_id: int, *, due_on: date | None, actor: User) -> BorrowingRequest:
    """The lender says that it is on its way, and when it wants it back."""
    request = _locked(request_id, actor)
    _refuse_past(due_on)
    return _step(
        request, "ship", _("On its way from %(lender)s") % {"lender": request.lender}, actor=actor, due_on=due_on
    )


@transaction.atomic
def receive_loan(request_id: int, *, due_on: date | None, actor: User) -> BorrowingRequest:
    """It is here. Refuses without the day on which the lender wants it back: everything after hangs on it."""
    request = _locked(request_id, actor)
    due = due_on or request.due_on
    if due is None:
        raise Refusal(_("Type the day on which the lender wants it back; it is on the lender's slip."), field="due_on")
    _refuse_past(due)
    return _step(
        request, "receive", _("Here, due back %(day)s") % {"day": date_format(due, "j M Y")}, actor=actor, due_on=due
    )


def _refuse_past(day: date | None) -> None:
    if day is not None and day < clock.today():
        raise Refusal(
            _("%(day)s is past. Check the day on the lender's slip.") % {"day": date_format(day, "j M Y")},
            field="due_on",
        )


@transaction.atomic
def return_loan(request_id: int, *, actor: User) -> BorrowingRequest:
    """It is on its way back."""
    request = _locked(request_id, actor)
    return _step(request, "return", _("Sent back to %(lender)s") % {"lender": request.lender}, actor=actor)


@transaction.atomic
def complete_loan(request_id: int, *, actor: User) -> BorrowingRequest:
    """The lender has it back."""
    return _step(_locked(request_id, actor), "complete", _("The lender has it back"), actor=actor)


@transaction.atomic
def refuse_loan(request_id: int, *, why: str, actor: User) -> BorrowingRequest:
    """The lender can't supply it: to be sent to the next one, bought, or given up."""
    request = _locked(request_id, actor)
    words = _("%(lender)s can't supply it") % {"lender": request.lender}
    return _step(request, "refuse", words, actor=actor, why=why)


@transaction.atomic
def cancel_loan(request_id: int, *, why: str, actor: User) -> BorrowingRequest:
    """Nobody wants it any more. Refuses what is on its way or here."""
    return _step(_locked(request_id, actor), "cancel", _("Cancelled"), actor=actor, why=why)


def undo_step(event: HistoryEvent, *, actor: User) -> BorrowingRequest:
    """Put the request back to before the step. Refuses once another step followed."""
    request = _locked(int(event.subject_id), actor)
    if _plain(request, event.after) != event.after:
        raise Refusal(_("%(number)s has moved on since. Undo the later step first.") % {"number": request.number})
    now = _plain(request, event.before)
    for name, value in event.before.items():
        setattr(request, name, date.fromisoformat(value) if name == "due_on" and value else value)
    request.save(update_fields=list(event.before))
    summary = _("Taken back: %(what)s") % {"what": event.summary}
    history.write(
        request, "ill.undo_step", actor=actor, summary=summary, before=now, after=event.before, undoes=event
    )  # fmt: skip
    return request


def _locked(request_id: int, actor: User) -> BorrowingRequest:
    request = BorrowingRequest.objects.select_for_update(of=("self",)).select_related("pickup").get(pk=request_id)
    access.require(actor, "ill.borrow", branch=request.pickup)
    return request


def _step(
    request: BorrowingRequest, verb: str, summary: str, *, actor: User, why: str = "", **changes: Any
) -> BorrowingRequest:
    """Move a locked request along its lifecycle and write what changed."""
    changes["state"] = states.move(BORROWING, BorrowingState(request.state), verb, what=request.number)
    before = _plain(request, changes)
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=list(changes))
    after = _plain(request, changes)
    history.write(request, f"ill.{verb}", actor=actor, summary=summary, before=before, after=after, why=why)
    return request


def _plain(request: BorrowingRequest, names: dict[str, Any]) -> dict[str, str | None]:
    """Some of the request's columns as history keeps them."""
    values = {name: getattr(request, name) for name in names}
    return {name: None if value is None else str(value) for name, value in values.items()}
