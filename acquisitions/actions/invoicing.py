"""Invoices: entered by EDI or by hand, matched line by line, approved once, taken back by the opposite postings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import ledger
from acquisitions.actions.changing import settle_orders
from acquisitions.actions.ledger import Share
from acquisitions.models.funds import FiscalYear
from acquisitions.models.invoices import Invoice, InvoiceCharge, InvoiceLine, PaidCopy
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from acquisitions.queries.invoices import Matched, Posting, matched, postings
from acquisitions.rules.lifecycle import INVOICE, InvoiceState
from techsvc.kernel import access, clock, queries, states
from techsvc.kernel.actions import history, policies
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money

EARLIEST, AHEAD = date(2000, 1, 1), timedelta(days=366)
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class NewInvoiceLine:
    """One line as it stands on the invoice; `line` is the order line that it bills, where that is known."""

    line: OrderLine | None
    quantity: int
    amount_minor: int
    unit_price: Decimal
    reference: str = ""
    ean: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge (positive) or allowance (negative) of the invoice as a whole."""

    code: str
    label: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """An invoice or credit note as the vendor wrote it, amounts in minor units."""

    vendor: Vendor
    number: str
    dated: date
    total_minor: int
    lines: Sequence[NewInvoiceLine]
    charges: Sequence[NewCharge] = field(default_factory=tuple)
    tax_minor: int = 0
    kind: str = "invoice"
    currency: str = "USD"

    @property
    def computed_minor(self) -> int:
        """What lines, charges and tax come to."""
        lines = sum(line.amount_minor for line in self.lines)
        return lines + sum(charge.amount_minor for charge in self.charges) + self.tax_minor

    @property
    def difference_minor(self) -> int:
        return self.total_minor - self.computed_minor


# Entering


@transaction.atomic
def enter_invoice(new: NewInvoice, *, actor: User, incoming: Incoming | None = None) -> Invoice:
    """Write an invoice down. Refuses a number that the vendor used before, and by hand a total that does not add up."""
    access.require(actor, "acquisitions.enter_invoice")
    _check(new, by_hand=incoming is None)
    invoice = Invoice.objects.create(
        vendor=new.vendor,
        number=new.number,
        kind=new.kind,
        dated=new.dated,
        currency=new.currency,
        total_minor=new.total_minor,
        tax_minor=new.tax_minor,
        incoming=incoming,
        entered_by=actor,
        entered_at=clock.now(),
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            line=line.line,
            reference=line.reference,
            ean=line.ean or (line.line.isbn if line.line else ""),
            title=line.title or (line.line.title if line.line else ""),
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount_minor=line.amount_minor,
        )
        for position, line in enumerate(new.lines, 1)
    )
    InvoiceCharge.objects.bulk_create(
        InvoiceCharge(invoice=invoice, code=charge.code, label=charge.label, amount_minor=charge.amount_minor)
        for charge in new.charges
    )
    summary = ngettext("Entered: %(n)d line, %(total)s", "Entered: %(n)d lines, %(total)s", len(new.lines)) % {
        "n": len(new.lines), "total": Money(new.total_minor, new.currency)
    }  # fmt: skip
    history.write(invoice, "acquisitions.enter_invoice", actor=actor, summary=summary)
    return invoice


def _check(new: NewInvoice, *, by_hand: bool) -> None:
    words = {"number": new.number, "vendor": new.vendor}
    if not new.number.strip() or len(new.number) > LONGEST_NUMBER:
        raise Refusal(_("An invoice needs its number, of 40 characters at most, as the paper has it."), field="number")
    first = Invoice.objects.filter(vendor=new.vendor, number=new.number).first()
    if first is not None:
        words |= {
            "day": f"{timezone.localtime(first.entered_at):%d %b %Y}",
            "state": states.words(InvoiceState(first.state)),
        }
        raise Refusal(
            _("%(number)s of %(vendor)s was entered before, on %(day)s; it is %(state)s. Nothing was entered again.")
            % words,
            field="number",
        )
    if not new.lines and not new.charges:
        raise Refusal(_("Invoice %(number)s bills nothing: it has no line and no charge.") % words)
    if not EARLIEST <= new.dated <= clock.today() + AHEAD:
        raise Refusal(_("%(day)s can't be the date of an invoice. Check it.") % {"day": new.dated}, field="dated")
    if by_hand and new.difference_minor:
        raise Refusal(_not_adding_up(new.total_minor, new.computed_minor, new.currency), field="total")


def _not_adding_up(total: int, computed: int, currency: str) -> str:
    return _("Lines, charges and tax come to %(computed)s, the total is %(total)s: a difference of %(difference)s.") % {
        "computed": Money(computed, currency),
        "total": Money(total, currency),
        "difference": Money(total - computed, currency),
    }


# Approving


@transaction.atomic
def approve_invoice(invoice_id: int, *, actor: User) -> Invoice:
    """Pay what agrees: money is let go and spent copy by copy, each copy paid once, charges by what the copies cost.

    Refuses as long as a line or the total is open, and above the library's amount the person who entered it.
    """
    invoice = _locked(invoice_id)
    access.require(actor, "acquisitions.approve_invoice", amount_minor=invoice.total_minor)
    after = _move(invoice, "approve")
    _need_second_person(invoice, actor)
    orders = _lock_what_it_pays(invoice)
    held = matched(invoice)
    _refuse_open(held)
    made = postings(held)
    before = invoice.state
    invoice.state, invoice.approved_by, invoice.approved_at = after, actor, clock.now()
    invoice.approvals += 1
    invoice.save(update_fields=["state", "approved_by", "approved_at", "approvals"])
    keys = _post(invoice, made, actor=actor)
    if invoice.kind == "invoice":
        PaidCopy.objects.bulk_create(
            PaidCopy(invoice_line=posting.line, ordered_copy=posting.copy, amount_minor=posting.amount_minor)
            for posting in made
            if posting.copy is not None and posting.line is not None
        )
    paid = Money(sum(posting.amount_minor for posting in made), invoice.currency)
    history.write(
        invoice, "acquisitions.approve_invoice", actor=actor, summary=_("Approved: %(paid)s") % {"paid": paid},
        before={"state": before}, after={"state": after, "keys": keys, "paid_minor": paid.minor},
    )  # fmt: skip
    settle_orders(orders, actor=actor)
    return invoice


def _need_second_person(invoice: Invoice, actor: User) -> None:
    limit = policies.value("acquisitions.second_person_above")
    if invoice.entered_by_id == actor.pk and abs(invoice.total_minor) > limit:
        raise Refusal(
            _("Above %(limit)s whoever entered an invoice can't approve it. Ask a colleague to approve %(invoice)s.")
            % {"limit": Money(limit, invoice.currency), "invoice": invoice}
        )


def _lock_what_it_pays(invoice: Invoice) -> list[int]:
    """Lock the funds, the orders and the copies, in the house's order; returns the orders' keys."""
    lines = InvoiceLine.objects.filter(invoice=invoice, line__isnull=False).values("line")
    copies = OrderCopy.objects.filter(line__in=lines)
    charged = InvoiceCharge.objects.filter(invoice=invoice, fund__isnull=False).values_list("fund_id", flat=True)
    ledger.lock_funds([*copies.values_list("fund_id", flat=True), *charged])
    orders = sorted(set(copies.values_list("line__order_id", flat=True)))
    list(Order.objects.select_for_update().filter(pk__in=orders).order_by("pk").values_list("pk"))
    list(copies.select_for_update().order_by("pk").values_list("pk"))
    return orders


def _refuse_open(held: Matched) -> None:
    if held.difference_minor:
        invoice = held.invoice
        sentence = _not_adding_up(invoice.total_minor, held.computed_minor, invoice.currency)
        raise Refusal(sentence + " " + _("Enter it as a charge, or refuse the invoice."))
    if held.open:
        first = held.open[0]
        more = ngettext("%(n)d line is open.", "%(n)d lines are open.", len(held.open)) % {"n": len(held.open)}
        raise Refusal(f"{more} {first.line.position}, “{first.line.title}”: {first.match.text}")
    if held.lines and all(line.facts.to_pay == 0 for line in held.lines):
        raise Refusal(_("Every line is held, so there is nothing to pay. Refuse the invoice instead."))


def _post(invoice: Invoice, made: Sequence[Posting], *, actor: User) -> list[str]:
    """The ledger's postings, a pair for each fiscal year; returns their keys in the order of taking them back."""
    wrong = next((posting.fund for posting in made if posting.fund.currency != invoice.currency), None)
    if wrong is not None:
        raise Refusal(
            _("The invoice is in %(currency)s, fund %(code)s is kept in %(other)s. It can't pay for it.")
            % {"currency": invoice.currency, "code": wrong.code, "other": wrong.currency}
        )
    by_year: dict[FiscalYear, list[Posting]] = defaultdict(list)
    for posting in made:
        by_year[posting.year].append(posting)
    why = _("%(kind)s %(number)s of %(vendor)s") % {
        "kind": KINDS[invoice.kind], "number": invoice.number, "vendor": invoice.vendor
    }  # fmt: skip
    spent, freed = [], []
    for year, mine in by_year.items():
        base = f"invoice/{invoice.pk}/approve/{invoice.approvals}/{year.code}"
        shares = [
            Share(p.fund.pk, p.amount_minor, p.copy.pk if p.copy else None, p.line.pk if p.line else None) for p in mine
        ]
        if invoice.kind == "credit":
            ledger.credit(shares, year=year, source_key=f"{base}/credit", actor=actor, why=why)
            spent.append(f"{base}/credit")
            continue
        copies = [posting.copy.pk for posting in mine if posting.copy]
        ledger.disencumber(copies, year=year, source_key=f"{base}/free", actor=actor, why=why)
        ledger.expend(shares, year=year, source_key=f"{base}/spend", actor=actor, why=why)
        spent.append(f"{base}/spend")
        freed.append(f"{base}/free")
    return spent + freed


KINDS = {"invoice": gettext_lazy("Invoice"), "credit": gettext_lazy("Credit note")}


@transaction.atomic
def unapprove_invoice(invoice_id: int, *, actor: User, why: str) -> Invoice:
    """Take an approval back with the opposite postings. Refuses an invoice that was released to be paid."""
    invoice = _locked(invoice_id)
    event = queries.history_of(invoice).filter(verb="acquisitions.approve_invoice", undone_by=None).first()
    if event is None:
        _move(invoice, "unapprove")
        raise Refusal(
            _("Invoice %(invoice)s was never approved. There is nothing to take back.") % {"invoice": invoice}
        )
    return _take_back(invoice, event, actor=actor, why=why)


def undo_approve(event: HistoryEvent, *, actor: User) -> Invoice:
    """Undo of the line of history that approved an invoice."""
    return _take_back(_locked(int(event.subject_id)), event, actor=actor, why=_("Undone"))


def _take_back(invoice: Invoice, event: HistoryEvent, *, actor: User, why: str) -> Invoice:
    access.require(actor, "acquisitions.approve_invoice", amount_minor=invoice.total_minor)
    before = invoice.state
    after = _move(invoice, "unapprove")
    orders = _lock_what_it_pays(invoice)
    _refuse_credited(invoice)
    for key in event.after["keys"]:
        ledger.reverse(key, actor=actor, why=why or event.summary)
    PaidCopy.objects.filter(invoice_line__invoice=invoice).delete()
    invoice.state, invoice.approved_by, invoice.approved_at = after, None, None
    invoice.save(update_fields=["state", "approved_by", "approved_at"])
    history.write(
        invoice, "acquisitions.unapprove_invoice", actor=actor, why=why, undoes=event,
        summary=_("Approval taken back"), before={"state": before}, after={"state": after},
    )  # fmt: skip
    settle_orders(orders, actor=actor)
    return invoice


def _refuse_credited(invoice: Invoice) -> None:
    mine = InvoiceLine.objects.filter(invoice=invoice, line__isnull=False).values("line")
    credits = Invoice.objects.filter(
        kind="credit", state__in=(InvoiceState.APPROVED, InvoiceState.RELEASED), lines__line__in=mine
    )
    if invoice.kind == "invoice" and (note := credits.first()) is not None:
        raise Refusal(_("Credit note %(note)s gave back part of it. Take that approval back first.") % {"note": note})


@transaction.atomic
def refuse_invoice(invoice_id: int, *, actor: User, why: str) -> Invoice:
    """The library does not owe this; the vendor is told by a person. Refuses without a reason."""
    if not why.strip():
        raise Refusal(_("Say why the invoice is refused: the vendor will ask."), field="why")
    return _set_state(invoice_id, "refuse", _("Refused"), actor=actor, why=why)


@transaction.atomic
def reopen_invoice(invoice_id: int, *, actor: User, why: str = "") -> Invoice:
    """Match a refused invoice after all."""
    return _set_state(invoice_id, "reopen", _("Opened again"), actor=actor, why=why)


def undo_refuse(event: HistoryEvent, *, actor: User) -> Invoice:
    return _set_state(int(event.subject_id), "reopen", _("Refusal taken back"), actor=actor, undoes=event)


def _set_state(
    invoice_id: int, verb: str, summary: str, *, actor: User, why: str = "", undoes: HistoryEvent | None = None
) -> Invoice:
    access.require(actor, "acquisitions.match_invoice")
    invoice = _locked(invoice_id)
    before = invoice.state
    invoice.state = _move(invoice, verb)
    invoice.save(update_fields=["state"])
    history.write(
        invoice, f"acquisitions.{verb}_invoice", actor=actor, summary=summary, why=why,
        before={"state": before}, after={"state": invoice.state}, undoes=undoes,
    )  # fmt: skip
    return invoice


def _locked(invoice_id: int) -> Invoice:
    return Invoice.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=invoice_id)


def _move(invoice: Invoice, verb: str) -> InvoiceState:
    return states.move(INVOICE, InvoiceState(invoice.state), verb, what=_("Invoice %(n)s") % {"n": invoice.number})
