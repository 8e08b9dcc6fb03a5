"""Mail out, against a real mail host and against ones that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Arrived

from techsvc.kernel.gateways import smtp
from techsvc.kernel.gateways.errors import Permanent, Transient, Unknown
from techsvc.kernel.gateways.smtp import Envelope
from techsvc.kernel.gateways.transport import Endpoint

MESSAGE = (
    b"From: ill@library.example\r\nTo: a@partner.example\r\nSubject: Overdue\r\nMessage-ID: <1@x>\r\n\r\n.A dot\r\n"
)
ENVELOPE = Envelope("ill@library.example", ("a@partner.example",))


class Mailroom:
    """Keeps what arrives; refuses what `refuse` says, by the part of the address before the @."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, list[str], bytes]] = []
        self.refuse = {"full": "452 mailbox full", "gone": "550 no such user"}
        self.reply = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Arrived, address: str, options: list[str]
    ) -> str:
        name = address.split("@")[0]
        if name in self.refuse:
            return self.refuse[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Arrived) -> str:
        assert isinstance(envelope.content, bytes)
        if self.reply.startswith("250"):
            self.arrived.append((envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        return self.reply


@pytest.fixture
def mailroom() -> Iterator[tuple[Mailroom, Endpoint]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    room = Mailroom()
    controller = Controller(room, hostname="127.0.0.1", port=port)
    controller.start()
    yield room, Endpoint("smtp", "127.0.0.1", port, timeout=5)
    controller.stop()


def test_a_message_arrives_unchanged(mailroom: tuple[Mailroom, Endpoint]) -> None:
    room, endpoint = mailroom
    assert smtp.send(MESSAGE, ENVELOPE, endpoint) == {}
    assert room.arrived == [("ill@library.example", ["a@partner.example"], MESSAGE)]


def test_one_refused_recipient_does_not_stop_the_others(mailroom: tuple[Mailroom, Endpoint]) -> None:
    room, endpoint = mailroom
    envelope = Envelope(ENVELOPE.sender, ("gone@partner.example", "a@partner.example"))
    assert smtp.send(MESSAGE, envelope, endpoint) == {"gone@partner.example": "no such user"}
    assert [recipients for _, recipients, _ in room.arrived] == [["a@partner.example"]]


@pytest.mark.parametrize(
    ("recipients", "kind", "text"),
    [
        (("gone@x.example",), Permanent, "refuses the recipient gone@x.example: no such user"),
        (("full@x.example",), Transient, "refuses the recipient full@x.example: mailbox full"),
        (("gone@x.example", "full@x.example"), Transient, "mailbox full"),
    ],
)
def test_refused_recipients(
    mailroom: tuple[Mailroom, Endpoint], recipients: tuple[str, ...], kind: type[Exception], text: str
) -> None:
    room, endpoint = mailroom
    with pytest.raises(kind, match=text):
        smtp.send(MESSAGE, Envelope(ENVELOPE.sender, recipients), endpoint)
    assert room.arrived == []


@pytest.mark.parametrize(("reply", "kind"), [("451 try later", Transient), ("554 we think it is spam", Permanent)])
def test_a_refused_message(mailroom: tuple[Mailroom, Endpoint], reply: str, kind: type[Exception]) -> None:
    room, endpoint = mailroom
    room.reply = reply
    with pytest.raises(kind, match=f"refuses the message: {reply[4:]}"):
        smtp.send(MESSAGE, ENVELOPE, endpoint)


@pytest.mark.parametrize(
    "address", ["a@x.example\r\nDATA", "a@x.example>", "nobody", "", "jürgen@x.example", "a b@x.example"]
)
def test_addresses_that_smuggle_or_fail_are_refused_before_connecting(address: str) -> None:
    nowhere = Endpoint("smtp", "127.0.0.1", 1, timeout=1)
    with pytest.raises(Permanent, match="is no mail address"):
        smtp.send(MESSAGE, Envelope(ENVELOPE.sender, (address,)), nowhere)
    with pytest.raises(Permanent, match="has no recipient"):
        smtp.send(MESSAGE, Envelope(ENVELOPE.sender, ()), nowhere)


def test_nobody_listening_and_nobody_answering_are_transient(tarpit: Callable[[bytes], int]) -> None:
    with pytest.raises(Transient, match=r"Can't reach smtp 127.0.0.1:1"):
        smtp.send(MESSAGE, ENVELOPE, Endpoint("smtp", "127.0.0.1", 1, timeout=1))
    with pytest.raises(Transient, match="Can't reach"):
        smtp.send(MESSAGE, ENVELOPE, Endpoint("smtp", "127.0.0.1", tarpit(b""), timeout=0.5))


def test_a_host_that_hangs_up_after_the_text_leaves_an_unknown() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        line, _ = listener.accept()
        with line, line.makefile("rb") as heard:
            line.sendall(b"220 hello\r\n")
            for command in heard:
                if command.upper().startswith(b"DATA"):
                    line.sendall(b"354 go on\r\n")
                    while heard.readline() != b".\r\n":
                        pass
                    return
                line.sendall(b"250 ok\r\n")

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    with listener, pytest.raises(Unknown, match=r"broke after the message was sent.*may have arrived"):
        smtp.send(MESSAGE, ENVELOPE, Endpoint("smtp", "127.0.0.1", listener.getsockname()[1], timeout=5))
    thread.join(5)


def test_a_password_is_not_sent_in_the_clear(
    mailroom: tuple[Mailroom, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, endpoint = mailroom
    here = socket.create_connection

    monkeypatch.setattr(socket, "create_connection", lambda address, *rest: here(("127.0.0.1", address[1]), *rest))
    far = Endpoint("smtp", "mail.partner.example", endpoint.port, "library", "secret", timeout=5)
    with pytest.raises(Permanent, match="offers no encryption, so the password was not sent"):
        smtp.send(MESSAGE, ENVELOPE, far)
    assert room.arrived == []
