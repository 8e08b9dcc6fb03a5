"""The life of a borrowing request as the desk works it: {state: {verb: next state}}.

The peer protocol's own states are finer (ill.rules.requester); each of them is one of these to the desk.
"""

from __future__ import annotations

from enum import StrEnum

from techsvc.kernel.states import Lifecycle


class BorrowingState(StrEnum):
    """Where a title that we borrow is: asked for, on its way, here, on its way back."""

    NEW = "new"
    SENT = "sent"
    SHIPPED = "shipped"
    RECEIVED = "received"
    RETURNED = "returned"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    UNFILLED = "unfilled"


_S = BorrowingState

BORROWING: Lifecycle[BorrowingState] = {
    _S.NEW: {"send": _S.SENT, "cancel": _S.CANCELLED},
    _S.SENT: {"ship": _S.SHIPPED, "receive": _S.RECEIVED, "refuse": _S.UNFILLED, "cancel": _S.CANCELLED},
    _S.SHIPPED: {"receive": _S.RECEIVED, "refuse": _S.UNFILLED},
    _S.RECEIVED: {"return": _S.RETURNED},
    _S.RETURNED: {"complete": _S.COMPLETED},
    _S.COMPLETED: {},
    _S.CANCELLED: {},
    _S.UNFILLED: {"send": _S.SENT, "cancel": _S.CANCELLED},
}

# Not over: somebody has to do something, here or at the lender.
OPEN = (_S.NEW, _S.SENT, _S.SHIPPED, _S.RECEIVED, _S.RETURNED, _S.UNFILLED)
# In the house, and due back at the lender.
HERE = (_S.RECEIVED,)
