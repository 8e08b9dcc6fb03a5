"""Numbers that people and partners see: one row per series."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Series(models.Model):
    """A counter (orders, control references, barcodes), locked while a number is drawn; gaps are allowed."""

    code = models.CharField(_("series"), max_length=60, unique=True)
    next_value = models.BigIntegerField(_("next number"), default=1)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")

    def __str__(self) -> str:
        return f"{self.code}: {self.next_value}"


class Submission(models.Model):
    """One press of a button: its key makes a double click, a refresh and a replay have one effect."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    at = models.DateTimeField()
    location = models.TextField(blank=True)
    answer = models.TextField(blank=True, help_text=_("What was shown, for answers that are not a redirect"))

    class Meta:
        verbose_name = _("submission")
        indexes = (models.Index(fields=("at",), name="kernel_submission_at"),)

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
