"""Purchase requests: asked by patrons and staff, decided, told, and fulfilled when the hold is ready."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from acquisitions.models.requests import PurchaseRequest
from acquisitions.rules.lifecycle import REQUEST, RequestState
from cataloging.marc.fields import Format
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history, numbers, policies
from techsvc.kernel.actions.notices import Due, NoticeKind, Words
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch

DECLINED = "acquisitions.request_declined"
# What was declined longer ago is not told any more: a restart after weeks must not burst.
FRESH = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks the library to buy."""

    title: str
    author: str = ""
    isbn: str = ""
    format: str = Format.BOOK
    note: str = ""


@transaction.atomic
def submit_request(asked: Asked, *, patron: Patron | None, pickup: Branch, actor: User) -> PurchaseRequest:
    """Enter what a patron asks for, or with `patron` None a colleague. Refuses no title, and a number that is no ISBN.

    A title that the library has already is no refusal: the page shows it first.
    """
    access.require(actor, "acquisitions.submit_request")
    title = " ".join(asked.title.split())
    if not title:
        raise Refusal(_("A request needs a title, or whoever decides can't find it. Type it."), field="title")
    number = isbn13(asked.isbn) if asked.isbn.strip() else ""
    if number is None:
        raise Refusal(
            _("“%(isbn)s” is not an ISBN: its check digit or length is wrong. Correct it, or leave it empty.")
            % {"isbn": asked.isbn[:40]},
            field="isbn",
        )
    _refuse_twice(number, title, patron)
    request = PurchaseRequest.objects.create(
        number=f"R-{numbers.draw('purchase-request')[0]:05d}",
        title=title[:300],
        author=" ".join(asked.author.split())[:200],
        isbn=number,
        format=asked.format,
        note=asked.note,
        patron=patron,
        pickup=pickup,
        asked_at=clock.now(),
        entered_by=actor,
    )
    history.write(
        request,
        "acquisitions.submit_request",
        actor=actor,
        summary=_("Asked for “%(title)s”, pickup at %(branch)s") % {"title": title, "branch": pickup},
    )
    return request


def _refuse_twice(isbn: str, title: str, patron: Patron | None) -> None:
    """One patron asks for one title once, while it is not decided or on its way."""
    if patron is None:
        return
    over = (RequestState.DECLINED, RequestState.FULFILLED)
    mine = PurchaseRequest.objects.filter(patron=patron).exclude(state__in=over)
    first = mine.filter(isbn=isbn).first() if isbn else mine.filter(title__iexact=title).first()
    if first is not None:
        raise Refusal(
            _("This patron asked for it already: request %(number)s is %(state)s. There is nothing more to do.")
            % {"number": first.number, "state": states.words(RequestState(first.state))},
            field="title",
        )


@transaction.atomic
def approve_request(request_id: int, *, actor: User) -> PurchaseRequest:
    """Say that it is to be bought; it waits to be ordered."""
    return _decide(request_id, "approve", _("Approved"), actor=actor)


@transaction.atomic
def decline_request(request_id: int, *, reason: str, actor: User) -> PurchaseRequest:
    """Say no, with the reason that the patron is told."""
    if not reason.strip():
        raise Refusal(_("Say why, in a sentence for the patron: it is sent with the notice."), field="reason")
    return _decide(request_id, "decline", _("Declined"), actor=actor, reason=reason.strip())


def undo_decision(event: HistoryEvent, *, actor: User) -> PurchaseRequest:
    """Have the request decided anew. A notice that left already can't be called back."""
    return _decide(int(event.subject_id), "reconsider", _("To be decided again"), actor=actor, undoes=event)


def _decide(
    request_id: int, verb: str, summary: str, *, actor: User, reason: str = "", undoes: HistoryEvent | None = None
) -> PurchaseRequest:
    access.require(actor, "acquisitions.decide_requests")
    request = PurchaseRequest.objects.select_for_update().get(pk=request_id)
    before = RequestState(request.state)
    request.state = states.move(REQUEST, before, verb, what=_("Request %(number)s") % {"number": request.number})
    request.reason = reason
    request.save(update_fields=["state", "reason"])
    history.write(
        request, f"acquisitions.{verb}_request", actor=actor, summary=summary, why=reason, undoes=undoes,
        before={"state": before}, after={"state": request.state},
    )  # fmt: skip
    return request


@transaction.atomic
def fulfil_ready(*, actor: User) -> int:
    """Close requests whose copy waits on the hold shelf or was collected; returns how many."""
    ready = list(
        PurchaseRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=RequestState.ORDERED, hold__state__in=("ready", "collected"))
        .order_by("pk")
    )
    for request in ready:
        request.state = states.move(REQUEST, RequestState.ORDERED, "fulfil", what=request.number)
        request.save(update_fields=["state"])
        history.write(
            request, "acquisitions.fulfil_request", actor=actor, summary=_("Ready for whoever asked"),
            before={"state": RequestState.ORDERED}, after={"state": request.state},
        )  # fmt: skip
    return len(ready)


# ── Telling ──────────────────────────────────────────────────────────────────────────────────────


def _declined(as_of: datetime) -> Iterator[Due]:
    """Each saying-no is a thing to tell: one after a second look is told anew."""
    events = HistoryEvent.objects.filter(verb="acquisitions.decline_request", at__gt=as_of - FRESH, undone_by=None)
    last = {int(event.subject_id): event.pk for event in events.order_by("pk")}
    rows = PurchaseRequest.objects.filter(pk__in=last, state=RequestState.DECLINED, patron__isnull=False)
    for pk, patron_id in rows.values_list("pk", "patron"):
        yield Due(str(pk), str(patron_id), version=str(last[pk]))


def _still_declined(ref: str) -> str:
    request = PurchaseRequest.objects.get(pk=ref)
    return "" if request.state == RequestState.DECLINED else _("The request is not declined any more.")


def _decline_words(ref: str) -> Words:
    request = PurchaseRequest.objects.get(pk=ref)
    body = _(
        "You asked us to buy “%(title)s”. We looked at it, and this time we will not buy it:\n\n%(reason)s\n\n"
        "Our staff will gladly help you find it elsewhere, for instance by interlibrary loan.\n\n%(library)s"
    )
    words = {"title": request.title, "reason": request.reason, "library": policies.value("library.name")}
    return Words(_("About your purchase request"), body % words)


NOTICE = NoticeKind(DECLINED, "A purchase request was declined", _declined, _still_declined, _decline_words)
