"""Who looked at which patron: what a library has to be able to say when it is asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PatronLook(models.Model):
    """One look of a member of staff at a patron, or at what the patron asked for.

    `patron` is the bare key and no link: the look outlives the patron's row and says nothing about the person.
    `page` names where it was; never a title.
    """

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    patron = models.UUIDField(_("patron"))
    page = models.CharField(_("where"), max_length=80)
    why = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("look at a patron")
        verbose_name_plural = _("looks at patrons")
        indexes = (
            models.Index(fields=("patron", "-id"), name="kernel_look_patron"),
            models.Index(fields=("at",), name="kernel_look_at"),
        )

    def __str__(self) -> str:
        return f"{self.actor} {self.at:%Y-%m-%d %H:%M}"
