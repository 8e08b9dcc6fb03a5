"""The one box: a code leads to its thing, words lead to whatever every department finds for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import access, slots
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.slots import Hit, Verb
from techsvc.kernel.views.console import ROOMS
from techsvc.workroom.queries import scans

# What people come to do: words, page, the right that makes it their work, the key on the home page, picture.
# Those with a key stand on the home page.
BEGINNINGS = (
    (gettext_lazy("Receive"), "acquisitions:receive", "acquisitions.receive", "r", "receive"),
    (gettext_lazy("Upload a cart"), "acquisitions:cart_new", "acquisitions.draft_orders", "u", "upload"),
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

SHORTEST = 2  # characters; fewer would find everything
EACH = 8  # hits of one kind


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a text leads to; `sentence` and `verbs` say what to do when a code is not known."""

    text: str
    hits: tuple[Hit, ...] = ()
    sentence: str = ""
    verbs: tuple[Verb, ...] = ()

    @property
    def only(self) -> Hit | None:
        """The hit to go to without asking."""
        return self.hits[0] if len(self.hits) == 1 else None

    def groups(self) -> list[tuple[str, list[Hit]]]:
        """Hits by kind, kinds in the order of their first hit."""
        grouped: dict[str, list[Hit]] = {}
        for hit in self.hits:
            grouped.setdefault(str(hit.kind), []).append(hit)
        return list(grouped.items())


def find(text: str, user: User) -> Found:
    """What the text leads this person to. A code that names something is not searched for as a word."""
    if len(text) < SHORTEST:
        return Found(text)
    reading = scans.read(text, user)
    hits = reading.hits or slots.search(text, user)
    once = {hit.url: hit for hit in reversed(hits)}
    return Found(text, tuple(reversed(once.values())), reading.sentence, reading.verbs)


# ── What the work room itself adds to the search ─────────────────────────────────────────────────


def pages(text: str, user: User) -> Iterator[Hit]:
    """Pages of the rail, things to begin and rooms of the console whose name contains the text."""
    places = [(str(item.label), item.url_name, item.permission) for item in slots.nav(user)]
    rooms = [(str(label), f"kernel:{name}", right) for name, right, label, _sentence in ROOMS]
    begun = [(str(one.label), one.url) for one in beginnings(user)]
    for label, name, right in (*places, *rooms):
        if access.allowed(user, right):
            try:
                begun.append((label, reverse(name)))
            except NoReverseMatch:
                continue
    yield from (Hit(_("Go to"), label, url) for label, url in begun if text.casefold() in label.casefold())


def beginnings(user: User) -> list[Verb]:
    """What the person may begin, the most usual first."""
    return [
        Verb(label, reverse(name), key=key, icon=icon)
        for label, name, right, key, icon in BEGINNINGS
        if access.allowed(user, right)
    ]


def patrons(text: str, user: User) -> Iterator[Hit]:
    """Patrons by name, at the person's branch where the right to see them ends there."""
    limit = access.branch_limit(user, "kernel.view_patrons")
    rows = Patron.objects.select_related("branch").filter(name__icontains=text)
    for patron in (rows if limit is None else rows.filter(branch_id=limit))[:EACH]:
        yield Hit(_("Patron"), patron.name, reverse("circulation:patron", args=[patron.pk]), str(patron.branch))


def holds(text: str, _user: User) -> Iterator[Hit]:
    """Holds that are open, by the title that is waited for; never by patron."""
    rows = Hold.objects.filter(state__in=(HoldState.WAITING, HoldState.READY), record__title__icontains=text)
    for hold in rows.select_related("record", "pickup")[:EACH]:
        detail = _("ready at %(branch)s") if hold.state == HoldState.READY else _("waiting, pickup at %(branch)s")
        yield Hit(_("Hold"), hold.record.title, hold.get_absolute_url(), detail % {"branch": hold.pickup})
