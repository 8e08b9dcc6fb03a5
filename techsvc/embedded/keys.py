"""The two secrets of an embedded installation: Django's and the ring that seals the vendors' passwords."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def write_keys(var: Path) -> None:
    """Make the two secrets of an embedded installation on its first start; an existing file is never touched."""
    keys = var / "keys"
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(keys / "secret_key", secrets.token_urlsafe(48))
    _write_once(keys / "vendor_keys", "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())


def _write_once(path: Path, text: str) -> None:
    if path.exists():
        return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
    try:
        os.link(part, path)  # fails when another process was first, unlike a rename
    except FileExistsError:
        pass
    finally:
        part.unlink()
