"""Files and mail out of the building and into it; the row is the queue, Celery only rings the bell."""

from __future__ import annotations

from techsvc.kernel.actions.exchange import sending, taking_in
from techsvc.kernel.actions.exchange.sending import endpoint, queue, secret_place, transmit
from techsvc.kernel.actions.exchange.settling import (
    BY_HAND,
    cancel,
    mark_sent,
    pause_outgoing,
    release_outgoing,
    retry,
    send_once_more,
    undo_pause,
)
from techsvc.kernel.actions.exchange.taking_in import (
    MAIL,
    READERS,
    UPLOADS,
    begin_reading,
    collect,
    digest,
    end_reading,
    poll,
    read,
    read_again,
    read_by,
    seed_connections,
    set_aside,
    take_in,
    undo_set_aside,
    upload,
    upload_file,
)

__all__ = [
    "BY_HAND",
    "MAIL",
    "READERS",
    "UPLOADS",
    "begin_reading",
    "cancel",
    "collect",
    "digest",
    "end_reading",
    "endpoint",
    "mark_sent",
    "pause_outgoing",
    "poll",
    "queue",
    "read",
    "read_again",
    "read_by",
    "release_outgoing",
    "retry",
    "secret_place",
    "seed_connections",
    "send_once_more",
    "set_aside",
    "sweep",
    "take_in",
    "transmit",
    "undo_pause",
    "undo_set_aside",
    "upload",
    "upload_file",
]


def sweep() -> int:
    """Ring for everything that is due and may have lost its doorbell; returns how many were rung."""
    return sending.ring() + taking_in.ring()
