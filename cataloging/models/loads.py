"""Loads of files of records: every byte accounted for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.kernel.models.exchange import Incoming

LOAD_STATES = ("reading", "preview", "loading", "loaded", "undone", "discarded")
OUTCOMES = ("create", "overlay", "withdraw", "held", "rejected", "unchanged")


class LoadProfile(models.Model):
    """How files of one vendor or source are taken in: what counts as a match, what an overlay keeps, what is mended.

    The four JSON columns are read and written by cataloging.rules.profiles only.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    note = models.TextField(_("note"), blank=True)
    matching = models.JSONField(_("what counts as a match"), default=dict, blank=True)
    overlay = models.JSONField(_("what an overlay keeps"), default=list, blank=True)
    fixes = models.JSONField(_("fixes"), default=list, blank=True)
    items = models.JSONField(_("items"), default=dict, blank=True)
    withdraws = models.BooleanField(
        _("the vendor's list of titles to withdraw"),
        default=False,
        help_text=_("Records of such a file are taken out of the catalog instead of coming into it."),
    )
    active = models.BooleanField(_("offered"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        verbose_name = _("load profile")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cataloging:load_profile", args=[self.pk])


class Load(models.Model):
    """One file of full records on its way into the catalog: looked at first, then loaded, and undoable as a whole."""

    incoming = models.OneToOneField(Incoming, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    profile = models.ForeignKey(
        LoadProfile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("profile")
    )
    format = models.CharField(_("format"), max_length=10, default="iso2709")
    state = models.CharField(_("state"), max_length=10, default="preview")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"))
    loaded_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("load")
        constraints = (models.CheckConstraint(condition=models.Q(state__in=LOAD_STATES), name="cataloging_load_state"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cataloging:load", args=[self.pk])


class LoadRow(models.Model):
    """One stretch of the file: a record and what becomes of it, or bytes that are none and why."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("record"))
    member = models.CharField(_("file in the archive"), max_length=200, blank=True)
    offset = models.PositiveBigIntegerField(_("byte"))
    length = models.PositiveIntegerField(_("bytes"))
    title = models.TextField(_("title"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10)
    reason = models.TextField(_("why"), blank=True)
    record = models.ForeignKey(
        Record, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("record")
    )
    version_before = models.PositiveIntegerField(null=True, blank=True)
    version_after = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        verbose_name = _("load row")
        constraints = (
            models.UniqueConstraint(fields=("load", "position"), name="cataloging_load_row_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="cataloging_load_row_outcome"),
        )

    def __str__(self) -> str:
        return f"{self.position}: {self.outcome}"


class LoadItem(models.Model):
    """An item that a load made or filled, and how it was before: what an undo of the load goes by."""

    row = models.ForeignKey(LoadRow, models.CASCADE, related_name="item_rows")
    item = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="+", verbose_name=_("item"))
    made = models.BooleanField(_("made by the load"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        verbose_name = _("item of a load")

    def __str__(self) -> str:
        return f"{self.row_id}: {self.item_id}"
