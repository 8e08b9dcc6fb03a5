"""What money is granted for: fiscal years, and the funds that live across them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.places import Branch


class FiscalYear(models.Model):
    """The year for which money is granted."""

    code = models.CharField(_("year"), max_length=12, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    open = models.BooleanField(_("open"), default=True)

    class Meta:
        ordering = ("-starts_on",)
        verbose_name = _("fiscal year")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="acquisitions_year_runs_forward"
            ),
        )

    def __str__(self) -> str:
        return self.code


class Fund(models.Model):
    """A purse with a purpose; it lives across years. Dimensions are columns, so that any roll-up works."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    audience = models.CharField(_("audience"), max_length=20, blank=True)
    format = models.CharField(_("format"), max_length=20, blank=True)
    account_no = models.CharField(_("finance account"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    warn_percent = models.PositiveSmallIntegerField(_("warn when … % is committed"), null=True, blank=True, default=90)
    stop_percent = models.PositiveSmallIntegerField(_("stop at … % committed"), null=True, blank=True, default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("fund")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:fund", args=[self.pk])
