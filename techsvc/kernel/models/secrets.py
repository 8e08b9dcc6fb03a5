"""A column for vendors' passwords: encrypted under a key ring of its own, and it fails closed.

The token is bound to table, column and row key, so that a password pasted into another row can't be
read there. Losing or mistaking the key ring raises; it never hands out ciphertext.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from techsvc.kernel.secrets import Secret


class SecretField(models.TextField[Any, Any]):
    """Holds a Secret token as text; reading gives the token, `Secret.open` the password."""

    def deconstruct(self) -> Any:
        """Migrations see a plain text column, so that they import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, *_args: Any) -> Secret:
        return Secret(value or "")

    def to_python(self, value: Any) -> Secret:
        return value if isinstance(value, Secret) else Secret(value or "")

    def get_prep_value(self, value: Any) -> str:
        return self.to_python(value).token
