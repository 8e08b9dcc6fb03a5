"""One history of everything: who did what to which row, from what to what, and why."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class HistoryEvent(models.Model):
    """A line of history, written by the action that changed the row and never altered.

    `subject_id` is text so that rows with UUID keys have a history too. A batch writes one line; its
    members point at it through `batch`. An undone act is one that another line `undoes`.
    """

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    verb = models.CharField(_("verb"), max_length=80)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.CharField(max_length=40)
    summary = models.TextField(_("what"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    why = models.TextField(_("why"), blank=True)
    batch = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("history line")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "-id"), name="kernel_history_subject"),
            models.Index(fields=("-at",), name="kernel_history_at"),
            models.Index(fields=("verb", "-at"), name="kernel_history_verb"),
        )

    def __str__(self) -> str:
        return self.summary
