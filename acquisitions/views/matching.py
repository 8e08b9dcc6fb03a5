"""What is decided about the lines and charges of an invoice."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import matching, receiving
from acquisitions.forms.invoices import AssignForm, ChargeForm, ChargeFundForm
from acquisitions.models.invoices import Invoice, InvoiceCharge, InvoiceLine
from acquisitions.models.orders import OrderCopy
from acquisitions.queries.invoices import candidates, matched
from acquisitions.rules.lifecycle import CopyState
from acquisitions.views.invoices import NAV, crumbs
from techsvc.kernel.money import to_minor
from techsvc.kernel.pages import ActionPage, FormPage


class LineAction(ActionPage[InvoiceLine]):
    """An act on one line of an invoice, which leads back to the invoice."""

    permission, nav = "acquisitions.match_invoice", NAV

    def objects(self) -> QuerySet[InvoiceLine]:
        return InvoiceLine.objects.select_related("invoice", "line__order")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.invoice.number, self.object.invoice.get_absolute_url())]

    def success_url(self, thing: Any) -> str:
        return self.object.invoice.get_absolute_url()


class AcceptPrice(LineAction):
    def act(self, thing: InvoiceLine) -> Invoice:
        return matching.accept_price(thing.pk, actor=self.user).invoice

    def message(self, thing: Invoice) -> str:
        return _("The price of line %(n)s is accepted.") % {"n": self.object.position}


class HoldLine(LineAction):
    """Leaves copies of a line unpaid; with 0 pays them after all."""

    def act(self, thing: InvoiceLine) -> Invoice:
        return matching.hold_line(thing.pk, self.kwargs["copies"], actor=self.user).invoice

    def message(self, thing: Invoice) -> str:
        copies = self.kwargs["copies"]
        if not copies:
            return _("Line %(n)s is to be paid whole.") % {"n": self.object.position}
        text = ngettext("%(c)d copy of line %(n)s is not paid.", "%(c)d copies of line %(n)s are not paid.", copies)
        return text % {"c": copies, "n": self.object.position}


class ReceiveLine(LineAction):
    """Receives what an invoice bills and nobody received: the box was opened without the bench."""

    permission = "acquisitions.receive"
    title, submit_label = gettext_lazy("Receive now"), gettext_lazy("Yes, they are here")

    def missing(self, line: InvoiceLine) -> list[int]:
        """The copies of the order line that the invoice bills beyond those that came."""
        found = next(one for one in matched(line.invoice).lines if one.line.pk == line.pk)
        short = max(0, found.facts.to_pay - found.facts.payable)
        expected = OrderCopy.objects.filter(line=line.line_id, state__in=(CopyState.ON_ORDER, CopyState.BACK_ORDERED))
        return list(expected.order_by("number").values_list("pk", flat=True)[:short])

    def confirm_text(self, thing: InvoiceLine) -> str:
        count = len(self.missing(thing))
        text = ngettext(
            "Is %(n)d copy of “%(title)s” really here?", "Are %(n)d copies of “%(title)s” really here?", count
        )
        return text % {"n": count, "title": thing.title}

    def act(self, thing: InvoiceLine) -> None:
        receiving.receive_copies(self.missing(thing), shipment=None, actor=self.user)

    def message(self, thing: Any) -> str:
        return _("Received: “%(title)s”.") % {"title": self.object.title}


class AssignLine(FormPage[AssignForm]):
    """Says which order line an invoice line is for."""

    permission, nav = "acquisitions.match_invoice", NAV
    title, submit_label = gettext_lazy("Which order line is it for?"), gettext_lazy("This one")
    form_class = AssignForm

    def objects(self) -> QuerySet[InvoiceLine]:
        return InvoiceLine.objects.select_related("invoice__vendor")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.invoice.number, self.object.invoice.get_absolute_url())]

    def form_kwargs(self) -> dict[str, Any]:
        return {"lines": candidates(self.object)}

    def act(self, form: AssignForm) -> Invoice:
        return matching.assign_line(self.object.pk, form.cleaned_data["line"].pk, actor=self.user).invoice

    def message(self, result: Invoice) -> str:
        return _("Line %(n)s is known now.") % {"n": self.object.position}


class AddCharge(FormPage[ChargeForm]):
    """A charge, or the difference between the lines and the total."""

    permission, nav = "acquisitions.match_invoice", NAV
    title, submit_label = gettext_lazy("Add a charge"), gettext_lazy("Add")
    form_class = ChargeForm

    def objects(self) -> QuerySet[Invoice]:
        return Invoice.objects.select_related("vendor")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.number, self.object.get_absolute_url())]

    def act(self, form: ChargeForm) -> Invoice:
        data = form.cleaned_data
        minor = to_minor(data["amount"], self.object.currency)
        return matching.add_charge(
            self.object.pk, label=data["label"], amount_minor=minor, fund=data["fund"], actor=self.user
        ).invoice

    def message(self, result: Invoice) -> str:
        return _("The charge is on the invoice.")


class ChargeFund(FormPage[ChargeFundForm]):
    """Which fund pays a charge."""

    permission, nav = "acquisitions.match_invoice", NAV
    title, form_class = gettext_lazy("Who pays this charge?"), ChargeFundForm

    def objects(self) -> QuerySet[InvoiceCharge]:
        return InvoiceCharge.objects.select_related("invoice", "fund")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.invoice.number, self.object.invoice.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return {"fund": self.object.fund}

    def act(self, form: ChargeFundForm) -> Invoice:
        return matching.pay_charge_from(self.object.pk, form.cleaned_data["fund"], actor=self.user).invoice
