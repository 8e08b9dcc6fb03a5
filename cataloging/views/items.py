"""Items: the list, one item, its label; and what waits for a cataloger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cataloging.actions import items
from cataloging.forms import HAND_WORDS, LabelForm
from cataloging.models.items import STATES, Collection, Item
from cataloging.models.records import Record
from cataloging.queries import callnumbers, worklists
from cataloging.queries import search as finding
from cataloging.queries.histories import history_of_item
from cataloging.rules import words
from cataloging.rules.lifecycle import GONE, ItemState, by_hand
from cataloging.views.records import NAV, branch_choices, catalog_crumb
from techsvc.kernel import barcodes
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Column, DetailPage, Fact, Filter, FormPage, ListPage, Page, toast
from techsvc.kernel.scans import TITLES, require
from techsvc.kernel.slots import Verb

HISTORY_SHOWN = 30


def collection_choices(_user: User) -> list[tuple[Any, Any]]:
    return list(Collection.objects.values_list("pk", "name"))


class Items(ListPage[Item]):
    """Every item that the library has or awaits."""

    permission, title, nav = "cataloging.view", gettext_lazy("Items"), NAV
    columns = (
        Column("barcode", gettext_lazy("Barcode"), value=lambda item: item.barcode or _("none yet"), sort="barcode"),
        Column("title", gettext_lazy("Title"), value="record.title", sort="record__title_sort"),
        Column("call_number", gettext_lazy("Call number"), kind="code", sort="call_sort"),
        Column("volume", gettext_lazy("Volume"), sort="volume_sort", wide=True),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("collection", gettext_lazy("Collection"), value="collection.name", sort="collection__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("since", gettext_lazy("Since"), value="state_since", kind="date", sort="state_since"),
        Column("price", gettext_lazy("Price"), value=lambda item: price_of(item), kind="money", hidden=True),
    )
    filters = (
        Filter(
            "state",
            gettext_lazy("State"),
            choices=[(state, state.replace("_", " ").capitalize()) for state in STATES],
            lookup="state",
        ),
        Filter("branch", gettext_lazy("Branch"), choices=branch_choices, lookup="branch_id"),
        Filter("collection", gettext_lazy("Collection"), choices=collection_choices, lookup="collection_id"),
    )
    search = ("barcode__startswith", "record__title__icontains", "call_number__istartswith")
    empty_title = gettext_lazy("No items yet.")
    empty_next = gettext_lazy("Placing an order makes them.")

    since = "state_since"

    def verbs(self) -> list[Verb]:
        return [Verb(_("Shelf list"), reverse("cataloging:shelf"), icon="shelf")]

    def bulk(self) -> list[Verb]:
        if not self.may("cataloging.edit_items"):
            return []
        return [Verb(_("Change"), reverse("cataloging:items_change"), method="post", key="e", icon="edit")]

    def queryset(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch", "collection").defer(
            "record__raw", "record__search", "record__extra"
        )

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]


def price_of(item: Item) -> tuple[int, str] | None:
    return None if item.price_minor is None else (item.price_minor, item.currency)


def pieces_of(item: Item) -> str:
    """How many pieces an item of several has, and which: "12 pieces: 11 discs and 1 booklet"."""
    if item.pieces == 1 and not item.pieces_note:
        return ""
    many = ngettext("%(n)d piece", "%(n)d pieces", item.pieces) % {"n": item.pieces}
    return f"{many}: {item.pieces_note}" if item.pieces_note else many


class ItemDetail(DetailPage[Item]):
    """One item: where it belongs, what it carries, what happened to it."""

    permission, nav, kind = "cataloging.view", NAV, "cataloging.item"

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch", "collection", "item_type").defer(
            "record__raw", "record__search", "record__extra"
        )

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (self.object.record.title, self.object.record.get_absolute_url())]

    def page_title(self) -> str:
        return self.object.barcode or _("Item without barcode")

    def state(self, thing: Item) -> str:
        return thing.state

    def key_facts(self, thing: Item) -> Sequence[Fact]:
        return [Fact(_("Call number"), thing.call_number, "code"), Fact(_("Branch"), thing.branch.name)]

    def facts(self, thing: Item) -> Sequence[Fact]:
        return [
            Fact(_("Title"), thing.record.title, url=thing.record.get_absolute_url()),
            Fact(_("Barcode"), thing.barcode, "barcode"),
            Fact(_("Collection"), thing.collection),
            Fact(_("Kind"), thing.item_type or words.format_name(thing.record.format)),
            Fact(_("Volume or part"), thing.volume),
            Fact(_("Pieces"), pieces_of(thing)),
            Fact(_("Price"), price_of(thing), "money"),
            Fact(_("Patrons"), "hidden_from_patrons" if thing.suppressed else None, "state"),
            Fact(_("In this state since"), thing.state_since, "datetime"),
            Fact(_("Added"), thing.created_at, "date"),
            Fact(_("Note"), thing.note),
        ]

    def context(self) -> dict[str, Any]:
        return super().context() | {"history": history_of_item(self.object)[:HISTORY_SHOWN]}

    def own_verbs(self, thing: Item) -> Sequence[Verb]:
        beside = reverse("cataloging:item_shelf", args=[thing.pk])
        browse = [Verb(_("Browse the shelf"), beside, key="b", icon="shelf")] if thing.call_number else []
        return (*self._editing(thing), *browse, *self._moving(thing))

    def _editing(self, thing: Item) -> Sequence[Verb]:
        if thing.state in GONE or not self.may("cataloging.edit_items", branch=thing.branch):
            return ()
        label, edit = (reverse(f"cataloging:item_{what}", args=[thing.pk]) for what in ("label", "edit"))
        return (
            Verb(_("Barcode and call number"), label, key="l", primary=not thing.barcode, icon="label"),
            Verb(_("Change"), edit, key="e", icon="edit"),
        )

    def _moving(self, thing: Item) -> Sequence[Verb]:
        """What a person can say of it now."""
        if not self.may("cataloging.move_items", branch=thing.branch):
            return ()
        return [
            Verb(HAND_WORDS[verb], reverse("cataloging:item_state", args=[thing.pk, verb]), method="post")
            for verb in by_hand(ItemState(thing.state))
        ]


class ItemLabel(FormPage[LabelForm]):
    """Barcode and call number of one item; afterwards the next one that waits."""

    permission, nav = "cataloging.edit_items", NAV
    title, form_class = gettext_lazy("Barcode and call number"), LabelForm
    submit_label = gettext_lazy("Save, next")
    template = "cataloging/items/label.html"

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch", "collection").defer("record__search", "record__extra")

    def branch_of(self, thing: Item) -> Branch:
        return thing.branch

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            catalog_crumb(),
            (self.object.record.title, self.object.record.get_absolute_url()),
            (str(self.object.barcode or _("Item")), self.object.get_absolute_url()),
        ]

    @property
    def suggestion(self) -> tuple[str, str]:
        if not hasattr(self, "_suggestion"):
            self._suggestion = callnumbers.suggested(self.object)
        return self._suggestion

    def initial(self) -> dict[str, Any]:
        return {"barcode": self.object.barcode or "", "call_number": self.suggestion[0]}

    def form_kwargs(self) -> dict[str, Any]:
        return {"why": self.suggestion[1]}

    def context(self) -> dict[str, Any]:
        left = worklists.unlabelled_items().filter(record=self.object.record_id).count()
        return super().context() | {
            "item": self.object,
            "left": left,
            "may_overlay": self.may("cataloging.edit_records"),
        }

    def act(self, form: LabelForm) -> Item:
        return items.set_barcode_and_call_number(self.object.pk, actor=self.user, **form.cleaned_data)

    def message(self, result: Item) -> str:
        return _("“%(title)s” stands at %(place)s. Its label is in the print queue.") % {
            "title": self.object.record.title,
            "place": result.call_number,
        }

    def success_url(self, result: Item) -> str:
        after = worklists.next_item(result.record)
        return reverse("cataloging:item_label", args=[after.pk]) if after else reverse("cataloging:to_catalog")


# To catalog


class ToCatalog(ListPage[Record]):
    """Titles that are in the building and lack a description, a barcode or a call number. Scan one to do it."""

    permission, title, nav = "cataloging.view", gettext_lazy("To catalog"), NAV
    template = "cataloging/items/to_catalog.html"
    columns = (
        Column("title", gettext_lazy("Title"), sort="title_sort"),
        Column("author", gettext_lazy("Author"), sort="author", wide=True),
        Column("state", gettext_lazy("Description"), kind="state", sort="state"),
        Column("unlabelled", gettext_lazy("What is missing"), value=lambda row: what_is_missing(row)),
        Column("branches", gettext_lazy("Branches"), kind="code", wide=True),
        Column("waiting", gettext_lazy("Items here"), kind="number", sort="waiting", wide=True),
        Column("since", gettext_lazy("Here since"), kind="date", sort="since"),
    )
    filters = (
        Filter(
            "branch",
            gettext_lazy("Branch"),
            choices=branch_choices,
            apply=lambda rows, value: rows.filter(finding.at_branch(int(value))),
        ),
        Filter("format", gettext_lazy("Format"), choices=list(words.FORMATS.items()), lookup="format"),
    )
    search = ("title__icontains", "author__icontains", "isbn__startswith")
    default_sort = "since"
    empty_title = gettext_lazy("Everything that came in is cataloged.")
    empty_next = gettext_lazy("New titles appear here when their items are received.")

    def queryset(self) -> QuerySet[Record]:
        return worklists.to_catalog()

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb()]

    def row_verbs(self, row: Any) -> Sequence[Verb]:
        verbs = []
        if row.unlabelled and self.may("cataloging.edit_items"):
            verbs.append(Verb(_("Label"), reverse("cataloging:record_label", args=[row.pk]), key="l", icon="label"))
        if row.state == "brief" and self.may("cataloging.edit_records"):
            verbs.append(Verb(_("Overlay"), reverse("cataloging:record_overlay", args=[row.pk]), key="o", icon="merge"))
        return verbs


def what_is_missing(row: Any) -> str:
    """What a title of the worklist lacks, in words."""
    lacking = [_("a full description")] if row.state == "brief" else []
    if row.unlabelled:
        lacking.append(ngettext("%(n)d label", "%(n)d labels", row.unlabelled) % {"n": row.unlabelled})
    return ", ".join(lacking)


class NextLabel(Page):
    """Goes to the next item of a record that waits for its label."""

    permission, nav = "cataloging.edit_items", NAV

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = worklists.unlabelled_items().filter(record=pk).order_by("state_since", "pk").first()
        if item is None:
            toast(request, _("None of its items waits for a label."), level="info")
            return HttpResponseRedirect(reverse("cataloging:record", args=[pk]))
        return HttpResponseRedirect(reverse("cataloging:item_label", args=[item.pk]))


class Scan(Page):
    """Takes a scan at the cataloging desk to where the work is; says in words when there is none."""

    permission, nav = "cataloging.edit_items", NAV

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            scan = require(
                barcodes.read(request.GET.get("code", "").replace("\x00", "")[:200]),
                TITLES | {ScanKind.ISSN, ScanKind.ITEM_BARCODE},
                instead=_("Scan the book's ISBN, or the barcode on the item."),
            )
        except Refusal as refusal:
            return self._back(refusal.text)
        if scan.kind is ScanKind.ITEM_BARCODE:
            return self._item(finding.by_barcode(scan.value), scan.value)
        return self._title(scan.value)

    def _item(self, item: Item | None, code: str) -> HttpResponse:
        if item is None:
            return self._back(
                _("No item carries barcode %(code)s yet. Scan the ISBN first, then the barcode.") % {"code": code}
            )
        return HttpResponseRedirect(item.get_absolute_url())

    def _title(self, number: str) -> HttpResponse:
        found = list(finding.search(number)[:20])
        waiting = list(worklists.unlabelled_items().filter(record__in=found).order_by("state_since", "pk"))
        titles = {item.record_id for item in waiting}
        if len(titles) == 1:
            return HttpResponseRedirect(reverse("cataloging:item_label", args=[waiting[0].pk]))
        if len(titles) > 1 or len(found) > 1:
            return HttpResponseRedirect(f"{reverse('cataloging:records')}?{urlencode({'q': number})}")
        if found:
            toast(self.request, _("None of its items waits for a label. Was it received?"), level="warning")
            return HttpResponseRedirect(found[0].get_absolute_url())
        return self._back(
            _("The catalog has nothing with number %(n)s. Receive it first, or load its record.") % {"n": number}
        )

    def _back(self, sentence: str) -> HttpResponse:
        toast(self.request, sentence, level="error")
        return HttpResponseRedirect(reverse("cataloging:to_catalog"))
