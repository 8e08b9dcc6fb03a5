"""Items that a load brings with its records, and what becomes of them when the load is taken back.

A copy that was ordered has its item already: what the file says of it is filled in there, and no second one is made.
The caller has the right, the locks on the rows of the load and the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from cataloging.actions.items import named
from cataloging.marc.itemdata import ItemData, ItemMap, read_items
from cataloging.marc.record import Record as Marc
from cataloging.models.items import Collection, Item, ItemType
from cataloging.models.loads import Load, LoadItem, LoadRow
from cataloging.models.records import Record
from cataloging.queries.orders import items_of_lines
from cataloging.rules.callnumbers import shelf_key
from cataloging.rules.filling import Waiting, fill
from cataloging.rules.lifecycle import ItemState
from cataloging.rules.profiles import profile_of
from techsvc.kernel import clock, states
from techsvc.kernel.actions import printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import read_scan
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.money import to_minor
from techsvc.kernel.scans import require_item

BATCH = 500
FILLABLE = (ItemState.ON_ORDER, ItemState.RECEIVED, ItemState.IN_PROCESS)
# What a load writes into an item that was ordered, besides its version.
FILLED = (
    "barcode", "call_number", "call_sort", "collection_id", "item_type_id", "volume", "volume_sort", "pieces", "note",
    "price_minor",
)  # fmt: skip
LONGEST_CALL_NUMBER, LONGEST_VOLUME, LONGEST_SORT = 80, 60, 120

T = TypeVar("T")
Done = tuple[LoadRow, Marc, Record]


@dataclass(slots=True)
class Codes:
    """What the codes of the file mean here, whatever their case."""

    branches: dict[str, Branch]
    collections: dict[str, Collection]
    item_types: dict[str, ItemType]

    @classmethod
    def known(cls) -> Codes:
        return cls(
            {one.code.lower(): one for one in Branch.objects.all()},
            {one.code.lower(): one for one in Collection.objects.all()},
            {one.code.lower(): one for one in ItemType.objects.all()},
        )


@dataclass(slots=True)
class Work:
    """What is being done to the items of a chunk: items to write, and the rows that remember it."""

    where: ItemMap
    codes: Codes
    waiting: dict[int, dict[int, Item]] = field(default_factory=dict)
    lines: Mapping[str, Iterable[int]] = field(default_factory=dict)
    filled: list[Item] = field(default_factory=list)
    made: list[Item] = field(default_factory=list)
    kept: list[LoadItem] = field(default_factory=list)


def bring_in(load: Load, done: Sequence[Done], *, actor: User) -> None:
    """Give the records of these rows the items that they came with; what can't be is added to the row's reason.

    Ordered copies are filled, by order line or branch; items are made for copies that nobody ordered. The reasons are
    set on the rows given; the caller saves them. The same queries for one row as for a thousand.
    """
    where = profile_of(load.profile).items
    if where is None:
        return
    work = Work(where, Codes.known())
    described = {row.pk: read_items(marc, where) for row, marc, _record in done}
    sound = _sound(done, described, work)
    work.waiting = _waiting([record.pk for row, _marc, record in done if sound[row.pk]])
    work.lines = items_of_lines({one.order_line for found in sound.values() for one in found if one.order_line})
    for row, _marc, record in done:
        if sound[row.pk]:
            _settle(row, record, sound[row.pk], work)
    _write(work, actor)


def _sound(
    done: Sequence[Done], described: dict[int, list[ItemData]], work: Work
) -> dict[int, list[ItemData]]:  # fmt: skip
    """The items whose barcode can be used and whose branch is known; the rows say what is wrong with the others."""
    codes = {one.barcode for found in described.values() for one in found if one.barcode}
    owners = dict(_owners(codes))
    seen: set[str] = set()
    sound: dict[int, list[ItemData]] = {}
    for row, _marc, record in done:
        sound[row.pk] = []
        for one in described[row.pk]:
            if one.barcode and owners.get(one.barcode) == record.pk:
                continue  # the file came before: the item has its barcode
            why = _fault(one, owners, seen, work)
            if why:
                _say(row, why)
            else:
                seen.add(one.barcode)
                sound[row.pk].append(_in_our_codes(one, work))
    return sound


def _owners(codes: Iterable[str]) -> Iterable[tuple[str | None, int]]:
    return Item.objects.filter(barcode__in=list(codes)).values_list("barcode", "record_id")


def _fault(one: ItemData, owners: dict[str | None, int], seen: set[str], work: Work) -> str:
    """Why an item of the file can't be taken, "" when it can."""
    if one.branch and one.branch.lower() not in work.codes.branches:
        return _("item %(code)s: no branch here has the code “%(branch)s”") % {
            "code": one.barcode or "–",
            "branch": one.branch,
        }
    if not one.barcode:
        return ""
    if one.barcode in seen:
        return _("barcode %(code)s stands twice in the file") % {"code": one.barcode}
    if one.barcode in owners:
        return _("barcode %(code)s is on an item of another title") % {"code": one.barcode}
    try:
        fits = require_item(read_scan(one.barcode)) == one.barcode
    except Refusal:
        fits = False
    return "" if fits else _("“%(code)s” is no barcode of this library's") % {"code": one.barcode}


def _in_our_codes(one: ItemData, work: Work) -> ItemData:
    """The item with branch and collection as they are written here, so that they can be compared."""
    branch, collection = work.codes.branches.get(one.branch.lower()), work.codes.collections.get(one.collection.lower())
    return replace(
        one,
        branch=branch.code if branch else "",
        collection=collection.code if collection else one.collection,
    )


def _waiting(records: Sequence[int]) -> defaultdict[int, dict[int, Item]]:
    """The ordered copies of each record that have no barcode yet, locked, the first ordered first."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("branch", "collection")
    found: defaultdict[int, dict[int, Item]] = defaultdict(dict)
    for item in rows.filter(record__in=records, state__in=FILLABLE, barcode=None).order_by("pk"):
        found[item.record_id][item.pk] = item
    return found


def _settle(row: LoadRow, record: Record, described: Sequence[ItemData], work: Work) -> None:
    """Fill the copies of one record and make those that nobody ordered."""
    waiting = work.waiting[record.pk]
    places = [
        Waiting(item.pk, item.branch.code, item.collection.code if item.collection else "") for item in waiting.values()
    ]
    found = fill(described, places, work.lines)
    for place, pk in found.filled:
        _fill(row, waiting[pk], described[place], work)
    for place in found.fresh:
        _make(row, record, described[place], work)
    for place in found.stuck:
        _say(
            row,
            _("item %(code)s: no copy is on order for %(branch)s, but copies for other branches are")
            % {"code": described[place].barcode or "–", "branch": described[place].branch},
        )


def _fill(row: LoadRow, item: Item, one: ItemData, work: Work) -> None:
    """What the file says of an ordered copy; what the order says of it already stays."""
    before = _image(item)
    _describe(row, item, one, work)
    item.version += 1
    work.filled.append(item)
    work.kept.append(LoadItem(row=row, item=item, made=False, before=before, after=_image(item)))


def _make(row: LoadRow, record: Record, one: ItemData, work: Work) -> None:
    if not one.branch:
        _say(row, _("item %(code)s: the file doesn't say for which branch it is") % {"code": one.barcode or "–"})
        return
    at = clock.now()
    item = Item(
        record=record,
        branch=work.codes.branches[one.branch.lower()],
        state=work.where.state,
        created_at=at,
        state_since=at,
    )
    _describe(row, item, one, work)
    work.made.append(item)
    work.kept.append(LoadItem(row=row, item=item, made=True, after=_image(item)))


def _describe(row: LoadRow, item: Item, one: ItemData, work: Work) -> None:
    """Write into an item what the file says of it; of codes that are not known here the row tells."""
    item.barcode = one.barcode or item.barcode
    if one.call_number:
        item.call_number = one.call_number[:LONGEST_CALL_NUMBER]
        item.call_sort = shelf_key(item.call_number)[:LONGEST_SORT]
    if one.volume:
        item.volume = one.volume[:LONGEST_VOLUME]
        item.volume_sort = shelf_key(item.volume)[:LONGEST_SORT]
    item.pieces = max(item.pieces, one.pieces)
    item.note = "\n".join(filter(None, [item.note, one.note, _("Copy %s") % one.copy if one.copy else ""]))
    if one.price is not None and item.price_minor is None:
        item.price_minor = to_minor(one.price, item.currency)
    if item.collection_id is None:
        item.collection = _meant(row, work.codes.collections, one.collection, _("collection"))
    if item.item_type_id is None:
        item.item_type = _meant(row, work.codes.item_types, one.item_type, _("item type"))


def _meant(row: LoadRow, known: dict[str, T], code: str, what: str) -> T | None:
    """What a code means here."""
    if code and code.lower() not in known:
        _say(row, _("no %(what)s here has the code “%(code)s”") % {"what": what, "code": code})
    return known.get(code.lower())


def _say(row: LoadRow, why: str) -> None:
    """Add to a row's reason, once."""
    if why not in row.reason:
        row.reason = "; ".join(filter(None, [row.reason, why]))


def _image(item: Item) -> dict[str, Any]:
    """What an undo goes by."""
    return {name: getattr(item, name) for name in FILLED} | {"version": item.version, "state": str(item.state)}


def _write(work: Work, actor: User) -> None:
    """Items, what is remembered of them, and their labels where the profile asks for some."""
    Item.objects.bulk_update(work.filled, (*(name.removesuffix("_id") for name in FILLED), "version"), BATCH)
    Item.objects.bulk_create(work.made, BATCH)
    LoadItem.objects.bulk_create(work.kept, BATCH)
    if work.where.labels:
        for item in [*work.filled, *work.made]:
            if item.call_number:
                printing.request(
                    item,
                    "spine_label",
                    key=f"spine_label:{item.pk}:{item.version}",
                    title=f"{item.call_number} · {item.record.title}",
                    branch=item.branch,
                    actor=actor,
                )


# Taking back


def take_back(load: Load, rows: Sequence[LoadRow]) -> dict[int, str]:
    """Restore the items that these rows filled and remove those that they made.

    Row → why not, for the rows with an item that was received or changed since: that item stays as it is.
    """
    kept = list(LoadItem.objects.filter(row__in=rows).exclude(after={}).exclude(item=None).order_by("pk"))
    items = {
        one.pk: one
        for one in Item.objects.select_for_update(of=("self",))
        .select_related("record", "branch")
        .filter(pk__in=[one.item_id for one in kept])
        .order_by("pk")
    }
    stay: dict[int, list[str]] = defaultdict(list)
    restored: list[LoadItem] = []
    for one in kept:
        item = items[one.item_id or 0]
        why = _moved_on(item, one.after)
        if not why and one.made:
            why = _removed(item)
        elif not why:
            restored.append(one)
        if why:
            stay[one.row_id].append(why)
    _restore(restored, items)
    return {pk: "; ".join(reasons) for pk, reasons in stay.items()}


def _moved_on(item: Item, after: dict[str, Any]) -> str:
    """What happened to an item since the load, "" when nothing did."""
    if (item.version, str(item.state)) == (after["version"], after["state"]):
        return ""
    what = {"item": named(item), "day": f"{item.state_since:%Y-%m-%d}", "state": states.words(ItemState(item.state))}
    if str(item.state) == after["state"]:
        return _("item %(item)s was changed since") % what
    if item.state == ItemState.RECEIVED:
        return _("item %(item)s was received on %(day)s") % what
    return _("item %(item)s is %(state)s since %(day)s") % what


def _removed(item: Item) -> str:
    """Take a made item out again; why not, where something depends on it."""
    try:
        item.delete()
    except ProtectedError:
        return _("item %(item)s is in use by now") % {"item": named(item)}
    return ""


def _restore(kept: Sequence[LoadItem], items: dict[int, Item]) -> None:
    """Write items as they were before the load."""
    restored = []
    for one in kept:
        item = items[one.item_id or 0]
        for name in FILLED:
            setattr(item, name, one.before[name])
        item.version += 1
        one.after = {}
        restored.append(item)
    Item.objects.bulk_update(restored, (*(name.removesuffix("_id") for name in FILLED), "version"), BATCH)
    LoadItem.objects.bulk_update(kept, ("after",), BATCH)
