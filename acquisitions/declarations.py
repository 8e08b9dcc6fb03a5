"""What acquisitions declares to the house: rights, policies, slots, states' tones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from acquisitions.actions import (
    carts,
    changing,
    claiming,
    funds,
    invoicing,
    ledger,
    matching,
    messages,
    open_orders,
    ordering,
    receiving,
    requests,
    shipments,
    vendors,
)
from acquisitions.models.carts import Cart
from acquisitions.models.funds import Fund
from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderLine
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.models.requests import PurchaseRequest
from acquisitions.models.vendors import Vendor
from acquisitions.queries import invariants as holds
from acquisitions.queries import ordering as waiting
from acquisitions.queries import orders, worklists
from acquisitions.queries import requests as asked
from acquisitions.rules.lifecycle import OPEN_COPIES
from cataloging.actions import moving
from cataloging.models.records import Record
from cataloging.queries import orders as ordered
from techsvc.kernel import access, invariants, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import exchange, history, jobs, notices, policies, retention
from techsvc.kernel.actions.jobs import ScheduleDeclaration
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.actions.retention import Keeping
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import Hit, NavItem, Panel, Verb, Worklist

# Who asks for, orders and pays: the department is central, so technicians act for every branch.
BUYERS = ("technician", "selector", "supervisor")
READERS = ("technician", "selector", "cataloger", "supervisor", "finance", "auditor")

ORDERING_RIGHTS = (
    Right("acquisitions.view_requests", "See purchase requests", (*READERS, "desk", "ill")),
    Right("acquisitions.submit_request", "Enter purchase requests", (*BUYERS, "desk", "ill")),
    Right("acquisitions.decide_requests", "Decide purchase requests", BUYERS),
    Right("acquisitions.view_orders", "See carts and orders", (*READERS, "processing")),
    Right("acquisitions.draft_orders", "Draft orders and upload carts", (*BUYERS, "cataloger")),
    Right("acquisitions.place_order", "Place orders", BUYERS),
    Right("acquisitions.cancel_copies", "Cancel and back-order what was ordered", BUYERS),
    Right("acquisitions.view_funds", "See funds and the ledger", (*READERS, "admin")),
    Right("acquisitions.allocate", "Allocate and move money", ("technician", "finance")),
    Right("acquisitions.edit_funds", "Set up funds, their limits and fiscal years", ("finance",)),
    Right("acquisitions.view_vendors", "See vendors", (*READERS, "ill", "admin")),
    Right("acquisitions.edit_vendors", "Set up vendors", ("supervisor", "finance", "admin")),
    Right("acquisitions.map_codes", "Say what vendors' codes mean here", BUYERS),
)

UNPACKERS = ("technician", "cataloger", "supervisor")
PAYERS = ("technician", "supervisor", "finance")

RECEIVING_RIGHTS = (
    Right("acquisitions.view_receiving", "See shipments and claims", (*READERS, "processing", "desk")),
    Right("acquisitions.receive", "Receive what was ordered", UNPACKERS, own_branch=("processing", "desk")),
    Right("acquisitions.claim", "Send and settle claims", UNPACKERS),
    Right("acquisitions.undo_receive_after_invoice", "Take back receipts that were paid", ("supervisor",)),
    Right("acquisitions.view_invoices", "See invoices", READERS),
    Right("acquisitions.enter_invoice", "Enter invoices", PAYERS),
    Right("acquisitions.match_invoice", "Match invoices and refuse them", PAYERS),
    Right("acquisitions.approve_invoice", "Approve invoices", PAYERS),
    Right("acquisitions.view_messages", "See EDI messages", (*READERS, "admin")),
    Right("acquisitions.settle_messages", "Settle what EDI leaves open", BUYERS),
)

RECEIVING_POLICIES = (
    PolicyDeclaration(
        "acquisitions.price_tolerance_percent",
        _("How much higher than ordered a billed price may be, in percent"),
        "int",
        5,
        _("Higher ones wait on the invoice until somebody accepts them."),
    ),
    PolicyDeclaration(
        "acquisitions.price_tolerance_amount",
        _("How much higher than ordered a billed price may be, for one copy"),
        "money",
        200,
        _("Both limits hold: the percentage and this amount."),
    ),
    PolicyDeclaration(
        "acquisitions.second_person_above",
        _("The total from which a second person approves"),
        "money",
        100000,
        _("Invoices that came by EDI were entered by the system: anybody with the right may approve them."),
    ),
)

RECEIVING_UNDOS = (
    ("acquisitions.receive", receiving.undo_receive),
    ("acquisitions.mark_damaged", receiving.undo_damaged),
    ("acquisitions.claim_short", shipments.undo_claims),
    ("acquisitions.claim_wrong", shipments.undo_claims),
    ("acquisitions.finish_shipment", shipments.undo_finish),
    ("acquisitions.settle_claim", claiming.undo_close),
    ("acquisitions.drop_claim", claiming.undo_close),
    ("acquisitions.settle_issue", messages.undo_settle),
    ("acquisitions.accept_price", matching.undo_change),
    ("acquisitions.hold_line", matching.undo_change),
    ("acquisitions.assign_line", matching.undo_change),
    ("acquisitions.add_charge", matching.undo_add_charge),
    ("acquisitions.approve_invoice", invoicing.undo_approve),
    ("acquisitions.refuse_invoice", invoicing.undo_refuse),
)

UNDOS = (
    ("acquisitions.allocate", ledger.undo_posting),
    ("acquisitions.transfer", ledger.undo_posting),
    ("acquisitions.close_year", funds.undo_close_year),
    ("acquisitions.map_codes", vendors.undo_map_codes),
    ("acquisitions.leave_out", carts.undo_leave_out),
    ("acquisitions.discard_cart", carts.undo_discard),
    ("acquisitions.approve_request", requests.undo_decision),
    ("acquisitions.decline_request", requests.undo_decision),
    ("acquisitions.place_order", ordering.undo_place),
    ("acquisitions.enter_open_orders", open_orders.undo_open_orders),
    ("acquisitions.cancel_copies", changing.undo_cancel),
    ("acquisitions.back_order_copies", changing.undo_back_order),
)


# Rows that follow a record which is merged into another one.
FOLLOWERS = (
    moving.Rows(OrderLine, "record", lambda n: ngettext("%(n)d order line", "%(n)d order lines", n) % {"n": n}),
    moving.Rows(
        PurchaseRequest, "record", lambda n: ngettext("%(n)d purchase request", "%(n)d purchase requests", n) % {"n": n}
    ),
)

KEPT_REQUESTS = Keeping(
    "requests",
    _("Who asked the library to buy what: requests that are over"),
    180,
    asked.over_since,
    retention.without_patron,
    _("Half a year answers a question about a decision; afterwards only the wish counts."),
    _("the title, the decision and the dates"),
)


def acquisitions() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*ORDERING_RIGHTS, *RECEIVING_RIGHTS)
    for verb, undo in (*UNDOS, *RECEIVING_UNDOS):
        history.undoable(verb, undo)
    for name, (sentence, exceptions) in holds.ALL.items():
        invariants.declare(name, sentence, exceptions)
    _ordering()
    _receiving()


def _ordering() -> None:
    """Requests, carts, orders, funds and vendors."""
    ordered.resolve_with(orders.items_of_lines)
    notices.register(requests.NOTICE)
    retention.declare(KEPT_REQUESTS)
    jobs.declare(
        ScheduleDeclaration(
            "acquisitions.fulfil_ready",
            _("Close requests that are ready"),
            every_minutes=5,
            why=_("A request is over when its copy waits on the hold shelf."),
        )
    )
    tones.register(
        {
            "asked": "info",
            "ordered": "ok",
            "fulfilled": "ok",
            "declined": "idle",
            "planned": "idle",
            "back_ordered": "warn",
            "by_hand": "warn",
            "nearly_committed": "warn",
            "beyond_its_stop": "stop",
            "short": "warn",
            "wrong": "warn",
        }
    )
    moving.register(*FOLLOWERS)
    slots.open_kind(
        "acquisitions.request",
        "acquisitions.cart",
        "acquisitions.order",
        "acquisitions.line",
        "acquisitions.fund",
        "acquisitions.vendor",
    )
    slots.add_nav(
        NavItem(_("Select"), "acquisitions:requests", "acquisitions.view_requests", "select", 10),
        NavItem(_("Order"), "acquisitions:orders", "acquisitions.view_orders", "order", 12),
        NavItem(_("Funds"), "acquisitions:funds", "acquisitions.view_funds", "fund", 40),
        NavItem(_("Reports"), "acquisitions:fund_report", "acquisitions.view_funds", "report", 75),
        NavItem(_("Vendors"), "acquisitions:vendors", "acquisitions.view_vendors", "vendor", 42),
    )
    slots.add_tiles("acquisitions.decide_requests", _request_tiles, nav="acquisitions:requests")
    slots.add_tiles("acquisitions.draft_orders", _order_tiles, nav="acquisitions:orders")
    slots.add_search(access.ANY_STAFF, _found)
    slots.add_panel("cataloging.record", "acquisitions.view_orders", _orders_of_record)
    slots.add_objection("cataloging.record", _on_order)


def _orders_of_record(record: Record, _user: User) -> Panel | None:
    """On a title's page: when it was ordered, from whom, and where its copies are."""
    lines = [
        (line, orders.state_of(line), orders.by_branch(line.copies.all())) for line in orders.lines_of_record(record)
    ]
    return Panel(gettext("Orders"), "acquisitions/orders/_of_record.html", {"lines": lines}) if lines else None


def _on_order(record: Record) -> Iterator[str]:
    """A title of which copies are to come is not deleted or withdrawn."""
    for line in orders.lines_of_record(record):
        if any(copy.state in OPEN_COPIES for copy in line.copies.all()):
            yield gettext("Copies are to come on order %(order)s. Cancel or receive them first.") % {
                "order": line.order
            }


def _request_tiles(_user: User) -> Iterator[Worklist]:
    for label, rows, query in (
        (_("Requests to decide"), waiting.requests_to_decide(), "state=asked&sort=asked"),
        (_("Requests to order"), waiting.requests_to_order(), "state=approved&sort=asked"),
    ):
        yield _worklist(label, rows, "asked_at", "acquisitions:requests", query)


def _order_tiles(_user: User) -> Iterator[Worklist]:
    at = "acquisitions:orders"
    yield _worklist(_("Carts to order"), waiting.carts_to_order(), "uploaded_at", "acquisitions:carts", "state=preview")
    yield _worklist(_("Orders not sent"), waiting.orders_not_sent(), "placed_at", at, "unsent=1")
    yield Worklist(_("Late orders"), f"{reverse(at)}?late=1", waiting.orders_late(), "placed_at", tone="warn")


def _found(text: str, user: User) -> Iterator[Hit]:
    for row in waiting.found(text):
        permission, column = FOUND[type(row)]
        if access.allowed(user, permission):
            detail = str(getattr(row, column))
            yield Hit(str(row._meta.verbose_name), str(row), row.get_absolute_url(), detail)


# What may be found, by whom, and what is said beside it.
FOUND: dict[type, tuple[str, str]] = {
    Order: ("acquisitions.view_orders", "vendor"),
    PurchaseRequest: ("acquisitions.view_requests", "number"),
    Cart: ("acquisitions.view_orders", "vendor"),
    Vendor: ("acquisitions.view_vendors", "code"),
    Fund: ("acquisitions.view_funds", "code"),
}


def _receiving() -> None:
    """Receiving, invoices, claims and EDI."""
    policies.declare(*RECEIVING_POLICIES)
    exchange.read_by("edi", "acquisitions.take_in")
    jobs.declare(
        ScheduleDeclaration(
            "acquisitions.draft_late_claims",
            _("Draft claims for what is late"),
            daily_at=time(5, 0),
            why=_("Drafts wait for a person each morning; nothing is sent by itself."),
        )
    )
    tones.register(
        {
            "expected": ("info", "truck"),
            "unpacking": "info",
            "finished": "ok",
            "claimed": "warn",
            "needs_person": "warn",
            "applied": "ok",
            "settled": "ok",
            "dropped": "idle",
            "released": "ok",
            "undone": "idle",
            "good": "ok",
            "agrees": "ok",
            "unknown line": "stop",
            "over-billed": "stop",
            "not received": "warn",
            "price differs": "warn",
            "not paid yet": "warn",
        }
    )
    slots.open_kind("acquisitions.shipment", "acquisitions.invoice", "acquisitions.claim", "acquisitions.message")
    slots.add_nav(
        NavItem(_("Receive"), "acquisitions:receive", "acquisitions.receive", "receive", 14),
        NavItem(_("Claims"), "acquisitions:claims", "acquisitions.view_receiving", "claim", 16),
        NavItem(_("Invoices"), "acquisitions:invoices", "acquisitions.view_invoices", "invoice", 18),
        NavItem(_("EDI"), "acquisitions:messages", "acquisitions.view_messages", "link", 44),
    )
    slots.add_tiles("acquisitions.receive", _receiving_tiles, nav="acquisitions:receive")
    slots.add_tiles("acquisitions.claim", _claim_tiles, nav="acquisitions:claims")
    slots.add_tiles("acquisitions.match_invoice", _invoice_tiles, nav="acquisitions:invoices")
    slots.add_tiles("acquisitions.settle_messages", _message_tiles, nav="acquisitions:messages")
    slots.add_verbs("acquisitions.order", "acquisitions.receive", _order_verbs)
    slots.add_verbs("acquisitions.line", "acquisitions.claim", _line_verbs)
    slots.add_verbs("acquisitions.vendor", "acquisitions.enter_invoice", _vendor_verbs)
    slots.add_search("acquisitions.view_receiving", _found_shipments)
    slots.add_search("acquisitions.view_invoices", _found_invoices)


def _worklist(label: Any, rows: QuerySet[Any], since: str, url_name: str, query: str) -> Worklist:
    return Worklist(label, f"{reverse(url_name)}?{query}", rows, since)


def _receiving_tiles(_user: User) -> Iterator[Worklist]:
    for label, state in ((_("Shipments expected"), "expected"), (_("Being unpacked"), "unpacking")):
        rows = worklists.to_receive().filter(state=state)
        yield _worklist(label, rows, "created_at", "acquisitions:shipments", f"state={state}")


def _claim_tiles(_user: User) -> Iterator[Worklist]:
    rows = worklists.claims_to_send()
    yield _worklist(_("Claims to send"), rows, "created_at", "acquisitions:claims", "state=draft&sort=created")


def _invoice_tiles(_user: User) -> Iterator[Worklist]:
    rows = worklists.invoices_entered()
    yield _worklist(_("Invoices to match"), rows, "entered_at", "acquisitions:invoices", "state=entered&sort=dated")


def _message_tiles(_user: User) -> Iterator[Worklist]:
    rows = worklists.edi_waiting()
    yield _worklist(_("EDI needs you"), rows, "at", "acquisitions:messages", worklists.EDI_WAITING)


def _order_verbs(order: Order, _user: User) -> Iterator[Verb]:
    if order.state == "placed":
        url = reverse("acquisitions:order_receive", args=[order.pk])
        yield Verb(_("Receive"), url, method="post", key="r", icon="receive")


def _line_verbs(line: OrderLine, _user: User) -> Iterator[Verb]:
    if any(copy.state in ("on_order", "back_ordered") for copy in line.copies.all()):
        url = reverse("acquisitions:line_claim", args=[line.pk])
        yield Verb(_("Claim"), url, method="post", key="c", icon="claim")


def _vendor_verbs(vendor: Vendor, _user: User) -> Iterator[Verb]:
    yield Verb(_("Enter an invoice"), reverse("acquisitions:invoice_for", args=[vendor.pk]), key="i", icon="invoice")


def _found_shipments(text: str, _user: User) -> Iterator[Hit]:
    yield from (_hit(row) for row in worklists.shipments_found(text))
    yield from (_hit(row) for row in worklists.claims_found(text))


def _found_invoices(text: str, _user: User) -> Iterator[Hit]:
    yield from (_hit(row) for row in worklists.invoices_found(text))


def _hit(row: Shipment | Invoice | Claim) -> Hit:
    return Hit(str(row._meta.verbose_name), str(row), row.get_absolute_url(), str(row.vendor))
