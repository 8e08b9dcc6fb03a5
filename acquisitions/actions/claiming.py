"""Claims: drafted by receiving and by the calendar, sent by a person, settled when the vendor made it good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.receipts import Claim, Receipt, Shipment
from acquisitions.queries.receiving import Late, late_lines
from acquisitions.rules import claims
from acquisitions.rules.lifecycle import CLAIM, ClaimState, CopyState
from techsvc.kernel import access, clock, opening, queries, states
from techsvc.kernel.actions import exchange, history, notices, numbers
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be claimed: of which line, how many copies, why; `what` is the damage or what came instead."""

    line: OrderLine
    kind: str
    quantity: int
    shipment: Shipment | None = None
    receipt: Receipt | None = None
    what: str = ""


@transaction.atomic
def draft_claims(drafts: Sequence[Draft], *, actor: User, batch: HistoryEvent | None = None) -> list[Claim]:
    """Claims as drafts, in the order given. The lines come with their order and vendor loaded."""
    access.require(actor, "acquisitions.receive")
    if not drafts:
        return []
    at, year = clock.now(), clock.today().year
    series = numbers.draw(f"claim-{year}", len(drafts))
    made = Claim.objects.bulk_create(
        Claim(
            number=f"CL-{year}-{number:05d}",
            vendor=draft.line.order.vendor,
            line=draft.line,
            shipment=draft.shipment,
            receipt=draft.receipt,
            kind=draft.kind,
            quantity=draft.quantity,
            text=_letter(draft),
            created_at=at,
        )
        for number, draft in zip(series, drafts, strict=True)
    )
    if batch is None or len(made) == 1:
        for claim in made:
            history.write(claim, "acquisitions.draft_claim", actor=actor, summary=_("Drafted"), batch=batch)
    return made


def _letter(draft: Draft) -> str:
    order = draft.line.order
    subject = claims.Subject(
        order=order.number,
        line=draft.line.position,
        title=draft.line.title,
        isbn=draft.line.isbn,
        quantity=draft.quantity,
        slip=draft.shipment.number if draft.shipment else "",
        ordered_on=timezone.localdate(order.placed_at) if order.placed_at else None,
    )
    return claims.letter(draft.kind, subject, what=draft.what)


@transaction.atomic
def claim_shortages(shipment: Shipment, missing: Sequence[tuple[OrderLine, int]], *, actor: User) -> list[Claim]:
    """One claim per line for what a shipment lacks; returns those that are drafts because of this call.

    A line has one such claim in a shipment: its draft follows the number that is missing now, and is dropped when
    nothing is. What was sent or settled stays as it is.
    """
    access.require(actor, "acquisitions.receive")
    rows = Claim.objects.select_for_update().filter(shipment=shipment, kind="short").order_by("pk")
    known = {claim.line_id: claim for claim in rows}
    drafts = [Draft(line, "short", n, shipment=shipment) for line, n in missing if n and line.pk not in known]
    again = [
        claim
        for line, n in missing
        if (claim := known.get(line.pk)) and _follow(claim, Draft(line, "short", n, shipment))
    ]
    return again + draft_claims(drafts, actor=actor)


def _follow(claim: Claim, draft: Draft) -> bool:
    """Make a draft, or one that was dropped, say what is missing now; whether it is a new draft thereby."""
    if claim.state not in (ClaimState.DRAFT, ClaimState.DROPPED) or (
        not draft.quantity and claim.state == ClaimState.DROPPED
    ):
        return False
    before = claim.state
    if draft.quantity and draft.quantity != claim.quantity:
        claim.quantity, claim.text = draft.quantity, _letter(draft)
    claim.state = ClaimState.DRAFT if draft.quantity else ClaimState.DROPPED
    claim.save(update_fields=["quantity", "text", "state"])
    return before == ClaimState.DROPPED


@transaction.atomic
def draft_late_claims(*, actor: User) -> list[Claim]:
    """Draft a claim for every line that is due by the calendar and has none open; a vendor gets one line of history."""
    access.require(actor, "acquisitions.claim")
    today = clock.today()
    days = [(late, _due_on(late)) for late in late_lines()]
    open_days = opening.calendar(None, min((day for _late, day in days), default=today))
    due = [Draft(late.line, "late", late.copies) for late, day in days if open_days.next_open_day(day) <= today]
    by_vendor = {draft.line.order.vendor_id: draft.line.order.vendor for draft in due}
    made: list[Claim] = []
    for vendor in by_vendor.values():
        mine = [draft for draft in due if draft.line.order.vendor_id == vendor.pk]
        summary = ngettext("%(n)d late line to claim", "%(n)d late lines to claim", len(mine)) % {"n": len(mine)}
        event = history.write(vendor, "acquisitions.draft_late_claims", actor=actor, summary=summary)
        made += draft_claims(mine, actor=actor, batch=event)
    return made


@transaction.atomic
def claim_late(line_id: int, *, actor: User) -> Claim:
    """Draft a claim for a line before the calendar does. Refuses when nothing is expected, or a claim is open."""
    access.require(actor, "acquisitions.claim")
    line = OrderLine.objects.select_for_update(of=("self",)).select_related("order__vendor").get(pk=line_id)
    expected = OrderCopy.objects.filter(line=line, state__in=(CopyState.ON_ORDER, CopyState.BACK_ORDERED)).count()
    if not expected:
        raise Refusal(_("Nothing of “%(title)s” is expected any more, so nothing is late.") % {"title": line.title})
    open_claim = Claim.objects.filter(line=line, kind="late", state__in=(ClaimState.DRAFT, ClaimState.SENT)).first()
    if open_claim is not None:
        words = {"title": line.title, "claim": open_claim}
        raise Refusal(_("“%(title)s” is claimed already: %(claim)s. Send that one again.") % words)
    return draft_claims([Draft(line, "late", expected)], actor=actor)[0]


def _due_on(late: Late) -> date:
    order = late.line.order
    return claims.due_on(
        timezone.localdate(order.placed_at or order.created_at),
        after_days=order.vendor.claim_after_days,
        expected_on=late.line.expected_on,
        claimed_on=timezone.localdate(late.claimed_at) if late.claimed_at else None,
    )


@transaction.atomic
def edit_claim(claim_id: int, *, text: str, quantity: int, actor: User) -> Claim:
    """Change the letter of a draft. Refuses an empty text and a claim that was sent."""
    claim = _locked(claim_id, actor)
    if claim.state != ClaimState.DRAFT:
        raise Refusal(
            _("%(claim)s is %(state)s: its text is what the vendor got. Open it again to write anew.")
            % {"claim": claim, "state": states.words(ClaimState(claim.state))}
        )
    if not text.strip():
        raise Refusal(_("A claim without a text tells the vendor nothing. Write what is wrong."), field="text")
    before = {"text": claim.text, "quantity": claim.quantity}
    claim.text, claim.quantity = text.strip(), quantity
    claim.save(update_fields=["text", "quantity"])
    history.write(
        claim, "acquisitions.edit_claim", actor=actor, summary=_("Text changed"),
        before=before, after={"text": claim.text, "quantity": quantity},
    )  # fmt: skip
    return claim


@transaction.atomic
def send_claim(claim_id: int, *, actor: User) -> Claim:
    """Mail the claim to the vendor; without an address it is marked as sent by hand, and says so."""
    claim = _locked(claim_id, actor)
    before = claim.state
    claim.state = _move(claim, "send")
    claim.sent_at = clock.now()
    claim.save(update_fields=["state", "sent_at"])
    vendor = claim.vendor
    if vendor.email:
        _mail(claim)
        summary = _("Sent to %(vendor)s at %(mail)s") % {"vendor": vendor, "mail": vendor.email}
    else:
        summary = _("To be sent by hand: %(vendor)s has no mail address here") % {"vendor": vendor}
    history.write(
        claim, "acquisitions.send_claim", actor=actor, summary=summary,
        before={"state": before}, after={"state": claim.state, "by_hand": not vendor.email},
    )  # fmt: skip
    return claim


def _mail(claim: Claim) -> None:
    """Queue the letter; its key counts how often the claim was sent, so that a replay sends nothing twice."""
    times = queries.outgoing_of(claim).count() + 1
    name = f"{claim.number}-{times}"
    exchange.queue(
        claim,
        connection=Connection.objects.get(code=exchange.MAIL),
        kind="claim",
        key=f"claim:{claim.pk}:{times}",
        name=f"{name}.eml",
        body=notices.mail_bytes(
            message_id=name.lower(),
            to=claim.vendor.email,
            subject=_("Claim %(number)s, order %(order)s") % {"number": claim.number, "order": claim.line.order.number},
            body=claim.text,
        ),
        ordering_key=f"claim:{claim.pk}",
        recipient=claim.vendor.email,
    )


@transaction.atomic
def settle_claim(claim_id: int, *, actor: User, why: str = "") -> Claim:
    """The vendor made it good: a replacement came, a credit, or word."""
    return _close(claim_id, "settle", _("Settled"), actor=actor, why=why)


@transaction.atomic
def drop_claim(claim_id: int, *, actor: User, why: str = "") -> Claim:
    """Not to be claimed after all. Refuses a claim that was sent: settle that one."""
    return _close(claim_id, "drop", _("Dropped"), actor=actor, why=why)


@transaction.atomic
def reopen_claim(claim_id: int, *, actor: User, why: str = "") -> Claim:
    """Back to a draft."""
    return _close(claim_id, "reopen", _("Opened again"), actor=actor, why=why)


def _close(
    claim_id: int, verb: str, summary: str, *, actor: User, why: str = "", undoes: HistoryEvent | None = None
) -> Claim:
    claim = _locked(claim_id, actor)
    before = claim.state
    claim.state = _move(claim, verb)
    claim.save(update_fields=["state"])
    history.write(
        claim, f"acquisitions.{verb}_claim", actor=actor, summary=summary, why=why,
        before={"state": before}, after={"state": claim.state}, undoes=undoes,
    )  # fmt: skip
    return claim


def undo_close(event: HistoryEvent, *, actor: User) -> Claim:
    """Put a settled or dropped claim back to where it was; refused when it moved on since."""
    claim = _locked(int(event.subject_id), actor)
    if claim.state != event.after["state"]:
        raise Refusal(_("%(claim)s moved on since. Reload the page to see where it stands.") % {"claim": claim})
    before = claim.state
    claim.state = event.before["state"]
    claim.save(update_fields=["state"])
    history.write(
        claim, "acquisitions.undo_claim", actor=actor, undoes=event, before={"state": before},
        after={"state": claim.state}, summary=_("Taken back: %(what)s") % {"what": event.summary},
    )  # fmt: skip
    return claim


def _locked(claim_id: int, actor: User) -> Claim:
    access.require(actor, "acquisitions.claim")
    rows = Claim.objects.select_for_update(of=("self",)).select_related("vendor", "line", "line__order")
    return rows.get(pk=claim_id)


def _move(claim: Claim, verb: str) -> ClaimState:
    return states.move(CLAIM, ClaimState(claim.state), verb, what=_("Claim %(number)s") % {"number": claim.number})
