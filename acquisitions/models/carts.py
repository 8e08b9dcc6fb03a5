"""Vendors' carts: MARC files with order data, looked at before they are ordered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.orders import Order
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.exchange import Incoming

STATES = ("preview", "ordered", "discarded")


class Cart(models.Model):
    """One uploaded file of titles with order data, until it becomes an order."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", verbose_name=_("vendor"))
    incoming = models.OneToOneField(Incoming, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default="preview")
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="cart", verbose_name=_("order")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("cart")
        constraints = (models.CheckConstraint(condition=models.Q(state__in=STATES), name="acquisitions_cart_state"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:cart", args=[self.pk])


class CartTitle(models.Model):
    """One record of the file as it was read: what it says, and what is wrong with it, in sentences."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="titles")
    position = models.PositiveIntegerField(_("record"))
    offset = models.PositiveBigIntegerField(_("byte"))
    length = models.PositiveIntegerField(_("bytes"))
    title = models.TextField(_("title"), blank=True)
    author = models.TextField(_("author"), blank=True)
    isbn = models.CharField(_("ISBN"), max_length=13, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=12, decimal_places=4, null=True, blank=True)
    order_number = models.CharField(_("number of its order"), max_length=20, blank=True)
    faults = models.JSONField(_("faults"), default=list)
    left_out = models.BooleanField(_("left out"), default=False)

    class Meta:
        ordering = ("position",)
        verbose_name = _("cart title")
        constraints = (models.UniqueConstraint(fields=("cart", "position"), name="acquisitions_cart_title_once"),)

    def __str__(self) -> str:
        return self.title or f"{self.position}"


class CartCopy(models.Model):
    """So many copies of a cart's title for one branch from one fund, in the vendor's codes."""

    title = models.ForeignKey(CartTitle, models.CASCADE, related_name="copies")
    branch_code = models.CharField(_("branch code"), max_length=60, blank=True)
    fund_code = models.CharField(_("fund code"), max_length=60, blank=True)
    collection_code = models.CharField(_("collection code"), max_length=60, blank=True)
    item_type_code = models.CharField(_("item type code"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("copies"))
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("cart copies")
        verbose_name_plural = _("cart copies")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.branch_code}"
