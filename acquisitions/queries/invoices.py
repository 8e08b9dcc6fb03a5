"""Invoices beside what was ordered and received: the facts of each line, the copies that it pays for, the worklists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.invoices import Invoice, InvoiceCharge, InvoiceLine
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from acquisitions.queries.funds import balances, current_year, encumbered_by_copy
from acquisitions.rules.lifecycle import CopyState, InvoiceState
from acquisitions.rules.three_way import Facts, Match, Tolerance, match, paid_part, share
from techsvc.kernel.actions import policies
from techsvc.kernel.errors import Refusal
from techsvc.kernel.money import Money, split


@dataclass(slots=True)
class MatchedLine:
    """One invoice line, the copies that it pays for (of a credit: that were paid), and the verdict."""

    line: InvoiceLine
    facts: Facts
    match: Match
    copies: list[OrderCopy] = field(default_factory=list)

    @property
    def payable_minor(self) -> int:
        """What of the line's amount is to be paid."""
        return paid_part(self.line.amount_minor, self.line.quantity, self.line.held)

    def amounts(self) -> list[tuple[OrderCopy, int]]:
        """Each copy with its part of the line's amount; copies that are not here yet keep theirs."""
        shares = len(self.copies) if self.facts.room is not None else self.facts.to_pay
        return list(zip(self.copies, split(self.payable_minor, [1] * shares), strict=False)) if self.copies else []


@dataclass(slots=True)
class Matched:
    """An invoice as its page shows it."""

    invoice: Invoice
    lines: list[MatchedLine]
    charges: list[InvoiceCharge]

    @property
    def open(self) -> list[MatchedLine]:
        """Lines that somebody has to decide."""
        return [line for line in self.lines if not line.match.settled]

    @property
    def agreeing(self) -> list[MatchedLine]:
        return [line for line in self.lines if line.match.settled]

    @property
    def computed_minor(self) -> int:
        """What lines, charges and tax come to."""
        lines = sum(line.line.amount_minor for line in self.lines)
        return lines + sum(charge.amount_minor for charge in self.charges) + self.invoice.tax_minor

    @property
    def difference_minor(self) -> int:
        """What the stated total has beyond that; an invoice with a difference can't be approved."""
        return self.invoice.total_minor - self.computed_minor

    @property
    def held_minor(self) -> int:
        return sum(line.line.amount_minor - line.payable_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        """What approving the invoice spends."""
        return self.computed_minor - self.held_minor


def tolerance() -> Tolerance:
    """How far a price may lie above the ordered one, as the library has decided."""
    return Tolerance(
        policies.value("acquisitions.price_tolerance_percent"), policies.value("acquisitions.price_tolerance_amount")
    )


# The match


def matched(invoice: Invoice) -> Matched:
    """The three-way match of an invoice; the same number of queries however long it is."""
    lines = list(
        InvoiceLine.objects.filter(invoice=invoice)
        .select_related("line__order__vendor", "line__record")
        .order_by("position")
    )
    pools = _pools(invoice, [line.line_id for line in lines if line.line_id])
    limit = tolerance()
    made = [_matched(line, pools.get(line.line_id or 0, _Pool()), invoice, limit) for line in lines]
    return Matched(invoice, made, list(InvoiceCharge.objects.filter(invoice=invoice).select_related("fund")))


@dataclass(slots=True)
class _Pool:
    """The copies of one order line as an invoice's lines draw on them, one line after the other."""

    ordered: int = 0
    received: int = 0
    paid: int = 0
    payable: list[OrderCopy] = field(default_factory=list)
    room: int | None = None


def _pools(invoice: Invoice, line_ids: Sequence[int]) -> dict[int, _Pool]:
    pools: dict[int, _Pool] = {pk: _Pool() for pk in line_ids}
    rows = OrderCopy.objects.filter(line__in=pools).exclude(state=CopyState.CANCELLED)
    for copy in rows.select_related("fund", "branch", "line__order__fiscal_year", "paid__invoice_line").order_by(
        "number"
    ):
        _pour(pools[copy.line_id], copy, invoice)
    if invoice.kind == "credit":
        credited = _credited(pools, invoice)
        for pk, pool in pools.items():
            pool.payable.reverse()
            pool.room = sum(copy.paid.amount_minor for copy in pool.payable) - credited.get(pk, 0)
    return pools


def _pour(pool: _Pool, copy: OrderCopy, invoice: Invoice) -> None:
    paid = getattr(copy, "paid", None)
    mine = paid is not None and paid.invoice_line.invoice_id == invoice.pk
    came = copy.state == CopyState.RECEIVED
    pool.ordered += 1
    pool.received += came
    pool.paid += paid is not None and not mine
    can_pay = paid is not None if invoice.kind == "credit" else mine or (came and paid is None)
    if can_pay:
        pool.payable.append(copy)


def _credited(line_ids: Iterable[int], invoice: Invoice) -> dict[int, int]:
    """What other credit notes gave back for each order line, in minor units."""
    others = InvoiceLine.objects.filter(
        line__in=list(line_ids),
        invoice__kind="credit",
        invoice__state__in=(InvoiceState.APPROVED, InvoiceState.RELEASED),
    ).exclude(invoice=invoice)
    return dict(others.values_list("line_id").annotate(n=Sum("amount_minor")).order_by())


def _matched(line: InvoiceLine, pool: _Pool, invoice: Invoice, limit: Tolerance) -> MatchedLine:
    facts = Facts(
        ordered=pool.ordered,
        received=pool.received,
        paid=pool.paid,
        payable=len(pool.payable),
        billed=line.quantity,
        held=line.held,
        price=line.line.unit_price if line.line else None,
        amount_minor=line.amount_minor,
        currency=invoice.currency,
        known=line.line_id is not None,
        accepted=line.accepted,
        room=pool.room if invoice.kind == "credit" else None,
    )
    copies, pool.payable = pool.payable[: facts.to_pay], pool.payable[facts.to_pay :]
    pool.paid += facts.to_pay
    if pool.room is not None:
        pool.room -= paid_part(line.amount_minor, line.quantity, line.held)
    return MatchedLine(line, facts, match(facts, limit), copies)


# What paying does to the funds


@dataclass(frozen=True, slots=True)
class Posting:
    """So much of a fund in a year, for a copy and the line that bills it, or for a charge."""

    year: FiscalYear
    fund: Fund
    amount_minor: int
    copy: OrderCopy | None = None
    line: InvoiceLine | None = None


def postings(held: Matched) -> list[Posting]:
    """What each copy and each charge with a fund of its own costs.

    Tax and the other charges are spread over the copies by what they cost, to the cent. Raises Refusal when there is
    no copy that could carry them, or when allowances are more than the copies cost.
    """
    copies = [(line.line, copy, amount) for line in held.lines for copy, amount in line.amounts()]
    spread = held.invoice.tax_minor + sum(charge.amount_minor for charge in held.charges if charge.fund is None)
    extra = share(spread, [amount for _line, _copy, amount in copies]) if copies else []
    if spread and not copies:
        raise Refusal("No copy is paid for that could carry the charges. Say which fund pays them.")
    made = [
        Posting(copy.line.order.fiscal_year, copy.fund, amount + more, copy, line)
        for (line, copy, amount), more in zip(copies, extra, strict=True)
    ]
    if any(posting.amount_minor < 0 for posting in made):
        raise Refusal("The allowances are more than the lines cost. Look at the charges of the invoice.")
    year = made[0].year if made else current_year()
    return made + [
        Posting(year, charge.fund, charge.amount_minor) for charge in held.charges if charge.fund is not None
    ]


@dataclass(frozen=True, slots=True)
class FundEffect:
    """What a fund has available now and after the invoice is paid."""

    fund: Fund
    before: Money
    after: Money


def effects(held: Matched) -> list[FundEffect]:
    """Funds before and after paying, by code; what was encumbered for the copies comes back first."""
    made = postings(held)
    sign = 1 if held.invoice.kind == "credit" else -1
    left = encumbered_by_copy([posting.copy.pk for posting in made if posting.copy]) if sign < 0 else {}
    change: dict[tuple[int, int], int] = defaultdict(int)
    for posting in made:
        freed = left.get(posting.copy.pk, 0) if posting.copy else 0
        change[posting.year.pk, posting.fund.pk] += sign * posting.amount_minor + freed
    funds = {posting.fund.pk: posting.fund for posting in made}
    years = {posting.year.pk: posting.year for posting in made}
    stands = {pk: balances(year, funds) for pk, year in years.items()}
    found = [
        FundEffect(fund, Money(before, fund.currency), Money(before + difference, fund.currency))
        for (year_pk, fund_pk), difference in change.items()
        for fund, before in [(funds[fund_pk], stands[year_pk][fund_pk].available)]
    ]
    return sorted(found, key=lambda effect: effect.fund.code)


# Worklists


def invoices() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("vendor", "entered_by", "approved_by").annotate(line_count=Count("lines"))


def to_be_billed(vendor: Vendor) -> list[tuple[OrderLine, list[OrderCopy]]]:
    """The vendor's lines with received copies that nothing paid and no entered invoice bills, oldest order first."""
    copies = (
        OrderCopy.objects.filter(line__order__vendor=vendor, state=CopyState.RECEIVED, paid=None)
        .select_related("line__order", "fund", "branch")
        .order_by("line__order_id", "line__position", "number")
    )
    by_line: dict[int, tuple[OrderLine, list[OrderCopy]]] = {}
    for copy in copies:
        by_line.setdefault(copy.line_id, (copy.line, []))[1].append(copy)
    entered = InvoiceLine.objects.filter(line__in=by_line, invoice__kind="invoice", invoice__state=InvoiceState.ENTERED)
    billed = dict(entered.values_list("line_id").annotate(n=Sum(F("quantity") - F("held"))).order_by())
    left = [(line, copies_[billed.get(line.pk, 0) :]) for line, copies_ in by_line.values()]
    return [(line, copies_) for line, copies_ in left if copies_]


def vendors_to_bill() -> QuerySet[Vendor]:
    """Vendors with how many received copies of theirs nothing paid for."""
    unpaid = Q(orders__lines__copies__state=CopyState.RECEIVED, orders__lines__copies__paid=None)
    return (
        Vendor.objects.filter(active=True)
        .annotate(unpaid=Coalesce(Count("orders__lines__copies", filter=unpaid), 0))
        .order_by(F("unpaid").desc(), "name")
    )


def candidates(line: InvoiceLine) -> QuerySet[OrderLine]:
    """Order lines of the vendor that an invoice line may be for: those with unpaid copies, the same title first."""
    unpaid = OrderCopy.objects.filter(paid=None).exclude(state__in=(CopyState.CANCELLED, CopyState.PLANNED))
    return (
        OrderLine.objects.filter(order__vendor=line.invoice.vendor_id, pk__in=unpaid.values("line_id"))
        .select_related("order")
        .annotate(same=Q(isbn=line.ean) & ~Q(isbn=""))
        .order_by("-same", "order_id", "position")
    )
