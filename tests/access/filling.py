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


def far(kind: str, carried: str = "pk", **choices: tuple[Any, ...]) -> Fill:
    """The same of things of the branch that is not ours."""
    return lambda library: filled(library.far[kind], carried, choices)


def filled(rows: list[Any], carried: str = "pk", choices: Mapping[str, tuple[Any, ...]] | None = None) -> list[Kwargs]:
    names = tuple(choices or ())
    chosen = list(product(*(choices or {}).values()))
    return [{carried: getattr(row, "pk", row), **dict(zip(names, one, strict=True))} for row in rows for one in chosen]


def beside(kind: str, carried: str, other: str, attribute: str = "pk") -> Fill:
    """The first thing of a kind as `pk`, with an attribute of each of another kind as `carried`."""
    return lambda library: [
        {"pk": library.one(kind).pk, carried: getattr(row, attribute)} for row in library.things[other]
    ]


def about(name: str, kind: str, verbs: str = "", fill: Callable[..., Fill] = each) -> dict[str, Fill]:
    """The page of a thing ("kernel:person") and the pages of its verbs ("kernel:person_edit")."""
    return {found: fill(kind) for found in (name, *(f"{name}_{verb}" for verb in verbs.split()))}


LOAN_STEPS = tuple(f"ill:{step}" for step in ["send", "ship", "receive", "return", "complete", "refuse", "cancel"])

# address → what it is opened with
FILL: dict[str, Fill] = {
    "kernel:undo": each("history"),
    "kernel:event": each("history"),
    **about("kernel:view", "views", "delete pin unpin"),
    **about("kernel:job", "jobs", "cancel told"),
    "kernel:job_retry": each("jobs"),
    **about("kernel:schedule", "schedules", "rhythm switch run"),
    "kernel:policy": lambda _library: [{"key": "library.name"}],
    **about("kernel:notice", "notices", "told"),
    "kernel:outgoing_message": each("outgoing"),
    "kernel:outgoing_verb": each("outgoing", verb=("retry", "sent", "cancel")),
    "kernel:outgoing_bulk": lambda _library: [{"verb": "retry"}],
    "kernel:mail_again": each("mails"),
    "kernel:mail_told": lambda library: [{"pk": m.pk} for m in library.things["mails"] if hasattr(m, "notice")],
    "kernel:set_aside": each("incoming"),
    "kernel:incoming_bulk": lambda _library: [{"verb": "again"}],
    **about("kernel:incoming", "incoming", "file bytes"),
    "kernel:read_again": each("incoming"),
    **about("kernel:print", "prints", "preview document again done"),
    "kernel:print_page": each("prints", number=(1,)),
    **about("kernel:person", "people", "edit roles password switch unlock"),
    **about("kernel:role", "roles", "edit"),
    "kernel:grant": each("roles", name=("kernel.undo",)),
    **about("kernel:branch", "branches", "edit week"),
    "kernel:closing_open": each("closings"),
    "kernel:calendar_copy": lambda _library: [{"year": "2026"}],
    "kernel:barcode_rule_edit": each("barcode_rules"),
    "kernel:barcode_rule_delete": each("barcode_rules"),
    "kernel:printer_edit": each("printers"),
    **about("kernel:connection", "connections", "edit fetch"),
    **about("cataloging:record", "records", "overlay label add_items adding"),
    "cataloging:record_file": each("records", form=("iso2709", "marcxml", "json", "mnemonic")),
    "cataloging:record_compare": beside("records", "incoming", "overlays"),
    "cataloging:record_version": beside("records", "version", "versions", "version"),
    "cataloging:record_restore": lambda library: [
        {"pk": one.record_id, "version": one.version, "seen": 2} for one in library.things["versions"]
    ],
    "cataloging:record_revive": lambda library: [{"pk": one} for one in library.things["taken_out"]],
    **about("cataloging:item", "items", "label edit shelf"),
    "cataloging:item_state": each("items", verb=("report_missing", "find")),
    "cataloging:record_suppress": each("records", hide=("hide", "show")),
    "cataloging:duplicate_dismiss": each("pairs"),
    "cataloging:record_merge": lambda library: [
        {"pk": one.one_id, "other": one.other_id} for one in library.things["pairs"]
    ],
    **about("cataloging:load", "loads", "rows commit discard"),
    **about("cataloging:load_profile", "load_profiles", "edit copy"),
    "cataloging:load_profile_offer": each("load_profiles", offer=("on", "off")),
    "cataloging:load_row": each("load_rows"),
    "cataloging:load_decide": each("load_rows", decision=("create", "overlay", "reject")),
    **about("acquisitions:request", "requests", "approve decline order"),
    **about("acquisitions:cart", "carts", "codes order enter discard"),
    **about("acquisitions:title", "cart_titles", "leave_out put_back complete"),
    **about("acquisitions:order", "orders", "add_line place receive"),
    **about("acquisitions:line", "lines", "cancel back_order claim"),
    **about("acquisitions:fund", "funds", "edit allocate transfer"),
    "acquisitions:year_close": each("years"),
    **about("acquisitions:vendor", "vendors", "edit"),
    "acquisitions:vendor_code": each("codes"),
    **about("acquisitions:shipment", "shipments", "open"),
    "acquisitions:bench": each("shipments"),
    **about("acquisitions:claim", "claims", "edit send settle drop reopen"),
    "acquisitions:invoice_for": each("vendors", "vendor"),
    **about("acquisitions:invoice", "invoices", "approve unapprove refuse reopen charge"),
    **{f"acquisitions:invoice_{verb}": each("invoice_lines") for verb in ("accept", "receive", "assign")},
    "acquisitions:invoice_hold": each("invoice_lines", copies=(1,)),
    "acquisitions:charge_fund": each("invoice_charges"),
    **about("acquisitions:message", "messages", "apply"),
    "acquisitions:message_again": each("answers"),
    "acquisitions:issue_settle": each("issues"),
    "circulation:hold": each("holds"),
    "circulation:hold_verb": each("holds", verb=("collect", "release", "cancel")),
    "circulation:hold_new": each("records", "record"),
    **about("circulation:patron", "patrons", "edit sever"),
    "ill:request": each("loans"),
    **{step: each("loans") for step in LOAN_STEPS},
    "processing:start": each("items"),
    **about("processing:job", "processing_jobs"),
    "processing:finish": each("processing_jobs"),
    "processing:step": each("processing_jobs", code=("barcode",), verb=("do", "skip", "undo")),
}
for unused in ("kernel:incoming", "kernel:print", "acquisitions:title"):  # lists, which carry nothing, or no page
    del FILL[unused]

# pages about a thing of a branch → things of another branch, which a right that ends at one's own must not open
FAR: dict[str, Fill] = {
    "cataloging:item_label": far("items"),
    "cataloging:item_edit": far("items"),
    "cataloging:item_state": far("items", verb=("report_missing", "find")),
    **about("circulation:patron", "patrons", "edit sever", far),
    **{step: far("loans") for step in LOAN_STEPS},
    "processing:job": far("processing_jobs"),
}
