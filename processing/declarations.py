"""What processing declares to the house: rights, policies, papers, slots."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.items import Item
from processing import queries
from processing.actions import labels, routing
from processing.labels.barcodes import Symbology
from techsvc.kernel import access, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history, policies, printing
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import NavItem, Verb, Worklist

RIGHTS = (
    Right(
        "processing.view", "See what is made ready", ("technician", "cataloger", "processing", "supervisor", "auditor")
    ),
    Right("processing.work", "Make items ready", ("technician", "cataloger", "processing", "supervisor")),
)


def processing() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*RIGHTS)
    policies.declare(
        PolicyDeclaration(
            "processing.symbology",
            _("Bars on barcode labels"),
            "text",
            str(Symbology.CODABAR),
            _("As the library's scanners are set up to read."),
            choices=tuple(Symbology),
        )
    )
    for kind, renderer in (
        ("spine_label", labels.spine_label),
        ("barcode_label", labels.barcode_label),
        ("hold_tag", labels.hold_tag),
    ):
        printing.register(kind, renderer)
    history.undoable("processing.start", routing.undo_start)
    history.undoable("processing.finish", routing.undo_finish)
    tones.register({"in_work": "info", "skipped": "idle", "hold_waiting": ("warn", "hold")})
    slots.open_kind("processing.job")
    slots.add_nav(NavItem(_("Process"), "processing:worklist", "processing.view", "process", 60))
    slots.add_tiles("processing.view", _tiles, nav="processing:worklist")
    slots.add_verbs("cataloging.item", "processing.work", _item_verbs)


def _tiles(_user: User) -> Iterator[Worklist]:
    yield Worklist(_("Make ready"), reverse("processing:worklist"), queries.to_make_ready(), "state_since")


def _item_verbs(item: Item, _user: User) -> Iterator[Verb]:
    if item.state in ("received", "in_process") and item.barcode:
        yield Verb(_("Make ready"), reverse("processing:start", args=[item.pk]), method="post", key="m", icon="process")
