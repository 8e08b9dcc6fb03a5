"""What a person says about a cart: its file, its vendor's codes, what a record lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.models.vendors import Vendor
from acquisitions.queries.carts import Unknown
from acquisitions.queries.vendor_codes import Codes
from techsvc.kernel.pages import ActionForm

WORDS = {
    "branch": gettext_lazy("branch"),
    "fund": gettext_lazy("fund"),
    "collection": gettext_lazy("collection"),
    "item_type": gettext_lazy("item type"),
}


HEADINGS = {
    "branch": gettext_lazy("Branches"),
    "fund": gettext_lazy("Funds"),
    "collection": gettext_lazy("Collections"),
    "item_type": gettext_lazy("Item types"),
}


class CartForm(ActionForm):
    """A vendor's file."""

    vendor = forms.ModelChoiceField(Vendor.objects.filter(active=True), label=gettext_lazy("Vendor"))
    file = forms.FileField(
        label=gettext_lazy("Cart"),
        widget=forms.FileInput(attrs={"data-send": True}),
        help_text=gettext_lazy(
            "The MARC file (.mrc) that the vendor's site gives for your cart. It is read as soon as it is chosen; "
            "nothing is ordered by that."
        ),
        allow_empty_file=True,  # kept and refused with a sentence, like any other file that is no cart
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vendors = list(Vendor.objects.filter(active=True)[:2])
        if len(vendors) == 1:
            self.initial["vendor"] = self.initial.get("vendor") or vendors[0]
        if self.initial.get("vendor"):
            self.fields["file"].widget.attrs["autofocus"] = True


class OpenOrdersForm(ActionForm):
    """By which number the vendor knows the order, and since when."""

    number = forms.CharField(
        label=gettext_lazy("Number of the order"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("As the vendor knows it. Titles of the file that name their own order keep that one."),
    )
    ordered_on = forms.DateField(
        label=gettext_lazy("Ordered on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Late orders and claims are reckoned from this day."),
    )


class CodesForm(ActionForm):
    """A choice for each code that nobody has given a meaning. Fields are named after their code, not their place."""

    def __init__(self, *args: Any, unknown: Sequence[Unknown], codes: Codes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, tuple[str, str]] = {}
        self.copies: dict[str, int] = {}
        for one in unknown:
            name = f"{one.kind}-{one.code.encode().hex()}"
            self.keys[name], self.copies[name] = (one.kind, one.code), one.copies
            rows = sorted(codes.own[one.kind].values(), key=str)
            guess = codes.guess(one.kind, one.code)
            self.fields[name] = forms.ChoiceField(
                label=_label(one),
                required=False,
                initial=guess.pk if guess else "",
                choices=[("", "–"), *((row.pk, f"{row.code} · {row}") for row in rows)],
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def groups(self) -> list[tuple[Any, list[tuple[forms.BoundField, str, int]]]]:
        """(heading, [(field, the vendor's code, copies)]) for each kind of code."""
        kinds = dict.fromkeys(kind for kind, _code in self.keys.values())
        return [
            (
                HEADINGS[kind],
                [(self[name], key[1], self.copies[name]) for name, key in self.keys.items() if key[0] == kind],
            )
            for kind in kinds
        ]

    def meanings(self) -> dict[tuple[str, str], int | None]:
        """What was chosen, by kind and code; codes for which nothing was chosen are left open."""
        return {key: int(self.cleaned_data[name]) for name, key in self.keys.items() if self.cleaned_data.get(name)}


def _label(one: Unknown) -> str:
    words = {"kind": WORDS[one.kind], "code": one.code, "n": one.copies}
    if one.code:
        return _("%(code)s, a %(kind)s (%(n)d copies)") % words
    return _("No %(kind)s given (%(n)d copies)") % words


class TitleForm(ActionForm):
    """What a record of a cart lacks."""

    list_price = forms.DecimalField(label=gettext_lazy("List price"), required=False, max_digits=10, decimal_places=4)
    isbn = forms.CharField(label=gettext_lazy("ISBN"), required=False, max_length=40)
    name = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=300)
