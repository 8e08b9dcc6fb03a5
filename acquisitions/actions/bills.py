"""INVOIC: an invoice or credit note is entered as the vendor wrote it; approving it stays with a person."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.intake import Applied, Intake, Problem
from acquisitions.actions.invoicing import NewCharge, NewInvoice, NewInvoiceLine, enter_invoice
from acquisitions.edi.invoic import read_invoic
from acquisitions.edi.invoices import InvoiceDocument, InvoiceLine
from acquisitions.edi.model import Message
from acquisitions.models.orders import OrderLine
from acquisitions.queries.messages import find_lines
from techsvc.kernel import clock
from techsvc.kernel.errors import Refusal
from techsvc.kernel.money import Money, to_minor, unit_price


def apply_bill(intake: Intake, message: Message, _only: set[int] | None) -> Applied:
    """Enter the invoice. Refuses another vendor's, another currency, and a number that was entered before."""
    document = read_invoic(message, intake.dialect)
    _refuse_strange(intake, document)
    billed = [line for line in document.lines if line.quantity > 0 and (line.amount or Decimal(0)) >= 0]
    lines = _lines(intake, billed, document.currency)
    new = NewInvoice(
        vendor=intake.vendor,
        number=document.number.strip(),
        dated=document.date or clock.today(),
        total_minor=to_minor(document.total, document.currency),
        tax_minor=0 if document.tax_included else to_minor(document.tax, document.currency),
        kind=document.kind.value,
        currency=document.currency,
        lines=lines,
        charges=_charges(document, billed),
    )
    invoice = enter_invoice(new, incoming=intake.incoming, actor=intake.actor)
    total = Money(new.total_minor, new.currency)
    problems = [] if not new.difference_minor else [Problem(message.offset, _difference(new))]
    unmatched = sum(line.line is None for line in lines)
    order = next((line.line.order for line in lines if line.line is not None), None)
    summary = _summary(new, total, unmatched) + "".join(f" {note}" for note in document.notes)
    return Applied(summary, new.number, order, invoice=invoice, problems=problems)


def _refuse_strange(intake: Intake, document: InvoiceDocument) -> None:
    vendor = intake.vendor
    stated, known = (san.replace("-", "") for san in (document.supplier.san, vendor.san))
    if stated and known and stated != known:
        raise Refusal(
            _("The invoice names SAN %(stated)s as its vendor, and %(vendor)s has %(known)s: is it meant for us?")
            % {"stated": document.supplier.san, "vendor": vendor, "known": vendor.san}
        )
    if document.currency != vendor.currency:
        raise Refusal(
            _("Invoice %(number)s is in %(currency)s, and %(vendor)s is paid in %(ours)s. Ask for one in %(ours)s.")
            % {"number": document.number, "currency": document.currency, "vendor": vendor, "ours": vendor.currency}
        )


def _lines(intake: Intake, billed: Sequence[InvoiceLine], currency: str) -> list[NewInvoiceLine]:
    """The lines with the order line of each: by its reference, else by ISBN where one line alone can be meant."""
    found = find_lines(intake.vendor, billed, unpaid=True)
    return [
        NewInvoiceLine(
            line=hit.line or _only(hit.candidates),
            reference=line.line_ref[:60],
            ean=(line.ean or line.stated_id)[:20],
            title=line.title,
            quantity=line.quantity,
            unit_price=unit_price(line.unit_net if line.unit_net is not None else Decimal(0)),
            amount_minor=to_minor(line.amount or Decimal(0), currency),
        )
        for line, hit in zip(billed, found, strict=True)
    ]


def _only(candidates: Sequence[OrderLine]) -> OrderLine | None:
    return candidates[0] if len(candidates) == 1 else None


def _charges(document: InvoiceDocument, billed: Sequence[InvoiceLine]) -> list[NewCharge]:
    """Charges of the invoice, of its lines, and lines that bill no copy: postage written as a line, a return."""
    ours = {id(line) for line in billed}
    currency = document.currency
    charges = [
        NewCharge(charge.code[:10], charge.words[:120], to_minor(charge.signed, currency))
        for charge in [*document.charges, *(charge for line in billed for charge in line.charges)]
        if not charge.included
    ]
    others = [line for line in document.lines if id(line) not in ours]
    charges += [
        NewCharge("LINE", (line.title or line.stated_id or _("line %(n)s") % {"n": line.number})[:120],
                  to_minor(line.amount or Decimal(0), currency))
        for line in others
    ]  # fmt: skip
    return [charge for charge in charges if charge.amount_minor]


def _difference(new: NewInvoice) -> str:
    return _(
        "Invoice %(number)s states %(total)s; its lines, charges and tax come to %(computed)s. Enter the difference "
        "of %(difference)s as a charge on the invoice, or refuse it."
    ) % {
        "number": new.number,
        "total": Money(new.total_minor, new.currency),
        "computed": Money(new.computed_minor, new.currency),
        "difference": Money(new.difference_minor, new.currency),
    }


def _summary(new: NewInvoice, total: Money, unmatched: int) -> str:
    what = _("Credit note %(number)s") if new.kind == "credit" else _("Invoice %(number)s")
    lines = ngettext("%(n)d line", "%(n)d lines", len(new.lines)) % {"n": len(new.lines)}
    strange = (
        ngettext("; %(n)d fits no order line", "; %(n)d fit no order line", unmatched) % {"n": unmatched}
        if unmatched
        else ""
    )
    return f"{what % {'number': new.number}}: {lines}, {total}{strange}."
