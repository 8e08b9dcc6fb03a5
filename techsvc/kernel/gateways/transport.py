"""One way to hand files to a partner and to fetch theirs, whatever the wire is."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from techsvc.kernel.gateways.errors import Permanent

LARGEST_FILE = 64 * 1024 * 1024  # bytes; an interchange is refused above 10 MB, a MARC file for loading may be larger
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~+=@-]{0,199}")
UNFINISHED = (".part", ".tmp", ".filepart", ".partial")


@dataclass(frozen=True)
class Endpoint:
    """Where a partner's files go and come from, and how to prove who is who.

    kind      "folder", "sftp", "ftp" or "ftps"; for mail "smtp" or "smtps"
    host_key  sftp: the approved public key line, "ssh-ed25519 AAAA..."; ftps and smtps: a PEM certificate to trust
              besides the system's, or empty
    outbox    the remote folder that we put files into; inbox: the one that we fetch from
    root      folder: the directory that both are under
    timeout   seconds for each step: connecting, proving who we are, every read and write
    """

    kind: str
    host: str = ""
    port: int = 0
    username: str = ""
    password: str = field(default="", repr=False)
    host_key: str = ""
    outbox: str = "in"
    inbox: str = "out"
    root: str = ""
    timeout: float = 15.0

    @property
    def address(self) -> str:
        """How sentences name the other side: "sftp host:port", or the folder."""
        return self.root if self.kind == "folder" else f"{self.kind} {self.host}:{self.port}"


@dataclass(frozen=True)
class Found:
    """A file that is on the other side; `sha256` (hex) is None where the partner doesn't let us read it back."""

    size: int
    sha256: str | None


@dataclass(frozen=True)
class RemoteFile:
    """A file waiting in the inbox; size in bytes."""

    name: str
    size: int


def nothing() -> None:
    """For callers that need not know when the file becomes visible."""


class Transport(Protocol):
    """An open line to one partner. Every method raises Transient, Permanent or Unknown, and nothing else."""

    def put(self, name: str, body: bytes, *, before_visible: Callable[[], object] = nothing) -> None:
        """Deliver `body` as `name` in the outbox: under a temporary name, checked, renamed.

        `before_visible` is called at the last moment before the partner can see the file.

        A file of the same name is replaced. Names come from message ids, so a resend never doubles.
        """

    def stat(self, name: str) -> Found | None:
        """What lies in the outbox under `name`; None when there is nothing (many partners take files away at once)."""

    def list(self) -> list[RemoteFile]:
        """The finished files in the inbox by name; unfinished uploads and folders are left out."""

    def get(self, name: str) -> bytes:
        """The content of an inbox file; Transient while it is still growing."""

    def archive(self, name: str) -> None:
        """Move an inbox file into its folder `done`; call it when its bytes are safe with us."""

    def close(self) -> None:
        """Hang up; never raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Line:
    """What every transport shares: the endpoint, and hanging up at the end of a `with` block."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def close(self) -> None:
        """Nothing to hang up here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outgoing(self, name: str) -> str:
        return joined(self.endpoint.outbox, checked_name(name))

    def _incoming(self, name: str) -> str:
        return joined(self.endpoint.inbox, checked_incoming(name))


def joined(folder: str, name: str) -> str:
    """A remote path; an empty folder means the one that the login starts in."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def checked_name(name: str) -> str:
    """`name`, if it is fit to be written on any system; our own names always are."""
    if not SAFE_NAME.fullmatch(name):
        raise Permanent(f'"{name}" is no file name for a partner: use letters, digits, dot, hyphen and underscore.')
    return name


def checked_incoming(name: str) -> str:
    """`name` as a partner chose it, unless it would lead out of the inbox."""
    if name in {"", ".", ".."} or any(c in name for c in "/\\\0\r\n"):
        raise Permanent(
            f"The partner offers a file named {name!r}, which would lead out of its folder. It was not fetched."
        )
    return name


def temporary(name: str) -> str:
    """The name that an upload has until it is complete; partners skip names that begin with a dot."""
    return f".{name}.part"


def finished(name: str) -> bool:
    """Whether a listed name is a complete file, as opposed to somebody's upload in progress."""
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or name~2, name~3 ... when partners reuse theirs: the archive never overwrites."""
    if name not in taken:
        return name
    number = 2
    while f"{name}~{number}" in taken:
        number += 1
    return f"{name}~{number}"


def check_size(size: int, name: str) -> None:
    """Refuse a file that no partner sends in good faith."""
    if size > LARGEST_FILE:
        raise Permanent(f"{name} has {size:,} bytes; files above {LARGEST_FILE:,} bytes are not fetched.")


def sha256(body: bytes) -> str:
    """The hex digest by which files are compared."""
    return hashlib.sha256(body).hexdigest()


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """The system's certificate authorities, and the partner's own certificate if one is approved."""
    context = ssl.create_default_context()
    if endpoint.host_key:
        try:
            context.load_verify_locations(cadata=endpoint.host_key)
        except (ssl.SSLError, ValueError) as error:
            raise Permanent("The approved certificate can't be read. It should be a PEM text.") from error
    return context
