"""How one message is handed over, whatever the wire: by file to a partner's mailbox, or by mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from techsvc.kernel.gateways import connect, smtp
from techsvc.kernel.gateways.transport import Endpoint


class Courier(Protocol):
    """Hands over one message; raises Transient, Permanent or Unknown."""

    resend_is_safe: bool
    """Whether a message that may have arrived can be sent again because its receiver knows it for the same."""

    def holds(self, name: str, digest: str) -> bool:
        """Whether the message is to be seen at the partner's, with these very bytes."""

    def deliver(self, name: str, body: bytes, *, recipient: str, before_visible: Callable[[], None]) -> str:
        """Hand over; calls `before_visible` at the last moment before the partner can see it. Returns what to note."""


class FileCourier:
    """Puts files into a partner's mailbox."""

    # A vendor takes files away at once: when ours is gone, nobody here can tell why.
    resend_is_safe = False

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def holds(self, name: str, digest: str) -> bool:
        with connect(self.endpoint) as line:
            found = line.stat(name)
        return found is not None and found.sha256 in (digest, None)

    def deliver(self, name: str, body: bytes, *, recipient: str, before_visible: Callable[[], None]) -> str:
        with connect(self.endpoint) as line:
            line.put(name, body, before_visible=before_visible)
        return f"{len(body):,} bytes to {self.endpoint.address}"


class MailCourier:
    """Sends by SMTP, or keeps the mail to be read on a page where the library has no mail server."""

    # The Message-ID comes from the reason of the mail, so readers drop the double.
    resend_is_safe = True

    def __init__(self, endpoint: Endpoint | None, sender: str) -> None:
        self.endpoint = endpoint
        self.sender = sender

    def holds(self, name: str, digest: str) -> bool:
        return False

    def deliver(self, name: str, body: bytes, *, recipient: str, before_visible: Callable[[], None]) -> str:
        if self.endpoint is None:
            return "No mail server is set (EMAIL_URL): the mail is kept here to be read."
        before_visible()
        refused = smtp.send(body, smtp.Envelope(self.sender, (recipient,)), self.endpoint)
        return "; ".join(f"{who}: {why}" for who, why in refused.items()) or f"to {self.endpoint.address}"
