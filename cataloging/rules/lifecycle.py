"""The lives of records and items as tables: {state: {verb: next state}}."""

from __future__ import annotations

from enum import StrEnum

from techsvc.kernel.states import Lifecycle


class ItemState(StrEnum):
    """Where an item is on its way from the order to the shelf and off it again."""

    ON_ORDER = "on_order"
    RECEIVED = "received"
    IN_PROCESS = "in_process"
    AVAILABLE = "available"
    IN_TRANSIT = "in_transit"
    ON_HOLD_SHELF = "on_hold_shelf"
    CHECKED_OUT = "checked_out"  # on loan to a patron
    LENT = "lent"  # on loan to another library
    CLAIMED_RETURNED = "claimed_returned"
    DAMAGED = "damaged"
    MENDING = "mending"
    MISSING = "missing"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class RecordState(StrEnum):
    """How complete a bibliographic record is, and whether the library still stands by it."""

    BRIEF = "brief"
    FULL = "full"
    WITHDRAWN = "withdrawn"


_S = ItemState

ITEM: Lifecycle[ItemState] = {
    _S.ON_ORDER: {"receive": _S.RECEIVED, "cancel": _S.CANCELLED},
    _S.RECEIVED: {
        "unreceive": _S.ON_ORDER,
        "start_processing": _S.IN_PROCESS,
        "finish": _S.AVAILABLE,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
        "withdraw": _S.WITHDRAWN,
    },
    _S.IN_PROCESS: {
        "finish": _S.AVAILABLE,
        "stop_processing": _S.RECEIVED,
        "trap": _S.ON_HOLD_SHELF,
        "send": _S.IN_TRANSIT,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
        "withdraw": _S.WITHDRAWN,
    },
    _S.AVAILABLE: {
        "trap": _S.ON_HOLD_SHELF,
        "check_out": _S.CHECKED_OUT,
        "lend": _S.LENT,
        "start_processing": _S.IN_PROCESS,
        "start_mending": _S.MENDING,
        "send": _S.IN_TRANSIT,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
        "withdraw": _S.WITHDRAWN,
    },
    _S.IN_TRANSIT: {
        "arrive": _S.AVAILABLE,
        "trap": _S.ON_HOLD_SHELF,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
    },
    _S.ON_HOLD_SHELF: {
        "check_out": _S.CHECKED_OUT,
        "release": _S.AVAILABLE,
        "send": _S.IN_TRANSIT,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
    },
    _S.CHECKED_OUT: {
        "check_in": _S.AVAILABLE,
        "trap": _S.ON_HOLD_SHELF,
        "send": _S.IN_TRANSIT,
        "claim_returned": _S.CLAIMED_RETURNED,
        "report_damage": _S.DAMAGED,
        "report_missing": _S.MISSING,
        "report_lost": _S.LOST,
    },
    _S.LENT: {
        "check_in": _S.AVAILABLE,
        "send": _S.IN_TRANSIT,
        "report_damage": _S.DAMAGED,
        "report_lost": _S.LOST,
    },
    # The patron says that it came back, the shelves say that it did not: neither is taken for true before it is found.
    _S.CLAIMED_RETURNED: {
        "check_in": _S.AVAILABLE,
        "report_missing": _S.MISSING,
        "report_lost": _S.LOST,
    },
    _S.DAMAGED: {
        "unreceive": _S.ON_ORDER,
        "start_mending": _S.MENDING,
        "restore": _S.AVAILABLE,
        "withdraw": _S.WITHDRAWN,
    },
    _S.MENDING: {
        "finish_mending": _S.AVAILABLE,
        "report_missing": _S.MISSING,
        "withdraw": _S.WITHDRAWN,
    },
    _S.MISSING: {"find": _S.AVAILABLE, "report_lost": _S.LOST, "withdraw": _S.WITHDRAWN},
    _S.LOST: {"find": _S.AVAILABLE, "withdraw": _S.WITHDRAWN},
    _S.WITHDRAWN: {"reinstate": _S.AVAILABLE},
    _S.CANCELLED: {"reopen": _S.ON_ORDER},
}

RECORD: Lifecycle[RecordState] = {
    RecordState.BRIEF: {"complete": RecordState.FULL, "withdraw": RecordState.WITHDRAWN},
    RecordState.FULL: {"reopen": RecordState.BRIEF, "withdraw": RecordState.WITHDRAWN},
    RecordState.WITHDRAWN: {"reinstate": RecordState.BRIEF},
}

# An item in one of these can be lent or promised to a patron, now or when it arrives.
PROMISABLE = frozenset({_S.ON_ORDER, _S.RECEIVED, _S.IN_PROCESS, _S.AVAILABLE, _S.IN_TRANSIT, _S.CHECKED_OUT})
# Not the library's any more, or never was.
GONE = frozenset({_S.WITHDRAWN, _S.CANCELLED})

# Verbs that a person says on an item's page; the others belong to receiving, processing, holds and lending.
BY_HAND = ("report_missing", "report_lost", "claim_returned", "check_in", "find", "report_damage", "restore")
# In one of these an item is somebody's business already: its hold or its loan settles it.
NOT_BY_HAND = frozenset({_S.ON_HOLD_SHELF, _S.LENT})


def by_hand(state: ItemState) -> tuple[str, ...]:
    """What a person can say of an item in this state, in the order of BY_HAND."""
    return () if state in NOT_BY_HAND else tuple(verb for verb in BY_HAND if verb in ITEM[state])
