"""What must hold of acquisitions at any moment: each function returns a sentence for every offender."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.invoices import Invoice, InvoiceCharge, InvoiceLine, PaidCopy
from acquisitions.models.ledger import LedgerEntry, LedgerTransaction
from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Receipt
from acquisitions.queries.funds import balances
from acquisitions.rules.encumbrance import Reach, reach
from techsvc.kernel.money import Money


def ledger_balances() -> list[str]:
    """The entries of every posting sum to zero, in each currency."""
    off = (
        LedgerEntry.objects.order_by()
        .values_list("transaction__source_key", "currency")
        .annotate(off_by=Sum("amount_minor"))
        .exclude(off_by=0)
    )
    bare = LedgerTransaction.objects.exclude(pk__in=LedgerEntry.objects.values("transaction"))
    return [
        *(f"Posting {key} is off by {Money(off_by, currency)}." for key, currency, off_by in off),
        *(f"Posting {posting.source_key} has no entries." for posting in bare),
    ]


def funds_are_within_their_stops() -> list[str]:
    """No fund is committed beyond its stop in an open year."""
    funds = list(Fund.objects.exclude(stop_percent=None))
    sentences = []
    for year in FiscalYear.objects.filter(open=True):
        found = balances(year)
        sentences += [
            f"Fund {fund.code} has {Money(found[fund.pk].committed, fund.currency)} committed in {year}, beyond "
            f"{fund.stop_percent} % of {Money(found[fund.pk].allocated, fund.currency)}."
            for fund in funds
            if reach(found[fund.pk], warn_percent=None, stop_percent=fund.stop_percent) is Reach.STOP
        ]
    return sentences


def copies_are_encumbered_as_they_should_be() -> list[str]:
    """A copy that was ordered and not paid is encumbered with its price; a paid or cancelled one with nothing."""
    encumbered = (
        LedgerEntry.objects.filter(account="encumbered", copy_id=OuterRef("pk"))
        .order_by()
        .values("copy_id")
        .annotate(left=Sum("amount_minor"))
        .values("left")
    )
    lets_go = Q(state__in=("planned", "cancelled")) | Q(paid__isnull=False)
    as_expected = (lets_go & Q(left=0)) | (~lets_go & Q(left=F("price_minor")))
    wrong = OrderCopy.objects.annotate(left=Coalesce(Subquery(encumbered), 0)).exclude(as_expected).order_by("pk")
    rows = wrong.values_list("line__order__number", "line__position", "number", "state", "left", "price_minor")
    return [
        f"Copy {number} of line {order}/{line} is {state.replace('_', ' ')}, and {left} of its {price} minor units are "
        "encumbered."
        for order, line, number, state, left, price in rows
    ]


def receipts_are_of_ordered_copies() -> list[str]:
    """What is received was ordered, says so, and was received once."""
    standing = Receipt.objects.filter(undone_at=None)
    wrong = standing.exclude(ordered_copy__state__in=("received", "damaged", "cancelled"))
    missing = OrderCopy.objects.filter(state="received").exclude(pk__in=standing.values("ordered_copy"))
    return [
        *(f"Copy {receipt.ordered_copy_id} has a receipt and is not received." for receipt in wrong),
        *(f"Copy {copy.pk} is received without a receipt." for copy in missing),
    ]


def orders_went_out_once() -> list[str]:
    """Every order that was placed has exactly one ORDERS message, and a draft has none."""
    sent: dict[int, int] = {}
    for order_id in EdiMessage.objects.filter(direction="out", kind="ORDERS").values_list("order_id", flat=True):
        if order_id is not None:
            sent[order_id] = sent.get(order_id, 0) + 1
    wanted = {"draft": 0, "placed": 1, "closed": 1}
    return [
        f"Order {number} is {state} and has {sent.get(pk, 0)} ORDERS messages."
        for pk, number, state in Order.objects.filter(state__in=wanted).values_list("pk", "number", "state")
        if sent.get(pk, 0) != wanted[state]
    ]


def placed_orders_have_their_file() -> list[str]:
    """The file of an order that stands was not kept from leaving."""
    recalled = EdiMessage.objects.filter(
        direction="out", kind="ORDERS", order__state__in=("placed", "closed"), outgoing__state="cancelled"
    )
    return [f"Order {message.document_number} stands, and its message was cancelled." for message in recalled]


def approved_invoices_add_up() -> list[str]:
    """The total of an invoice that is approved is the sum of its lines, charges and tax."""
    lines = _sums(InvoiceLine.objects.filter(invoice__state__in=APPROVED))
    charges = _sums(InvoiceCharge.objects.filter(invoice__state__in=APPROVED))
    return [
        f"{invoice} of {invoice.vendor} states {Money(invoice.total_minor, invoice.currency)}, and comes to "
        f"{Money(computed, invoice.currency)}."
        for invoice in Invoice.objects.filter(state__in=APPROVED).select_related("vendor")
        for computed in [lines.get(invoice.pk, 0) + charges.get(invoice.pk, 0) + invoice.tax_minor]
        if computed != invoice.total_minor
    ]


def _sums(rows: QuerySet[Any]) -> dict[int, int]:
    """Amounts by invoice."""
    return dict(rows.order_by().values_list("invoice").annotate(n=Sum("amount_minor")))


def paid_copies_are_in_the_ledger() -> list[str]:
    """What a copy was paid with was spent for it by its invoice line, and nothing is paid that is not approved."""
    spent = (
        LedgerEntry.objects.filter(
            account="expended", copy_id=OuterRef("ordered_copy"), invoice_line_id=OuterRef("invoice_line")
        )
        .order_by()
        .values("copy_id")
        .annotate(n=Sum("amount_minor"))
        .values("n")
    )
    wrong = PaidCopy.objects.annotate(spent=Coalesce(Subquery(spent), 0)).exclude(spent=F("amount_minor"))
    early = PaidCopy.objects.exclude(invoice_line__invoice__state__in=APPROVED)
    return [
        *(
            f"Copy {paid.ordered_copy_id} was paid with {paid.amount_minor} and {paid.spent} was spent."
            for paid in wrong
        ),
        *(f"Copy {paid.ordered_copy_id} is paid by an invoice that is not approved." for paid in early),
    ]


def messages_have_one_outcome() -> list[str]:
    """A message that needs a person has something open, any other has nothing; its file waits as long as it does."""
    rows = EdiMessage.objects.filter(direction="in").annotate(open=Count("issues", filter=Q(issues__settled_at=None)))
    waits = Q(state="needs_person")
    wrong = rows.filter((waits & Q(open=0)) | (~waits & Q(open__gt=0)))
    forgotten = rows.filter(waits).exclude(incoming__state__in=("held", "new"))
    return [
        *(f"{message} is {message.state.replace('_', ' ')} with {message.open} open issues." for message in wrong),
        *(f"{message} needs a person, and its file does not wait." for message in forgotten),
    ]


APPROVED = ("approved", "released")
# name → (what holds, what asks)
ALL = {
    "acquisitions.ledger_balances": ("The entries of every posting sum to zero.", ledger_balances),
    "acquisitions.funds_within_stops": ("No fund is committed beyond its stop.", funds_are_within_their_stops),
    "acquisitions.encumbered": (
        "Copies that are not paid are encumbered with their price, all others with nothing.",
        copies_are_encumbered_as_they_should_be,
    ),
    "acquisitions.received": ("Only ordered copies are received, each once.", receipts_are_of_ordered_copies),
    "acquisitions.sent_once": ("Every placed order has one ORDERS message.", orders_went_out_once),
    "acquisitions.invoices_add_up": ("Approved invoices come to their totals.", approved_invoices_add_up),
    "acquisitions.paid_as_spent": (
        "Copies are paid with what the ledger spent for them.",
        paid_copies_are_in_the_ledger,
    ),
    "acquisitions.messages": ("Every message that came in has one outcome.", messages_have_one_outcome),
    "acquisitions.file_stands": ("The message of a standing order was not cancelled.", placed_orders_have_their_file),
}
