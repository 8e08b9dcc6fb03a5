"""Files that a newcomer uploads: a cart for Brodart with codes that nobody has mapped, and its full records."""

from __future__ import annotations

from pathlib import Path

from techsvc.kernel import clock
from techsvc.workroom.demo import marc, tables
from techsvc.workroom.demo.supply import grid
from techsvc.workroom.demo.titles import NEXT_CART

CART, RECORDS = "brodart-cart.mrc", "brodart-full-records.mrc"


def write(folder: Path) -> None:
    """Write both files, over those of an earlier demo."""
    folder.mkdir(parents=True, exist_ok=True)
    today = clock.today()
    copies = {title: grid(title, "everywhere", tables.BRODART_CODES) for title in NEXT_CART}
    (folder / CART).write_bytes(marc.cart(copies, entered=today))
    (folder / RECORDS).write_bytes(b"".join(marc.full_record(title, entered=today) for title in NEXT_CART))
