"""Columns of orders, lines, copies and what happened to them, shared by the pages that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.models.invoices import InvoiceLine
from acquisitions.models.messages import EdiMessage
from acquisitions.models.receipts import Receipt
from acquisitions.queries import orders as queries
from techsvc.kernel.money import Money
from techsvc.kernel.pages import Column

MESSAGE_WORDS = {
    "ORDERS": gettext_lazy("Order (ORDERS)"),
    "ORDRSP": gettext_lazy("Answer (ORDRSP)"),
    "DESADV": gettext_lazy("Despatch (DESADV)"),
    "INVOIC": gettext_lazy("Invoice (INVOIC)"),
    "CONTRL": gettext_lazy("Receipt (CONTRL)"),
    "OTHER": gettext_lazy("Other"),
}


def filled(columns: Sequence[Column], rows: Sequence[Any]) -> list[Column]:
    """The columns that say something in at least one row: an order without answers shows no column of answers."""
    return [column for column in columns if not rows or any(column.of(row) not in (None, "") for row in rows)]


def way(message: EdiMessage) -> str:
    return _("to the vendor") if message.direction == "out" else _("from the vendor")


def condition(receipt: Receipt) -> str:
    return "undone" if receipt.undone_at else receipt.condition


def came(row: Any) -> tuple[int, int]:
    return row.came_count, row.copy_count


def line_price(line: Any) -> Money:
    return Money.of(line.unit_price, line.order.currency)


def billed_price(line: InvoiceLine) -> Money:
    return Money.of(line.unit_price, line.invoice.currency)


def came_words(line: Any) -> str:
    return _("%(came)d of %(all)d") % {"came": line.came_count, "all": line.copy_count}


def titled(line: Any) -> str:
    return f"{line.title} / {line.author}" if line.author else line.title


ORDER_COLUMNS = (
    Column("number", gettext_lazy("No."), kind="code", sort="number"),
    Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
    Column("state", gettext_lazy("State"), kind="state", sort="state"),
    Column("lines", gettext_lazy("Titles"), value="line_count", kind="number", sort="line_count", wide=True),
    Column("came", gettext_lazy("Came"), value=came, kind="bar"),
    Column(
        "total",
        gettext_lazy("Total"),
        value=lambda order: (order.total_minor, order.currency),
        kind="money",
        sort="total_minor",
    ),
    Column("expected", gettext_lazy("Expected"), value="expected_on", kind="date", sort="expected_on"),
    Column("placed", gettext_lazy("Placed"), value="placed_at", kind="datetime", sort="placed_at", wide=True),
    Column("by", gettext_lazy("Made by"), value="created_by", sort="created_by__display_name", hidden=True),
)
LINE_COLUMNS = (
    Column("position", gettext_lazy("Line"), kind="number"),
    Column("title", gettext_lazy("Title"), value=titled,
           url=lambda line: line.get_absolute_url()),
    Column("isbn", gettext_lazy("ISBN"), kind="code"),
    Column("state", gettext_lazy("State"), value=queries.state_of, kind="state"),
    Column("copies", gettext_lazy("Copies"), value=lambda line: queries.by_branch(line.copies.all())),
    Column("came", gettext_lazy("Came"), value=came_words),
    Column("price", gettext_lazy("Price"), value=line_price, kind="money"),
    Column("total", gettext_lazy("Total"), value=lambda line: (line.total_minor, line.order.currency), kind="money"),
    Column("answer", gettext_lazy("Vendor's answer")),
    Column("expected", gettext_lazy("Expected"), value="expected_on", kind="date"),
)  # fmt: skip
MESSAGE_COLUMNS = (
    Column("at", gettext_lazy("When"), kind="datetime"),
    Column("direction", gettext_lazy("Way"), value=way),
    Column("kind", gettext_lazy("Message"), value=lambda one: MESSAGE_WORDS.get(one.kind, one.kind)),
    Column("state", gettext_lazy("State"), value=queries.message_state, kind="state"),
    Column("summary", gettext_lazy("What it says")),
)  # fmt: skip
RECEIPT_COLUMNS = (
    Column("at", gettext_lazy("Received"), kind="datetime"),
    Column("line", gettext_lazy("Line"), value="ordered_copy.line.position", kind="number"),
    Column("branch", gettext_lazy("For"), value="ordered_copy.branch"),
    Column("condition", gettext_lazy("Condition"), value=condition, kind="state"),
    Column("shipment", gettext_lazy("Packing slip"), kind="code",
           url=lambda one: one.shipment.get_absolute_url() if one.shipment else ""),
    Column("by", gettext_lazy("By"), value="actor"),
    Column("note", gettext_lazy("Note")),
)  # fmt: skip
INVOICE_COLUMNS = (
    Column("invoice", gettext_lazy("Invoice"), kind="code", url=lambda one: one.invoice.get_absolute_url()),
    Column("state", gettext_lazy("State"), value="invoice.state", kind="state"),
    Column("line", gettext_lazy("Line"), value="line.position", kind="number"),
    Column("quantity", gettext_lazy("Billed"), kind="number"),
    Column("price", gettext_lazy("Price"), value=billed_price, kind="money"),
    Column("amount", gettext_lazy("Amount"), value=lambda one: (one.amount_minor, one.invoice.currency), kind="money"),
)  # fmt: skip
VENDOR_ORDER_COLUMNS = tuple(
    column for column in ORDER_COLUMNS if column.key in ("number", "state", "lines", "total", "expected")
)
COPY_COLUMNS = (
    Column("number", gettext_lazy("Copy"), kind="number"),
    Column("branch", gettext_lazy("Branch")),
    Column("fund", gettext_lazy("Fund"), url=lambda copy: copy.fund.get_absolute_url()),
    Column("collection", gettext_lazy("Collection")),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("price", gettext_lazy("Promised"), value=lambda copy: (copy.price_minor, copy.fund.currency), kind="money"),
    Column("paid", gettext_lazy("Paid"), kind="money",
           value=lambda copy: (copy.paid.amount_minor, copy.fund.currency) if hasattr(copy, "paid") else None),
    Column("item", gettext_lazy("Item"), value=lambda copy: copy.item and (copy.item.barcode or _("no barcode yet")),
           url=lambda copy: copy.item.get_absolute_url() if copy.item else ""),
    Column("reason", gettext_lazy("Why")),
)  # fmt: skip
CLAIM_COLUMNS = (
    Column("number", gettext_lazy("Claim"), kind="code", url=lambda claim: claim.get_absolute_url()),
    Column("kind", gettext_lazy("For"), kind="state"),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("quantity", gettext_lazy("Copies"), kind="number"),
    Column("sent", gettext_lazy("Sent"), value="sent_at", kind="datetime"),
)
