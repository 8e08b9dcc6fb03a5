"""What waits to be printed, the documents themselves, and a person's word that they came out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from techsvc.kernel import queries
from techsvc.kernel.actions import printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest, PrintState
from techsvc.kernel.pages import ActionPage, BulkPage, Column, Filter, ListPage, ObjectPage, Tab
from techsvc.kernel.slots import Verb


def kind_choices(_user: User) -> list[tuple[str, str]]:
    return [(kind.code, kind.label) for kind in printing.KINDS.values()]


def branch_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]


class Prints(ListPage[PrintRequest]):
    """Labels, tags and slips, newest first."""

    permission = "kernel.print"
    title, nav = gettext_lazy("Printing"), "kernel:prints"
    columns = (
        Column("title", gettext_lazy("What"), sort="title"),
        Column("branch", gettext_lazy("For branch"), value="branch.name", sort="branch__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("asked", gettext_lazy("Asked for"), value="asked_at", kind="datetime", sort="id"),
        Column("fault", gettext_lazy("Fault"), wide=True),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=PrintState.choices, lookup="state"),
        Filter("kind", gettext_lazy("Kind"), choices=kind_choices, lookup="kind"),
        Filter("branch", gettext_lazy("For branch"), choices=branch_choices, lookup="branch_id"),
    )
    tabs = (Tab(gettext_lazy("Ready to print"), "state=ready"), Tab(gettext_lazy("Could not be made"), "state=failed"))
    search = ("title__icontains",)
    since = "asked_at"
    default_sort = "-asked"
    empty_title = gettext_lazy("Nothing to print.")
    empty_next = gettext_lazy("Labels appear when a barcode and a call number are set, tags when a hold is caught.")

    def queryset(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user)

    def row_url(self, obj: PrintRequest) -> str:
        return reverse("kernel:print_preview", args=[obj.pk])

    def row_verbs(self, obj: PrintRequest) -> list[Verb]:
        if obj.state == PrintState.CANCELLED:
            return []
        return [Verb(_("Make again"), reverse("kernel:print_again", args=[obj.pk]), method="post", key="a")]

    def bulk(self) -> list[Verb]:
        return [Verb(_("Mark as printed"), reverse("kernel:prints_done"), method="post", key="p")]


class PrintDocument(ObjectPage[PrintRequest]):
    """The very bytes that go to the printer, shown by the browser."""

    permission = "kernel.print"

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user).filter(document__isnull=False).defer(None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        answer = HttpResponse(bytes(self.object.document or b""), content_type="application/pdf")
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Disposition"] = f'inline; filename="{self.object.kind}-{self.object.pk}.pdf"'
        return answer


class PrintAgain(ActionPage[PrintRequest]):
    """Make a document anew."""

    permission = "kernel.print"

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user)

    def act(self, thing: PrintRequest) -> PrintRequest:
        return printing.make_again(thing.pk, actor=self.user)


class PrintsDone(BulkPage[PrintRequest]):
    """A person says that these came out of the printer."""

    permission, list_page = "kernel.print", Prints

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user)

    def act_on(self, row: PrintRequest) -> None:
        if not printing.mark_printed([row.pk], actor=self.user):
            raise Refusal(
                _("It is not ready to print: %(state)s. Wait until it is, or make it again.")
                % {"state": row.get_state_display()}
            )

    def done_text(self, count: int) -> str:
        return ngettext("%(n)s marked as printed.", "%(n)s marked as printed.", count) % {"n": count}

    def success_url(self) -> str:
        return reverse("kernel:prints")
