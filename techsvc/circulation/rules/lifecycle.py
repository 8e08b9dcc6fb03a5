"""The lifecycle of a hold."""

from __future__ import annotations

from enum import StrEnum

from techsvc.kernel.states import Lifecycle


class HoldState(StrEnum):
    """Where a hold stands."""

    WAITING = "waiting"
    READY = "ready"
    COLLECTED = "collected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


HOLD: Lifecycle[HoldState] = {
    HoldState.WAITING: {"trap": HoldState.READY, "cancel": HoldState.CANCELLED},
    HoldState.READY: {
        "collect": HoldState.COLLECTED,
        "release": HoldState.WAITING,
        "expire": HoldState.EXPIRED,
        "cancel": HoldState.CANCELLED,
    },
    HoldState.COLLECTED: {"bring_back": HoldState.READY},
    HoldState.EXPIRED: {},
    HoldState.CANCELLED: {"reinstate": HoldState.WAITING},
}
