"""Branches, printers, and connections to partners."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import clock, opening, queries
from techsvc.kernel.actions import jobs, places
from techsvc.kernel.forms import FILE_TRANSPORTS, BranchForm, ConnectionForm, PrinterForm
from techsvc.kernel.models.exchange import Connection, Outgoing
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, FormPage, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.calendar import CLOSINGS
from techsvc.kernel.views.console import ConsoleList

TABLE_ROWS = 20
WAITING = (
    Column("name", gettext_lazy("File"), kind="code"),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("queued_at", gettext_lazy("Queued"), kind="datetime"),
    Column("last_error", gettext_lazy("Last fault")),
)


def message_url(outgoing: Outgoing) -> str:
    return reverse("kernel:outgoing_message", args=[outgoing.pk])


class ConsoleForm(FormPage[Any]):
    """A form of the console: on one row when the address names one, else for a new one."""

    nav = "kernel:console"
    list_name = ""

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (self.page_title(), reverse(self.list_name))]

    def success_url(self, result: Any) -> str:
        return reverse(self.list_name)


class Branches(ConsoleList[Branch]):
    """The library's buildings."""

    permission = "kernel.manage_places"
    title = gettext_lazy("Branches")
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("code", gettext_lazy("Code"), kind="code", sort="code"),
        Column("san", gettext_lazy("SAN"), kind="code"),
        Column("week", gettext_lazy("Open"), value=lambda branch: opening.week_words(branch.open_weekdays)),
        Column("active", gettext_lazy("Active"), kind="bool", sort="active"),
    )
    default_sort = "name"

    def queryset(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def verbs(self) -> list[Verb]:
        return [
            Verb(_("New branch"), reverse("kernel:branch_new"), key="n", primary=True),
            Verb(_("Calendar"), reverse("kernel:calendar"), key="c"),
        ]


class BranchDetail(DetailPage[Branch]):
    """One building: where it is, when it is open, and when it is closed next."""

    permission, nav, kind = "kernel.manage_places", "kernel:console", "kernel.branch"

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Branches"), reverse("kernel:branches"))]

    def state(self, obj: Branch) -> str:
        return "active" if obj.active else "inactive"

    def facts(self, obj: Branch) -> list[Fact]:
        return [
            Fact(_("Code"), obj.code, "code"),
            Fact(_("SAN"), obj.san, "code"),
            Fact(_("Open"), opening.week_words(obj.open_weekdays)),
            Fact(_("Address"), obj.address),
        ]

    def tables(self, obj: Branch) -> list[Table]:
        coming = opening.closings_of(obj, clock.today())[:TABLE_ROWS]
        new = Verb(_("Close days"), f"{reverse('kernel:closing_new')}?branch={obj.pk}", key="c")
        return [Table(_("Closed next"), CLOSINGS, coming, empty=_("No day off is planned."), verbs=[new])]

    def own_verbs(self, obj: Branch) -> list[Verb]:
        return [
            Verb(_("Edit"), reverse("kernel:branch_edit", args=[obj.pk]), key="e", primary=True),
            Verb(_("Opening days"), reverse("kernel:branch_week", args=[obj.pk]), key="o"),
        ]


class NewBranch(ConsoleForm):
    """One more building."""

    permission, list_name = "kernel.manage_places", "kernel:branches"
    title, form_class = gettext_lazy("Branch"), BranchForm

    def act(self, form: BranchForm) -> Branch:
        return places.save_branch(Branch(**form.cleaned_data), actor=self.user)


class EditBranch(NewBranch):
    """Change a branch."""

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in BranchForm.base_fields}

    def act(self, form: BranchForm) -> Branch:
        branch: Branch = self.object
        for name, value in form.cleaned_data.items():
            setattr(branch, name, value)
        return places.save_branch(branch, actor=self.user)


class Printers(ConsoleList[Printer]):
    """Where paper comes out."""

    permission = "kernel.manage_places"
    title = gettext_lazy("Printers")
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("stock", gettext_lazy("Label stock"), kind="code"),
        Column("active", gettext_lazy("Active"), kind="bool", sort="active"),
    )
    default_sort = "name"
    empty_title, empty_next = gettext_lazy("No printers yet."), gettext_lazy("Add the one on your desk.")

    def queryset(self) -> QuerySet[Printer]:
        return Printer.objects.select_related("branch")

    def row_url(self, obj: Printer) -> str:
        return reverse("kernel:printer_edit", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        return [Verb(_("New printer"), reverse("kernel:printer_new"), key="n", primary=True)]


class NewPrinter(ConsoleForm):
    """One more printer."""

    permission, list_name = "kernel.manage_places", "kernel:printers"
    title, form_class = gettext_lazy("Printer"), PrinterForm

    def act(self, form: PrinterForm) -> Printer:
        return places.save_printer(form.instance, actor=self.user)


class EditPrinter(NewPrinter):
    """Change a printer."""

    def objects(self) -> QuerySet[Printer]:
        return Printer.objects.all()

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.object}


def to_partners() -> QuerySet[Connection]:
    """Connections by which files travel; the library's own mail and its uploads are not set up here."""
    return Connection.objects.filter(kind__in=[kind for kind, _label in FILE_TRANSPORTS])


class Connections(ConsoleList[Connection]):
    """How files travel to and from partners."""

    permission = "kernel.view_connections"
    title = gettext_lazy("Connections to partners")
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("kind", gettext_lazy("Transport"), value="get_kind_display"),
        Column("host", gettext_lazy("Host"), value=lambda c: c.host or c.root, kind="code"),
        Column("active", gettext_lazy("Active"), kind="bool", sort="active"),
        Column(
            "polled",
            gettext_lazy("Last asked"),
            value="last_polled_at",
            kind="datetime",
            sort="last_polled_at",
            wide=True,
        ),
        Column("fault", gettext_lazy("Last fault"), value="last_error"),
    )
    default_sort = "name"

    def queryset(self) -> QuerySet[Connection]:
        return to_partners()

    def row_url(self, obj: Connection) -> str:
        return reverse("kernel:connection", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        if not self.may("kernel.manage_connections"):
            return []
        return [Verb(_("New connection"), reverse("kernel:connection_new"), key="n", primary=True)]


class ConnectionDetail(DetailPage[Connection]):
    """One connection; its password is never shown."""

    permission, nav, kind = "kernel.view_connections", "kernel:console", "kernel.connection"

    def objects(self) -> QuerySet[Connection]:
        return to_partners()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Console"), reverse("kernel:console")),
            (_("Connections to partners"), reverse("kernel:connections")),
        ]

    def page_title(self) -> str:
        return self.object.name

    def facts(self, obj: Connection) -> list[Fact]:
        return [
            Fact(_("Transport"), obj.get_kind_display()),
            Fact(_("Host"), f"{obj.host}:{obj.port}" if obj.host else obj.root, "code"),
            Fact(_("User name"), obj.username),
            Fact(_("Password"), _("set") if obj.secret else _("not set")),
            Fact(_("Host key"), obj.host_key[:40], "code"),
            Fact(_("Folder for our files"), obj.outbox, "code"),
            Fact(_("Folder of their files"), obj.inbox, "code"),
            Fact(_("Last asked"), obj.last_polled_at, "datetime"),
            Fact(_("Last fault"), obj.last_error),
        ]

    def tables(self, obj: Connection) -> list[Table]:
        waiting = queries.waiting_at(obj)[:TABLE_ROWS]
        return [
            Table(_("Messages that wait to leave"), WAITING, waiting, empty=_("Nothing waits."), row_url=message_url)
        ]

    def own_verbs(self, obj: Connection) -> list[Verb]:
        found = []
        if self.may("kernel.settle_messages") and obj.active and obj.inbox:
            url = reverse("kernel:connection_fetch", args=[obj.pk])
            found.append(Verb(_("Fetch now"), url, method="post", key="f", primary=True))
        if self.may("kernel.manage_connections"):
            found.append(Verb(_("Edit"), reverse("kernel:connection_edit", args=[obj.pk]), key="e"))
        return found


class FetchNow(ActionPage[Connection]):
    """Ask a partner for new files now instead of at the next visit."""

    permission = "kernel.settle_messages"

    def objects(self) -> QuerySet[Connection]:
        return to_partners().filter(active=True)

    def act(self, thing: Connection) -> None:
        jobs.later("kernel.collect", thing.pk)

    def message(self, thing: Connection) -> str:
        return _("Asking %(name)s. Reload in a moment.") % {"name": thing.name}

    def success_url(self, thing: Connection) -> str:
        return self.came_from()


class NewConnection(ConsoleForm):
    """A way to one more partner."""

    permission, list_name = "kernel.manage_connections", "kernel:connections"
    title, form_class = gettext_lazy("Connection"), ConnectionForm

    def act(self, form: ConnectionForm) -> Connection:
        return places.save_connection(form.instance, password=form.cleaned_data["password"] or None, actor=self.user)


class EditConnection(NewConnection):
    """Change a connection."""

    def objects(self) -> QuerySet[Connection]:
        return to_partners()

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.object}
