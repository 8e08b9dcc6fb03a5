"""The lifecycles of acquisitions, one table each."""

from __future__ import annotations

from enum import StrEnum

from techsvc.kernel.states import Lifecycle


class RequestState(StrEnum):
    """A purchase request (PIP): asked, decided, ordered, and told when it is there."""

    ASKED = "asked"
    APPROVED = "approved"
    ORDERED = "ordered"
    DECLINED = "declined"
    FULFILLED = "fulfilled"


REQUEST: Lifecycle[RequestState] = {
    RequestState.ASKED: {
        "approve": RequestState.APPROVED,
        "decline": RequestState.DECLINED,
        "order": RequestState.ORDERED,
    },
    RequestState.APPROVED: {
        "order": RequestState.ORDERED,
        "decline": RequestState.DECLINED,
        "reconsider": RequestState.ASKED,
    },
    RequestState.ORDERED: {"fulfil": RequestState.FULFILLED, "reconsider": RequestState.APPROVED},
    RequestState.DECLINED: {"reconsider": RequestState.ASKED},
    RequestState.FULFILLED: {},
}


class CartState(StrEnum):
    """A vendor's cart: looked at, then ordered or thrown away."""

    PREVIEW = "preview"
    ORDERED = "ordered"
    DISCARDED = "discarded"


CART: Lifecycle[CartState] = {
    CartState.PREVIEW: {"order": CartState.ORDERED, "discard": CartState.DISCARDED},
    CartState.ORDERED: {"reopen": CartState.PREVIEW},
    CartState.DISCARDED: {"reopen": CartState.PREVIEW},
}


class OrderState(StrEnum):
    """A purchase order as a whole."""

    DRAFT = "draft"
    PLACED = "placed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ORDER: Lifecycle[OrderState] = {
    OrderState.DRAFT: {"place": OrderState.PLACED, "cancel": OrderState.CANCELLED},
    OrderState.PLACED: {"close": OrderState.CLOSED, "cancel": OrderState.CANCELLED},
    OrderState.CLOSED: {"reopen": OrderState.PLACED},
    OrderState.CANCELLED: {"reopen": OrderState.PLACED},
}


class CopyState(StrEnum):
    """One ordered copy. What happened to a line is what happened to its copies."""

    PLANNED = "planned"
    ON_ORDER = "on_order"
    BACK_ORDERED = "back_ordered"
    RECEIVED = "received"
    DAMAGED = "damaged"
    CANCELLED = "cancelled"


COPY: Lifecycle[CopyState] = {
    CopyState.PLANNED: {"place": CopyState.ON_ORDER, "cancel": CopyState.CANCELLED},
    CopyState.ON_ORDER: {
        "receive": CopyState.RECEIVED,
        "receive_damaged": CopyState.DAMAGED,
        "back_order": CopyState.BACK_ORDERED,
        "cancel": CopyState.CANCELLED,
    },
    CopyState.BACK_ORDERED: {
        "receive": CopyState.RECEIVED,
        "receive_damaged": CopyState.DAMAGED,
        "supply": CopyState.ON_ORDER,
        "cancel": CopyState.CANCELLED,
    },
    CopyState.RECEIVED: {"unreceive": CopyState.ON_ORDER, "mark_damaged": CopyState.DAMAGED},
    CopyState.DAMAGED: {"receive": CopyState.RECEIVED, "unreceive": CopyState.ON_ORDER, "cancel": CopyState.CANCELLED},
    CopyState.CANCELLED: {"reinstate": CopyState.ON_ORDER},
}

# Copies that are still expected from the vendor, and those that have come or will never come.
OPEN_COPIES = (CopyState.ON_ORDER, CopyState.BACK_ORDERED, CopyState.DAMAGED)
SETTLED_COPIES = (CopyState.RECEIVED, CopyState.CANCELLED)


class ShipmentState(StrEnum):
    """A shipment: announced or typed in, being unpacked, unpacked."""

    EXPECTED = "expected"
    UNPACKING = "unpacking"
    FINISHED = "finished"


SHIPMENT: Lifecycle[ShipmentState] = {
    ShipmentState.EXPECTED: {"unpack": ShipmentState.UNPACKING, "finish": ShipmentState.FINISHED},
    ShipmentState.UNPACKING: {"unpack": ShipmentState.UNPACKING, "finish": ShipmentState.FINISHED},
    ShipmentState.FINISHED: {"reopen": ShipmentState.UNPACKING},
}


class ClaimState(StrEnum):
    """A claim: drafted by itself or by a person, sent, settled."""

    DRAFT = "draft"
    SENT = "sent"
    SETTLED = "settled"
    DROPPED = "dropped"


CLAIM: Lifecycle[ClaimState] = {
    ClaimState.DRAFT: {"send": ClaimState.SENT, "settle": ClaimState.SETTLED, "drop": ClaimState.DROPPED},
    ClaimState.SENT: {"settle": ClaimState.SETTLED, "send": ClaimState.SENT},
    ClaimState.SETTLED: {"reopen": ClaimState.DRAFT},
    ClaimState.DROPPED: {"reopen": ClaimState.DRAFT},
}


class InvoiceState(StrEnum):
    """An invoice: entered by EDI or by hand, approved, released to be paid."""

    ENTERED = "entered"
    APPROVED = "approved"
    RELEASED = "released"
    REFUSED = "refused"


INVOICE: Lifecycle[InvoiceState] = {
    InvoiceState.ENTERED: {"approve": InvoiceState.APPROVED, "refuse": InvoiceState.REFUSED},
    InvoiceState.APPROVED: {"release": InvoiceState.RELEASED, "unapprove": InvoiceState.ENTERED},
    InvoiceState.RELEASED: {},
    InvoiceState.REFUSED: {"reopen": InvoiceState.ENTERED},
}


class MessageState(StrEnum):
    """An EDI message: applied whole, or with issues that wait for a person."""

    APPLIED = "applied"
    NEEDS_PERSON = "needs_person"
    SETTLED = "settled"


MESSAGE: Lifecycle[MessageState] = {
    MessageState.APPLIED: {},
    MessageState.NEEDS_PERSON: {"settle": MessageState.SETTLED, "apply": MessageState.APPLIED},
    MessageState.SETTLED: {"reopen": MessageState.NEEDS_PERSON},
}
