"""SFTP with a pinned host key: the password is sent only to the server that a person approved."""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import io
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from stat import S_ISREG

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from techsvc.kernel.gateways.errors import GatewayError, Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import (
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
    sha256,
    temporary,
)

PERSON_MUST_ACT = {errno.ENOENT, errno.EACCES}
FAULTS = (OSError, EOFError, paramiko.SSHException, paramiko.SFTPError)

# paramiko logs a traceback of its own for every broken line; our errors say it in a sentence.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class Sftp(Line):
    """One session. Opening it raises Transient (not reachable) or Permanent (wrong key, wrong password)."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self._sftp = self._open()
        except GatewayError:
            self.close()
            raise

    def put(self, name: str, body: bytes, *, before_visible: Callable[[], object] = nothing) -> None:
        """Upload under a temporary name, compare the size, rename over the final one."""
        final, part = self._outgoing(name), joined(self.endpoint.outbox, temporary(checked_name(name)))
        with self._named_errors(f"write {part}"):
            self._sftp.putfo(io.BytesIO(body), part, file_size=len(body), confirm=False)
            arrived = self._sftp.stat(part).st_size
        if arrived != len(body):
            raise Transient(
                f"Of {len(body)} bytes for {final}, {arrived} arrived on {self.endpoint.address}. Not delivered."
            )
        before_visible()
        self._rename_over(part, final)
        found = self._size(final)
        if found is not None and found != len(body):
            raise Unknown(f"{final} on {self.endpoint.address} has {found} bytes after delivery, not {len(body)}.")

    def stat(self, name: str) -> Found | None:
        """Size and hash, read back; the hash is None where reading is not allowed."""
        path = self._outgoing(name)
        size = self._size(path)
        if size is None:
            return None
        try:
            return Found(size, sha256(self._read(path)))
        except Permanent:
            return Found(size, None)

    def list(self) -> list[RemoteFile]:
        """Finished files by name."""
        with self._named_errors(f"list {self.endpoint.inbox}"):
            entries = self._sftp.listdir_attr(self.endpoint.inbox or ".")
        files = [
            RemoteFile(e.filename, e.st_size or 0) for e in entries if finished(e.filename) and S_ISREG(e.st_mode or 0)
        ]
        return sorted(files, key=lambda file: file.name)

    def get(self, name: str) -> bytes:
        """The bytes, if the file stood still while it was read."""
        path = self._incoming(name)
        with self._named_errors(f"read {path}"):
            before = self._sftp.stat(path).st_size or 0
        check_size(before, name)
        body = self._read(path)
        if not before == len(body) == self._size(path):
            raise Transient(
                f"{path} on {self.endpoint.address} is still being written. It will be fetched at the next visit."
            )
        return body

    def archive(self, name: str) -> None:
        """Rename into done/, created when missing."""
        path, done = self._incoming(name), joined(self.endpoint.inbox, "done")
        with self._named_errors(f"move {path} to {done}"):
            with suppress(OSError):
                self._sftp.mkdir(done)
            target = joined(done, free_name(name, set(self._sftp.listdir(done))))
            self._sftp.rename(path, target)

    def close(self) -> None:
        """Hang up."""
        with suppress(Exception):
            self._client.close()

    def _open(self) -> paramiko.SFTPClient:
        endpoint = self.endpoint
        key = parse_key(endpoint.host_key)
        host = endpoint.host if endpoint.port in {0, 22} else f"[{endpoint.host}]:{endpoint.port}"
        self._client.get_host_keys().add(host, key.get_name(), key)
        try:
            self._client.connect(
                endpoint.host,
                endpoint.port or 22,
                username=endpoint.username,
                password=endpoint.password,
                look_for_keys=False,
                allow_agent=False,
                timeout=endpoint.timeout,
                banner_timeout=endpoint.timeout,
                auth_timeout=endpoint.timeout,
                channel_timeout=endpoint.timeout,
            )
            sftp = self._client.open_sftp()
        except FAULTS as error:
            raise opening_error(error, endpoint) from error
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(endpoint.timeout)
        return sftp

    def _rename_over(self, part: str, final: str) -> None:
        """From here on a broken line means that the file may be there."""
        try:
            self._sftp.posix_rename(part, final)
        except OSError as error:
            if is_broken(error):
                raise self._unknown(final, error) from error
            self._rename_after_delete(part, final)
        except FAULTS as error:
            raise self._unknown(final, error) from error

    def _rename_after_delete(self, part: str, final: str) -> None:
        """For servers without the posix-rename extension, whose rename refuses to overwrite."""
        try:
            with suppress(FileNotFoundError):
                self._sftp.remove(final)
            self._sftp.rename(part, final)
        except FAULTS as error:
            if is_broken(error):
                raise self._unknown(final, error) from error
            raise self._refused(f"rename {part} to {final}", error) from error

    def _size(self, path: str) -> int | None:
        try:
            with self._named_errors(f"look for {path}"):
                return self._sftp.stat(path).st_size
        except Permanent as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def _read(self, path: str) -> bytes:
        with self._named_errors(f"read {path}"), self._sftp.open(path, "rb") as file:
            file.prefetch()
            return file.read()

    @contextmanager
    def _named_errors(self, act: str) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            raise self._refused(act, error) from error

    def _refused(self, act: str, error: Exception) -> GatewayError:
        kind = Permanent if isinstance(error, OSError) and error.errno in PERSON_MUST_ACT else Transient
        return kind(f"Can't {act} on {self.endpoint.address}: {reason(error)}.")

    def _unknown(self, final: str, error: Exception) -> Unknown:
        return Unknown(f"The line to {self.endpoint.address} broke while {final} was being delivered: {reason(error)}.")


def parse_key(line: str) -> paramiko.PKey:
    """The approved key; Permanent when there is none or it can't be read."""
    parts = line.split()
    if len(parts) < 2:
        raise Permanent("No host key is approved for this account. Fetch the server's key, compare it and approve it.")
    try:
        return paramiko.PKey.from_type_string(parts[0], base64.b64decode(parts[1], validate=True))
    except (paramiko.SSHException, binascii.Error, ValueError, KeyError) as error:
        raise Permanent('The approved host key can\'t be read. It should look like "ssh-ed25519 AAAA...".') from error


def fingerprint(line: str) -> str:
    """How people compare keys: "SHA256:" and the base64 digest without padding."""
    return key_fingerprint(parse_key(line))


def key_fingerprint(key: paramiko.PKey) -> str:
    """The same of a key at hand."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def offered_key(host: str, port: int = 22, *, timeout: float = 15.0) -> str:
    """The key line that a server shows, for a person to approve. Nothing about us is sent."""
    endpoint = Endpoint("sftp", host=host, port=port, timeout=timeout)
    try:
        transport = paramiko.Transport(socket.create_connection((host, port), timeout))
    except (OSError, paramiko.SSHException) as error:
        raise opening_error(error, endpoint) from error
    try:
        transport.banner_timeout = timeout
        transport.start_client(timeout=timeout)
        key = transport.get_remote_server_key()
    except FAULTS as error:
        raise opening_error(error, endpoint) from error
    finally:
        transport.close()
    return f"{key.get_name()} {key.get_base64()}"


def opening_error(error: Exception, endpoint: Endpoint) -> GatewayError:
    """Why no session came about."""
    if isinstance(error, paramiko.BadHostKeyException):
        return Permanent(
            f"{endpoint.address} shows another host key than the approved one "
            f"({key_fingerprint(error.key)}). Nothing was sent. "
            "Ask the partner whether the key was changed, and approve the new one."
        )
    if isinstance(error, paramiko.AuthenticationException) and "timeout" not in str(error).lower():
        return Permanent(f"{endpoint.address} refuses the user name or password. Correct the account.")
    if isinstance(error, IncompatiblePeer) and "host key" in str(error):
        return Permanent(
            f"{endpoint.address} shows a host key of another type than the approved one. Nothing was sent."
        )
    return Transient(f"Can't reach {endpoint.address}: {reason(error)}.")


def is_broken(error: Exception) -> bool:
    """Whether the line itself failed, as opposed to an answer from the server."""
    return (
        not isinstance(error, OSError)
        or isinstance(error, TimeoutError | ConnectionError)
        or str(error) == "Socket is closed"
    )


def reason(error: Exception) -> str:
    """The error in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return error.strerror or str(error) or "the line broke"
    return str(error).rstrip(".") or "the line broke"
