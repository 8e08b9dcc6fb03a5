"""Funds, years, and money that moves between them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from acquisitions.models.funds import FiscalYear, Fund
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm


class FundForm(ActionForm):
    """A fund and its limits."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=30)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    branch = forms.ModelChoiceField(Branch.objects.all(), label=gettext_lazy("Branch"), required=False)
    audience = forms.CharField(label=gettext_lazy("Audience"), required=False, max_length=20)
    format = forms.CharField(label=gettext_lazy("Format"), required=False, max_length=20)
    account_no = forms.CharField(label=gettext_lazy("Finance account"), required=False, max_length=40)
    currency = forms.RegexField("^[A-Z]{3}$", label=gettext_lazy("Currency"), initial="USD")
    warn_percent = forms.IntegerField(
        label=gettext_lazy("Warn when … % is committed"),
        initial=90,
        help_text=gettext_lazy("Empty: never."),
        min_value=0,
        max_value=1000,
        required=False,
    )
    stop_percent = forms.IntegerField(
        label=gettext_lazy("Stop at … % committed"),
        initial=100,
        help_text=gettext_lazy("Above 100 where not everything that is ordered comes. Empty: no stop."),
        min_value=0,
        max_value=1000,
        required=False,
    )
    active = forms.BooleanField(label=gettext_lazy("Open for orders"), required=False, initial=True)


class YearForm(ActionForm):
    """A fiscal year."""

    code = forms.CharField(
        label=gettext_lazy("Year"), max_length=12, help_text=gettext_lazy("As finance writes it: FY2027")
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"}))


class AllocateForm(ActionForm):
    """Money granted, or with a minus taken back."""

    year = forms.ModelChoiceField(FiscalYear.objects.filter(open=True), label=gettext_lazy("Year"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("With a minus sign to take money back."),
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class TransferForm(ActionForm):
    """Money from this fund to another."""

    year = forms.ModelChoiceField(FiscalYear.objects.filter(open=True), label=gettext_lazy("Year"))
    target = forms.ModelChoiceField(Fund.objects.none(), label=gettext_lazy("To fund"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, *args: Any, source: Fund, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Fund.objects.filter(active=True, currency=source.currency).exclude(pk=source.pk)
        self.fields["target"] = forms.ModelChoiceField(others, label=self.fields["target"].label)
