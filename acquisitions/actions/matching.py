"""What a person decides about the lines and charges of an invoice before it is approved."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.models.funds import Fund
from acquisitions.models.invoices import Invoice, InvoiceCharge, InvoiceLine
from acquisitions.models.orders import OrderLine
from acquisitions.rules.lifecycle import InvoiceState
from techsvc.kernel import access, states
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money


@transaction.atomic
def accept_price(line_id: int, *, actor: User, why: str = "") -> InvoiceLine:
    """Pay the price that is billed, though it is above what was ordered."""
    line = _locked_line(line_id, actor)
    price = Money.of(line.unit_price, line.invoice.currency)
    summary = _("Line %(n)s: %(price)s accepted") % {"n": line.position, "price": price}
    return _change(line, "accept_price", summary, actor=actor, why=why, changes={"accepted": True, "accepted_why": why})


@transaction.atomic
def hold_line(line_id: int, copies: int, *, actor: User, why: str = "") -> InvoiceLine:
    """Leave so many copies of a line unpaid on this invoice; 0 pays them after all. Refuses more than are billed."""
    line = _locked_line(line_id, actor)
    if not 0 <= copies <= line.quantity:
        raise Refusal(
            _("Line %(n)s bills %(billed)s copies: hold between 0 and that many.")
            % {"n": line.position, "billed": line.quantity},
            field="copies",
        )
    text = ngettext("Line %(n)s: %(held)d copy held", "Line %(n)s: %(held)d copies held", copies)
    summary = text % {"n": line.position, "held": copies}
    return _change(line, "hold_line", summary, actor=actor, why=why, changes={"held": copies})


@transaction.atomic
def assign_line(line_id: int, order_line_id: int | None, *, actor: User) -> InvoiceLine:
    """Say which order line an invoice line is for. Refuses a line of another vendor's order."""
    line = _locked_line(line_id, actor)
    order_line = None
    if order_line_id is not None:
        order_line = (
            OrderLine.objects.filter(pk=order_line_id, order__vendor=line.invoice.vendor)
            .select_related("order")
            .first()
        )
        if order_line is None:
            raise Refusal(_("That order line is not on an order with %(vendor)s.") % {"vendor": line.invoice.vendor})
    named = str(order_line) if order_line else _("no order line")
    summary = _("Line %(n)s is for %(line)s") % {"n": line.position, "line": named}
    return _change(line, "assign_line", summary, actor=actor, changes={"line_id": order_line_id})


def _change(
    line: InvoiceLine, verb: str, summary: str, *, actor: User, changes: dict[str, Any], why: str = ""
) -> InvoiceLine:
    before = {name: getattr(line, name) for name in changes}
    for name, new in changes.items():
        setattr(line, name, new)
    line.save(update_fields=list(changes))
    history.write(
        line.invoice, f"acquisitions.{verb}", actor=actor, summary=summary, why=why,
        before=before, after={**changes, "invoice_line": line.pk},
    )  # fmt: skip
    return line


def undo_change(event: HistoryEvent, *, actor: User) -> InvoiceLine:
    """Put a line back to what it was before the decision. Refuses when it was decided anew since."""
    line = _locked_line(event.after["invoice_line"], actor)
    if any(getattr(line, name) != event.after[name] for name in event.before):
        raise Refusal(_("Line %(n)s was decided anew since. Undo that first.") % {"n": line.position})
    for name, old in event.before.items():
        setattr(line, name, old)
    line.save(update_fields=list(event.before))
    summary = _("Taken back: %(what)s") % {"what": event.summary}
    history.write(line.invoice, "acquisitions.undo_match", actor=actor, summary=summary, undoes=event)
    return line


# Charges


@transaction.atomic
def add_charge(invoice_id: int, *, label: str, amount_minor: int, fund: Fund | None, actor: User) -> InvoiceCharge:
    """A charge, or an allowance below zero, that the invoice has and its file did not say.

    Refuses an amount of nothing, and an allowance for one fund alone: allowances lower what the copies cost.
    """
    access.require(actor, "acquisitions.match_invoice")
    invoice = _locked_invoice(invoice_id)
    if not amount_minor:
        raise Refusal(_("A charge of nothing changes nothing. Enter an amount."), field="amount")
    _refuse_allowance_of_fund(amount_minor, fund)
    charge = InvoiceCharge.objects.create(
        invoice=invoice, code="HAND", label=label.strip() or _("Charge"), amount_minor=amount_minor, fund=fund
    )
    money = Money(amount_minor, invoice.currency)
    history.write(
        invoice, "acquisitions.add_charge", actor=actor, after={"charge": charge.pk},
        summary=_("%(label)s: %(money)s") % {"label": charge.label, "money": money},
    )  # fmt: skip
    return charge


@transaction.atomic
def pay_charge_from(charge_id: int, fund: Fund | None, *, actor: User) -> InvoiceCharge:
    """Let one fund pay a charge; without a fund it is spread over the copies."""
    access.require(actor, "acquisitions.match_invoice")
    charge = InvoiceCharge.objects.select_related("invoice", "fund").get(pk=charge_id)
    _locked_invoice(charge.invoice_id)
    _refuse_allowance_of_fund(charge.amount_minor, fund)
    before = charge.fund.code if charge.fund else ""
    charge.fund = fund
    charge.save(update_fields=["fund"])
    whose = fund.code if fund else _("all copies")
    history.write(
        charge.invoice, "acquisitions.pay_charge_from", actor=actor, before={"fund": before}, after={"fund": whose},
        summary=_("%(label)s is paid by %(fund)s") % {"label": charge.label, "fund": whose},
    )  # fmt: skip
    return charge


def _refuse_allowance_of_fund(amount_minor: int, fund: Fund | None) -> None:
    if fund is not None and amount_minor < 0:
        raise Refusal(_("An allowance lowers what the copies cost: leave the fund empty."), field="fund")


def undo_add_charge(event: HistoryEvent, *, actor: User) -> Invoice:
    """Strike out a charge that was entered by hand."""
    access.require(actor, "acquisitions.match_invoice")
    invoice = _locked_invoice(int(event.subject_id))
    InvoiceCharge.objects.filter(pk=event.after["charge"], invoice=invoice).delete()
    summary = _("Struck out: %(what)s") % {"what": event.summary}
    history.write(invoice, "acquisitions.undo_add_charge", actor=actor, summary=summary, undoes=event)
    return invoice


def _locked_line(line_id: int, actor: User) -> InvoiceLine:
    access.require(actor, "acquisitions.match_invoice")
    _locked_invoice(InvoiceLine.objects.values_list("invoice", flat=True).get(pk=line_id))
    return InvoiceLine.objects.select_for_update(of=("self",)).select_related("invoice__vendor").get(pk=line_id)


def _locked_invoice(invoice_id: int) -> Invoice:
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=invoice_id)
    if invoice.state != InvoiceState.ENTERED:
        raise Refusal(
            _("Invoice %(invoice)s is %(state)s: nothing can be changed on it now. Take that back first.")
            % {"invoice": invoice, "state": states.words(InvoiceState(invoice.state))}
        )
    return invoice
