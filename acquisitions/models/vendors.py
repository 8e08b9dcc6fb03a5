"""Who the library buys from, how to reach them, and what their codes mean here."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from acquisitions.models.funds import Fund
from cataloging.models.items import Collection, ItemType
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.places import Branch

CODE_KINDS = ("branch", "fund", "collection", "item_type")


class Vendor(models.Model):
    """A bookseller, jobber or publisher: identity, terms, and the dialect of EDI that it speaks."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    san = models.CharField(_("SAN"), max_length=20, blank=True)
    account = models.CharField(_("our account number"), max_length=40, blank=True)
    our_san = models.CharField(_("our SAN with this vendor"), max_length=20, blank=True)
    connection = models.ForeignKey(
        Connection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("connection")
    )
    dialect = models.CharField(_("EDI dialect"), max_length=30, default="standard")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    discount_percent = models.DecimalField(_("usual discount, %"), max_digits=5, decimal_places=2, default=0)
    claim_after_days = models.PositiveSmallIntegerField(_("claim after … days"), default=60)
    email = models.EmailField(_("mail for claims"), blank=True)
    note = models.TextField(_("note"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    # How this vendor's MARC carts carry order data; the shape is cataloging.marc.orderdata.OrderProfile.
    cart_profile = models.JSONField(_("order data in MARC"), default=dict, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("vendor")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:vendor", args=[self.pk])


class CodeMap(models.Model):
    """What one of the vendor's codes means here, decided once by a person."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="code_maps")
    kind = models.CharField(_("kind"), max_length=12)
    code = models.CharField(_("vendor's code"), max_length=60)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="+")
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="+")
    collection = models.ForeignKey(Collection, models.PROTECT, null=True, blank=True, related_name="+")
    item_type = models.ForeignKey(ItemType, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("kind", "code")
        verbose_name = _("vendor code")
        constraints = (
            models.UniqueConstraint(fields=("vendor", "kind", "code"), name="acquisitions_code_once"),
            models.CheckConstraint(condition=models.Q(kind__in=CODE_KINDS), name="acquisitions_code_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="branch", branch__isnull=False, fund=None, collection=None, item_type=None)
                | models.Q(kind="fund", fund__isnull=False, branch=None, collection=None, item_type=None)
                | models.Q(kind="collection", collection__isnull=False, branch=None, fund=None, item_type=None)
                | models.Q(kind="item_type", item_type__isnull=False, branch=None, fund=None, collection=None),
                name="acquisitions_code_one_meaning",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
