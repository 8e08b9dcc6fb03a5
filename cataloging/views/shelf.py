"""The shelf list: items in the order in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.models.items import Item
from cataloging.queries import shelf
from cataloging.views.items import collection_choices
from cataloging.views.records import NAV, branch_choices, catalog_crumb
from techsvc.kernel.pages import Column, DetailPage, Fact, Filter, ListPage, Table
from techsvc.kernel.slots import Verb


class ShelfList(ListPage[Item]):
    """What stands on the shelves of a branch, from a call number on; as a spreadsheet to walk along with."""

    permission, title, nav = "cataloging.view", gettext_lazy("Shelf list"), NAV
    columns = (
        Column("barcode", gettext_lazy("Barcode"), value=lambda item: item.barcode or _("none yet")),
        Column("call_number", gettext_lazy("Call number"), kind="code", sort="call_sort"),
        Column("volume", gettext_lazy("Volume"), sort="volume_sort"),
        Column("title", gettext_lazy("Title"), value="record.title"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", wide=True),
        Column("collection", gettext_lazy("Collection"), value="collection.name", wide=True),
        Column("state", gettext_lazy("State"), kind="state"),
    )
    filters = (
        Filter("branch", gettext_lazy("Branch"), choices=branch_choices, lookup="branch_id"),
        Filter("collection", gettext_lazy("Collection"), choices=collection_choices, lookup="collection_id"),
        Filter("start", gettext_lazy("Starting at"), kind="text", apply=shelf.starting_at),
    )
    search = ("barcode__startswith", "record__title__icontains")
    default_sort = "call_number"
    empty_title = gettext_lazy("Nothing stands there.")
    empty_next = gettext_lazy("Items appear here when they have a call number.")

    def queryset(self) -> QuerySet[Item]:
        rows = Item.objects.select_related("record", "branch", "collection")
        return shelf.standing(rows.defer("record__raw", "record__search", "record__extra"))

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (_("Items"), reverse("cataloging:items"))]


BESIDE = (
    Column("call_number", gettext_lazy("Call number"), kind="code"),
    Column("volume", gettext_lazy("Volume")),
    Column("title", gettext_lazy("Title"), value="record.title"),
    Column("barcode", gettext_lazy("Barcode"), kind="barcode"),
    Column("state", gettext_lazy("State"), kind="state"),
)


class Beside(DetailPage[Item]):
    """The shelf around an item: ten before it, ten behind it."""

    permission, nav, remembered = "cataloging.view", NAV, False

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch", "collection").defer(
            "record__raw", "record__search", "record__extra"
        )

    def crumbs(self) -> list[tuple[str, str]]:
        here = (str(self.object.barcode or _("Item")), self.object.get_absolute_url())
        return [catalog_crumb(), (self.object.record.title, self.object.record.get_absolute_url()), here]

    def page_title(self) -> str:
        return _("On the shelf beside %(place)s") % {"place": self.object.call_number or self.object}

    def key_facts(self, thing: Item) -> Sequence[Fact]:
        return [Fact(_("Branch"), thing.branch.name), Fact(_("Collection"), thing.collection)]

    def tables(self, thing: Item) -> Sequence[Table]:
        rows = shelf.beside(thing) if thing.call_number else []
        empty = _("It has no call number yet, so it stands nowhere.")
        return [Table(_("In shelf order"), BESIDE, rows, empty, row_url=Item.get_absolute_url)]

    def own_verbs(self, thing: Item) -> Sequence[Verb]:
        if not thing.call_number:
            return ()
        return (Verb(_("Shelf list from here"), from_here(thing), key="s", icon="shelf"),)


def from_here(item: Item) -> str:
    """The shelf list of the item's branch and collection, from the item on."""
    asked = {"branch": item.branch_id, "start": item.call_number}
    if item.collection_id is not None:
        asked["collection"] = item.collection_id
    return f"{reverse('cataloging:shelf')}?{urlencode(asked)}"
