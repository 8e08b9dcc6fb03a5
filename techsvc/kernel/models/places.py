"""Where the library is, and when it is open."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

WEEK = "1234567"  # Monday is 1, as ISO 8601 counts


class Branch(models.Model):
    """One building of the library, as vendors ship to it and patrons pick up from it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("address"), blank=True)
    san = models.CharField(
        _("SAN"), max_length=20, blank=True, help_text=_("Standard Address Number (ANSI/NISO Z39.43)")
    )
    open_weekdays = models.CharField(_("open on"), max_length=7, default=WEEK, editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(open_weekdays__regex=r"^1?2?3?4?5?6?7?$") & ~models.Q(open_weekdays=""),
                name="kernel_branch_week",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel:branch", args=[self.pk])


class Closing(models.Model):
    """Days on which a branch, or the whole library, is closed: a holiday, a painted floor.

    Nothing that a patron is promised falls on such a day (techsvc.kernel.opening).
    """

    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ("first", "id")
        verbose_name = _("closed days")
        verbose_name_plural = _("closed days")
        indexes = (models.Index(fields=("last",), name="kernel_closing_last"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="kernel_closing_span"),
        )

    def __str__(self) -> str:
        return self.reason


class BarcodeRule(models.Model):
    """How the barcodes of items, or of patrons' cards, look: at one branch, or wherever no branch has rules of its own.

    Every scan is read by these rows (techsvc.kernel.barcodes).
    """

    class Kind(models.TextChoices):
        ITEM = "item", _("items")
        PATRON = "patron", _("patrons' cards")

    class Check(models.TextChoices):
        NONE = "none", _("none")
        MOD_10 = "mod10", _("mod 10 (Codabar, Code 128)")
        MOD_43 = "mod43", _("mod 43 (Code 39)")

    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    kind = models.CharField(_("of"), max_length=10, choices=Kind.choices, default=Kind.ITEM)
    prefix = models.CharField(
        _("begin with"), max_length=12, blank=True, help_text=_("The first characters of every one: 31234. Empty: any")
    )
    length = models.PositiveSmallIntegerField(_("characters in all"), default=14)
    check_digit = models.CharField(_("check digit"), max_length=10, choices=Check.choices, default=Check.MOD_10)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("kind", "branch", "prefix")
        verbose_name = _("barcode rule")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(length__gte=4, length__lte=20), name="kernel_barcode_rule_length"
            ),
            models.UniqueConstraint(
                fields=("branch", "kind", "prefix", "length"),
                nulls_distinct=False,
                name="kernel_barcode_rule_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.prefix}…"
