"""Orders, their lines and copies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import ordering
from acquisitions.forms.orders import LineForm, OrderForm
from acquisitions.models.funds import Fund
from acquisitions.models.messages import MessageIssue
from acquisitions.models.orders import ORDER_STATES, Order, OrderLine
from acquisitions.models.vendors import Vendor
from acquisitions.queries import orders as queries
from acquisitions.views.columns import (
    INVOICE_COLUMNS,
    LINE_COLUMNS,
    MESSAGE_COLUMNS,
    ORDER_COLUMNS,
    RECEIPT_COLUMNS,
    filled,
)
from techsvc.kernel.money import Money
from techsvc.kernel.pages import ActionPage, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.slots import Verb

NAV = "acquisitions:orders"


def crumbs(order: Order | None = None) -> list[tuple[str, str]]:
    found = [(_("Orders"), reverse(NAV))]
    return [*found, (order.number, order.get_absolute_url())] if order is not None else found


class Orders(ListPage[Order]):
    """Every order."""

    permission, title, nav = "acquisitions.view_orders", gettext_lazy("Orders"), NAV
    columns = ORDER_COLUMNS
    filters = (
        Filter(
            "vendor",
            gettext_lazy("Vendor"),
            choices=lambda _user: Vendor.objects.values_list("pk", "name"),
            lookup="vendor",
        ),
        Filter(
            "state", gettext_lazy("State"), choices=[(one, one.capitalize()) for one in ORDER_STATES], lookup="state"
        ),
        Filter(
            "fund",
            gettext_lazy("Fund"),
            choices=lambda _user: Fund.objects.values_list("pk", "code"),
            apply=queries.from_fund,
        ),
        Filter("from", gettext_lazy("Placed from"), lookup="placed_at__date__gte", kind="date"),
        Filter(
            "late",
            gettext_lazy("Late"),
            apply=lambda rows, on: queries.only_late(rows) if on else rows,
            kind="flag",
        ),
        Filter(
            "unsent",
            gettext_lazy("Not sent"),
            apply=lambda rows, on: queries.not_sent(rows) if on else rows,
            kind="flag",
        ),
    )
    search = ("number__icontains", "vendor__name__icontains", "lines__isbn__startswith", "lines__title__icontains")
    tabs = (
        Tab(gettext_lazy("Open"), "state=placed"),
        Tab(gettext_lazy("Late"), "late=1"),
        Tab(gettext_lazy("Not sent"), "unsent=1"),
        Tab(gettext_lazy("Drafts"), "state=draft"),
        Tab(gettext_lazy("All")),
    )
    since = "placed_at"
    default_sort = "-number"
    empty_title = gettext_lazy("Nothing was ordered yet.")
    empty_next = gettext_lazy("Upload a cart from a vendor's site, or begin an order by hand.")

    def queryset(self) -> QuerySet[Order]:
        return queries.orders()

    def apply_search(self, rows: QuerySet[Order], text: str) -> QuerySet[Order]:
        """Search by lines in a subquery, so that a join does not multiply the counts."""
        return rows.filter(pk__in=super().apply_search(Order.objects.all(), text).values("pk"))

    def verbs(self) -> list[Verb]:
        carts = Verb(_("Carts"), reverse("acquisitions:carts"), key="c", icon="cart")
        if not self.may("acquisitions.draft_orders"):
            return [carts]
        return [
            Verb(_("Upload a cart"), reverse("acquisitions:cart_new"), key="f", primary=True, icon="upload"),
            Verb(_("New order"), reverse("acquisitions:order_new"), key="n", icon="plus"),
            carts,
        ]


class OrderDetail(DetailPage[Order]):
    """One order: its lines, its messages, what came and what was billed."""

    permission, nav, kind = "acquisitions.view_orders", NAV, "acquisitions.order"
    template = "acquisitions/orders/detail.html"

    def objects(self) -> QuerySet[Order]:
        return queries.orders().select_related("fiscal_year", "vendor__connection")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def state(self, thing: Order) -> str:
        return thing.state

    def key_facts(self, thing: Any) -> Sequence[Fact]:
        return [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("Total"), Money(thing.total_minor, thing.currency), "money"),
            Fact(_("Came"), (thing.came_count, thing.copy_count), "bar"),
        ]

    def facts(self, thing: Any) -> Sequence[Fact]:
        cart = getattr(thing, "cart", None)
        return [
            Fact(_("Placed"), thing.placed_at, "datetime"),
            Fact(_("Expected"), thing.expected_on, "date"),
            Fact(_("Year"), thing.fiscal_year),
            Fact(_("Made by"), thing.created_by),
            Fact(_("From cart"), cart, url=cart.get_absolute_url() if cart else ""),
            Fact(_("Note"), thing.note),
        ]

    def tables(self, thing: Order) -> Sequence[Table]:
        lines = list(queries.lines_of(thing))
        no_lines = _("No title is on this order yet. Add the first one.")
        no_message = _("No message was written: the order is not placed.")
        made = [
            Table(_("Titles"), filled(LINE_COLUMNS, lines), lines, no_lines),
            Table(_("Messages"), MESSAGE_COLUMNS, queries.messages_of(thing), no_message, row_url=home_of),
        ]
        receipts = queries.receipts_of(order=thing)
        bills = queries.invoice_lines_of(order=thing)
        made += [Table(_("Receipts"), RECEIPT_COLUMNS, receipts)] if receipts else []
        made += [Table(_("Billed"), INVOICE_COLUMNS, bills)] if bills else []
        return made

    @cached_property
    def by_hand(self) -> MessageIssue | None:
        return queries.to_send_by_hand(self.object)

    def own_verbs(self, thing: Any) -> Sequence[Verb]:
        verbs = []
        if thing.state == "draft" and self.may("acquisitions.draft_orders"):
            verbs.append(
                Verb(_("Add a title"), reverse("acquisitions:order_add_line", args=[thing.pk]), key="a", icon="plus")
            )
        if thing.state == "draft" and self.may("acquisitions.place_order") and thing.copy_count:
            url = reverse("acquisitions:order_place", args=[thing.pk])
            verbs.insert(0, Verb(self._place_label(thing), url, method="post", key="p", primary=True, icon="send"))
        if self.by_hand is not None and self.may("acquisitions.settle_messages"):
            url = reverse("acquisitions:issue_settle", args=[self.by_hand.pk])
            verbs.append(Verb(_("Mark as sent"), url, key="s", primary=True, icon="send"))
        return verbs

    def _place_label(self, thing: Any) -> str:
        total = Money(thing.total_minor, thing.currency)
        text = ngettext(
            "Place order: %(n)d copy, %(total)s to %(vendor)s",
            "Place order: %(n)d copies, %(total)s to %(vendor)s",
            thing.copy_count,
        )
        return text % {"n": thing.copy_count, "total": total, "vendor": thing.vendor}

    def context(self) -> dict[str, Any]:
        return super().context() | {"by_hand_text": queries.as_text(self.object) if self.by_hand else ""}


class OrderNew(FormPage[OrderForm]):
    """Begins an order by hand."""

    permission, nav, title = "acquisitions.draft_orders", NAV, gettext_lazy("New order")
    form_class, submit_label = OrderForm, gettext_lazy("Begin")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def act(self, form: OrderForm) -> Order:
        return ordering.make_order(form.cleaned_data["vendor"], [], note=form.cleaned_data["note"], actor=self.user)

    def message(self, result: Order) -> str:
        return _("Nothing is ordered yet: add titles, then place the order.")


class OrderAddLine(FormPage[LineForm]):
    """Puts a title on a draft."""

    permission, nav, title = "acquisitions.draft_orders", NAV, gettext_lazy("Add a title")
    form_class, submit_label = LineForm, gettext_lazy("Add it")

    def objects(self) -> QuerySet[Order]:
        return Order.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs(self.object)

    def act(self, form: LineForm) -> OrderLine:
        return ordering.add_line(self.object.pk, form.line(), actor=self.user)

    def success_url(self, result: OrderLine) -> str:
        return str(self.object.get_absolute_url())

    def message(self, result: OrderLine) -> str:
        return _("Added: %(title)s") % {"title": result.title}


class OrderPlace(ActionPage[Order]):
    """Places a draft."""

    permission, nav = "acquisitions.place_order", NAV

    def objects(self) -> QuerySet[Order]:
        return Order.objects.all()

    def act(self, thing: Order) -> Order:
        return ordering.place_order(thing.pk, actor=self.user)

    def message(self, thing: Order) -> str:
        return _("Order %(order)s is placed.") % {"order": thing}
