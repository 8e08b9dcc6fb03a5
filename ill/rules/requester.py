"""The requester's side of an ISO 18626 exchange: every state, what moves it, and which message the move sends.

Verbs are what the supplier says (will_supply, loaned ...) or what staff and the system here decide (send, receive ...).
To the desk, which works with paper and parcels, each of these states is one of ill.rules.lifecycle (DESK).
Source: ISO 18626:2021; renewal, recall, overdue and loss, which many systems leave out, have their moves here.
"""

from __future__ import annotations

from enum import StrEnum

from ill.rules.lifecycle import BorrowingState
from techsvc.kernel.states import Lifecycle


class RequesterState(StrEnum):
    """Where a request that we sent out stands."""

    NEW = "new"
    INVALID_PATRON = "invalid_patron"
    VALIDATED = "validated"
    DUPLICATE = "duplicate"
    NEEDS_REVIEW = "needs_review"
    OVER_LIMIT = "over_limit"
    LOCAL_SUPPLY = "local_supply"
    SENT = "sent"
    SUPPLIER_LOCATED = "supplier_located"
    CONDITION_PENDING = "condition_pending"
    RETRY_PENDING = "retry_pending"
    WILL_SUPPLY = "will_supply"
    CANCEL_PENDING = "cancel_pending"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CHECKED_OUT = "checked_out"
    RENEW_PENDING = "renew_pending"
    OVERDUE = "overdue"
    RECALLED = "recalled"
    CHECKED_IN = "checked_in"
    SHIPPED_RETURNED = "shipped_returned"
    LOST = "lost"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    UNFILLED = "unfilled"
    RETRY_ACCEPTED = "retry_accepted"
    MANUALLY_CLOSED = "manually_closed"


_S = RequesterState

# What a supplier may say while it has not shipped; skipping forward is legal ("loaned" without "will supply").
_ANSWERS = {
    "located": _S.SUPPLIER_LOCATED,
    "will_supply": _S.WILL_SUPPLY,
    "condition": _S.CONDITION_PENDING,
    "retry": _S.RETRY_PENDING,
    "loaned": _S.SHIPPED,
    "copy_completed": _S.COMPLETED,
    "unfilled": _S.UNFILLED,
}
_OUT = {"overdue": _S.OVERDUE, "recalled": _S.RECALLED, "check_in": _S.CHECKED_IN, "lose": _S.LOST}

REQUESTER: Lifecycle[RequesterState] = {
    _S.NEW: {"validate": _S.VALIDATED, "reject_patron": _S.INVALID_PATRON, "close": _S.MANUALLY_CLOSED},
    _S.INVALID_PATRON: {"validate": _S.VALIDATED, "close": _S.MANUALLY_CLOSED},
    _S.VALIDATED: {
        "held_here": _S.LOCAL_SUPPLY,
        "asked_before": _S.DUPLICATE,
        "over_limit": _S.OVER_LIMIT,
        "incomplete": _S.NEEDS_REVIEW,
        "send": _S.SENT,
        "no_lender": _S.UNFILLED,
    },
    _S.DUPLICATE: {"send": _S.SENT, "close": _S.MANUALLY_CLOSED},
    _S.NEEDS_REVIEW: {"send": _S.SENT, "close": _S.MANUALLY_CLOSED},
    _S.OVER_LIMIT: {"send": _S.SENT, "close": _S.MANUALLY_CLOSED},
    _S.LOCAL_SUPPLY: {"fill": _S.COMPLETED, "send": _S.SENT, "cancel": _S.CANCELLED},
    _S.SENT: {**_ANSWERS, "send_next": _S.SENT, "cancel": _S.CANCEL_PENDING},
    _S.SUPPLIER_LOCATED: {**_ANSWERS, "send_next": _S.SENT, "cancel": _S.CANCEL_PENDING},
    _S.CONDITION_PENDING: {
        "accept": _S.WILL_SUPPLY,
        "refuse": _S.CANCEL_PENDING,
        "condition": _S.CONDITION_PENDING,
        "unfilled": _S.UNFILLED,
        "send_next": _S.SENT,
        "copy_completed": _S.COMPLETED,
    },
    _S.RETRY_PENDING: {"accept": _S.RETRY_ACCEPTED, "send_next": _S.SENT, "no_lender": _S.UNFILLED},
    _S.WILL_SUPPLY: {**_ANSWERS, "send_next": _S.SENT, "cancel": _S.CANCEL_PENDING},
    _S.CANCEL_PENDING: {
        "cancelled": _S.CANCELLED,
        "cancel_refused": _S.WILL_SUPPLY,
        "loaned": _S.SHIPPED,
        "copy_completed": _S.COMPLETED,
        "unfilled": _S.UNFILLED,
    },
    _S.SHIPPED: {"receive": _S.RECEIVED},
    _S.RECEIVED: {"check_out": _S.CHECKED_OUT, **_OUT},
    _S.CHECKED_OUT: {"renew": _S.RENEW_PENDING, **_OUT},
    _S.RENEW_PENDING: {"renewed": _S.CHECKED_OUT, "not_renewed": _S.CHECKED_OUT, **_OUT},
    _S.OVERDUE: {"renew": _S.RENEW_PENDING, "recalled": _S.RECALLED, "check_in": _S.CHECKED_IN, "lose": _S.LOST},
    _S.RECALLED: {"check_in": _S.CHECKED_IN, "lose": _S.LOST},
    _S.CHECKED_IN: {"return": _S.SHIPPED_RETURNED},
    _S.SHIPPED_RETURNED: {"loan_completed": _S.COMPLETED},
    _S.LOST: {"completed_without_return": _S.COMPLETED, "loan_completed": _S.COMPLETED},
    _S.COMPLETED: {},
    _S.CANCELLED: {},
    _S.UNFILLED: {"send_next": _S.SENT, "close": _S.MANUALLY_CLOSED},
    _S.RETRY_ACCEPTED: {},
    _S.MANUALLY_CLOSED: {},
}

# verb → the action of the requesting agency's message, or "" where nothing is sent
SENDS = {
    "send": "Request",
    "send_next": "Request",
    "accept": "Notification",
    "refuse": "Cancel",
    "cancel": "Cancel",
    "receive": "Received",
    "renew": "Renew",
    "return": "ShippedReturn",
    "lose": "Lost",
}

_D = BorrowingState
# What each state is to the desk.
DESK: dict[RequesterState, BorrowingState] = {
    **dict.fromkeys(
        (_S.NEW, _S.INVALID_PATRON, _S.VALIDATED, _S.DUPLICATE, _S.NEEDS_REVIEW, _S.OVER_LIMIT, _S.LOCAL_SUPPLY), _D.NEW
    ),
    **dict.fromkeys(
        (_S.SENT, _S.SUPPLIER_LOCATED, _S.CONDITION_PENDING, _S.RETRY_PENDING, _S.WILL_SUPPLY, _S.CANCEL_PENDING),
        _D.SENT,
    ),
    _S.SHIPPED: _D.SHIPPED,
    **dict.fromkeys(
        (_S.RECEIVED, _S.CHECKED_OUT, _S.RENEW_PENDING, _S.OVERDUE, _S.RECALLED, _S.CHECKED_IN, _S.LOST), _D.RECEIVED
    ),
    _S.SHIPPED_RETURNED: _D.RETURNED,
    _S.COMPLETED: _D.COMPLETED,
    **dict.fromkeys((_S.CANCELLED, _S.RETRY_ACCEPTED, _S.MANUALLY_CLOSED), _D.CANCELLED),
    _S.UNFILLED: _D.UNFILLED,
}
