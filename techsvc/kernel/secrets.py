"""Vendors' passwords: sealed with a key ring file that is not the database's and not SECRET_KEY."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from techsvc.kernel.errors import Refusal

KEY_BYTES, NONCE_BYTES = 32, 12


class SecretUnreadable(Refusal):
    """The key ring is missing or wrong, or the token was tampered with or moved."""


def key_ring() -> dict[str, bytes]:
    """Key id → 32-byte key, newest first, from the file settings.VENDOR_KEYS_FILE ("id:base64" a line)."""
    path = Path(settings.VENDOR_KEYS_FILE)
    try:
        pairs = [line.partition(":") for line in path.read_text(encoding="ascii").split()]
        ring = {key_id: base64.b64decode(key, validate=True) for key_id, _, key in pairs}
    except OSError as error:
        raise SecretUnreadable(
            f"The key file {path} can't be read ({error.strerror}). Put it back; nothing is sent until then."
        ) from None
    except ValueError:  # neither ASCII nor base64
        ring = {}
    if not ring or any(len(key) != KEY_BYTES for key in ring.values()):
        raise SecretUnreadable(
            f"The key file {path} holds no usable key. Put the right one back; nothing is sent until then."
        )
    return ring


def new_key_line(key_id: str) -> str:
    """A fresh line for the key file."""
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """A sealed password: "key id:base64(nonce + ciphertext)", or empty for none. Never shown, logged or compared."""

    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.token)

    def __str__(self) -> str:
        return "set" if self.token else "not set"

    @classmethod
    def seal(cls, plain: str, *, place: str) -> Secret:
        """Seal `plain` for `place` ("table|column|key") with the newest key."""
        key_id, key = next(iter(key_ring().items()))
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
        return cls(f"{key_id}:{base64.b64encode(nonce + sealed).decode()}")

    def open(self, *, place: str) -> str:
        """The password. Raises SecretUnreadable when the key, the token or the place is wrong."""
        if not self.token:
            return ""
        key_id, _, payload = self.token.partition(":")
        ring = key_ring()
        if key_id not in ring:
            raise SecretUnreadable(
                f"The password was sealed with key {key_id}, which the key file lacks. "
                "Put that key back or set the password again."
            )
        try:
            raw = base64.b64decode(payload, validate=True)
            return AESGCM(ring[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SecretUnreadable(
                "The stored password can't be read with the key file in place. "
                "Nothing was sent; set the password again."
            ) from None

    @property
    def key_id(self) -> str:
        """Which key of the ring it was sealed with; empty for none."""
        return self.token.partition(":")[0]
