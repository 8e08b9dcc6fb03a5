"""Vendors: who they are, how they are reached, where their carts carry order data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.edi.dialects import PRESETS
from acquisitions.models.vendors import Vendor
from cataloging.marc.orderdata import OrderProfile
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.pages import ActionForm

PROFILE = tuple(one.name for one in fields(OrderProfile))
WORDS = {
    "tag": gettext_lazy("Field"),
    "branch": gettext_lazy("Branch"),
    "quantity": gettext_lazy("Copies"),
    "collection": gettext_lazy("Collection"),
    "fund": gettext_lazy("Fund"),
    "price": gettext_lazy("Price"),
    "note": gettext_lazy("Note"),
    "item_type": gettext_lazy("Item type"),
    "call_number": gettext_lazy("Call number"),
    "barcode": gettext_lazy("Barcode"),
    "order": gettext_lazy("Number of its order"),
}


class VendorForm(ActionForm):
    """A vendor. The last fields say which MARC field carries order data, and the subfield of each fact."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=20)
    san = forms.CharField(label=gettext_lazy("Its SAN"), required=False, max_length=20)
    our_san = forms.CharField(label=gettext_lazy("Our SAN with this vendor"), required=False, max_length=20)
    account = forms.CharField(label=gettext_lazy("Our account number"), required=False, max_length=40)
    connection = forms.ModelChoiceField(
        Connection.objects.filter(active=True).exclude(kind__in=("mail", "upload")),
        label=gettext_lazy("Connection"),
        required=False,
        help_text=gettext_lazy("Empty: orders are sent by hand."),
    )
    dialect = forms.ChoiceField(label=gettext_lazy("EDI dialect"), choices=[(one.code, one.name) for one in PRESETS])
    currency = forms.RegexField("^[A-Z]{3}$", label=gettext_lazy("Currency"), initial="USD")
    discount_percent = forms.DecimalField(
        label=gettext_lazy("Usual discount, %"),
        initial=Decimal(0),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
    )
    claim_after_days = forms.IntegerField(
        label=gettext_lazy("Claim after … days"), initial=60, min_value=1, max_value=730
    )
    email = forms.EmailField(label=gettext_lazy("Mail for claims"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    active = forms.BooleanField(label=gettext_lazy("Open for orders"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standard = OrderProfile()
        for name in PROFILE:
            self.fields[f"cart_{name}"] = forms.RegexField(
                "^[0-9]{3}$" if name == "tag" else "^[0-9a-z]?$",
                label=_profile_label(name),
                initial=getattr(standard, name),
                required=name == "tag",
                max_length=3,
            )

    def columns(self) -> dict[str, Any]:
        """The vendor's columns as they were typed."""
        data = dict(self.cleaned_data)
        data["cart_profile"] = {name: data.pop(f"cart_{name}") for name in PROFILE}
        return data


class CodeForm(ActionForm):
    """What one of a vendor's codes means, or nothing any more."""

    def __init__(self, *args: Any, rows: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", _("nobody knows any more")),
            *((row.pk, f"{row.code} · {row}") for row in sorted(rows, key=str)),
        ]
        self.fields["means"] = forms.ChoiceField(label=_("Means here"), required=False, choices=choices)


def _profile_label(name: str) -> Any:
    if name == "tag":
        return gettext_lazy("Carts: MARC field of the order data")
    return format_lazy(gettext_lazy("Carts: subfield of “{what}”"), what=WORDS[name])


def initial_of(vendor: Vendor) -> dict[str, Any]:
    """What the form shows of a vendor that is there."""
    columns = ("name", "code", "san", "our_san", "account", "connection", "dialect", "currency", "discount_percent")
    more = ("claim_after_days", "email", "note", "active")
    profile = {f"cart_{name}": value for name, value in vendor.cart_profile.items() if name in PROFILE}
    return {name: getattr(vendor, name) for name in (*columns, *more)} | profile
