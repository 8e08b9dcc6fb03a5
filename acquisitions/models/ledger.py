"""Money: funds, their years, and an append-only ledger of double entries.

Balances are sums over entries; there is no cached total. Rows of LedgerTransaction and LedgerEntry are only
ever added: the database refuses the application's role UPDATE, DELETE and TRUNCATE, and checks at commit
that the entries of each transaction sum to zero. related_name="+" keeps them out of other models' reach.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.places import Branch

# What an entry stands on. Available money of a fund = sum of its "available" entries, and so on.
ACCOUNTS = ("source", "available", "encumbered", "expended")
KINDS = ("allocate", "transfer", "encumber", "disencumber", "expend", "credit", "reverse")


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


class LedgerTransaction(models.Model):
    """One movement of money. `source_key` names its cause and is unique: a replay posts once."""

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="+", verbose_name=_("year"))
    kind = models.CharField(_("kind"), max_length=12)
    source_key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    why = models.TextField(_("why"))
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        verbose_name = _("ledger transaction")
        indexes = (models.Index(fields=("at",), name="acquisitions_ledger_at"),)
        constraints = (models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="acquisitions_ledger_kind"),)

    def __str__(self) -> str:
        return self.source_key


class LedgerEntry(models.Model):
    """One side of a movement, in minor units; the sides of a transaction sum to zero.

    `copy_id` and `invoice_line_id` are plain keys: what an encumbrance is for, and what an expenditure paid.
    """

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    copy_id = models.BigIntegerField(null=True, blank=True)
    invoice_line_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("ledger entry")
        indexes = (
            models.Index(fields=("fund", "account"), name="acquisitions_entry_fund", include=("amount_minor",)),
            models.Index(
                fields=("copy_id",), name="acquisitions_entry_copy", condition=models.Q(copy_id__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(account__in=ACCOUNTS), name="acquisitions_entry_account"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="acquisitions_entry_not_zero"),
            models.CheckConstraint(
                condition=models.Q(account="source", fund=None)
                | (~models.Q(account="source") & models.Q(fund__isnull=False)),
                name="acquisitions_entry_has_fund",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor}"
