"""The supplier's side of an ISO 18626 exchange: every state of a request that another library sent us.

Verbs are what the requester says (cancel, received, renew ...) or what staff here do (ship, check_in ...). A status
request is answered in every state, and a notification moves none.
"""

from __future__ import annotations

from enum import StrEnum

from techsvc.kernel.states import Lifecycle


class SupplierState(StrEnum):
    """Where a request that came in stands."""

    NEW = "new"
    VALIDATED = "validated"
    WILL_SUPPLY = "will_supply"
    CONDITION_PENDING = "condition_pending"
    CANCEL_REQUESTED = "cancel_requested"
    SHIPPED = "shipped"
    RECEIVED = "received"
    RENEW_REQUESTED = "renew_requested"
    OVERDUE = "overdue"
    RECALLED = "recalled"
    SHIPPED_RETURN = "shipped_return"
    LOST = "lost"
    COMPLETED = "completed"
    COMPLETED_WITH_RETRY = "completed_with_retry"
    CANCELLED = "cancelled"
    UNFILLED = "unfilled"


_S = SupplierState

SUPPLIER: Lifecycle[SupplierState] = {
    _S.NEW: {"validate": _S.VALIDATED, "refuse": _S.UNFILLED, "cancel": _S.CANCEL_REQUESTED},
    _S.VALIDATED: {
        "will_supply": _S.WILL_SUPPLY,
        "set_condition": _S.CONDITION_PENDING,
        "refuse": _S.UNFILLED,
        "ask_retry": _S.COMPLETED_WITH_RETRY,
        "cancel": _S.CANCEL_REQUESTED,
    },
    _S.WILL_SUPPLY: {
        "ship": _S.SHIPPED,
        "supply_copy": _S.COMPLETED,
        "set_condition": _S.CONDITION_PENDING,
        "refuse": _S.UNFILLED,
        "cancel": _S.CANCEL_REQUESTED,
    },
    _S.CONDITION_PENDING: {
        "condition_accepted": _S.WILL_SUPPLY,
        "condition_refused": _S.CANCEL_REQUESTED,
        "refuse": _S.UNFILLED,
        "cancel": _S.CANCEL_REQUESTED,
    },
    _S.CANCEL_REQUESTED: {"accept_cancel": _S.CANCELLED, "refuse_cancel": _S.WILL_SUPPLY, "ship": _S.SHIPPED},
    _S.SHIPPED: {"received": _S.RECEIVED, "returned": _S.SHIPPED_RETURN, "overdue": _S.OVERDUE, "lose": _S.LOST},
    _S.RECEIVED: {
        "returned": _S.SHIPPED_RETURN,
        "renew": _S.RENEW_REQUESTED,
        "recall": _S.RECALLED,
        "overdue": _S.OVERDUE,
        "check_in": _S.COMPLETED,
        "lose": _S.LOST,
    },
    _S.RENEW_REQUESTED: {"grant": _S.RECEIVED, "deny": _S.RECEIVED, "returned": _S.SHIPPED_RETURN},
    _S.OVERDUE: {
        "returned": _S.SHIPPED_RETURN,
        "renew": _S.RENEW_REQUESTED,
        "recall": _S.RECALLED,
        "check_in": _S.COMPLETED,
        "lose": _S.LOST,
    },
    _S.RECALLED: {"returned": _S.SHIPPED_RETURN, "check_in": _S.COMPLETED, "lose": _S.LOST},
    _S.SHIPPED_RETURN: {"check_in": _S.COMPLETED, "lose": _S.LOST},
    _S.LOST: {"settle": _S.COMPLETED, "check_in": _S.COMPLETED},
    _S.COMPLETED: {},
    _S.COMPLETED_WITH_RETRY: {},
    _S.CANCELLED: {},
    _S.UNFILLED: {},
}

# verb → (reason for the message, status that it tells), for the moves of ours that the requester hears of
TELLS = {
    "will_supply": ("RequestResponse", "WillSupply"),
    "set_condition": ("RequestResponse", "WillSupply"),
    "refuse": ("RequestResponse", "Unfilled"),
    "ask_retry": ("RequestResponse", "RetryPossible"),
    "ship": ("StatusChange", "Loaned"),
    "supply_copy": ("StatusChange", "CopyCompleted"),
    "accept_cancel": ("CancelResponse", "Cancelled"),
    "refuse_cancel": ("CancelResponse", "WillSupply"),
    "overdue": ("StatusChange", "Overdue"),
    "recall": ("StatusChange", "Recalled"),
    "grant": ("RenewResponse", "Loaned"),
    "deny": ("RenewResponse", "Loaned"),
    "check_in": ("StatusChange", "LoanCompleted"),
    "settle": ("StatusChange", "CompletedWithoutReturn"),
}
