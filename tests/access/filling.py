"""What fills the addresses that carry something: which things of the small library each of them is opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from tests.access.library import Library

Kwargs = dict[str, Any]
Fill = Callable[[Library], list[Kwargs]]


def each(kind: str, carried: str = "pk", **choices: tuple[Any, ...]) -> Fill:
    """Every thing of a kind under the name `carried`, with every combination of what else the path carries."""
    return lambda library: filled(library.things[kind], carried, choices)


def filled(rows: list[Any], carried: str = "pk", choices: Mapping[str, tuple[Any, ...]] | None = None) -> list[Kwargs]:
    names = tuple(choices or ())
    chosen = list(product(*(choices or {}).values()))
    return [{carried: getattr(row, "pk", row), **dict(zip(names, one, strict=True))} for row in rows for one in chosen]


def beside(kind: str, carried: str, other: str, attribute: str = "pk", holder: str = "pk") -> Fill:
    """The first thing of a kind as `holder`, with an attribute of each of another kind as `carried`."""
    return lambda library: [
        {holder: library.one(kind).pk, carried: getattr(row, attribute)} for row in library.things[other]
    ]


# address → what it is opened with
FILL: dict[str, Fill] = {
    "kernel:undo": each("history"),
    "kernel:job_cancel": each("jobs"),
    "kernel:schedule_switch": each("schedules"),
    "kernel:policy": lambda _library: [{"key": "library.name"}],
    "kernel:notice": each("notices"),
    "kernel:notice_told": each("notices"),
    "kernel:outgoing_message": each("outgoing"),
    "kernel:outgoing_verb": each("outgoing", verb=("retry", "sent", "cancel")),
    "kernel:incoming_file": each("incoming"),
    "kernel:incoming_bytes": each("incoming"),
    "kernel:read_again": each("incoming"),
    "kernel:print_document": each("prints"),
    "kernel:print_again": each("prints"),
    "kernel:person": each("people"),
    "kernel:person_edit": each("people"),
    "kernel:person_roles": each("people"),
    "kernel:person_password": each("people"),
    "kernel:role": each("roles"),
    "kernel:grant": each("roles", name=("kernel.undo",)),
    "kernel:branch_edit": each("branches"),
    "kernel:printer_edit": each("printers"),
    "kernel:connection": each("connections"),
    "kernel:connection_edit": each("connections"),
    "kernel:connection_fetch": each("connections"),
    "cataloging:record": each("records"),
    "cataloging:record_overlay": each("records"),
    "cataloging:record_compare": beside("records", "incoming", "overlays"),
    "cataloging:record_restore": beside("records", "version", "versions", "version"),
    "cataloging:record_label": each("records"),
    "cataloging:item": each("items"),
    "cataloging:item_label": each("items"),
    "cataloging:load": each("loads"),
    "cataloging:load_rows": each("loads"),
    "cataloging:load_commit": each("loads"),
    "cataloging:load_discard": each("loads"),
    "cataloging:load_decide": each("load_rows", decision=("create", "overlay", "reject")),
    "circulation:hold": each("holds"),
    "circulation:hold_verb": each("holds", verb=("collect", "release", "cancel")),
    "circulation:hold_new": each("records", "record"),
    "circulation:patron": each("patrons"),
    "ill:request": each("loans"),
    "ill:send": each("loans"),
    "ill:ship": each("loans"),
    "ill:receive": each("loans"),
    "ill:return": each("loans"),
    "ill:complete": each("loans"),
    "ill:refuse": each("loans"),
    "ill:cancel": each("loans"),
    "processing:start": each("items"),
    "processing:job": each("processing_jobs"),
    "processing:finish": each("processing_jobs"),
    "processing:step": each("processing_jobs", code=("barcode",), verb=("do", "skip", "undo")),
}


def far(kind: str, carried: str = "pk", **choices: tuple[Any, ...]) -> Fill:
    """Things of the branch that is not ours."""
    return lambda library: filled(library.far[kind], carried, choices)


# pages about a thing of a branch → things of another branch, which a right that ends at one's own must not open
FAR: dict[str, Fill] = {
    "circulation:patron": far("patrons"),
    "ill:send": far("loans"),
    "ill:ship": far("loans"),
    "ill:receive": far("loans"),
    "ill:return": far("loans"),
    "ill:complete": far("loans"),
    "ill:refuse": far("loans"),
    "ill:cancel": far("loans"),
    "cataloging:item_label": far("items"),
    "processing:job": far("processing_jobs"),
}
