"""Profiles that a library can begin with, as plain data: column → what it holds."""

from __future__ import annotations

from typing import Any

ITEMS_949 = {
    "tag": "949", "barcode": "i", "branch": "b", "collection": "c", "item_type": "t", "call_number": "a", "price": "p",
    "order_line": "o", "volume": "v", "copy": "g", "note": "n", "pieces": "m",
}  # fmt: skip
BY_VENDOR = ["control_no", "isbn"]

STARTERS: tuple[dict[str, Any], ...] = (
    {
        "name": "Vendor records",
        "note": "Full records that come with the books or by mail.",
        "fixes": ["delete 938", "delete 650 $2 containing bisacsh"],
    },
    {
        "name": "Shelf-ready with items in 949",
        "note": "Records with a field 949 for each copy; they come before the carton, and fill the copies on order.",
        "fixes": ["delete 938"],
        "items": ITEMS_949 | {"state": "on_order", "labels": False, "at": "", "meanings": {}},
    },
    {
        "name": "E-books",
        "note": "Records of e-books, which have no items. Put the address of your proxy into the fixes.",
        "matching": {"counts": BY_VENDOR, "needs": []},
        "overlay": ["replace 856"],
        "fixes": ["note on links: Read this e-book with your library card"],
    },
    {
        "name": "E-books to withdraw",
        "note": "The vendor's list of titles whose licence has ended.",
        "matching": {"counts": BY_VENDOR, "needs": []},
        "withdraws": True,
    },
    {
        "name": "First load of a library",
        "note": "Everything that the system before held: records, and items in 852 that stand on the shelves.",
        "items": {
            "tag": "852", "barcode": "p", "branch": "b", "collection": "c", "call_number": "h", "copy": "t",
            "note": "z", "price": "9", "state": "available", "labels": False, "at": "", "meanings": {},
        },
    },
)  # fmt: skip
