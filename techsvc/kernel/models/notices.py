"""What people are told: one row per notice, sent once or kept back with the reason."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.people import Patron


class NoticeState(models.TextChoices):
    DUE = "due", _("to be sent")
    QUEUED = "queued", _("queued as mail")
    SUPPRESSED = "suppressed", _("kept back")
    BY_HAND = "by_hand", _("to be told by hand")
    TOLD = "told", _("told by hand")


class Notice(models.Model):
    """One thing that one person has to be told once.

    `key` = kind, what it is about and its version (a due date), unique in the database. The text is made
    at the moment of sending, after asking again whether it is still true.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=160, unique=True)
    ref = models.CharField(_("about"), max_length=60)
    patron = models.ForeignKey(
        Patron, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("patron")
    )
    state = models.CharField(_("state"), max_length=10, choices=NoticeState.choices, default=NoticeState.DUE)
    reason = models.TextField(_("reason"), blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    outgoing = models.OneToOneField(Outgoing, models.PROTECT, null=True, blank=True, related_name="notice")
    created_at = models.DateTimeField(_("due since"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("notice")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("due", "queued", "suppressed", "by_hand", "told")),
                name="kernel_notice_state",
            ),
        )

    def __str__(self) -> str:
        return self.subject or self.key
