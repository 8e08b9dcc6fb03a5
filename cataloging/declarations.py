"""What cataloging declares to the house: rights, policies, slots, states' tones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cataloging.actions import (
    adding,
    batches,
    changes,
    duplicates,
    items,
    load_profiles,
    loads,
    merging,
    moving,
    records,
    reviving,
    suppression,
)
from cataloging.models.duplicates import DuplicatePair, Merge
from cataloging.models.items import AddingHabit
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Heading, MatchKey, Record
from cataloging.queries import duplicates as doubles
from cataloging.queries import worklists
from cataloging.queries.search import by_barcode, search
from cataloging.rules import words
from techsvc.kernel import access, slots, states
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history, jobs, policies, printing
from techsvc.kernel.actions.jobs import ScheduleDeclaration
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.actions.printing import PrintKind
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import Hit, NavItem, Worklist

HITS = 6
RIGHTS = (
    Right("cataloging.view", "Search the catalog", tuple(access.ROLES)),
    Right(
        "cataloging.create_brief",
        "Make brief records",
        ("technician", "selector", "cataloger", "ill", "supervisor"),
    ),
    Right("cataloging.edit_records", "Overlay and change records", ("cataloger", "supervisor")),
    Right("cataloging.merge_records", "Merge records and settle duplicates", ("cataloger", "supervisor")),
    Right("cataloging.view_loads", "See loads of records", ("technician", "cataloger", "supervisor", "auditor")),
    Right("cataloging.load_records", "Load files of records", ("cataloger", "supervisor")),
    Right("cataloging.manage_profiles", "Say how vendors' files are loaded", ("cataloger", "supervisor")),
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
        gettext_lazy("Print a barcode label for every new barcode"),
        "bool",
        False,
        gettext_lazy("Off where barcodes come on printed rolls, as they do in most libraries."),
    ),
)

# Words that other departments show as well have their look in techsvc.kernel.pages.tones.
TONES: dict[str, str | tuple[str, str]] = {
    "brief": "warn",
    "full": "ok",
    "on_hold_shelf": "info",
    "checked_out": "info",
    "lent": "info",
    "claimed_returned": "warn",
    "hidden_from_patrons": ("idle", "eye"),
    "lost": "stop",
    "mending": "warn",
    "reading": "info",
    "preview": "info",
    "loading": "info",
    "loaded": "ok",
    "undone": "idle",
    "discarded": "idle",
    "create": "ok",
    "overlay": "info",
    "withdraw": "warn",
    "unchanged": "idle",
    "same": "warn",
    "maybe": "info",
    "dismissed": "idle",
    "merged": "idle",
}


def _order_of_merge() -> None:
    """What follows a record that is merged into another, and what stays with it."""
    moving.register(moving.Items(), moving.Rows(Record, "merged_into", _merged_records))
    moving.leave(MatchKey, "record", why="it is made of the record's own bytes")
    moving.leave(Heading, "record", why="it is made of the record's own bytes")
    moving.leave(AddingHabit, "record", why="it is what a person has in hand, and asked anew")
    moving.leave(LoadRow, "record", why="it tells what a file did, and to which record")
    moving.leave(DuplicatePair, "one", "other", why="it tells which two records were compared")
    moving.leave(Merge, "survivor", "loser", why="it tells which record was merged into which")


def _merged_records(count: int) -> str:
    return ngettext("%(n)d record merged before", "%(n)d records merged before", count) % {"n": count}


def cataloging() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*RIGHTS)
    policies.declare(*POLICIES)
    jobs.declare(
        ScheduleDeclaration(
            "cataloging.gather_spellings",
            gettext_lazy("Gather the words of the catalog"),
            daily_at=time(3, 30),
            why=gettext_lazy("A search that finds nothing because of a typo asks whether another word was meant."),
        )
    )
    printing.declare(
        PrintKind("spine_label", gettext_lazy("Spine label")), PrintKind("barcode_label", gettext_lazy("Barcode label"))
    )
    jobs.declare(
        ScheduleDeclaration(
            "cataloging.find_duplicates_nightly",
            gettext_lazy("Look for duplicates among changed records"),
            daily_at=time(1, 30),
            why=gettext_lazy("What came in during the day is on the list of duplicates in the morning."),
        )
    )
    tones.register(TONES)
    _order_of_merge()
    slots.open_kind("cataloging.record", "cataloging.item", "cataloging.load", "cataloging.load_profile")
    slots.add_nav(NavItem(gettext_lazy("Catalog"), "cataloging:records", "cataloging.view", "catalog", 50))
    slots.add_search("cataloging.view", _hits)
    slots.add_search("cataloging.view_loads", _loads_found)
    slots.add_tiles("cataloging.edit_items", _tiles, nav="cataloging:records")
    slots.add_tiles("cataloging.merge_records", _doubles, nav="cataloging:records")
    for verb, undo in (
        ("cataloging.overlay", records.undo_overlay),
        ("cataloging.restore_version", records.undo_overlay),
        ("cataloging.label", items.undo_label),
        ("cataloging.add_item", adding.undo_add),
        ("cataloging.fill_item", adding.undo_fill),
        ("cataloging.edit_item", changes.undo_change),
        ("cataloging.change_state", changes.undo_change),
        ("cataloging.change_items", batches.undo_batch),
        ("cataloging.suppress_record", suppression.undo_suppress),
        ("cataloging.dismiss_pair", duplicates.undo_dismiss),
        ("cataloging.merge", merging.undo_merge),
        ("cataloging.revive", reviving.undo_revive),
        ("cataloging.load", loads.undo_load),
        (load_profiles.SAVE, load_profiles.undo_save),
    ):
        history.undoable(verb, undo)


def _loads_found(text: str, _user: User) -> Iterator[Hit]:
    for load in Load.objects.filter(name__icontains=text)[:HITS]:
        yield Hit(_("Load"), load.name, load.get_absolute_url(), states.spoken(load.state))


def _hits(text: str, _user: User) -> Iterator[Hit]:
    """What the search box finds in the catalog: titles, and the item of a barcode."""
    item = by_barcode(text.strip())
    if item is not None:
        detail = " · ".join(filter(None, [item.call_number, str(item.branch)]))
        yield Hit(_("Item"), item.record.title, item.get_absolute_url(), detail)
    for record in search(text)[:HITS]:
        detail = " · ".join(filter(None, [record.author, words.format_name(record.format), str(record.pub_year or "")]))
        yield Hit(_("Title"), record.title, record.get_absolute_url(), detail)


def _tiles(_user: User) -> Iterator[Worklist]:
    rows = worklists.to_catalog_to_count()
    yield Worklist(_("To catalog"), reverse("cataloging:to_catalog"), rows, "here_since")


def _doubles(_user: User) -> Iterator[Worklist]:
    yield Worklist(_("Duplicates"), reverse("cataloging:duplicates"), doubles.open_pairs(), "found_at")
