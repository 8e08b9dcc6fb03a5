"""What a scanned or typed code names: the thing's page, or in words what to do about an unknown one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order
from acquisitions.models.receipts import Carton, Claim, Shipment
from acquisitions.models.requests import PurchaseRequest
from acquisitions.rules.lifecycle import ShipmentState
from cataloging.models.records import Record
from cataloging.queries.search import by_barcode, visible
from ill.models.borrowing import BorrowingRequest
from techsvc.kernel import access, barcodes
from techsvc.kernel.identifiers import OUR_NUMBER_SHAPE, Scan, ScanKind
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.pages.cells import follow, grouped
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.slots import Hit, Verb

Door = tuple[StrPromise, str, str]  # words, url name, permission
MOST = 20  # things that one number is ever shown for


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code led to. Without hits `sentence` says what is wrong or missing, and `verbs` what can be done."""

    hits: tuple[Hit, ...] = ()
    sentence: str = ""
    verbs: tuple[Verb, ...] = ()


def read(text: str, user: User) -> Reading:
    """The things that a code names, of those that the person may see. Words name nothing."""
    scan = barcodes.read(text)
    reader = READERS.get(scan.kind, _number)
    return reader(scan, user) if scan.value else Reading()


# ── Items, patrons, titles ───────────────────────────────────────────────────────────────────────


def _item(scan: Scan, user: User) -> Reading:
    item = by_barcode(scan.value) if access.allowed(user, "cataloging.view") else None
    shown = grouped(scan.value)
    if item is not None:
        detail = f"{shown} · {item.branch}"
        return Reading((Hit(_("Item"), item.record.title, item.get_absolute_url(), detail),))
    sentence = _("No item has barcode %(code)s. Find the title it belongs to, and give the barcode to its item.")
    return Reading(sentence=sentence % {"code": shown}, verbs=_doors(user, CATALOG))


def _patron(scan: Scan, user: User) -> Reading:
    """Who a card belongs to, for those who may see patrons, at their branch where the right ends there."""
    right = "kernel.view_patrons"
    if not access.allowed(user, right):
        return Reading(sentence=_("This is a patron's card. You may not see patrons: ask the desk."))
    limit = access.branch_limit(user, right)
    patron = Patron.objects.select_related("branch").filter(card=scan.value).first()
    if patron is not None and limit in (None, patron.branch_id):
        url = reverse("circulation:patron", args=[patron.pk])
        return Reading((Hit(_("Patron"), patron.name, url, str(patron.branch), patron.pk),))
    sentence = _("No patron that you may see has card %(code)s. Add the patron, or scan the card again.")
    return Reading(sentence=sentence % {"code": grouped(scan.value)}, verbs=_doors(user, PATRON))


def _title(scan: Scan, user: User) -> Reading:
    found: Iterable[Record] = ()
    if access.allowed(user, "cataloging.view"):
        found = visible().filter(match_keys__kind=scan.kind.value, match_keys__key=scan.value)[:MOST]
    hits = tuple(Hit(_("Title"), r.title, r.get_absolute_url(), _about(r)) for r in found)
    if hits:
        return Reading(hits)
    what = {ScanKind.ISBN: "ISBN", ScanKind.ISSN: "ISSN"}.get(scan.kind, "UPC")
    sentence = _("The library has nothing with %(what)s %(code)s, and nothing is on order.")
    query = urlencode({"isbn": scan.value}) if scan.kind is ScanKind.ISBN else ""
    return Reading(sentence=sentence % {"what": what, "code": scan.value}, verbs=_doors(user, UNKNOWN_TITLE, query))


def _about(record: Record) -> str:
    return " · ".join(filter(None, [record.author, record.format.replace("_", " "), str(record.pub_year or "")]))


# ── Numbers on paper ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Numbered:
    """One kind of thing that has a number: how it is called, who may see it, and where the number stands.

    `thing` is the path from the row found to what the hit opens, `detail` the path to what is shown beside it.
    """

    kind: StrPromise
    permission: str
    model: type[Model]
    detail: str
    field: str = "number"
    thing: str = ""

    def hits(self, number: str, user: User) -> Iterator[Hit]:
        """The things with this number; one query."""
        related = self.detail.rpartition(".")[0].replace(".", "__")
        rows = self.model._default_manager.filter(**{f"{self.field}__iexact": number})
        for row in (rows.select_related(related) if related else rows)[:MOST]:
            thing = follow(row, self.thing) if self.thing else row
            yield Hit(str(self.kind), str(thing), place_of(thing, user), str(follow(row, self.detail)))


def place_of(thing: Any, user: User) -> str:
    """Where the hands go on: the bench for a shipment that is to be unpacked, the thing's own page otherwise."""
    open_box = isinstance(thing, Shipment) and thing.state != ShipmentState.FINISHED
    if open_box and access.allowed(user, "acquisitions.receive"):
        return reverse("acquisitions:bench", args=[thing.pk])
    return home_of(thing)


NUMBERED = (
    Numbered(gettext_lazy("Order"), "acquisitions.view_orders", Order, "vendor.name"),
    Numbered(gettext_lazy("Shipment"), "acquisitions.view_orders", Shipment, "vendor.name"),
    Numbered(gettext_lazy("Carton"), "acquisitions.view_orders", Carton, "shipment.vendor.name", "sscc", "shipment"),
    Numbered(gettext_lazy("Invoice"), "acquisitions.view_invoices", Invoice, "vendor.name"),
    Numbered(gettext_lazy("Claim"), "acquisitions.view_orders", Claim, "vendor.name"),
    Numbered(gettext_lazy("Purchase request"), "acquisitions.view_requests", PurchaseRequest, "number"),
    Numbered(gettext_lazy("Loan from another library"), "ill.view", BorrowingRequest, "title"),
)
NOT_FOUND = {
    ScanKind.ORDER_NUMBER: gettext_lazy("There is no order %(code)s that you may see. Check the year in the number."),
    ScanKind.CARTON: gettext_lazy(
        "No shipment lists carton %(code)s. Receive it by its packing slip: the vendor did not announce it."
    ),
}
OURS = gettext_lazy("Nothing that you may see has our number %(code)s. Check the year in the number.")
THEIRS = gettext_lazy(
    "Nothing that you may see has number %(code)s. From a packing slip: receive the carton. From a bill: enter it."
)
# Numbers that vendors give: no blanks, some digits, and nothing that is in no number.
THEIR_SHAPE = re.compile(r"(?=.*[0-9].*[0-9])[A-Za-z0-9./_-]{5,30}")


def _number(scan: Scan, user: User) -> Reading:
    hits = tuple(hit for one in NUMBERED if access.allowed(user, one.permission) for hit in one.hits(scan.value, user))
    if hits:
        return Reading(hits)
    if scan.note:
        return Reading(sentence=_(scan.note))
    sentence, doors = _no_such_number(scan)
    return Reading(sentence=str(sentence) % {"code": scan.value}, verbs=_doors(user, doors))


def _no_such_number(scan: Scan) -> tuple[StrPromise | str, tuple[Door, ...]]:
    """What to say of a number that nothing has, and what can be done; nothing of what is no number."""
    if scan.kind in NOT_FOUND:
        return NOT_FOUND[scan.kind], CARTON if scan.kind is ScanKind.CARTON else ()
    if OUR_NUMBER_SHAPE.fullmatch(scan.value.upper()):
        return OURS, ()
    return (THEIRS, PAPER) if THEIR_SHAPE.fullmatch(scan.value) else ("", ())


# ── What to do about what is not known ───────────────────────────────────────────────────────────

CATALOG: tuple[Door, ...] = ((gettext_lazy("Catalog it"), "cataloging:items", "cataloging.edit_items"),)
PATRON: tuple[Door, ...] = ((gettext_lazy("New patron"), "circulation:patron_new", "kernel.edit_patrons"),)
CARTON: tuple[Door, ...] = ((gettext_lazy("Receive"), "acquisitions:receive", "acquisitions.receive"),)
PAPER: tuple[Door, ...] = (
    *CARTON,
    (gettext_lazy("Enter an invoice"), "acquisitions:invoice_new", "acquisitions.enter_invoice"),
)
UNKNOWN_TITLE: tuple[Door, ...] = (
    (gettext_lazy("Ask to buy it"), "acquisitions:request_new", "acquisitions.submit_request"),
    (gettext_lazy("Borrow it"), "ill:request_new", "ill.borrow"),
    (gettext_lazy("Load its record"), "cataloging:load_new", "cataloging.load_records"),
)


def _doors(user: User, doors: tuple[Door, ...], query: str = "") -> tuple[Verb, ...]:
    """Links to what the person may do next."""
    tail = f"?{query}" if query else ""
    return tuple(Verb(words, reverse(name) + tail) for words, name, right in doors if access.allowed(user, right))


Reader = Callable[[Scan, User], Reading]
READERS: dict[ScanKind, Reader] = {
    ScanKind.ITEM_BARCODE: _item,
    ScanKind.PATRON_CARD: _patron,
    ScanKind.ISBN: _title,
    ScanKind.ISSN: _title,
    ScanKind.UPC: _title,
}
