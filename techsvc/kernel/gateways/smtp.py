"""Mail out: one message to one mail host."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from techsvc.kernel.gateways.errors import GatewayError, Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import Endpoint, tls_context

DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Envelope:
    """Who the mail host is told it is from and for; plain addresses."""

    sender: str
    recipients: tuple[str, ...]


def send(message: bytes, envelope: Envelope, endpoint: Endpoint) -> dict[str, str]:
    """Hand `message` (headers and body, CRLF or LF) to the mail host.

    Returns the recipients that the host refused, with its reason; all others were accepted. Raises Transient when
    nothing was accepted and a retry may help, Permanent when none will, Unknown when the line broke after the text was
    sent and before the host said yes: the same Message-ID must then be used again, so that readers can drop the double.
    """
    check_addresses(envelope)
    with session(endpoint) as host:
        answer(host.mail(envelope.sender), f"the sender {envelope.sender}", endpoint)
        refused = offer_recipients(host, envelope, endpoint)
        try:
            reply = host.data(message)
        except smtplib.SMTPDataError as error:
            raise refusal(error.smtp_code, error.smtp_error, "the message", endpoint) from error
        except (OSError, smtplib.SMTPException) as error:
            text = f"The line to {endpoint.address} broke after the message was sent: {reason(error)}."
            raise Unknown(f"{text} It may have arrived.") from error
        answer(reply, "the message", endpoint)
    return refused


def check_addresses(envelope: Envelope) -> None:
    """Refuse what could smuggle a command or a header in, and what the plain protocol can't carry."""
    if not envelope.recipients:
        raise Permanent("The message has no recipient.")
    for address in (envelope.sender, *envelope.recipients):
        if not address.isascii() or any(c <= " " or c in "<>\x7f" for c in address) or "@" not in address:
            raise Permanent(f"{address!r} is no mail address that can be sent to. Correct it and send again.")


def offer_recipients(host: smtplib.SMTP, envelope: Envelope, endpoint: Endpoint) -> dict[str, str]:
    """The refused ones; raises when all are."""
    refused: dict[str, tuple[int, bytes]] = {}
    for recipient in envelope.recipients:
        code, text = host.rcpt(recipient)
        if code not in (250, 251):
            refused[recipient] = (code, text)
    if len(refused) == len(set(envelope.recipients)):
        # One that may pass later is reason enough to try all again.
        recipient, (code, text) = min(refused.items(), key=lambda item: item[1][0])
        raise refusal(code, text, f"the recipient {recipient}", endpoint)
    return {recipient: words(text) for recipient, (_, text) in refused.items()}


@contextmanager
def session(endpoint: Endpoint) -> Iterator[smtplib.SMTP]:
    """A greeted, encrypted where possible and logged-in session; faults before the message text are named here."""
    host: smtplib.SMTP | None = None
    try:
        host = opened(endpoint)
        yield host
    except ssl.SSLCertVerificationError as error:
        raise Permanent(f"The certificate of {endpoint.address} is not trusted ({error.verify_message}).") from error
    except smtplib.SMTPAuthenticationError as error:
        raise Permanent(f"{endpoint.address} refuses the user name or password. Correct the account.") from error
    except smtplib.SMTPResponseException as error:
        raise refusal(error.smtp_code, error.smtp_error, "the session", endpoint) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"Can't reach {endpoint.address}: {reason(error)}.") from error
    finally:
        if host is not None:
            host.close()


def opened(endpoint: Endpoint) -> smtplib.SMTP:
    """Connect, greet, encrypt, log in. A password is never sent in the clear, except to this machine."""
    context = tls_context(endpoint)
    port = endpoint.port or DEFAULT_PORTS.get(endpoint.kind, 25)
    if endpoint.kind == "smtps":
        host: smtplib.SMTP = smtplib.SMTP_SSL(endpoint.host, port, timeout=endpoint.timeout, context=context)
    else:
        host = smtplib.SMTP(endpoint.host, port, timeout=endpoint.timeout)
    try:
        host.ehlo_or_helo_if_needed()
        if endpoint.kind != "smtps" and host.has_extn("starttls"):
            host.starttls(context=context)
            host.ehlo()
        elif endpoint.kind != "smtps" and endpoint.username and endpoint.host not in {"127.0.0.1", "::1", "localhost"}:
            raise Permanent(f"{endpoint.address} offers no encryption, so the password was not sent. Use smtps.")
        if endpoint.username:
            host.login(endpoint.username, endpoint.password)
    except BaseException:
        host.close()
        raise
    return host


def answer(reply: tuple[int, bytes], what: str, endpoint: Endpoint) -> None:
    """Raise unless the host said yes."""
    code, text = reply
    if not 200 <= code < 300:
        raise refusal(code, text, what, endpoint)


def refusal(code: int, text: bytes | str, what: str, endpoint: Endpoint) -> GatewayError:
    """4xx may pass later, 5xx will not."""
    kind = Transient if 400 <= code < 500 else Permanent
    return kind(f"{endpoint.address} refuses {what}: {words(text)} (mail code {code}).")


def words(text: bytes | str) -> str:
    """The host's own words on one line."""
    return " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())


def reason(error: Exception) -> str:
    """The error in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).rstrip(".") or "the line broke"
