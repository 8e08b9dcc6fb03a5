"""What a person types before the first scan, about a claim, and about an issue of a message."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from acquisitions.models.vendors import Vendor
from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.pages import ActionForm
from techsvc.kernel.pages.fields import CodeField


class StartForm(ActionForm):
    """What stands on the carton or in it."""

    code = CodeField(
        label=gettext_lazy("Carton, packing slip or order"),
        max_length=60,
        refused={ScanKind.PATRON_CARD},
        instead=gettext_lazy("Scan the carton, or type the number on its packing slip."),
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "off",
                "placeholder": gettext_lazy("Scan a carton, or type a packing slip or order"),
            }
        ),
    )


class ShipmentForm(ActionForm):
    """A carton that nobody announced."""

    vendor = forms.ModelChoiceField(Vendor.objects.filter(active=True), label=gettext_lazy("From vendor"))
    number = forms.CharField(label=gettext_lazy("Packing slip"), max_length=40)


class ClaimForm(ActionForm):
    """The letter as it will be sent."""

    quantity = forms.IntegerField(label=gettext_lazy("Copies"), min_value=1, max_value=9999)
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 9}), max_length=4000)


class WhyForm(ActionForm):
    """A reason, for acts that need one."""

    why = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}), max_length=500
    )


class SettleForm(ActionForm):
    """How an issue was settled."""

    how = forms.CharField(
        label=gettext_lazy("How it was settled"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        max_length=500,
        help_text=gettext_lazy("What you did, and what the vendor said."),
    )
