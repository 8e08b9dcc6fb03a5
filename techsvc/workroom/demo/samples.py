"""Files that a newcomer uploads: a cart for Brodart with codes that nobody has mapped, and its full records."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from techsvc.kernel import clock
from techsvc.workroom.demo import marc, tables
from techsvc.workroom.demo.supply import grid
from techsvc.workroom.demo.titles import NEXT_CART

CART, RECORDS = "cart.mrc", "full-records.mrc"


def folder() -> Path:
    """Where the files are."""
    return Path(settings.VAR_DIR) / "samples"


def shown(name: str) -> str:
    """A file's place as a person types it: from the checkout, where it lies in it."""
    path = folder() / name
    return str(path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path)


def write() -> None:
    """Write both files, over those of an earlier demo."""
    folder().mkdir(parents=True, exist_ok=True)
    today = clock.today()
    copies = {title: grid(title, "everywhere", tables.BRODART_CODES) for title in NEXT_CART}
    (folder() / CART).write_bytes(marc.cart(copies, entered=today))
    (folder() / RECORDS).write_bytes(b"".join(marc.full_record(title, entered=today) for title in NEXT_CART))
