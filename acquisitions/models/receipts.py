"""What arrived: shipments and their cartons as announced, receipts as they happened, claims for what is wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.exchange import Incoming

SHIPMENT_STATES = ("expected", "unpacking", "finished")
CONDITIONS = ("good", "damaged")
CLAIM_KINDS = ("damaged", "short", "late", "wrong")
CLAIM_STATES = ("draft", "sent", "settled", "dropped")


class Shipment(models.Model):
    """One despatch of a vendor: announced by DESADV, or typed from its packing slip."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", verbose_name=_("vendor"))
    number = models.CharField(_("packing slip"), max_length=40)
    despatched_on = models.DateField(_("sent on"), null=True, blank=True)
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, default="expected")
    incoming = models.ForeignKey(Incoming, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("announced"))
    finished_at = models.DateTimeField(_("unpacked"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("shipment")
        constraints = (
            models.UniqueConstraint(fields=("vendor", "number"), name="acquisitions_shipment_once"),
            models.CheckConstraint(condition=models.Q(state__in=SHIPMENT_STATES), name="acquisitions_shipment_state"),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:shipment", args=[self.pk])


class Carton(models.Model):
    """One box of a shipment, known by its SSCC."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="cartons")
    sscc = models.CharField(_("carton number"), max_length=20, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("carton")
        indexes = (models.Index(fields=("sscc",), name="acquisitions_carton_sscc"),)

    def __str__(self) -> str:
        return self.sscc or f"{self.pk}"


class CartonLine(models.Model):
    """What the packing slip says is in a carton; a line that fits no order is kept and shown as such."""

    carton = models.ForeignKey(Carton, models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order line")
    )
    ean = models.CharField(_("ISBN or EAN"), max_length=20, blank=True)
    quantity = models.PositiveIntegerField(_("copies"))
    fault = models.TextField(_("fault"), blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("carton line")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.ean}"


class Receipt(models.Model):
    """One copy that arrived, when and in what state. An undone receipt stays, marked.

    A copy has one good receipt that counts; a damaged one before it is what the replacement came for.
    """

    ordered_copy = models.ForeignKey(OrderCopy, models.PROTECT, related_name="receipts", verbose_name=_("copy"))
    shipment = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("shipment")
    )
    at = models.DateTimeField(_("received"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    condition = models.CharField(_("condition"), max_length=10, default="good")
    note = models.TextField(_("what is wrong"), blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("receipt")
        constraints = (
            models.UniqueConstraint(
                fields=("ordered_copy",),
                condition=models.Q(undone_at=None, condition="good"),
                name="acquisitions_copy_received_once",
            ),
            models.CheckConstraint(condition=models.Q(condition__in=CONDITIONS), name="acquisitions_receipt_condition"),
        )

    def __str__(self) -> str:
        return f"{self.ordered_copy_id} {self.condition}"


class Claim(models.Model):
    """What the vendor has to put right, drafted by receiving or by the calendar, sent by a person."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", verbose_name=_("vendor"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="claims", verbose_name=_("order line"))
    shipment = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("shipment")
    )
    receipt = models.OneToOneField(Receipt, models.PROTECT, null=True, blank=True, related_name="claim")
    kind = models.CharField(_("kind"), max_length=10)
    quantity = models.PositiveIntegerField(_("copies"))
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=10, default="draft")
    created_at = models.DateTimeField(_("drafted"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("claim")
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=CLAIM_KINDS), name="acquisitions_claim_kind"),
            models.CheckConstraint(condition=models.Q(state__in=CLAIM_STATES), name="acquisitions_claim_state"),
            models.UniqueConstraint(
                fields=("line", "shipment", "kind"), condition=models.Q(kind="short"), name="acquisitions_short_once"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:claim", args=[self.pk])
