"""Items in MARC: the field of a record for each copy that a vendor or another system describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, cast

from cataloging.marc.classes import Field, Record
from cataloging.marc.fields import subfields
from cataloging.marc.orderdata import read_price
from techsvc.kernel.errors import Refusal

# The facts of an item that a subfield can carry. `order_line` is our number of the line that ordered it.
PARTS = (
    "barcode", "branch", "collection", "item_type", "call_number", "price", "order_line", "volume", "copy", "note",
    "pieces",
)  # fmt: skip
MAPPED = ("branch", "collection", "item_type")
NEW_STATES = ("on_order", "received", "available")
MOST_PIECES = 999


@dataclass(frozen=True, slots=True)
class ItemMap:
    """Where records carry items: the tag, a subfield code for each fact ("" = not carried), what codes mean here.

    `state` is that of an item that nobody had ordered; `at` the code of the branch of items that name none.
    """

    tag: str
    barcode: str = ""
    branch: str = ""
    collection: str = ""
    item_type: str = ""
    call_number: str = ""
    price: str = ""
    order_line: str = ""
    volume: str = ""
    copy: str = ""
    note: str = ""
    pieces: str = ""
    state: str = "on_order"
    labels: bool = False
    at: str = ""
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemData:
    """One item as a record describes it: texts as they came ("" = not said), codes as they are known here."""

    barcode: str = ""
    branch: str = ""
    collection: str = ""
    item_type: str = ""
    call_number: str = ""
    price: Decimal | None = None
    order_line: str = ""
    volume: str = ""
    copy: str = ""
    note: str = ""
    pieces: int = 1


def item_map_of(data: Mapping[str, object]) -> ItemMap | None:
    """The map from stored settings, None when there is none; raises Refusal for what is no tag, code or state."""
    if not data:
        return None
    known = {place.name for place in fields(ItemMap)}
    for name, value in data.items():
        if name not in known:
            raise Refusal(f'"{name}" is no part of an item. Known are: {", ".join(sorted(known))}.', field="items")
        if name in PARTS and not re.fullmatch("[0-9a-z]?", str(value)):
            raise Refusal(f'"{value}" won\'t do for {name}: a subfield code is one letter or digit.', field="items")
    if not re.fullmatch("[0-9]{2}[0-9A-Za-z]", str(data.get("tag", ""))) or str(data["tag"]) < "010":
        raise Refusal("Say which field holds the items: three digits, such as 949 or 852.", field="items")
    if data.get("state", "on_order") not in NEW_STATES:
        raise Refusal(f'New items are {", ".join(NEW_STATES)}; not "{data["state"]}".', field="items")
    return ItemMap(**cast(Any, data))


def read_items(record: Record, where: ItemMap) -> list[ItemData]:
    """The items that a record describes, in the order of their fields; a field that says nothing is none."""
    found = [_item(one, where) for one in record.get_fields(where.tag) if not one.control_field]
    return [one for one in found if one is not None]


def _item(one: Field, where: ItemMap) -> ItemData | None:
    said = {name: _value(one, getattr(where, name)) for name in PARTS}
    if not any(said.values()):
        return None
    said |= {name: where.meanings.get(name, {}).get(said[name], said[name]) for name in MAPPED}
    return ItemData(
        barcode=said["barcode"],
        branch=said["branch"] or where.at,
        collection=said["collection"],
        item_type=said["item_type"],
        call_number=said["call_number"],
        price=read_price(said["price"]) if said["price"] else None,
        order_line=said["order_line"],
        volume=said["volume"],
        copy=said["copy"],
        note=said["note"],
        pieces=_pieces(said["pieces"]),
    )


def _value(one: Field, code: str) -> str:
    return subfields(one, code).strip() if code else ""


def _pieces(text: str) -> int:
    """The number that a text begins with ("3 discs"), one where it has none."""
    found = re.match("[0-9]{1,3}", text)
    return min(max(int(found.group()), 1), MOST_PIECES) if found else 1
