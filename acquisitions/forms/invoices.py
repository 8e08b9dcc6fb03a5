"""An invoice by hand, and what a person decides about one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions.invoicing import NewCharge, NewInvoice, NewInvoiceLine
from acquisitions.models.funds import Fund
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from techsvc.kernel.money import to_minor
from techsvc.kernel.pages import ActionForm

Billable = Sequence[tuple[OrderLine, list[OrderCopy]]]
KINDS = (("invoice", gettext_lazy("Invoice")), ("credit", gettext_lazy("Credit note")))


def money_field(label: Any, *, required: bool = True, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=required, max_digits=12, decimal_places=2, **options)


class InvoiceForm(ActionForm):
    """An invoice as the paper has it; its lines are what was received and not billed yet."""

    number = forms.CharField(
        label=gettext_lazy("Number"), max_length=40, widget=forms.TextInput(attrs={"autofocus": True})
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, initial="invoice")
    dated = forms.DateField(label=gettext_lazy("Dated"), widget=forms.DateInput(attrs={"type": "date"}))
    delivery = money_field(gettext_lazy("Delivery and other charges"), required=False)
    tax = money_field(gettext_lazy("Tax"), required=False, min_value=Decimal(0))
    total = money_field(gettext_lazy("Total"), min_value=Decimal(0))

    def __init__(self, *args: Any, vendor: Vendor, billable: Billable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vendor, self.billable = vendor, billable
        self.helper.layout = Layout("number", "kind", "dated", "delivery", "tax", "total")
        for line, copies in billable:
            self.fields[f"copies_{line.pk}"] = forms.IntegerField(
                label=_("Copies of %(title)s") % {"title": line.title},
                required=False,
                min_value=0,
                max_value=999,
                initial=len(copies),
            )
            self.fields[f"price_{line.pk}"] = money_field(
                _("Price of one copy of %(title)s") % {"title": line.title},
                required=False,
                min_value=Decimal(0),
                initial=line.unit_price.quantize(Decimal("0.01")),
            )

    def rows(self) -> Iterator[tuple[OrderLine, int, forms.BoundField, forms.BoundField]]:
        """Each line with how many copies of it are here, and its two fields."""
        for line, copies in self.billable:
            yield line, len(copies), self[f"copies_{line.pk}"], self[f"price_{line.pk}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for line, _copies in self.billable:
            if data.get(f"copies_{line.pk}") and data.get(f"price_{line.pk}") is None:
                self.add_error(f"price_{line.pk}", ValidationError(_("What does one copy cost?")))
        return data

    def invoice(self) -> NewInvoice:
        """The invoice that was typed."""
        data, currency = self.cleaned_data, self.vendor.currency
        lines = [
            NewInvoiceLine(line, count, to_minor(price * count, currency), price)
            for line, _copies in self.billable
            for count, price in [(data[f"copies_{line.pk}"], data[f"price_{line.pk}"])]
            if count
        ]
        delivery = to_minor(data["delivery"] or Decimal(0), currency)
        return NewInvoice(
            vendor=self.vendor,
            number=data["number"].strip(),
            dated=data["dated"],
            total_minor=to_minor(data["total"], currency),
            tax_minor=to_minor(data["tax"] or Decimal(0), currency),
            kind=data["kind"],
            currency=currency,
            lines=lines,
            charges=[NewCharge("HAND", _("Delivery and other charges"), delivery)] if delivery else [],
        )


class ChargeForm(ActionForm):
    """A charge that the invoice has and its file did not say."""

    label = forms.CharField(label=gettext_lazy("What for"), max_length=120)
    amount = money_field(gettext_lazy("Amount"), help_text=gettext_lazy("With a minus sign for an allowance."))
    fund = forms.ModelChoiceField(
        Fund.objects.filter(active=True),
        label=gettext_lazy("Paid by fund"),
        required=False,
        help_text=gettext_lazy("Empty: spread over the copies by what they cost."),
    )


class ChargeFundForm(ActionForm):
    """Which fund pays a charge."""

    fund = forms.ModelChoiceField(
        Fund.objects.filter(active=True),
        label=gettext_lazy("Paid by fund"),
        required=False,
        empty_label=gettext_lazy("All copies"),
    )


class AssignForm(ActionForm):
    """Which order line an invoice line is for."""

    line = forms.ModelChoiceField(OrderLine.objects.none(), label=gettext_lazy("Order line"))

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        field.queryset = lines  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: f"{line} · {line.title} · {line.isbn}"  # type: ignore[attr-defined]
