"""Vendors: who they are, what their codes mean, how orders reach them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import vendors
from acquisitions.edi.dialects import DIALECTS
from acquisitions.forms.vendors import PROFILE, CodeForm, VendorForm, initial_of
from acquisitions.forms.vendors import WORDS as PROFILE_WORDS
from acquisitions.models.vendors import CodeMap, Vendor
from acquisitions.queries.orders import orders
from acquisitions.queries.vendor_codes import codes_of
from acquisitions.views.columns import VENDOR_ORDER_COLUMNS
from techsvc.kernel.pages import Column, DetailPage, Fact, Filter, FormPage, ListPage, Table
from techsvc.kernel.slots import Verb

NAV = "acquisitions:vendors"
SHOWN = 20


def crumbs() -> list[tuple[str, str]]:
    return [(_("Vendors"), reverse(NAV))]


class Vendors(ListPage[Vendor]):
    """Who the library buys from."""

    permission, title, nav = "acquisitions.view_vendors", gettext_lazy("Vendors"), NAV
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("code", gettext_lazy("Code"), kind="code", sort="code", wide=True),
        Column("state", gettext_lazy("State"), kind="state", value=lambda one: "active" if one.active else "closed"),
        Column("san", gettext_lazy("SAN"), kind="code", wide=True),
        Column("connection", gettext_lazy("Connection"), value=lambda one: one.connection or _("by hand")),
        Column(
            "discount", gettext_lazy("Discount, %"), value="discount_percent", kind="number", sort="discount_percent"
        ),
        Column("open", gettext_lazy("Open orders"), value="open_orders", kind="number", sort="open_orders"),
    )
    filters = (Filter("active", gettext_lazy("Open for orders"), lookup="active", kind="flag"),)
    search = ("name__icontains", "code__istartswith", "san__startswith")
    default_sort = "name"
    empty_title, empty_next = gettext_lazy("No vendors yet."), gettext_lazy("Add the first one you order from.")

    def queryset(self) -> QuerySet[Vendor]:
        placed = Q(orders__state="placed")
        return Vendor.objects.select_related("connection").annotate(open_orders=Count("orders", filter=placed))

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.edit_vendors"):
            return []
        return [Verb(_("New vendor"), reverse("acquisitions:vendor_new"), key="n", primary=True, icon="plus")]


class VendorDetail(DetailPage[Vendor]):
    """One vendor."""

    permission, nav, kind = "acquisitions.view_vendors", NAV, "acquisitions.vendor"

    def objects(self) -> QuerySet[Vendor]:
        return Vendor.objects.select_related("connection")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def state(self, thing: Vendor) -> str:
        return "active" if thing.active else "closed"

    def facts(self, thing: Vendor) -> Sequence[Fact]:
        profile = thing.cart_profile
        carts = ", ".join(f"{PROFILE_WORDS[name]} {profile[name]}" for name in PROFILE if profile.get(name))
        return [
            Fact(_("Its SAN"), thing.san, "code"),
            Fact(_("Our SAN"), thing.our_san, "code"),
            Fact(_("Our account"), thing.account, "code"),
            Fact(_("Connection"), thing.connection or _("none: orders are sent by hand")),
            Fact(_("EDI dialect"), DIALECTS[thing.dialect].name if thing.dialect in DIALECTS else thing.dialect),
            Fact(_("Currency"), thing.currency),
            Fact(_("Usual discount, %"), thing.discount_percent, "number"),
            Fact(_("Claim after"), _("%(n)d days") % {"n": thing.claim_after_days}),
            Fact(_("Mail for claims"), thing.email),
            Fact(_("Order data in its carts"), carts or _("as most vendors do it")),
            Fact(_("Note"), thing.note),
        ]

    def tables(self, thing: Vendor) -> Sequence[Table]:
        maps = CodeMap.objects.filter(vendor=thing).select_related("branch", "fund", "collection", "item_type")
        columns = (
            Column("kind", _("Kind"), value=lambda one: one.kind.replace("_", " ")),
            Column("code", _("Vendor's code"), kind="code", value=lambda one: one.code or _("none given")),
            Column("means", _("Means here"), value=lambda one: getattr(one, one.kind)),
        )
        mine = orders().filter(vendor=thing)
        empty = _("Every code is one of ours so far.")
        return [
            Table(
                _("Open orders"),
                VENDOR_ORDER_COLUMNS,
                mine.filter(state="placed")[:SHOWN],
                _("Nothing is on order."),
                row_url=lambda order: order.get_absolute_url(),
            ),
            Table(_("What its codes mean here"), columns, maps, empty, row_verbs=self._code_verbs),
        ]

    def _code_verbs(self, one: CodeMap) -> Sequence[Verb]:
        if not self.may("acquisitions.map_codes"):
            return []
        return [Verb(_("Change"), reverse("acquisitions:vendor_code", args=[one.pk]), key="c")]

    def own_verbs(self, thing: Vendor) -> Sequence[Verb]:
        if not self.may("acquisitions.edit_vendors"):
            return []
        return [Verb(_("Edit"), reverse("acquisitions:vendor_edit", args=[thing.pk]), key="e", icon="edit")]


class VendorNew(FormPage[VendorForm]):
    """Sets up a vendor."""

    permission, nav, title = "acquisitions.edit_vendors", NAV, gettext_lazy("New vendor")
    form_class = VendorForm

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def act(self, form: VendorForm) -> Vendor:
        return vendors.save_vendor(Vendor(**form.columns()), actor=self.user)


class VendorEdit(FormPage[VendorForm]):
    """Changes a vendor."""

    permission, nav, title = "acquisitions.edit_vendors", NAV, gettext_lazy("Edit vendor")
    form_class = VendorForm

    def objects(self) -> QuerySet[Vendor]:
        return Vendor.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.name, self.object.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return initial_of(self.object)

    def act(self, form: VendorForm) -> Vendor:
        for name, value in form.columns().items():
            setattr(self.object, name, value)
        return vendors.save_vendor(self.object, actor=self.user)


class VendorCode(FormPage[CodeForm]):
    """Gives one of a vendor's codes another meaning, or none."""

    permission, nav = "acquisitions.map_codes", NAV
    form_class = CodeForm

    def objects(self) -> QuerySet[CodeMap]:
        return CodeMap.objects.select_related("vendor")

    def page_title(self) -> str:
        return _("Code %(code)s") % {"code": self.object.code or "–"}

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.vendor.name, self.object.vendor.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return {"means": getattr(self.object, f"{self.object.kind}_id")}

    def form_kwargs(self) -> dict[str, Any]:
        return {"rows": codes_of(self.object.vendor).own[self.object.kind].values()}

    def act(self, form: CodeForm) -> Vendor:
        chosen = form.cleaned_data["means"]
        meanings = {(self.object.kind, self.object.code): int(chosen) if chosen else None}
        return vendors.map_codes(self.object.vendor_id, meanings, actor=self.user)
