"""Purchase orders, their lines, and one row for every copy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.requests import PurchaseRequest
from acquisitions.models.vendors import Vendor
from cataloging.models.items import Collection, Item, ItemType
from cataloging.models.records import Record
from techsvc.kernel.models.places import Branch

ORDER_STATES = ("draft", "placed", "closed", "cancelled")
COPY_STATES = ("planned", "on_order", "back_ordered", "received", "damaged", "cancelled")


class Order(models.Model):
    """What one vendor is asked to deliver."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="orders", verbose_name=_("vendor"))
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="+", verbose_name=_("year"))
    state = models.CharField(_("state"), max_length=10, default="draft")
    currency = models.CharField(max_length=3, default="USD")
    note = models.TextField(_("note to the vendor"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"))
    placed_at = models.DateTimeField(_("placed"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("order")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ORDER_STATES), name="acquisitions_order_state"),
            models.CheckConstraint(
                condition=~models.Q(state="placed") | models.Q(placed_at__isnull=False), name="acquisitions_placed_when"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:order", args=[self.pk])


class OrderLine(models.Model):
    """One title of an order as it was ordered. Quantities are never rewritten: copies say what happened."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("line"))
    record = models.ForeignKey(Record, models.PROTECT, related_name="order_lines", verbose_name=_("record"))
    request = models.OneToOneField(
        PurchaseRequest, models.PROTECT, null=True, blank=True, related_name="order_line", verbose_name=_("request")
    )
    title = models.TextField(_("title"))
    author = models.TextField(_("author"), blank=True)
    isbn = models.CharField(_("ISBN"), max_length=13, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    pub_year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=12, decimal_places=4)
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=4)
    note = models.TextField(_("note to the vendor"), blank=True)
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    answer = models.TextField(_("vendor's answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ("order", "position")
        verbose_name = _("order line")
        constraints = (
            models.UniqueConstraint(fields=("order", "position"), name="acquisitions_line_once"),
            models.CheckConstraint(
                condition=models.Q(list_price__gte=0, unit_price__gte=0), name="acquisitions_line_price"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order.number}/{self.position}"

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:line", args=[self.pk])


class OrderCopy(models.Model):
    """One copy of a line: for which branch, from which fund, as which item, and where it stands.

    `price_minor` is what its encumbrance was made for.
    """

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField(_("copy"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("fund"))
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("collection")
    )
    item_type = models.ForeignKey(
        ItemType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item type")
    )
    item = models.OneToOneField(
        Item, models.PROTECT, null=True, blank=True, related_name="order_copy", verbose_name=_("item")
    )
    state = models.CharField(_("state"), max_length=12, default="planned")
    price_minor = models.BigIntegerField(_("price"))
    reason = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ("line", "number")
        verbose_name = _("ordered copy")
        verbose_name_plural = _("ordered copies")
        indexes = (models.Index(fields=("state",), name="acquisitions_copy_state"),)
        constraints = (
            models.UniqueConstraint(fields=("line", "number"), name="acquisitions_copy_once"),
            models.CheckConstraint(condition=models.Q(state__in=COPY_STATES), name="acquisitions_copy_state_known"),
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="acquisitions_copy_price"),
        )

    def __str__(self) -> str:
        return f"{self.line_id}.{self.number}"
