"""The item: one physical piece, from the moment it is ordered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.records import Record
from techsvc.kernel.models.places import Branch

# Plain values: the lifecycle itself is cataloging.rules.lifecycle.ITEM; a test holds the two together.
STATES = (
    "on_order", "received", "in_process", "available", "in_transit", "on_hold_shelf", "checked_out", "lent",
    "claimed_returned", "damaged", "mending", "missing", "lost", "withdrawn", "cancelled",
)  # fmt: skip


class Collection(models.Model):
    """A part of a branch's shelves ("Adult fiction"), as vendors' grids and spine labels name it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    label_prefix = models.CharField(_("prefix on the spine"), max_length=16, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("collection")

    def __str__(self) -> str:
        return self.name


class ItemType(models.Model):
    """What kind of thing an item is for lending and processing ("Book", "DVD")."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ("name",)
        verbose_name = _("item type")

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One copy that the library has, or will have: made when it is ordered, never a second time when it arrives."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="items", verbose_name=_("record"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("collection")
    )
    item_type = models.ForeignKey(
        ItemType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item type")
    )
    barcode = models.CharField(_("barcode"), max_length=20, null=True, blank=True, unique=True)
    call_number = models.CharField(_("call number"), max_length=80, blank=True)
    # Keys of the application sort by their bytes, whatever collation a server has.
    call_sort = models.CharField(max_length=120, blank=True, db_collation="C")
    # Which part of a title it is ("Season 2", "v. 3"), and a key that sorts parts as people count them.
    volume = models.CharField(_("volume or part"), max_length=60, blank=True)
    volume_sort = models.CharField(max_length=120, blank=True, db_collation="C")
    pieces = models.PositiveSmallIntegerField(_("pieces"), default=1)
    pieces_note = models.CharField(_("what the pieces are"), max_length=120, blank=True)
    suppressed = models.BooleanField(_("hidden from patrons"), default=False)
    state = models.CharField(_("state"), max_length=16, default="on_order")
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("added"))
    state_since = models.DateTimeField(_("in this state since"))

    class Meta:
        ordering = ("branch", "call_sort", "id")
        verbose_name = _("item")
        indexes = (
            models.Index(fields=("state", "branch"), name="cataloging_item_state"),
            models.Index(fields=("branch", "call_sort"), name="cataloging_item_shelf"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="cataloging_item_state_known"),
            models.CheckConstraint(condition=~models.Q(barcode=""), name="cataloging_item_barcode_or_none"),
            models.CheckConstraint(condition=models.Q(pieces__gte=1), name="cataloging_item_has_pieces"),
        )

    def __str__(self) -> str:
        return self.barcode or f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("cataloging:item", args=[self.pk])


class AddingHabit(models.Model):
    """What a person said of the items that they add by scanning, so that it is said once.

    Branch, collection, kind, state and counting stay for the next title; call number, volume and price belong to
    `record`, the title that was added to last.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    collection = models.ForeignKey(
        Collection, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("collection")
    )
    item_type = models.ForeignKey(
        ItemType, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("item type")
    )
    state = models.CharField(_("state"), max_length=16, default="received")
    counts_up = models.BooleanField(_("count volumes up"), default=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    call_number = models.CharField(_("call number"), max_length=80, blank=True)
    volume = models.CharField(_("volume or part"), max_length=60, blank=True)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)

    class Meta:
        ordering = ("user",)
        verbose_name = _("habit of adding items")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("received", "available")), name="cataloging_adding_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.branch}"
