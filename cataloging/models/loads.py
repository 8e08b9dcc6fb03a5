"""Loads of files of records: every byte accounted for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.records import Record
from techsvc.kernel.models.exchange import Incoming

LOAD_STATES = ("preview", "loading", "loaded", "undone", "discarded")
OUTCOMES = ("create", "overlay", "held", "rejected", "unchanged")


class Load(models.Model):
    """One file of full records on its way into the catalog: looked at first, then loaded, and undoable as a whole."""

    incoming = models.OneToOneField(Incoming, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
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
