"""What acquisitions keeps. Modules are imported, never names: `from acquisitions.models import ledger`."""

from acquisitions.models import carts, funds, invoices, ledger, messages, orders, receipts, requests, vendors

__all__ = ["carts", "funds", "invoices", "ledger", "messages", "orders", "receipts", "requests", "vendors"]
