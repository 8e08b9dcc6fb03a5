"""An invoice by hand: whose it is, then all of it on one page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import invoicing
from acquisitions.forms.invoices import InvoiceForm
from acquisitions.models.invoices import Invoice
from acquisitions.models.vendors import Vendor
from acquisitions.queries import invoices as reads
from acquisitions.views.invoices import NAV, crumbs
from techsvc.kernel import clock
from techsvc.kernel.pages import Column, FormPage, ListPage


class InvoiceNew(ListPage[Vendor]):
    """Whose invoice it is; those with received copies that nobody billed first."""

    permission, title, nav = "acquisitions.enter_invoice", gettext_lazy("Whose invoice is it?"), NAV
    columns = (
        Column("name", gettext_lazy("Vendor"), sort="name"),
        Column("unpaid", gettext_lazy("Copies received and not paid"), kind="number", sort="unpaid"),
    )
    search = ("name__icontains", "code__istartswith")
    default_sort = "-unpaid"
    empty_title = gettext_lazy("No vendor is set up yet.")

    def queryset(self) -> QuerySet[Vendor]:
        return reads.vendors_to_bill()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def row_url(self, row: Vendor) -> str:
        return reverse("acquisitions:invoice_for", args=[row.pk])


class InvoiceFor(FormPage[InvoiceForm]):
    """An invoice of a vendor on one page: its number, its total, and the received copies that it bills."""

    permission, nav = "acquisitions.enter_invoice", NAV
    submit_label = gettext_lazy("Enter the invoice")
    form_class, template = InvoiceForm, "acquisitions/invoices/form.html"

    @cached_property
    def vendor(self) -> Vendor:
        return get_object_or_404(Vendor, pk=self.kwargs["vendor"])

    def page_title(self) -> str:
        return _("Invoice of %(vendor)s") % {"vendor": self.vendor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (_("New"), reverse("acquisitions:invoice_new"))]

    def initial(self) -> dict[str, Any]:
        return {"dated": clock.today()}

    def form_kwargs(self) -> dict[str, Any]:
        return {"vendor": self.vendor, "billable": reads.to_be_billed(self.vendor)}

    def act(self, form: InvoiceForm) -> Invoice:
        return invoicing.enter_invoice(form.invoice(), actor=self.user)

    def message(self, result: Invoice) -> str:
        return _("Entered. Look at the match, then approve it.")
