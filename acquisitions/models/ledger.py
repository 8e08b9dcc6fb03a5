"""Money: an append-only ledger of double entries over funds and their years.

Balances are sums over entries; there is no cached total. Rows of LedgerTransaction and LedgerEntry are only
ever added: the database refuses the application's role UPDATE, DELETE and TRUNCATE, and checks at commit
that the entries of each transaction sum to zero. related_name="+" keeps them out of other models' reach.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from acquisitions.models.funds import FiscalYear, Fund

# What an entry stands on. Available money of a fund = sum of its "available" entries, and so on.
ACCOUNTS = ("source", "available", "encumbered", "expended")
KINDS = ("allocate", "transfer", "encumber", "disencumber", "expend", "credit", "reverse")


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
