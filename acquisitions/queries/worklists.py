"""What waits for somebody: the counts and oldest days of the tiles, and what a typed or scanned number finds."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage
from acquisitions.models.receipts import Carton, Claim, Shipment
from acquisitions.rules.lifecycle import ClaimState, InvoiceState, MessageState, ShipmentState

HITS, SHORTEST = 5, 3
# The view of the messages that need a person: what is to be decided instead of how it came.
EDI_WAITING = "state=needs_person&sort=at&cols=summary,asked,vendor,at"


def to_receive() -> QuerySet[Shipment]:
    """Shipments on their way or half unpacked."""
    return Shipment.objects.exclude(state=ShipmentState.FINISHED)


def edi_waiting() -> QuerySet[EdiMessage]:
    """Messages with something that a person has to look at."""
    return EdiMessage.objects.filter(state=MessageState.NEEDS_PERSON)


def invoices_entered() -> QuerySet[Invoice]:
    """Invoices to be matched and approved."""
    return Invoice.objects.filter(state=InvoiceState.ENTERED)


def claims_to_send() -> QuerySet[Claim]:
    return Claim.objects.filter(state=ClaimState.DRAFT)


def shipments_found(text: str) -> QuerySet[Shipment]:
    """Shipments by the beginning of their packing slip, or by the number of a carton."""
    cartons = Carton.objects.filter(sscc=text.removeprefix("00")).exclude(sscc="").values("shipment")
    found = Shipment.objects.filter(Q(number__istartswith=text) | Q(pk__in=cartons))
    return found.select_related("vendor")[:HITS] if len(text) >= SHORTEST else Shipment.objects.none()


def invoices_found(text: str) -> QuerySet[Invoice]:
    """Invoices by the beginning of their number."""
    found = Invoice.objects.filter(number__istartswith=text).select_related("vendor")
    return found[:HITS] if len(text) >= SHORTEST else Invoice.objects.none()


def claims_found(text: str) -> QuerySet[Claim]:
    """Claims by the beginning of their number."""
    found = Claim.objects.filter(number__istartswith=text).select_related("vendor")
    return found[:HITS] if len(text) >= SHORTEST else Claim.objects.none()
