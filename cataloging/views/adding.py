"""Adding items by scanning: what is true of all of them stands above, every scan makes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import adding
from cataloging.actions.adding import Added
from cataloging.forms import AddingForm
from cataloging.models.items import AddingHabit, Item
from cataloging.models.records import Record
from cataloging.queries import adding as asked
from cataloging.rules import volumes
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel import states
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.money import to_decimal, to_minor
from techsvc.kernel.pages import BenchPage, BenchVerb, Column, Fact, FormPage, ScanResult, Table
from techsvc.kernel.pages.cells import grouped

CURRENCY = Item._meta.get_field("currency").default
STAYS = gettext_lazy("It waited for its barcode, so no second item was made. It is %(state)s, as before.")
ADDED = (
    Column("barcode", gettext_lazy("Barcode"), kind="barcode"),
    Column("volume", gettext_lazy("Volume")),
    Column("call_number", gettext_lazy("Call number"), kind="code"),
    Column("branch", gettext_lazy("Branch"), value="branch.name"),
    Column("state", gettext_lazy("State"), kind="state"),
)


class AddItems(BenchPage):
    """Scan the barcodes of the new items of one title."""

    permission, nav, title = "cataloging.add_items", NAV, gettext_lazy("Add items")
    body_template = "cataloging/items/_adding.html"
    prompt = gettext_lazy("Scan the barcode on each new item")
    habit: AddingHabit | None = None
    takes, instead = {ScanKind.ITEM_BARCODE}, gettext_lazy("Scan the library's barcode on the item.")

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("search", "extra")

    def page_title(self) -> str:
        return _("Add items: %(title)s") % {"title": self.object.title}

    def crumbs(self) -> list[tuple[str, str]]:
        return [catalog_crumb(), (self.object.title, self.object.get_absolute_url())]

    def bench_verbs(self) -> Sequence[BenchVerb]:
        return (BenchVerb("done", _("Done"), key="f", tone="primary"),)

    def context(self) -> dict[str, Any]:
        habit = self.habit or asked.habit_of(self.user, self.object)
        waiting = asked.to_fill(habit).count()
        table = Table(_("Its newest items"), ADDED, asked.newest(self.object), _("None yet."))
        change = reverse("cataloging:record_adding", args=[self.object.pk])
        return super().context() | {"facts": facts(habit), "waiting": waiting, "table": table, "change_url": change}

    def scan(self, scan: Scan, key: str) -> ScanResult:
        try:
            added = adding.add_by_scan(self.object, scan.value, actor=self.user)
        except Refusal:
            if not Item.objects.filter(barcode=scan.value, record=self.object).exists():
                raise
            text = _("%(code)s is an item of this title already.") % {"code": grouped(scan.value)}
            return ScanResult("warn", text, _("It was counted once; nothing was added."))
        self.habit = added.habit
        return came(added)

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        if verb != "done":
            raise Refusal(_("This bench has no such button. Reload the page."))
        return ScanResult("ok", _("Done."), go=self.object.get_absolute_url())


def came(added: Added) -> ScanResult:
    """What the bench says of a scan: what was made, where it belongs, what is special."""
    item = added.item
    headline = _("Filled: %(code)s") if added.filled else _("Added: %(code)s")
    where = [item.volume, item.call_number, str(item.branch), str(item.collection or "")]
    remarks = [
        str(STAYS) % {"state": states.spoken(item.state)} if added.filled else "",
        "" if item.call_number else _("It has no call number yet. Press E to give one to those that follow."),
    ]
    return ScanResult(
        "ok" if item.call_number else "warn",
        headline % {"code": grouped(item.barcode or "")},
        detail=" · ".join(filter(None, where)),
        next_step=" ".join(filter(None, remarks)),
        undo_url=reverse("kernel:undo", args=[added.event.pk]),
    )


def facts(habit: AddingHabit) -> list[Fact]:
    """What the next scan says of its item."""
    counting = habit.counts_up and volumes.counts(habit.volume)
    told = [
        Fact(_("Branch"), habit.branch),
        Fact(_("Collection"), habit.collection),
        Fact(_("Item type"), habit.item_type),
        Fact(_("Call number"), habit.call_number, "code"),
        Fact(_("Next volume") if counting else _("Volume"), habit.volume),
        Fact(_("Price"), None if habit.price_minor is None else (habit.price_minor, CURRENCY), "money"),
        Fact(_("State"), habit.state, "state"),
    ]
    return [fact for fact in told if fact.given]


class AddingHabits(FormPage[AddingForm]):
    """What is true of the items that are scanned next; kept for the person, also for the next title."""

    permission, nav, title = "cataloging.add_items", NAV, gettext_lazy("The items to add")
    form_class, submit_label = AddingForm, gettext_lazy("Save, scan")
    compared = ()

    def objects(self) -> QuerySet[Record]:
        return Record.objects.defer("search", "extra")

    def crumbs(self) -> list[tuple[str, str]]:
        here = (_("Add items"), reverse("cataloging:record_add_items", args=[self.object.pk]))
        return [catalog_crumb(), (self.object.title, self.object.get_absolute_url()), here]

    def initial(self) -> dict[str, Any]:
        habit = asked.habit_of(self.user, self.object)
        price = None if habit.price_minor is None else to_decimal(habit.price_minor, CURRENCY)
        names = ("branch", "collection", "item_type", "call_number", "volume", "counts_up", "state")
        return {"price": price} | {name: getattr(habit, name) for name in names}

    def act(self, form: AddingForm) -> AddingHabit:
        said = dict(form.cleaned_data)
        price = said.pop("price")
        said["price_minor"] = None if price is None else to_minor(price, CURRENCY)
        return adding.keep_habit(self.object, said, actor=self.user)

    def success_url(self, result: AddingHabit) -> str:
        return reverse("cataloging:record_add_items", args=[self.object.pk])

    def message(self, result: AddingHabit) -> str:
        return _("Kept. Scan the items now.")
