"""DESADV: what the vendor says is on its way becomes a shipment that waits for its cartons."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.intake import Applied, Intake
from acquisitions.actions.shipments import Announcement, Listed, announce_shipment
from acquisitions.edi.desadv import DespatchDocument, read_desadv
from acquisitions.edi.model import Message
from acquisitions.models.orders import OrderLine
from acquisitions.queries.messages import find_lines
from techsvc.kernel.errors import BadInput


def apply_despatch(intake: Intake, message: Message, _only: set[int] | None) -> Applied:
    """Announce the shipment with all its cartons; lines that fit no order are kept with the reason."""
    document = read_desadv(message)
    number = (document.packing_slip or document.number)[:40]
    if not number:
        raise BadInput(
            _("The despatch advice has no number, so its packing slip could not be found."), offset=message.offset
        )
    listed = _listed(intake, document)
    announced = Announcement(
        number=number,
        listed=listed,
        despatched_on=document.despatched_on or document.date,
        expected_on=document.expected_on,
        ssccs=[carton.sscc for carton in document.cartons],
    )
    shipment = announce_shipment(intake.vendor, announced, incoming=intake.incoming, actor=intake.actor)
    lines = {entry.line.pk: entry.line for entry in listed if entry.line is not None}
    if document.expected_on:
        OrderLine.objects.filter(pk__in=lines).update(expected_on=document.expected_on)
    order = next((line.order for line in lines.values()), None)
    return Applied(_summary(announced), document.number, order, shipment)


def _listed(intake: Intake, document: DespatchDocument) -> list[Listed]:
    entries = [(carton.sscc, line) for carton in document.cartons for line in carton.lines]
    found = find_lines(intake.vendor, [line for _sscc, line in entries])
    return [
        Listed(
            line=hit.line,
            ean=(line.ean or line.stated_id)[:20],
            quantity=max(0, line.quantity),
            sscc=sscc[:20],
            fault=hit.sentence if hit.line is None else "",
        )
        for (sscc, line), hit in zip(entries, found, strict=True)
    ]


def _summary(announced: Announcement) -> str:
    copies = sum(entry.quantity for entry in announced.listed)
    unknown = sum(entry.line is None for entry in announced.listed)
    cartons = len(set(announced.ssccs)) or 1
    text = ngettext(
        "%(n)d copy in %(cartons)s, packing slip %(slip)s", "%(n)d copies in %(cartons)s, packing slip %(slip)s", copies
    )
    boxes = ngettext("%(n)d carton", "%(n)d cartons", cartons) % {"n": cartons}
    strange = (
        ngettext("; %(n)d line fits no order", "; %(n)d lines fit no order", unknown) % {"n": unknown}
        if unknown
        else ""
    )
    return text % {"n": copies, "cartons": boxes, "slip": announced.number} + strange + "."
