"""What may come of a call that leaves the building: three outcomes that the exchange treats differently."""

from __future__ import annotations


class GatewayError(Exception):
    """A call to the outside that did not end well; `text` is a sentence for the person who looks after the account."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Transient(GatewayError):
    """Nothing was delivered and the next attempt may succeed: the host is down, the line broke, the disk is full."""


class Permanent(GatewayError):
    """Nothing was delivered and no retry will help: wrong password, changed host key. A person must act."""


class Unknown(GatewayError):
    """The line broke at the moment of delivery: it may have happened. Look (`stat`) before sending again."""
