"""Shipments: announced by the vendor or typed from a packing slip, unpacked, finished; what is missing is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.claiming import Draft, claim_shortages, draft_claims
from acquisitions.models.orders import OrderLine
from acquisitions.models.receipts import Carton, CartonLine, Claim, Shipment
from acquisitions.models.vendors import Vendor
from acquisitions.queries.receiving import unpacking
from acquisitions.rules.lifecycle import SHIPMENT, ClaimState, ShipmentState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a packing slip: so many copies, in the carton of this number; `line` None where no order fits."""

    line: OrderLine | None
    ean: str
    quantity: int
    sscc: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A despatch as the vendor announces it."""

    number: str
    listed: Sequence[Listed]
    despatched_on: date | None = None
    expected_on: date | None = None
    ssccs: Sequence[str] = ()


@transaction.atomic
def announce_shipment(vendor: Vendor, announced: Announcement, *, incoming: Incoming | None, actor: User) -> Shipment:
    """Keep a shipment as the vendor announces it. Refuses a packing slip that was announced before.

    A shipment that was begun by hand, from the slip, and has no list yet, gets the list.
    """
    access.require(actor, "acquisitions.receive")
    shipment = Shipment.objects.select_for_update().filter(vendor=vendor, number=announced.number).first()
    if shipment is not None and shipment.cartons.exists():
        raise Refusal(
            _("Packing slip %(number)s of %(vendor)s was announced before, on %(day)s. Nothing was changed.")
            % {"number": shipment, "vendor": vendor, "day": f"{shipment.created_at:%d %b %Y}"}
        )
    if shipment is None:
        shipment = Shipment(vendor=vendor, number=announced.number, created_at=clock.now())
    shipment.despatched_on, shipment.expected_on = announced.despatched_on, announced.expected_on
    shipment.incoming = incoming
    shipment.save()
    _list(shipment, announced)
    copies = sum(entry.quantity for entry in announced.listed)
    summary = ngettext("%(n)d copy announced", "%(n)d copies announced", copies) % {"n": copies}
    history.write(shipment, "acquisitions.announce_shipment", actor=actor, summary=summary)
    return shipment


def _list(shipment: Shipment, announced: Announcement) -> None:
    numbers = dict.fromkeys([*announced.ssccs, *(entry.sscc for entry in announced.listed)])
    cartons = Carton.objects.bulk_create(Carton(shipment=shipment, sscc=sscc) for sscc in numbers)
    by_sscc = {carton.sscc: carton for carton in cartons}
    CartonLine.objects.bulk_create(
        CartonLine(
            carton=by_sscc[entry.sscc], line=entry.line, ean=entry.ean, quantity=entry.quantity, fault=entry.fault
        )
        for entry in announced.listed
    )


@transaction.atomic
def open_shipment(vendor: Vendor, number: str, *, actor: User) -> Shipment:
    """Begin to unpack: the shipment of this packing slip, made now when the vendor did not announce it.

    Refuses an empty number. One that was finished is opened again, with what came of it.
    """
    access.require(actor, "acquisitions.receive")
    slip = " ".join(number.split())
    if not slip:
        raise Refusal(_("Type the number of the packing slip, or today's date where there is none."), field="number")
    shipment, fresh = Shipment.objects.select_for_update().get_or_create(
        vendor=vendor, number=slip, defaults={"created_at": clock.now()}
    )
    before = shipment.state
    verb = "reopen" if before == ShipmentState.FINISHED else "unpack"
    shipment.state = states.move(SHIPMENT, ShipmentState(before), verb, what=_named(shipment))
    shipment.finished_at = None
    shipment.save(update_fields=["state", "finished_at"])
    if before != shipment.state:
        summary = _("Begun without an announcement") if fresh else _("Unpacking begun")
        history.write(
            shipment, "acquisitions.open_shipment", actor=actor, summary=summary,
            before={"state": before}, after={"state": shipment.state},
        )  # fmt: skip
    return shipment


@transaction.atomic
def claim_short(shipment_id: int, line_id: int, *, actor: User) -> Claim:
    """The slip lists more of a line than came: draft the claim now. Refuses where nothing is missing."""
    shipment = _locked(shipment_id, actor)
    expected = next((one for one in unpacking(shipment).lines if one.line.pk == line_id), None)
    if expected is None or not expected.missing:
        raise Refusal(_("Nothing of this line is missing: all that the slip lists is here."))
    claims = claim_shortages(shipment, [(expected.line, expected.missing)], actor=actor)
    if not claims:
        raise Refusal(
            _("“%(title)s” is claimed as short already. There is nothing more to do.") % {"title": expected.line.title}
        )
    history.write(
        shipment, "acquisitions.claim_short", actor=actor, after={"claims": [claim.pk for claim in claims]},
        summary=_("Short: %(n)s of “%(title)s”") % {"n": expected.missing, "title": expected.line.title},
    )  # fmt: skip
    return claims[0]


@transaction.atomic
def claim_wrong(shipment_id: int, line_id: int, *, code: str, actor: User) -> Claim:
    """Something else came in place of a line's copy: draft the claim that says what."""
    shipment = _locked(shipment_id, actor)
    line = OrderLine.objects.select_related("order__vendor").get(pk=line_id, order__vendor=shipment.vendor_id)
    (claim,) = draft_claims([Draft(line, "wrong", 1, shipment=shipment, what=code)], actor=actor)
    history.write(
        shipment, "acquisitions.claim_wrong", actor=actor, after={"claims": [claim.pk]},
        summary=_("%(code)s came in place of “%(title)s”") % {"code": code, "title": line.title},
    )  # fmt: skip
    return claim


@transaction.atomic
def finish_shipment(shipment_id: int, *, actor: User) -> Shipment:
    """The cartons are empty: one claim per line for what the slip lists and nobody found. Refused a second time."""
    shipment = _locked(shipment_id, actor)
    before = shipment.state
    shipment.state = states.move(SHIPMENT, ShipmentState(before), "finish", what=_named(shipment))
    shipment.finished_at = clock.now()
    shipment.save(update_fields=["state", "finished_at"])
    held = unpacking(shipment)
    claims = claim_shortages(shipment, [(one.line, one.missing) for one in held.lines], actor=actor)
    short = sum(line.missing for line in held.lines)
    history.write(
        shipment, "acquisitions.finish_shipment", actor=actor, before={"state": before},
        after={"state": shipment.state, "claims": [claim.pk for claim in claims]},
        summary=_("Unpacked: %(came)s copies, %(short)s short") % {"came": held.received, "short": short},
    )  # fmt: skip
    return shipment


def undo_finish(event: HistoryEvent, *, actor: User) -> Shipment:
    """Go on unpacking; the claims that finishing drafted are dropped, sent ones stay."""
    shipment = _locked(int(event.subject_id), actor)
    shipment.state = states.move(SHIPMENT, ShipmentState(shipment.state), "reopen", what=_named(shipment))
    shipment.finished_at = None
    shipment.save(update_fields=["state", "finished_at"])
    Claim.objects.filter(pk__in=event.after["claims"], state=ClaimState.DRAFT).update(state=ClaimState.DROPPED)
    history.write(shipment, "acquisitions.undo_finish", actor=actor, summary=_("Unpacking goes on"), undoes=event)
    return shipment


def undo_claims(event: HistoryEvent, *, actor: User) -> Shipment:
    """Drop the claims that a press of a button drafted; refused once one was sent."""
    shipment = _locked(int(event.subject_id), actor)
    claims = Claim.objects.select_for_update().filter(pk__in=event.after["claims"]).order_by("pk")
    if any(claim.state != ClaimState.DRAFT for claim in claims):
        raise Refusal(_("The claim is no draft any more. Open it to see where it stands."))
    claims.update(state=ClaimState.DROPPED)
    summary = _("Taken back: %(what)s") % {"what": event.summary}
    history.write(shipment, "acquisitions.undo_claims", actor=actor, summary=summary, undoes=event)
    return shipment


def _locked(shipment_id: int, actor: User) -> Shipment:
    access.require(actor, "acquisitions.receive")
    return Shipment.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=shipment_id)


def _named(shipment: Shipment) -> str:
    return _("Shipment %(number)s") % {"number": shipment.number}
