"""Items changed by hand: one, its state, or many at once; titles hidden from patrons."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cataloging.actions import batches, changes, suppression
from cataloging.actions.batches import Wanted
from cataloging.forms import ItemForm, ItemsForm
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.queries import worklists
from cataloging.rules.lifecycle import BY_HAND
from cataloging.views.items import Items
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel import states
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.places import Branch
from techsvc.kernel.money import to_decimal, to_minor
from techsvc.kernel.pages import ActionPage, BulkPage, Fact, FormPage, toast
from techsvc.kernel.pages.form import error_lines

FIELDS = ("branch", "collection", "item_type", "volume", "pieces", "pieces_note", "note", "suppressed")


class ItemEdit(FormPage[ItemForm]):
    """Where an item belongs, which part it is, and what is in it."""

    permission, nav = "cataloging.edit_items", NAV
    title, form_class = gettext_lazy("Change"), ItemForm

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch", "collection", "item_type").defer(
            "record__raw", "record__search", "record__extra"
        )

    def branch_of(self, thing: Item) -> Branch:
        return thing.branch

    def crumbs(self) -> list[tuple[str, str]]:
        record = self.object.record
        here = (str(self.object.barcode or _("Item")), self.object.get_absolute_url())
        return [catalog_crumb(), (record.title, record.get_absolute_url()), here]

    def initial(self) -> dict[str, Any]:
        item: Item = self.object
        price = None if item.price_minor is None else to_decimal(item.price_minor, item.currency)
        return {"price": price} | {name: getattr(item, name) for name in FIELDS}

    def act(self, form: ItemForm) -> Item:
        said = dict(form.cleaned_data)
        price = said.pop("price")
        said["price_minor"] = None if price is None else to_minor(price, self.object.currency)
        return changes.edit_item(self.object.pk, said, actor=self.user)


class ItemMove(ActionPage[Item]):
    """What became of an item: missing, found."""

    permission = "cataloging.move_items"

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("branch")

    def branch_of(self, thing: Item) -> Branch:
        return thing.branch

    def act(self, thing: Item) -> Item:
        if self.kwargs["verb"] not in BY_HAND:
            raise Http404(_("That can't be said of an item here."))
        return changes.change_state(thing.pk, self.kwargs["verb"], actor=self.user)

    def message(self, thing: Item) -> str:
        return _("Now %(state)s.") % {"state": states.spoken(thing.state)}


class RecordSuppress(ActionPage[Record]):
    """Hides a title from patrons, or shows it again."""

    permission = "cataloging.edit_records"

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("raw", "search", "extra")

    def act(self, thing: Record) -> Record:
        if self.kwargs["hide"] not in ("hide", "show"):
            raise Http404(_("A title is hidden or shown, nothing else."))
        return suppression.suppress_record(thing.pk, hide=self.kwargs["hide"] == "hide", actor=self.user)

    def message(self, thing: Record) -> str:
        return _("Patrons don't see it any more.") if thing.suppressed else _("Patrons see it again.")


class ItemsChange(BulkPage[Item]):
    """Changes the chosen items alike: asks what, shows how many, and tells what came of each."""

    permission, nav, title = "cataloging.edit_items", NAV, gettext_lazy("Change items")
    list_page, submit_label = Items, gettext_lazy("Change")
    batch: HistoryEvent | None = None

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (_("Items"), reverse("cataloging:items"))]

    def objects(self) -> QuerySet[Item]:
        return Item.objects.select_related("record", "branch").defer("record__raw", "record__search", "record__extra")

    def confirm_text(self, count: int) -> str:
        return ngettext("Change %(n)d item?", "Change %(n)d items?", count) % {"n": count}

    def ask(self, question: str, form: ItemsForm | None = None) -> HttpResponse:
        """What shall change, and of how many items in which states."""
        facts = [Fact(states.spoken(state).capitalize(), n, "number") for state, n in worklists.by_state(self.chosen())]
        carried = [(name, value) for name in ("ids", "all", "query", "next") for value in self.posted(name)]
        return self.show(
            template="cataloging/items/change_many.html",
            status=422 if form else 200,
            question=question,
            facts=facts,
            form=form or ItemsForm(),
            errors=error_lines(form) if form else [],
            carried=[*carried, ("confirmed", "1")],
            submit_label=self.submit_label,
            cancel_url=self.came_from(),
        )

    def posted(self, name: str) -> list[str]:
        return self.request.POST.getlist(name)

    def run(self) -> HttpResponse:
        form = ItemsForm(self.request.POST)
        if not form.is_valid():
            return self.ask(self.confirm_text(self.chosen().count()), form)
        self.wanted = wanted(form.cleaned_data)
        return super().run()

    def _act(self) -> str:
        rows = self.chosen()
        first = rows.first()
        if first is None:
            raise BadRequest(_("The chosen rows are gone meanwhile. Go back to the list and choose again."))
        self.batch = batches.begin_batch(first, rows.count(), self.wanted, actor=self.user)
        toast(self.request, self.batch.summary, undo=self.batch)
        return super()._act()

    def act_on(self, row: Item) -> None:
        if self.batch is not None:
            batches.change_one(row, self.wanted, batch=self.batch, actor=self.user)

    def done_text(self, count: int) -> str:
        return ngettext("%(n)d item changed.", "%(n)d items changed.", count) % {"n": count}


def wanted(data: dict[str, Any]) -> Wanted:
    """What the form asks of every item; what was left empty is not asked."""
    said = {name: data[name] for name in ("branch", "collection", "item_type", "note") if data[name]}
    if data["suppressed"]:
        said["suppressed"] = data["suppressed"] == "hide"
    return Wanted(said, " ".join(data["call_prefix"].split()), data["verb"])
