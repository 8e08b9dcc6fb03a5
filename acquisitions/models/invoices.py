"""Invoices: what the vendor wants, line by line, and which received copies each line paid for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.funds import Fund
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.exchange import Incoming

STATES = ("entered", "approved", "released", "refused")
KINDS = ("invoice", "credit")


class Invoice(models.Model):
    """A vendor's invoice or credit note. One number per vendor is one invoice, whatever file it came in."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="invoices", verbose_name=_("vendor"))
    number = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, default="invoice")
    dated = models.DateField(_("dated"))
    currency = models.CharField(max_length=3, default="USD")
    total_minor = models.BigIntegerField(_("total as stated"))
    tax_minor = models.BigIntegerField(_("tax"), default=0)
    state = models.CharField(_("state"), max_length=10, default="entered")
    incoming = models.ForeignKey(Incoming, models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approvals = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was approved: part of the ledger's source keys"
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("invoice")
        constraints = (
            models.UniqueConstraint(fields=("vendor", "number"), name="acquisitions_invoice_once"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="acquisitions_invoice_state"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="acquisitions_invoice_kind"),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:invoice", args=[self.pk])


class InvoiceLine(models.Model):
    """One line as the vendor wrote it; `line` is empty until it is known which order line it is for."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("line"))
    line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="invoice_lines", verbose_name=_("order line")
    )
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    ean = models.CharField(_("ISBN or EAN"), max_length=20, blank=True)
    title = models.TextField(_("title"), blank=True)
    quantity = models.IntegerField(_("copies"))
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=4)
    amount_minor = models.BigIntegerField(_("amount"))
    accepted = models.BooleanField(_("difference accepted"), default=False)
    accepted_why = models.TextField(_("why accepted"), blank=True)
    held = models.PositiveIntegerField(_("copies not paid"), default=0)

    class Meta:
        ordering = ("position",)
        verbose_name = _("invoice line")
        constraints = (
            models.UniqueConstraint(fields=("invoice", "position"), name="acquisitions_invoice_line_once"),
            models.CheckConstraint(
                condition=models.Q(held=0) | models.Q(held__lte=models.F("quantity")),
                name="acquisitions_invoice_line_held",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}"


class InvoiceCharge(models.Model):
    """Delivery, processing and other charges (positive) or allowances (negative) of an invoice as a whole."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="charges")
    code = models.CharField(_("code"), max_length=10)
    label = models.CharField(_("charge"), max_length=120)
    amount_minor = models.BigIntegerField(_("amount"))
    fund = models.ForeignKey(
        Fund,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fund"),
        help_text=_("Empty: shared among the lines' funds"),
    )

    class Meta:
        ordering = ("id",)
        verbose_name = _("invoice charge")

    def __str__(self) -> str:
        return self.label


class PaidCopy(models.Model):
    """Which received copy an approved invoice line paid for, and with how much; a copy is paid once."""

    invoice_line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="paid_copies")
    ordered_copy = models.OneToOneField(OrderCopy, models.PROTECT, related_name="paid", verbose_name=_("copy"))
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("paid copy")
        verbose_name_plural = _("paid copies")

    def __str__(self) -> str:
        return f"{self.ordered_copy_id}"
