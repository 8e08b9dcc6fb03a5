"""What acquisitions declares to the house: rights, policies, slots, states' tones."""

from __future__ import annotations

from acquisitions.actions import carts, changing, ledger, ordering, vendors
from acquisitions.queries import invariants as holds
from techsvc.kernel import access, invariants
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history

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

UNDOS = (
    ("acquisitions.allocate", ledger.undo_posting),
    ("acquisitions.transfer", ledger.undo_posting),
    ("acquisitions.map_codes", vendors.undo_map_codes),
    ("acquisitions.leave_out", carts.undo_leave_out),
    ("acquisitions.discard_cart", carts.undo_discard),
    ("acquisitions.place_order", ordering.undo_place),
    ("acquisitions.cancel_copies", changing.undo_cancel),
    ("acquisitions.back_order_copies", changing.undo_back_order),
)


def acquisitions() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*ORDERING_RIGHTS)
    for verb, undo in UNDOS:
        history.undoable(verb, undo)
    for name, (sentence, exceptions) in holds.ALL.items():
        invariants.declare(name, sentence, exceptions)
