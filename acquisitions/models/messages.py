"""EDI messages as meaning: what each one said, what was done with it, what waits for a person."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderLine
from acquisitions.models.receipts import Shipment
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.exchange import Incoming, Outgoing

DIRECTIONS = ("out", "in")
KINDS = ("ORDERS", "ORDRSP", "DESADV", "INVOIC", "CONTRL", "OTHER")
STATES = ("applied", "needs_person", "settled")
NAMES = {
    "ORDERS": _("Order"),
    "ORDRSP": _("Answer"),
    "DESADV": _("Despatch"),
    "INVOIC": _("Invoice"),
    "CONTRL": _("Receipt"),
    "OTHER": _("Message"),
}


class EdiMessage(models.Model):
    """One message of an interchange, ours or the vendor's.

    (vendor, control reference, message reference, kind) is unique: the same reference with other content is a
    message `repeating` the first, held for a person, of which nothing was applied.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="messages", verbose_name=_("vendor"))
    direction = models.CharField(max_length=3)
    kind = models.CharField(_("kind"), max_length=8)
    control_ref = models.CharField(_("interchange"), max_length=35)
    message_ref = models.CharField(_("message"), max_length=35)
    document_number = models.CharField(_("document"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=12, default="applied")
    summary = models.TextField(_("what it said"))
    departures = models.JSONField(default=list, help_text="Departures from the standard: [offset, sentence]")
    outgoing = models.OneToOneField(Outgoing, models.PROTECT, null=True, blank=True, related_name="edi_message")
    incoming = models.ForeignKey(Incoming, models.PROTECT, null=True, blank=True, related_name="edi_messages")
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("order")
    )
    shipment = models.ForeignKey(Shipment, models.PROTECT, null=True, blank=True, related_name="messages")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="messages")
    repeating = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("repeats the reference of")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("EDI message")
        constraints = (
            models.CheckConstraint(condition=models.Q(direction__in=DIRECTIONS), name="acquisitions_message_direction"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="acquisitions_message_kind"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="acquisitions_message_state"),
            models.UniqueConstraint(
                fields=("vendor", "direction", "control_ref", "message_ref", "kind"),
                condition=models.Q(repeating=None),
                name="acquisitions_message_once",
            ),
        )

    def __str__(self) -> str:
        return f"{NAMES[self.kind]} {self.document_number}".strip()

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:message", args=[self.pk])


class MessageIssue(models.Model):
    """Something in a message that could not be applied by itself: a worklist entry, never a log line."""

    message = models.ForeignKey(EdiMessage, models.CASCADE, related_name="issues")
    offset = models.PositiveIntegerField(_("byte"), null=True, blank=True)
    text = models.TextField(_("what is wrong"))
    line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order line")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_how = models.TextField(_("how"), blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("message issue")

    def __str__(self) -> str:
        return self.text
