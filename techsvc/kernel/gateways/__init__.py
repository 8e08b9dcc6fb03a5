"""Bytes to and from the outside. `connect(endpoint)` opens the line that its kind names."""

from __future__ import annotations

from collections.abc import Callable

from techsvc.kernel.gateways.errors import Permanent
from techsvc.kernel.gateways.folder import Folder
from techsvc.kernel.gateways.ftp import Ftp
from techsvc.kernel.gateways.sftp import Sftp
from techsvc.kernel.gateways.transport import Endpoint, Transport

LINES: dict[str, Callable[[Endpoint], Transport]] = {"folder": Folder, "sftp": Sftp, "ftp": Ftp, "ftps": Ftp}


def connect(endpoint: Endpoint) -> Transport:
    """An open line to the partner, to be used in a `with` block; raises Transient or Permanent."""
    if endpoint.kind not in LINES:
        raise Permanent(f'There is no transport "{endpoint.kind}". Choose one of {", ".join(LINES)}.')
    return LINES[endpoint.kind](endpoint)
