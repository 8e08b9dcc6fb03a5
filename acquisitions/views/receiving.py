"""Receiving: which carton, what is in it, what came of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import shipments
from acquisitions.forms.receiving import ShipmentForm, StartForm
from acquisitions.models.orders import Order
from acquisitions.models.receipts import SHIPMENT_STATES, Receipt, Shipment
from acquisitions.models.vendors import Vendor
from acquisitions.queries import receiving as reads
from acquisitions.queries.receiving import Expected, Unpacking, unpacking
from acquisitions.rules.lifecycle import ShipmentState
from techsvc.kernel import clock
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.slots import Verb

NAV = "acquisitions:receive"


def bench(shipment: Shipment) -> str:
    return reverse("acquisitions:bench", args=[shipment.pk])


def several(code: str) -> str:
    return reverse("acquisitions:shipments") + "?" + urlencode({"q": code})


def begun(one: bool) -> str:
    return _("Scan what is in the carton.") if one else _("Several shipments fit. Choose one.")


def crumbs() -> list[tuple[str, str]]:
    return [(_("Receive"), reverse("acquisitions:receive"))]


def slip_of(shipment: Shipment) -> tuple[int, int] | None:
    """How far a shipment is unpacked; None where the vendor told no list."""
    return (min(shipment.came, shipment.listed), shipment.listed) if shipment.listed else None  # type: ignore[attr-defined]


def opened(code: str, user: User) -> Shipment | None:
    """The shipment that a number names, opened; None when it names several. An order without one gets one by hand."""
    found = list(reads.find_shipments(code)[:2])
    if len(found) == 1:
        return shipments.open_shipment(found[0].vendor, found[0].number, actor=user)
    if found:
        return None
    order = Order.objects.filter(number__iexact=code).select_related("vendor").first()
    if order is None:
        raise Refusal(
            _("Nothing is known by %(code)s. Choose its vendor below, and begin.") % {"code": code}, field="code"
        )
    return shipments.open_shipment(order.vendor, f"{order.number}/{clock.today():%Y%m%d}", actor=user)


class Receive(FormPage[StartForm]):
    """Where receiving begins: scan a carton, type a number, or pick what is expected."""

    permission, nav = "acquisitions.receive", NAV
    title, submit_label = gettext_lazy("Receive"), gettext_lazy("Open the carton")
    form_class, template = StartForm, "acquisitions/receiving/start.html"

    def act(self, form: StartForm) -> Shipment | None:
        return opened(form.cleaned_data["code"].strip(), self.user)

    def success_url(self, result: Shipment | None) -> str:
        if result is not None:
            return bench(result)
        return several(self.request.POST["code"])

    def message(self, result: Shipment | None) -> str:
        return begun(result is not None)

    def verbs(self) -> list[Verb]:
        return [Verb(_("All shipments"), reverse("acquisitions:shipments"))]

    def context(self) -> dict[str, Any]:
        code = self.request.POST.get("code", "")[:40]
        expected = Table(
            _("Expected"),
            (
                Column("number", _("Packing slip"), kind="code"),
                Column("vendor", _("Vendor")),
                Column("state", _("State"), kind="state"),
                Column("expected_on", _("Expected"), kind="date"),
                Column("progress", _("Copies"), value=slip_of, kind="bar"),
            ),
            reads.expected_shipments().order_by("-state", "expected_on", "pk")[:50],
            empty=_("No vendor has announced anything. Type the packing slip's number."),
            row_url=lambda shipment: shipment.get_absolute_url(),
        )
        return super().context() | {
            "expected": expected,
            "by_hand": ShipmentForm(initial={"number": code}, prefix="hand"),
            "tried": bool(code),
        }


class ShipmentNew(FormPage[ShipmentForm]):
    """A carton that nobody announced: its vendor and the number on its slip."""

    permission, nav = "acquisitions.receive", NAV
    title, submit_label = gettext_lazy("Begin by hand"), gettext_lazy("Begin")
    form_class = ShipmentForm

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def form_kwargs(self) -> dict[str, Any]:
        return {"prefix": "hand"}

    def act(self, form: ShipmentForm) -> Shipment:
        return shipments.open_shipment(form.cleaned_data["vendor"], form.cleaned_data["number"], actor=self.user)

    def success_url(self, result: Shipment) -> str:
        return bench(result)

    def message(self, result: Shipment) -> str:
        return _("Scan what is in the carton.")


class ShipmentOpen(ActionPage[Shipment]):
    """Go to the bench of a shipment."""

    permission, nav = "acquisitions.receive", NAV

    def objects(self) -> QuerySet[Shipment]:
        return Shipment.objects.select_related("vendor")

    def act(self, thing: Shipment) -> Shipment:
        return shipments.open_shipment(thing.vendor, thing.number, actor=self.user)

    def success_url(self, thing: Shipment) -> str:
        return bench(thing)

    def message(self, thing: Shipment) -> str:
        return _("Scan what is in the carton.")


class OrderReceive(ActionPage[Order]):
    """Receives what an order brings: its announced shipment, or one that is begun now."""

    permission, nav = "acquisitions.receive", NAV

    def objects(self) -> QuerySet[Order]:
        return Order.objects.select_related("vendor")

    def act(self, thing: Order) -> Shipment | None:
        return opened(thing.number, self.user)

    def success_url(self, thing: Order | Shipment) -> str:
        return bench(thing) if isinstance(thing, Shipment) else several(thing.number)

    def message(self, thing: Order | Shipment) -> str:
        return begun(isinstance(thing, Shipment))


class Shipments(ListPage[Shipment]):
    """Every shipment, announced or typed in."""

    permission, title, nav = "acquisitions.view_receiving", gettext_lazy("Shipments"), NAV
    columns = (
        Column("number", gettext_lazy("Packing slip"), kind="code", sort="number"),
        Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column(
            "despatched", gettext_lazy("Sent on"), value="despatched_on", kind="date", sort="despatched_on", wide=True
        ),
        Column("expected", gettext_lazy("Expected"), value="expected_on", kind="date", sort="expected_on"),
        Column("progress", gettext_lazy("Copies"), value=slip_of, kind="bar"),
        Column("came", gettext_lazy("Received"), kind="number", sort="came", hidden=True),
        Column(
            "announced", gettext_lazy("Announced"), value="created_at", kind="datetime", sort="created_at", hidden=True
        ),
        Column(
            "finished", gettext_lazy("Unpacked"), value="finished_at", kind="datetime", sort="finished_at", hidden=True
        ),
    )
    filters = (
        Filter(
            "state", gettext_lazy("State"), choices=[(one, one.capitalize()) for one in SHIPMENT_STATES], lookup="state"
        ),
        Filter(
            "vendor",
            gettext_lazy("Vendor"),
            choices=lambda _user: Vendor.objects.values_list("pk", "name"),
            lookup="vendor",
        ),
    )
    search = ("number__icontains", "vendor__name__icontains", "cartons__sscc__endswith", "cartons__lines__ean")
    tabs = (
        Tab(gettext_lazy("Expected"), "state=expected"),
        Tab(gettext_lazy("Being unpacked"), "state=unpacking"),
        Tab(gettext_lazy("Finished"), "state=finished"),
        Tab(gettext_lazy("All")),
    )
    since = "created_at"
    default_sort = "-announced"
    empty_title = gettext_lazy("No shipment was announced yet.")
    empty_next = gettext_lazy("Vendors announce them by EDI; others are begun from their packing slip.")

    def queryset(self) -> QuerySet[Shipment]:
        return reads.shipments()

    def apply_search(self, rows: QuerySet[Shipment], text: str) -> QuerySet[Shipment]:
        """As every list, and by carton or order as the start page reads it."""
        return rows.filter(pk__in=super().apply_search(rows, text).values("pk")) | rows.filter(
            pk__in=reads.find_shipments(text).values("pk")
        )

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.receive"):
            return []
        return [Verb(_("Receive"), reverse("acquisitions:receive"), key="r", primary=True, icon="receive")]


class ShipmentDetail(DetailPage[Shipment]):
    """What a shipment should hold, what came, what is claimed."""

    permission, nav, kind = "acquisitions.view_receiving", NAV, "acquisitions.shipment"

    def objects(self) -> QuerySet[Shipment]:
        return Shipment.objects.select_related("vendor", "incoming")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (_("Shipments"), reverse("acquisitions:shipments"))]

    def page_title(self) -> str:
        return _("Packing slip %(number)s") % {"number": self.object}

    def state(self, thing: Shipment) -> str:
        return thing.state

    @cached_property
    def held(self) -> Unpacking:
        return unpacking(self.object)

    def key_facts(self, thing: Shipment) -> list[Fact]:
        return [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("Copies"), (self.held.right, self.held.listed) if self.held.listed else None, "bar"),
            *([Fact(_("Over"), self.held.over, "number")] if self.held.over else []),
        ]

    def facts(self, thing: Shipment) -> list[Fact]:
        message = thing.messages.first()
        return [
            Fact(_("Sent on"), thing.despatched_on, "date"),
            Fact(_("Expected"), thing.expected_on, "date"),
            Fact(_("Announced"), thing.created_at, "datetime"),
            Fact(_("Unpacked"), thing.finished_at, "datetime"),
            Fact(_("EDI message"), message, url=message.get_absolute_url() if message else ""),
        ]

    def own_verbs(self, thing: Shipment) -> list[Verb]:
        verbs = []
        if self.may("acquisitions.receive"):
            label = _("Unpack again") if thing.state == ShipmentState.FINISHED else _("Unpack")
            url = reverse("acquisitions:shipment_open", args=[thing.pk])
            verbs.append(Verb(label, url, method="post", key="r", primary=True, icon="receive"))
        if self.may("acquisitions.enter_invoice") and self.held.received:
            url = reverse("acquisitions:invoice_for", args=[thing.vendor_id])
            verbs.append(Verb(_("Enter its invoice"), url, key="i", icon="invoice"))
        return verbs

    def tables(self, thing: Shipment) -> list[Table]:
        tables = [
            Table(
                _("Titles"),
                LINE_COLUMNS,
                self.held.lines,
                row_url=lambda one: one.line.get_absolute_url(),
                empty=_("Nothing is listed and nothing was received yet."),
            )
        ]
        if self.held.unknown:
            tables.append(Table(_("On the slip, on no order"), UNKNOWN_COLUMNS, self.held.unknown))
        claims = list(thing.claims.select_related("line"))
        if claims:
            tables.append(Table(_("Claims"), CLAIM_COLUMNS, claims, row_url=lambda claim: claim.get_absolute_url()))
        receipts = Receipt.objects.filter(shipment=thing).select_related(
            "ordered_copy__line", "ordered_copy__branch", "actor"
        )
        tables.append(Table(_("Receipts"), RECEIPT_COLUMNS, receipts[:200], empty=_("Nothing was received yet.")))
        return tables


def titled(one: Expected) -> str:
    return f"{one.line.title} / {one.line.author}" if one.line.author else one.line.title


LINE_COLUMNS = (
    Column("title", gettext_lazy("Title"), value=titled),
    Column("order", gettext_lazy("Order line"), value="line", kind="code"),
    Column("listed", gettext_lazy("Listed"), kind="number"),
    Column("received", gettext_lazy("Received"), kind="number"),
    Column("state", gettext_lazy("State"), kind="state"),
)
UNKNOWN_COLUMNS = (
    Column("ean", gettext_lazy("ISBN or EAN"), kind="code"),
    Column("quantity", gettext_lazy("Copies"), kind="number"),
    Column("fault", gettext_lazy("Why")),
)
CLAIM_COLUMNS = (
    Column("number", gettext_lazy("Claim"), kind="code"),
    Column("title", gettext_lazy("Title"), value="line.title"),
    Column("kind", gettext_lazy("Kind")),
    Column("quantity", gettext_lazy("Copies"), kind="number"),
    Column("state", gettext_lazy("State"), kind="state"),
)
RECEIPT_COLUMNS = (
    Column("title", gettext_lazy("Title"), value="ordered_copy.line.title"),
    Column("branch", gettext_lazy("For"), value="ordered_copy.branch"),
    Column("at", gettext_lazy("Received"), kind="datetime"),
    Column("actor", gettext_lazy("By")),
    Column(
        "condition",
        gettext_lazy("Condition"),
        value=lambda one: "undone" if one.undone_at else one.condition,
        kind="state",
    ),
    Column("note", gettext_lazy("What is wrong")),
)
