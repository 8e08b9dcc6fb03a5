"""Vendors' carts: uploaded, looked through, ordered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import carts, open_orders, ordering, vendors
from acquisitions.actions.carts import AlreadyUploaded
from acquisitions.forms.carts import CartForm, CodesForm, OpenOrdersForm, TitleForm
from acquisitions.models.carts import STATES, Cart, CartTitle
from acquisitions.models.funds import FiscalYear
from acquisitions.models.orders import Order
from acquisitions.models.vendors import Vendor
from acquisitions.queries.carts import Contents, FundRow, Line, branch_columns, contents
from acquisitions.queries.carts import carts as all_carts
from acquisitions.queries.funds import current_year
from acquisitions.rules.duplicates import words
from acquisitions.rules.encumbrance import Reach
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.money import Money
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab
from techsvc.kernel.pages.form import fits
from techsvc.kernel.slots import Verb

NAV = "acquisitions:orders"


def crumbs() -> list[tuple[str, str]]:
    return [(_("Orders"), reverse("acquisitions:orders")), (_("Carts"), reverse("acquisitions:carts"))]


class Carts(ListPage[Cart]):
    """Every cart that was uploaded."""

    permission, title, nav = "acquisitions.view_orders", gettext_lazy("Carts"), NAV
    columns = (
        Column("name", gettext_lazy("File"), sort="name"),
        Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("titles", gettext_lazy("Titles"), value="title_count", kind="number"),
        Column("copies", gettext_lazy("Copies"), value="copy_count", kind="number", wide=True),
        Column(
            "order",
            gettext_lazy("Order"),
            kind="code",
            url=lambda cart: cart.order.get_absolute_url() if cart.order else "",
        ),
        Column("uploaded", gettext_lazy("Uploaded"), value="uploaded_at", kind="datetime", sort="uploaded_at"),
        Column("by", gettext_lazy("By"), value="uploaded_by", sort="uploaded_by__display_name", wide=True),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=[(one, one.capitalize()) for one in STATES], lookup="state"),
        Filter(
            "vendor",
            gettext_lazy("Vendor"),
            choices=lambda _user: Vendor.objects.values_list("pk", "name"),
            lookup="vendor",
        ),
    )
    search = ("name__icontains", "vendor__name__icontains", "titles__title__icontains")
    tabs = (Tab(gettext_lazy("To order"), "state=preview"), Tab(gettext_lazy("All")))
    since = "uploaded_at"
    default_sort = "-uploaded"
    empty_title = gettext_lazy("No cart was uploaded yet.")
    empty_next = gettext_lazy("Fill a cart on the vendor's site, download it as MARC, and upload it here.")

    def queryset(self) -> QuerySet[Cart]:
        return all_carts()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()[:1]

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.draft_orders"):
            return []
        return [Verb(_("Upload a cart"), reverse("acquisitions:cart_new"), key="f", primary=True, icon="upload")]


class CartNew(FormPage[CartForm]):
    """Takes a vendor's file. Whatever is wrong with it, the file is kept."""

    permission, nav = "acquisitions.draft_orders", NAV
    title, submit_label = gettext_lazy("Upload a cart"), gettext_lazy("Look at it")
    form_class = CartForm
    template = "acquisitions/carts/upload.html"
    first: Cart | None = None

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def initial(self) -> dict[str, Any]:
        """The vendor of the person's last cart: most people buy from the same one."""
        last = Cart.objects.filter(uploaded_by=self.user).order_by("-uploaded_at").values_list("vendor_id", flat=True)
        return {"vendor": last.first()}

    def act(self, form: CartForm) -> Cart:
        file = form.cleaned_data["file"]
        return carts.upload_cart(form.cleaned_data["vendor"], file.name, file.read(), actor=self.user)

    def _act(self, form: CartForm) -> str:
        """A refusal is shown on the form, yet what was kept of the file stays: the transaction is not rolled back."""
        try:
            return super()._act(form)
        except Forbidden:
            raise
        except Refusal as refusal:
            self.first = refusal.cart if isinstance(refusal, AlreadyUploaded) else None
            form.add_error("file", refusal.text)
            return self.request.path

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if fits(form, request):
            answer = self.once(lambda: self._act(form))
            if form.is_valid():
                return answer
        return self.answer(form, status=422)

    def message(self, result: Cart) -> str:
        return _("Nothing is ordered yet: look through the titles, then place the order.")

    def context(self) -> dict[str, Any]:
        return super().context() | {"first": self.first}


class CartDetail(DetailPage[Cart]):
    """A cart as it would be ordered."""

    permission, nav, kind = "acquisitions.view_orders", NAV, "acquisitions.cart"
    template = "acquisitions/carts/detail.html"
    no_year = ""

    def objects(self) -> QuerySet[Cart]:
        return Cart.objects.select_related("vendor", "incoming", "order", "uploaded_by")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def state(self, thing: Cart) -> str:
        return thing.state

    @cached_property
    def contents(self) -> Contents:
        return contents(self.object, with_standings=self.object.state == "preview")

    @cached_property
    def objections(self) -> list[str]:
        """What keeps it from being ordered: the cart's own, and the funds'."""
        if self.object.state != "preview":
            return []
        beyond = [row for row in self.fund_rows if row.reach is Reach.STOP]
        return [*([self.no_year] if self.no_year else []), *self.contents.objections(), *map(_beyond, beyond)]

    @property
    def total(self) -> Money:
        return Money(self.contents.total_minor, self.object.vendor.currency)

    def key_facts(self, thing: Cart) -> Sequence[Fact]:
        return [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("Titles"), len(self.contents.wanted), "number"),
            Fact(_("Copies"), self.contents.copies, "number"),
            Fact(_("Total"), self.total, "money"),
        ]

    @cached_property
    def fund_rows(self) -> list[FundRow]:
        return self.contents.fund_rows(self.year) if self.year is not None and self.object.state == "preview" else []

    @cached_property
    def year(self) -> FiscalYear | None:
        try:
            return current_year()
        except Refusal as refusal:
            self.no_year = refusal.text
            return None

    def own_verbs(self, thing: Cart) -> Sequence[Verb]:
        if thing.state == "ordered" and thing.order:
            return [
                Verb(_("Open order %(order)s") % {"order": thing.order}, thing.order.get_absolute_url(), primary=True)
            ]
        if thing.state != "preview" or not self.may("acquisitions.draft_orders"):
            return []
        discard = reverse("acquisitions:cart_discard", args=[thing.pk])
        verbs = [Verb(_("Discard"), discard, method="post", danger=True, icon="delete")]
        if not self.objections and self.may("acquisitions.place_order"):
            url = reverse("acquisitions:cart_order", args=[thing.pk])
            verbs.insert(0, Verb(self._order_label(), url, method="post", key="p", primary=True, icon="send"))
        if self.may("acquisitions.place_order"):
            verbs.append(Verb(_("The vendor has it already"), reverse("acquisitions:cart_enter", args=[thing.pk])))
        return verbs

    def _order_label(self) -> str:
        """The numbers stand on the button: what leaves the building is not asked a second time."""
        count = self.contents.copies
        text = ngettext(
            "Place order: %(n)d copy, %(total)s to %(vendor)s",
            "Place order: %(n)d copies, %(total)s to %(vendor)s",
            count,
        )
        return text % {"n": count, "total": self.total, "vendor": self.object.vendor}

    def context(self) -> dict[str, Any]:
        found = self.contents
        preview = self.object.state == "preview" and self.may("acquisitions.draft_orders")
        columns = branch_columns(found.lines)
        return super().context() | {
            "objections": self.objections,
            "columns": columns,
            "rows": [_row(line, columns, self.object.vendor.currency) for line in found.lines],
            "fund_rows": self.fund_rows,
            "codes_form": self._codes_form() if preview else None,
            "required_codes": [one for one in found.unknown if one.required],
            "preview": preview,
        }

    def _codes_form(self) -> CodesForm | None:
        if not self.contents.unknown or not self.may("acquisitions.map_codes"):
            return None
        return CodesForm(unknown=self.contents.unknown, codes=self.contents.codes)


def _beyond(row: FundRow) -> str:
    words = {"code": row.fund.code, "after": Money(row.after_minor, row.fund.currency), "stop": row.fund.stop_percent}
    return _(
        "Fund %(code)s would be left with %(after)s, beyond its stop of %(stop)s %%. Leave titles out, choose another "
        "fund for the code, or have money moved."
    ) % words  # fmt: skip


def _row(line: Line, columns: list[tuple[str, str]], currency: str) -> dict[str, Any]:
    """A title as the grid shows it: one group for each fund and collection, a number for each branch."""
    groups: dict[tuple[str, str, str], dict[str, int]] = {}
    for copies in line.copies:
        key = (
            copies.fund.code if copies.fund else copies.row.fund_code,
            copies.collection.code if copies.collection else copies.row.collection_code,
            copies.item_type.code if copies.item_type else copies.row.item_type_code,
        )
        of = groups.setdefault(key, {})
        of[copies.row.branch_code] = of.get(copies.row.branch_code, 0) + copies.quantity
    prices = sorted({copies.list_price for copies in line.copies if copies.list_price is not None})
    return {
        "line": line,
        "groups": [
            {"codes": [code for code in key if code], "cells": [of.get(code) for code, _name in columns]}
            for key, of in groups.items()
        ],
        "span": max(1, len(groups)),
        "prices": [Money.of(price, currency) for price in prices],
        "total": Money(line.total_minor, currency),
        "standings": [(standing, words(standing)) for standing in line.standings],
    }


class CartCodes(FormPage[CodesForm]):
    """Says once what the vendor's codes mean; the cart shows what came of it."""

    permission, nav, title = "acquisitions.map_codes", NAV, gettext_lazy("Codes")
    form_class = CodesForm

    def objects(self) -> QuerySet[Cart]:
        return Cart.objects.select_related("vendor", "incoming")

    def form_kwargs(self) -> dict[str, Any]:
        found = contents(self.object)
        return {"unknown": found.unknown, "codes": found.codes}

    def act(self, form: CodesForm) -> Vendor:
        return vendors.map_codes(self.object.vendor_id, form.meanings(), actor=self.user)

    def success_url(self, result: Vendor) -> str:
        return str(self.object.get_absolute_url())

    def cancel_url(self) -> str:
        return str(self.object.get_absolute_url())


class CartVerb(ActionPage[Cart]):
    """An act on a whole cart."""

    permission, nav = "acquisitions.draft_orders", NAV

    def objects(self) -> QuerySet[Cart]:
        return Cart.objects.all()


class CartOrder(CartVerb):
    permission = "acquisitions.place_order"

    def act(self, thing: Cart) -> Order:
        return ordering.order_cart(thing.pk, actor=self.user)

    def message(self, thing: Order) -> str:
        return _("Order %(order)s is placed.") % {"order": thing}


class CartEnter(FormPage[OpenOrdersForm]):
    """Enters the orders of the system before: the vendor has them, so nothing is sent."""

    permission, nav = "acquisitions.place_order", NAV
    title, submit_label = gettext_lazy("Enter as ordered already"), gettext_lazy("Enter, send nothing")
    form_class = OpenOrdersForm

    def objects(self) -> QuerySet[Cart]:
        return Cart.objects.select_related("vendor", "incoming")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.name, self.object.get_absolute_url())]

    def act(self, form: OpenOrdersForm) -> Sequence[Order]:
        return open_orders.enter_open_orders(self.object.pk, actor=self.user, **form.cleaned_data)

    def message(self, result: Sequence[Order]) -> str:
        text = ngettext("%(n)d open order entered.", "%(n)d open orders entered.", len(result))
        return text % {"n": len(result)}

    def success_url(self, result: Sequence[Order]) -> str:
        return str(result[0].get_absolute_url() if len(result) == 1 else self.object.get_absolute_url())


class CartDiscard(CartVerb):
    def act(self, thing: Cart) -> Cart:
        return carts.discard_cart(thing.pk, actor=self.user)

    def message(self, thing: Cart) -> str:
        return _("Discarded. The file stays, and can be uploaded again.")


class TitleVerb(ActionPage[CartTitle]):
    """An act on one title of a cart; the answer is the cart."""

    permission, nav = "acquisitions.draft_orders", NAV

    def objects(self) -> QuerySet[CartTitle]:
        return CartTitle.objects.select_related("cart")

    def success_url(self, thing: Cart) -> str:
        return f"{thing.get_absolute_url()}#title-{self.object.position}"


class TitleLeaveOut(TitleVerb):
    def act(self, thing: CartTitle) -> Cart:
        return carts.leave_out(thing.pk, actor=self.user).cart

    def message(self, thing: Cart) -> str:
        return _("Left out: %(title)s") % {"title": self.object.title or self.object.position}


class TitlePutBack(TitleVerb):
    def act(self, thing: CartTitle) -> Cart:
        return carts.put_back(thing.pk, actor=self.user).cart

    def message(self, thing: Cart) -> str:
        return _("Put back: %(title)s") % {"title": self.object.title or self.object.position}


class TitleComplete(FormPage[TitleForm]):
    """Types in what a record lacks."""

    permission, nav, title = "acquisitions.draft_orders", NAV, gettext_lazy("What the record lacks")
    form_class = TitleForm

    def objects(self) -> QuerySet[CartTitle]:
        return CartTitle.objects.select_related("cart")

    def act(self, form: TitleForm) -> CartTitle:
        return carts.complete_title(self.object.pk, actor=self.user, **form.cleaned_data)

    def success_url(self, result: CartTitle) -> str:
        return f"{result.cart.get_absolute_url()}#title-{result.position}"

    def cancel_url(self) -> str:
        return str(self.object.cart.get_absolute_url())
