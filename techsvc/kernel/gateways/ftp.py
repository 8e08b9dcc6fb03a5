"""FTP and FTPS. Plain FTP is for the vendors that offer nothing else; FTPS checks the certificate.

The linter's warning about FTP (S321) is silenced where it is used on purpose: several book vendors offer only that, and
a library that trades with them enters the account as "ftp" with open eyes.
"""

from __future__ import annotations

import ftplib
import hashlib
import io
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from techsvc.kernel.gateways.errors import GatewayError, Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import (
    LARGEST_FILE,
    Endpoint,
    Found,
    Line,
    RemoteFile,
    check_size,
    checked_name,
    finished,
    free_name,
    joined,
    nothing,
    temporary,
    tls_context,
)

FAULTS = (OSError, EOFError, ftplib.Error)
NOT_THERE = "550"
DISK_FULL = "552"


class ReusingFtpTls(ftplib.FTP_TLS):
    """FTPS whose data connections resume the session of the control connection, which many servers demand."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """As the base class, with the session handed on."""
        line, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321
        control = self.sock
        if getattr(self, "_prot_p", False) and isinstance(control, ssl.SSLSocket):
            line = self.context.wrap_socket(line, server_hostname=self.host, session=control.session)
        return line, size


class Ftp(Line):
    """One session, passive mode. Opening it raises Transient (not reachable) or Permanent (certificate, password)."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        # Latin-1 maps every byte to a character and back, so a file name in any encoding survives.
        self._ftp = (
            ReusingFtpTls(context=tls_context(endpoint), timeout=endpoint.timeout, encoding="latin-1")
            if endpoint.kind == "ftps"
            else ftplib.FTP(timeout=endpoint.timeout, encoding="latin-1")  # noqa: S321
        )
        try:
            self._open()
        except FAULTS as error:
            self.close()
            raise opening_error(error, endpoint) from error

    def put(self, name: str, body: bytes, *, before_visible: Callable[[], object] = nothing) -> None:
        """Upload under a temporary name, compare the size if the server tells it, rename over the final one."""
        final, part = self._outgoing(name), joined(self.endpoint.outbox, temporary(checked_name(name)))
        with self._named_errors(f"write {part}"):
            self._ftp.storbinary(f"STOR {part}", io.BytesIO(body))
        arrived = self._size(part)
        if arrived is not None and arrived != len(body):
            raise Transient(
                f"Of {len(body)} bytes for {final}, {arrived} arrived on {self.endpoint.address}. Not delivered."
            )
        before_visible()
        try:
            self._rename_over(part, final)
        except ftplib.error_perm as error:
            raise self._refused(f"rename {part} to {final}", error) from error
        except FAULTS as error:
            raise Unknown(
                f"The line to {self.endpoint.address} broke while {final} was being delivered: {reason(error)}."
            ) from error

    def stat(self, name: str) -> Found | None:
        """Size and hash, read back; the hash is None where reading is not allowed."""
        path = self._outgoing(name)
        try:
            body = self._read(path)
        except Permanent:
            size = self._size(path)
            return None if size is None else Found(size, None)
        return Found(len(body), hashlib.sha256(body).hexdigest())

    def list(self) -> list[RemoteFile]:
        """Finished files by name: by MLSD, or by NLST and SIZE on servers that lack it."""
        with self._named_errors(f"list {self.endpoint.inbox}"):
            try:
                entries = self._mlsd()
            except ftplib.error_perm:
                entries = self._plain_list()
        return sorted(
            (RemoteFile(name, size) for name, kind, size in entries if kind == "file" and finished(name)),
            key=lambda file: file.name,
        )

    def get(self, name: str) -> bytes:
        """The bytes, if the file stood still while it was read."""
        path = self._incoming(name)
        before = self._size(path)
        check_size(before or 0, name)
        body = self._read(path)
        if before is not None and not before == len(body) == self._size(path):
            raise Transient(
                f"{path} on {self.endpoint.address} is still being written. It will be fetched at the next visit."
            )
        return body

    def archive(self, name: str) -> None:
        """Rename into done/, created when missing."""
        path, done = self._incoming(name), joined(self.endpoint.inbox, "done")
        with self._named_errors(f"move {path} to {done}"):
            with suppress(ftplib.error_perm):
                self._ftp.mkd(done)
            target = joined(done, free_name(name, set(self._names(done))))
            self._ftp.rename(path, target)

    def close(self) -> None:
        """Hang up without waiting for a goodbye."""
        with suppress(Exception):
            self._ftp.close()

    def _open(self) -> None:
        endpoint = self.endpoint
        self._ftp.connect(endpoint.host, endpoint.port or ftplib.FTP_PORT)
        if isinstance(self._ftp, ftplib.FTP_TLS):
            self._ftp.auth()  # the certificate is checked here, before the password is sent
        self._ftp.login(endpoint.username, endpoint.password)
        if isinstance(self._ftp, ftplib.FTP_TLS):
            self._ftp.prot_p()
        self._ftp.voidcmd("TYPE I")  # in text mode many servers refuse SIZE

    def _rename_over(self, part: str, final: str) -> None:
        """Some servers refuse to rename over a file; then the old one goes first."""
        try:
            self._ftp.rename(part, final)
        except ftplib.error_perm:
            with suppress(ftplib.error_perm):
                self._ftp.delete(final)
            self._ftp.rename(part, final)

    def _mlsd(self) -> Iterable[tuple[str, str, int]]:
        entries = self._ftp.mlsd(self.endpoint.inbox, facts=["type", "size"])
        return [(name, facts.get("type", "file"), int(facts.get("size", 0))) for name, facts in entries]

    def _plain_list(self) -> Iterable[tuple[str, str, int]]:
        """Entries without a size are folders."""
        self._ftp.voidcmd("TYPE I")
        sizes = [(name, self._size(joined(self.endpoint.inbox, name))) for name in self._names(self.endpoint.inbox)]
        return [(name, "file", size) for name, size in sizes if size is not None]

    def _names(self, folder: str) -> Sequence[str]:
        """Bare names in a folder; servers answer NLST with or without the path."""
        try:
            return [name.rsplit("/", 1)[-1] for name in self._ftp.nlst(folder)]
        except ftplib.error_perm as error:
            if str(error).startswith(NOT_THERE) and "no files" in str(error).lower():
                return []
            raise

    def _size(self, path: str) -> int | None:
        """None when there is no such file, or the server doesn't tell."""
        try:
            self._ftp.voidcmd("TYPE I")
            return self._ftp.size(path)
        except ftplib.error_perm:
            return None
        except FAULTS as error:
            raise self._refused(f"look for {path}", error) from error

    def _read(self, path: str) -> bytes:
        body = bytearray()

        def keep(piece: bytes) -> None:
            body.extend(piece)
            check_size(len(body), path)

        with self._named_errors(f"read {path}"):
            self._ftp.retrbinary(f"RETR {path}", keep, blocksize=min(LARGEST_FILE, 1 << 16))
        return bytes(body)

    @contextmanager
    def _named_errors(self, act: str) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            raise self._refused(act, error) from error

    def _refused(self, act: str, error: Exception) -> GatewayError:
        lasting = isinstance(error, ftplib.error_perm) and not str(error).startswith(DISK_FULL)
        kind = Permanent if lasting else Transient
        return kind(f"Can't {act} on {self.endpoint.address}: {reason(error)}.")


def opening_error(error: Exception, endpoint: Endpoint) -> GatewayError:
    """Why no session came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Permanent(
            f"The certificate of {endpoint.address} is not trusted ({error.verify_message}). No password was sent. "
            "Approve the partner's certificate, or ask the partner to renew it."
        )
    if isinstance(error, ftplib.error_perm):
        if str(error).startswith("530"):
            return Permanent(f"{endpoint.address} refuses the user name or password. Correct the account.")
        return Permanent(f"{endpoint.address} refuses the session: {reason(error)}.")
    return Transient(f"Can't reach {endpoint.address}: {reason(error)}.")


def reason(error: Exception) -> str:
    """The error in a few words: the server's own without its number, or the system's."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ftplib.Error):
        return re.sub(r"^\d{3}[ -]", "", str(error)).strip().rstrip(".") or "refused"
    if isinstance(error, OSError):
        return error.strerror or str(error) or "the line broke"
    return "the line broke"
