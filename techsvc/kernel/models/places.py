"""Where the library is: its branches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Branch(models.Model):
    """One building of the library, as vendors ship to it and patrons pick up from it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("address"), blank=True)
    san = models.CharField(
        _("SAN"), max_length=20, blank=True, help_text=_("Standard Address Number (ANSI/NISO Z39.43)")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("branch")
        verbose_name_plural = _("branches")

    def __str__(self) -> str:
        return self.name
