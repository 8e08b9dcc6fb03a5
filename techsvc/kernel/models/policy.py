"""What each library decides for itself: policies as rows, each with its history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """One decision in force from `since` until the next row of the same key; rows are only added.

    The keys, their kinds and defaults are declared by the departments (techsvc.kernel.actions.policies).
    """

    key = models.CharField(_("policy"), max_length=80)
    value = models.JSONField(_("value"))
    since = models.DateTimeField(_("since"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(_("why"))

    class Meta:
        ordering = ("key", "-since")
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        indexes = (models.Index(fields=("key", "-since"), name="kernel_policy_in_force"),)

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
