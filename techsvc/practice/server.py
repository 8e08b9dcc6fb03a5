"""The practice vendor's SFTP door: this machine only, one account, and nothing but in/ and out/ behind it."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from techsvc.practice.vendor import Places

HOST = "127.0.0.1"
OPEN_FOLDERS = {b"in", b"out"}

logging.getLogger("asyncssh").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Account:
    """The one login."""

    username: str
    password: str = field(repr=False)


class Doorkeeper(asyncssh.SSHServer):
    """Passwords only."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def begin_auth(self, username: str) -> bool:
        """Everybody has to show a password."""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are the one way in."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """The account's, compared in constant time."""
        given, known = f"{username}\0{password}", f"{self.account.username}\0{self.account.password}"
        return hmac.compare_digest(given.encode(), known.encode())


class Counter(asyncssh.SFTPServer):
    """Files below in/ and out/; the vendor's own files beside them can't be named."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], root: Path) -> None:
        super().__init__(channel, chroot=os.fsencode(root))

    def map_path(self, path: bytes) -> bytes:
        """The real path, if it is in an open folder."""
        real = super().map_path(path)
        inside = os.path.relpath(real, super().map_path(b"/"))
        if inside != b"." and inside.split(b"/")[0] not in OPEN_FOLDERS:
            raise asyncssh.SFTPNoSuchFile("Only in/ and out/ are here")
        return real

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """Links could lead out."""
        raise asyncssh.SFTPPermissionDenied("Links are not allowed")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        """Links could lead out."""
        raise asyncssh.SFTPPermissionDenied("Links are not allowed")


def host_key(root: Path) -> asyncssh.SSHKey:
    """The server's key, made once; its public line is written to host_key.pub for the library to approve."""
    path = root / "host_key"
    if not path.exists():
        key = asyncssh.generate_private_key("ssh-ed25519", comment="practice-vendor")
        part = path.with_name(".host_key.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.export_private_key())
        part.replace(path)
    key = asyncssh.read_private_key(path)
    (root / "host_key.pub").write_bytes(key.export_public_key())
    return key


async def listen(places: Places, port: int, account: Account) -> asyncssh.SSHAcceptor:
    """Open the door; port 0 picks a free one."""
    return await asyncssh.listen(
        HOST,
        port,
        server_factory=lambda: Doorkeeper(account),
        server_host_keys=[host_key(places.root)],
        sftp_factory=lambda channel: Counter(channel, places.root),
        allow_scp=False,
        agent_forwarding=False,
        login_timeout=20,
    )


async def every_second(work: Callable[[], object], finished: asyncio.Event) -> None:
    """Do `work` in a thread each second until finished."""
    while not finished.is_set():
        await asyncio.to_thread(work)
        try:
            await asyncio.wait_for(finished.wait(), timeout=1)
        except TimeoutError:
            continue
