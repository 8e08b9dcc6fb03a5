"""What the work room adds to the search: patrons, holds, saved views, and what stands in the rooms of the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import access
from techsvc.kernel.actions import policies
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.habits import SavedView
from techsvc.kernel.models.jobs import Schedule
from techsvc.kernel.models.people import Patron, Role, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.pages import pinned
from techsvc.kernel.pages.cells import follow
from techsvc.kernel.slots import Hit
from techsvc.workroom.queries.places import fits

EACH = 8  # hits of one kind
SHORTEST_NAME = 3  # letters of a patron's name: fewer would show whoever happens to be first


def patrons(text: str, user: User) -> Iterator[Hit]:
    """Patrons by name, at the person's branch where the right to see them ends there."""
    if len(text) < SHORTEST_NAME:
        return
    limit = access.branch_limit(user, "kernel.view_patrons")
    rows = Patron.objects.select_related("branch").filter(name__icontains=text)
    for patron in (rows if limit is None else rows.filter(branch_id=limit))[:EACH]:
        url = reverse("circulation:patron", args=[patron.pk])
        yield Hit(_("Patron"), patron.name, url, str(patron.branch), patron.pk)


def holds(text: str, _user: User) -> Iterator[Hit]:
    """Holds that are open, by the title that is waited for; never by patron."""
    rows = Hold.objects.filter(state__in=(HoldState.WAITING, HoldState.READY), record__title__icontains=text)
    for hold in rows.select_related("record", "pickup")[:EACH]:
        detail = _("ready at %(branch)s") if hold.state == HoldState.READY else _("waiting, pickup at %(branch)s")
        yield Hit(_("Hold"), hold.record.title, hold.get_absolute_url(), detail % {"branch": hold.pickup})


def views(text: str, user: User) -> Iterator[Hit]:
    """Saved views of lists, the person's own and shared ones, by name."""
    mine = SavedView.objects.filter(Q(owner=user) | Q(shared=True), label__icontains=text)
    for view in mine[:EACH]:
        if pinned.list_named(view.page, user):
            yield Hit(_("View"), view.label, pinned.address(view), _("shared") if view.shared else "")


# ── The console ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Findable:
    """One kind of thing of the console: who may see it, what its text is looked for in, and where a hit leads."""

    kind: StrPromise
    permission: str
    model: type[Model]
    lookups: tuple[str, ...]
    url: Callable[[Any], str]
    detail: str = ""

    def hits(self, text: str) -> Iterator[Hit]:
        asked = Q(*((f"{lookup}__icontains", text) for lookup in self.lookups), _connector=Q.OR)
        rows: QuerySet[Any] = self.model._default_manager.filter(asked)
        for row in rows.order_by(self.lookups[0])[:EACH]:
            yield Hit(str(self.kind), str(row), self.url(row), str(follow(row, self.detail)) if self.detail else "")


def at(name: str) -> Callable[[Any], str]:
    return lambda row: reverse(name, args=[row.pk])


CONSOLE = (
    Findable(
        gettext_lazy("Person"),
        "kernel.manage_people",
        User,
        ("display_name", "username"),
        at("kernel:person"),
        "username",
    ),
    Findable(gettext_lazy("Role"), "kernel.manage_people", Role, ("name",), at("kernel:role")),
    Findable(
        gettext_lazy("Branch"), "kernel.manage_places", Branch, ("name", "code"), at("kernel:branch_edit"), "code"
    ),
    Findable(gettext_lazy("Printer"), "kernel.manage_places", Printer, ("name",), at("kernel:printer_edit")),
    Findable(
        gettext_lazy("Connection"), "kernel.view_connections", Connection, ("name", "host"), at("kernel:connection")
    ),
    Findable(
        gettext_lazy("Schedule"),
        "kernel.console",
        Schedule,
        ("title",),
        lambda row: f"{reverse('kernel:schedules')}#row-{row.pk}",
    ),
)


def console(text: str, user: User) -> Iterator[Hit]:
    """People, roles, branches, printers, connections and schedules by name."""
    for kind in CONSOLE:
        if access.allowed(user, kind.permission):
            yield from kind.hits(text)


def decided(text: str, user: User) -> Iterator[Hit]:
    """Policies by their words; to those who may not decide them, where they stand."""
    decides = access.allowed(user, "kernel.set_policy")
    for policy in policies.DECLARED.values():
        if fits(text, policy.label):
            url = (
                reverse("kernel:policy", args=[policy.key]) if decides else f"{reverse('kernel:policies')}#{policy.key}"
            )
            yield Hit(_("Policy"), policy.label, url)
