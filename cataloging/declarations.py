"""What cataloging declares to the house: rights, policies, slots, states' tones."""

from __future__ import annotations

from cataloging.actions import items, loads, records
from techsvc.kernel import access, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history, policies, printing
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.actions.printing import PrintKind
from techsvc.kernel.pages import tones

RIGHTS = (
    Right("cataloging.view", "Search the catalog", tuple(access.ROLES)),
    Right(
        "cataloging.create_brief",
        "Make brief records",
        ("technician", "selector", "cataloger", "ill", "supervisor"),
    ),
    Right("cataloging.edit_records", "Overlay and change records", ("cataloger", "supervisor")),
    Right("cataloging.load_records", "Load files of records", ("cataloger", "supervisor")),
    Right(
        "cataloging.add_items",
        "Add items",
        ("technician", "selector", "cataloger", "ill", "supervisor"),
    ),
    Right(
        "cataloging.move_items",
        "Move items along their way",
        ("technician", "selector", "cataloger", "ill", "desk", "processing", "supervisor"),
    ),
    Right(
        "cataloging.edit_items",
        "Give items a barcode and a call number",
        ("technician", "cataloger", "processing", "supervisor"),
    ),
)

POLICIES = (
    PolicyDeclaration(
        "cataloging.print_barcodes",
        "Print a barcode label for every new barcode",
        "bool",
        False,
        "Off where barcodes come on printed rolls, as they do in most libraries.",
    ),
)

# Words that other departments show as well have their look in techsvc.kernel.pages.tones.
TONES = {
    "brief": "warn",
    "full": "ok",
    "on_hold_shelf": "info",
    "checked_out": "info",
    "mending": "warn",
    "preview": "info",
    "loading": "info",
    "loaded": "ok",
    "undone": "idle",
    "discarded": "idle",
    "create": "ok",
    "overlay": "info",
    "unchanged": "idle",
}


def cataloging() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*RIGHTS)
    policies.declare(*POLICIES)
    printing.declare(PrintKind("spine_label", "Spine label"), PrintKind("barcode_label", "Barcode label"))
    tones.register(TONES)
    slots.open_kind("cataloging.record", "cataloging.item", "cataloging.load")
    for verb, undo in (
        ("cataloging.overlay", records.undo_overlay),
        ("cataloging.restore_version", records.undo_overlay),
        ("cataloging.label", items.undo_label),
        ("cataloging.load", loads.undo_load),
    ):
        history.undoable(verb, undo)
