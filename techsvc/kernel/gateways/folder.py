"""A folder on this machine or on a mounted share, as a partner's mailbox."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from techsvc.kernel.gateways.errors import Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import (
    Endpoint,
    Found,
    Line,
    RemoteFile,
    check_size,
    checked_incoming,
    checked_name,
    finished,
    free_name,
    nothing,
    sha256,
    temporary,
)

PERSON_MUST_ACT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}


class Folder(Line):
    """Outbox and inbox are folders under `endpoint.root`."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.outbox = self._below_root(endpoint.outbox)
        self.inbox = self._below_root(endpoint.inbox)

    def put(self, name: str, body: bytes, *, before_visible: Callable[[], object] = nothing) -> None:
        """Write beside, flush to disk, compare, rename over."""
        final, part = self.outbox / checked_name(name), self.outbox / temporary(name)
        with named_errors(f"write {final}"):
            write_through(part, body)
            if part.read_bytes() != body:
                raise Transient(f"{part} does not hold what was written to it. It was not delivered.")
        before_visible()
        with named_errors(f"write {final}"):
            os.replace(part, final)
        try:
            flush_folder(self.outbox)
        except OSError as error:
            raise Unknown(f"{final} was renamed, but the disk did not confirm it ({error.strerror}).") from error

    def stat(self, name: str) -> Found | None:
        """Size and hash, read back."""
        path = self.outbox / checked_name(name)
        with named_errors(f"read {path}"):
            if not self.outbox.is_dir():
                raise Permanent(f"{self.outbox} is no folder. Correct the account or create it.")
            if not path.is_file():
                return None
            body = path.read_bytes()
        return Found(len(body), sha256(body))

    def list(self) -> list[RemoteFile]:
        """Finished files by name."""
        with named_errors(f"list {self.inbox}"):
            entries = [e for e in os.scandir(self.inbox) if finished(e.name) and e.is_file(follow_symlinks=False)]
            return sorted((RemoteFile(e.name, e.stat().st_size) for e in entries), key=lambda file: file.name)

    def get(self, name: str) -> bytes:
        """The bytes, if the file stood still while it was read."""
        path = self.inbox / checked_incoming(name)
        with named_errors(f"read {path}"):
            before = path.stat()
            check_size(before.st_size, name)
            body = path.read_bytes()
            if (path.stat().st_mtime_ns, len(body)) != (before.st_mtime_ns, before.st_size):
                raise Transient(f"{path} is still being written. It will be fetched at the next visit.")
        return body

    def archive(self, name: str) -> None:
        """Rename into done/, created when missing."""
        path, done = self.inbox / checked_incoming(name), self.inbox / "done"
        with named_errors(f"move {path} to {done}"):
            done.mkdir(exist_ok=True)
            path.rename(done / free_name(name, set(os.listdir(done))))

    def _below_root(self, folder: str) -> Path:
        if not self.endpoint.root:
            raise Permanent("The account names no folder. Enter the folder that is shared with the partner.")
        root = Path(self.endpoint.root).resolve()
        path = (root / folder).resolve()
        if not path.is_relative_to(root):
            raise Permanent(f'"{folder}" leads out of {root}. Use a folder inside it.')
        return path


@contextmanager
def named_errors(act: str) -> Iterator[None]:
    """Turn the system's errors into ours: some pass by themselves, others need a person."""
    try:
        yield
    except OSError as error:
        kind = Permanent if error.errno in PERSON_MUST_ACT else Transient
        raise kind(f"Can't {act}: {error.strerror or error}.") from error


def write_through(path: Path, body: bytes) -> None:
    """Write and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    """Wait until the disk has the folder's own entries, renames included."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
