"""What a person says to order: a title, its price, for which branch and from which fund."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.models.funds import Fund
from acquisitions.models.orders import OrderCopy
from acquisitions.models.vendors import Vendor
from cataloging.marc.fields import Format
from cataloging.models.items import Collection, ItemType
from cataloging.rules.matching import Description
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm

FORMATS = [(one.value, one.value.replace("_", " ").capitalize()) for one in Format]


class OrderForm(ActionForm):
    """A new order by hand."""

    vendor = forms.ModelChoiceField(Vendor.objects.filter(active=True), label=gettext_lazy("Vendor"))
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )


class CopiesForm(ActionForm):
    """How many copies, where and from what money."""

    list_price = forms.DecimalField(
        label=gettext_lazy("List price"), min_value=Decimal(0), max_digits=10, decimal_places=2
    )
    quantity = forms.IntegerField(label=gettext_lazy("Copies"), min_value=1, max_value=999, initial=1)
    branch = forms.ModelChoiceField(Branch.objects.filter(active=True), label=gettext_lazy("For branch"))
    fund = forms.ModelChoiceField(Fund.objects.filter(active=True), label=gettext_lazy("From fund"))
    collection = forms.ModelChoiceField(Collection.objects.all(), label=gettext_lazy("Collection"), required=False)
    item_type = forms.ModelChoiceField(ItemType.objects.all(), label=gettext_lazy("Item type"), required=False)

    def copies(self) -> tuple[NewCopies, ...]:
        data = self.cleaned_data
        return (NewCopies(data["branch"], data["fund"], data["quantity"], data["collection"], data["item_type"]),)


class LineForm(CopiesForm):
    """A title for a draft order."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    author = forms.CharField(label=gettext_lazy("Author"), required=False, max_length=200)
    isbn = forms.CharField(label=gettext_lazy("ISBN"), required=False, max_length=40)
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=FORMATS, initial=Format.BOOK.value)
    note = forms.CharField(label=gettext_lazy("Note to the vendor"), required=False, max_length=300)
    field_order = ("isbn", "title", "author", "format", "list_price", "quantity", "branch", "fund")

    def clean_isbn(self) -> str:
        return clean_isbn(self.cleaned_data["isbn"])

    def line(self) -> NewLine:
        data = self.cleaned_data
        title = Description(data["title"], data["author"], data["isbn"], format=data["format"])
        return NewLine(title, data["list_price"], self.copies(), note=data["note"])


class RequestOrderForm(CopiesForm):
    """Terms on which a request is ordered."""

    vendor = forms.ModelChoiceField(Vendor.objects.filter(active=True), label=gettext_lazy("From vendor"))
    isbn = forms.CharField(label=gettext_lazy("ISBN"), required=False, max_length=40)
    field_order = ("vendor", "isbn", "list_price", "quantity", "branch", "fund", "collection", "item_type")

    def clean_isbn(self) -> str:
        return clean_isbn(self.cleaned_data["isbn"])


def clean_isbn(text: str) -> str:
    """The ISBN as 13 digits, empty for none; anything else is an error of the field."""
    if not text.strip():
        return ""
    number = isbn13(text)
    if number is None:
        raise forms.ValidationError(
            _("“%(isbn)s” is not an ISBN: its check digit or length is wrong. Correct it, or leave it empty.")
            % {"isbn": text[:40]}
        )
    return number


class ChosenCopiesForm(ActionForm):
    """Which of a line's copies, and why."""

    copies = forms.MultipleChoiceField(label=gettext_lazy("Copies"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, *args: Any, choices: list[OrderCopy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["copies"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(copy.pk, f"{copy.number} · {copy.branch} · {copy.fund}") for copy in choices]
        field.initial = [copy.pk for copy in choices]

    def chosen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["copies"]]


class BackOrderForm(ChosenCopiesForm):
    """Which copies come later, and when."""

    expected_on = forms.DateField(
        label=gettext_lazy("Expected"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
