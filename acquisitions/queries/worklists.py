"""What waits for somebody: the counts and oldest days of the tiles, and what a typed or scanned number finds."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage
from acquisitions.models.receipts import Carton, Claim, Shipment
from acquisitions.rules.lifecycle import ClaimState, InvoiceState, MessageState, ShipmentState

HITS = 5


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


def found(text: str) -> Iterator[Shipment | Invoice | Claim]:
    """Shipments by packing slip or carton, invoices and claims by number; the beginning of it is enough."""
    if len(text) < 3:
        return
    cartons = Carton.objects.filter(sscc=text.removeprefix("00")).exclude(sscc="").values("shipment")
    yield from Shipment.objects.filter(Q(number__istartswith=text) | Q(pk__in=cartons)).select_related("vendor")[:HITS]
    yield from Invoice.objects.filter(number__istartswith=text).select_related("vendor")[:HITS]
    yield from Claim.objects.filter(number__istartswith=text).select_related("vendor")[:HITS]
