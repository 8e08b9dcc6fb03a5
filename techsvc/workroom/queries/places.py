"""Where a person may go and what a person may begin: every page that needs no thing, by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, slots
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import ActionPage, BenchPage, BulkPage, FormPage, Page
from techsvc.kernel.slots import Hit, Verb

if TYPE_CHECKING:
    from techsvc.kernel.slots import Text

# What people come to do: words, page, the right that makes it their work, the key on the home page, picture.
# Those with a key stand on the home page.
BEGINNINGS = (
    (gettext_lazy("Receive"), "acquisitions:receive", "acquisitions.receive", "r", "receive"),
    (gettext_lazy("Upload a cart"), "acquisitions:cart_new", "acquisitions.draft_orders", "f", "upload"),
    (gettext_lazy("To catalog"), "cataloging:to_catalog", "cataloging.edit_items", "t", "catalog"),
    (gettext_lazy("Make items ready"), "processing:bench", "processing.work", "m", "process"),
    (gettext_lazy("Enter an invoice"), "acquisitions:invoice_new", "acquisitions.enter_invoice", "i", "invoice"),
    (gettext_lazy("New interlibrary loan"), "ill:request_new", "ill.borrow", "l", "ill"),
    (gettext_lazy("New purchase request"), "acquisitions:request_new", "acquisitions.submit_request", "n", "select"),
    (gettext_lazy("New order"), "acquisitions:order_new", "acquisitions.draft_orders", "", "order"),
    (gettext_lazy("Carts"), "acquisitions:carts", "acquisitions.view_orders", "", "cart"),
    (gettext_lazy("Shipments"), "acquisitions:shipments", "acquisitions.view_receiving", "", "receive"),
    (gettext_lazy("Items"), "cataloging:items", "cataloging.view", "", "catalog"),
    (gettext_lazy("Load a file of records"), "cataloging:load_new", "cataloging.load_records", "", "upload"),
    (gettext_lazy("Label sheets"), "processing:labels", "kernel.print", "", "label"),
    (gettext_lazy("New patron"), "circulation:patron_new", "kernel.edit_patrons", "", "patron"),
)
AT_HOME = 3  # beginnings of a person that the home page shows

# Pages whose title alone does not say what they are.
NAMES = {
    "workroom:home": gettext_lazy("Home"),
    "kernel:branch_new": gettext_lazy("New branch"),
    "kernel:printer_new": gettext_lazy("New printer"),
    "kernel:connection_new": gettext_lazy("New connection"),
    "acquisitions:shipment_new": gettext_lazy("Receive a carton without a notice"),
}
# What people call a page beside its own name.
ALSO = {
    "acquisitions:receive": gettext_lazy("carton check in unpack packing slip"),
    "acquisitions:cart_new": gettext_lazy("import file of orders marc"),
    "acquisitions:order_new": gettext_lazy("purchase buy"),
    "acquisitions:orders": gettext_lazy("purchases on order"),
    "acquisitions:requests": gettext_lazy("suggestions selection"),
    "acquisitions:messages": gettext_lazy("edifact vendor answers"),
    "acquisitions:funds": gettext_lazy("budget money ledger encumbrances"),
    "acquisitions:invoice_new": gettext_lazy("bill pay"),
    "acquisitions:vendors": gettext_lazy("suppliers"),
    "cataloging:records": gettext_lazy("titles bibliographic"),
    "cataloging:load_new": gettext_lazy("import marc copy cataloging"),
    "cataloging:items": gettext_lazy("copies barcodes"),
    "processing:bench": gettext_lazy("process covers labels"),
    "processing:labels": gettext_lazy("print spine labels"),
    "ill:requests": gettext_lazy("borrowing loans from other libraries"),
    "circulation:patrons": gettext_lazy("readers borrowers cards"),
    "kernel:people": gettext_lazy("staff users accounts"),
    "kernel:roles": gettext_lazy("permissions"),
    "kernel:outgoing": gettext_lazy("mail outbox dead letters"),
    "kernel:policies": gettext_lazy("settings rules"),
    "kernel:schedules": gettext_lazy("nightly timetable"),
    "kernel:history": gettext_lazy("audit log"),
    "kernel:own_password": gettext_lazy("change password account"),
}
NOT_A_PLACE = {"workroom:search", "kernel:view_new"}  # the box itself; a view is saved from its list


@dataclass(frozen=True, slots=True)
class Place:
    """A page that can be opened without saying of what; `begins` when something is entered or done there."""

    name: str
    label: Text
    permission: str
    begins: bool

    def fits(self, text: str) -> bool:
        """Whether the text is in its name, or begins words of what people call it beside that."""
        return fits(text, str(self.label)) or begin_words(text, f"{self.label} {ALSO.get(self.name, '')}")


def beginnings(user: User) -> list[Verb]:
    """What the person may begin, the most usual first."""
    return [
        Verb(label, reverse(name), key=key, icon=icon)
        for label, name, right, key, icon in BEGINNINGS
        if access.allowed(user, right)
    ]


def pages(text: str, user: User) -> Iterator[Hit]:
    """What the person may begin and where to go, by name; all of it for no text."""
    for place in (*_begun(), *_rail(user), *places(get_urlconf())):
        if access.allowed(user, place.permission) and place.fits(text):
            yield Hit(_("Begin") if place.begins else _("Go to"), place.label, reverse(place.name))


def fits(text: str, called: str) -> bool:
    """Whether every word of the text begins a word of the name, or the text stands anywhere within it."""
    within = len(text) > 1 and text.casefold() in called.casefold()
    return within or begin_words(text, called)


def begin_words(text: str, called: str) -> bool:
    """Whether every word of the text begins a word of the name."""
    words = parts(called)
    return all(any(word.startswith(one) for word in words) for one in parts(text))


def parts(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _rail(user: User) -> list[Place]:
    return [Place(item.url_name, item.label, item.permission, begins=False) for item in slots.nav(user)]


def _begun() -> Iterator[Place]:
    entered = {place.name for place in places(get_urlconf()) if place.begins}
    for label, name, right, _key, _icon in BEGINNINGS:
        yield Place(name, label, right, begins=name in entered)


@cache
def places(urlconf: str | None) -> tuple[Place, ...]:
    """Every page with a name that needs no thing, as the URLconf has them."""
    return tuple(_walk(get_resolver(urlconf), ""))


def _walk(resolver: URLResolver, space: str) -> Iterator[Place]:
    for pattern in resolver.url_patterns:
        if pattern.pattern.regex.groupindex:
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and (place := _place(pattern, space)):
            yield place


def _place(pattern: URLPattern, space: str) -> Place | None:
    view, name = getattr(pattern.callback, "view_class", None), f"{space}{pattern.name}"
    if view is None or not issubclass(view, Page) or issubclass(view, (ActionPage, BulkPage)) or name in NOT_A_PLACE:
        return None
    label, begins = NAMES.get(name) or view.title, issubclass(view, (FormPage, BenchPage)) or name.endswith("_new")
    return Place(name, label, view.permission, begins) if label else None
