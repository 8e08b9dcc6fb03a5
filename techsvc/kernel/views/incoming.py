"""What came in: every file as it came, and what needs a person."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from techsvc.kernel.actions import exchange
from techsvc.kernel.contents import Content
from techsvc.kernel.forms import ReasonForm
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.pages import (
    ActionPage,
    BulkPage,
    Column,
    DetailPage,
    Fact,
    Filter,
    FormPage,
    ListPage,
    ObjectPage,
    Tab,
    Table,
)
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.messages import connection_choices, kind_words

SIGHTINGS = (Column("at", gettext_lazy("When"), kind="datetime"), Column("name", gettext_lazy("Under the name")))
WAITS = (IncomingState.HELD, IncomingState.REFUSED)


Answer = TypeVar("Answer", bound=HttpResponseBase)


class IncomingFiles(ListPage[Incoming]):
    """Every file that came in, kept as it came."""

    permission = "kernel.view_messages"
    title, nav = gettext_lazy("Incoming files"), "kernel:outgoing"
    columns = (
        Column("name", gettext_lazy("File"), kind="code", sort="name"),
        Column("kind", gettext_lazy("Kind"), value=kind_words, sort="kind"),
        Column("from", gettext_lazy("From"), value="connection.name", sort="connection__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("arrived", gettext_lazy("Arrived"), value="received_at", kind="datetime", sort="received_at"),
        Column("size", gettext_lazy("Bytes"), kind="number", sort="size", hidden=True),
        Column("fault", gettext_lazy("Fault")),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=IncomingState.choices, lookup="state"),
        Filter("from", gettext_lazy("From"), choices=connection_choices, lookup="connection_id"),
    )
    tabs = (Tab(gettext_lazy("Waits for a person"), "state=held"), Tab(gettext_lazy("Can't be read"), "state=refused"))
    search = ("name__icontains", "sha256__startswith")
    since = "received_at"
    default_sort = "-arrived"
    empty_title, empty_next = (
        gettext_lazy("Nothing came in yet."),
        gettext_lazy("Vendors' answers and uploads appear here."),
    )

    def queryset(self) -> QuerySet[Incoming]:
        return Incoming.objects.defer("body").select_related("connection")

    def row_url(self, obj: Incoming) -> str:
        return reverse("kernel:incoming_file", args=[obj.pk])

    def bulk(self) -> list[Verb]:
        if not self.may("kernel.settle_messages"):
            return []
        again, aside = (reverse("kernel:incoming_bulk", args=[name]) for name in ("again", "aside"))
        return [Verb(_("Read again"), again, method="post"), Verb(_("Settle by hand"), aside, method="post")]

    def verbs(self) -> list[Verb]:
        if not self.may("kernel.settle_messages"):
            return []
        return [Verb(_("Fetch now"), reverse("kernel:fetch"), method="post", key="f", primary=True)]


class FetchAll(ActionPage[Incoming]):
    """Ask every partner for new files now instead of at the next visit."""

    permission, about_nothing = "kernel.settle_messages", True

    def act(self, obj: Incoming) -> None:
        exchange.poll()

    def message(self, obj: Any) -> str:
        return _("Every partner is asked now. Reload in a moment.")

    def success_url(self, obj: Any) -> str:
        return reverse("kernel:incoming")


class IncomingFile(DetailPage[Incoming]):
    """One file, when it was seen, and what became of it."""

    permission, nav, kind = "kernel.view_messages", "kernel:outgoing", "kernel.incoming"

    def objects(self) -> QuerySet[Incoming]:
        return Incoming.objects.defer("body").select_related("connection")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Incoming files"), reverse("kernel:incoming"))]

    def page_title(self) -> str:
        return self.object.name

    def state(self, obj: Incoming) -> str:
        return obj.state

    def facts(self, obj: Incoming) -> list[Fact]:
        return [
            Fact(_("From"), obj.connection),
            Fact(_("Kind"), obj.kind),
            Fact(_("Arrived"), obj.received_at, "datetime"),
            Fact(_("Taken in"), obj.read_at, "datetime"),
            Fact(_("Bytes"), obj.size, "number"),
            Fact(_("SHA-256"), obj.sha256[:16], "code"),
            Fact(_("Fault"), obj.fault),
        ]

    def tables(self, obj: Incoming) -> list[Table]:
        return [Table(_("Seen"), SIGHTINGS, obj.sightings.all())]

    def own_verbs(self, obj: Incoming) -> list[Verb]:
        found = [Verb(_("Download"), reverse("kernel:incoming_bytes", args=[obj.pk]), key="d")]
        waits = obj.state in WAITS and obj.kind in exchange.READERS
        if waits and self.may("kernel.settle_messages"):
            found.append(
                Verb(
                    _("Read again"),
                    reverse("kernel:read_again", args=[obj.pk]),
                    method="post",
                    key="r",
                    primary=True,
                )
            )
        if obj.state in WAITS and self.may("kernel.settle_messages"):
            found.append(Verb(_("Settle by hand"), reverse("kernel:set_aside", args=[obj.pk]), key="s"))
        return found


class IncomingBytes(ObjectPage[Incoming]):
    """The file as it came: always a download, never shown by the browser."""

    permission = "kernel.view_messages"

    def objects(self) -> QuerySet[Incoming]:
        return Incoming.objects.all()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        content, name = Content(self.object), f"incoming-{self.object.pk}.bin"
        if content.is_whole:
            return attachment(bytes(self.object.body), name)
        return as_attachment(StreamingHttpResponse(content.pieces(), content_type="application/octet-stream"), name)


def attachment(body: bytes, name: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """Bytes as a download under a name of ours."""
    return as_attachment(HttpResponse(body, content_type=content_type), name)


def as_attachment(answer: Answer, name: str) -> Answer:
    """An answer that the browser keeps as a file and never shows."""
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class ReadAgain(ActionPage[Incoming]):
    """Give a file to its reader once more."""

    permission = "kernel.settle_messages"

    def objects(self) -> QuerySet[Incoming]:
        return Incoming.objects.defer("body")

    def act(self, thing: Incoming) -> Incoming:
        return exchange.read_again(thing.pk, actor=self.user)

    def success_url(self, thing: Incoming) -> str:
        return reverse("kernel:incoming_file", args=[thing.pk])


class SetAside(FormPage[ReasonForm]):
    """Somebody saw to the file by hand."""

    permission, nav = "kernel.settle_messages", "kernel:outgoing"
    title, form_class, submit_label = gettext_lazy("Settle by hand"), ReasonForm, gettext_lazy("Settle")

    def objects(self) -> QuerySet[Incoming]:
        return Incoming.objects.defer("body")

    def crumbs(self) -> list[tuple[Any, str]]:
        url = reverse("kernel:incoming_file", args=[self.object.pk])
        return [(_("Incoming files"), reverse("kernel:incoming")), (self.object.name, url)]

    def act(self, form: ReasonForm) -> Incoming:
        return exchange.set_aside(self.object.pk, actor=self.user, why=form.cleaned_data["why"])

    def success_url(self, result: Incoming) -> str:
        return reverse("kernel:incoming_file", args=[result.pk])


class IncomingMany(BulkPage[Incoming]):
    """Read the chosen files again, or say that they were seen to by hand."""

    permission, nav, list_page = "kernel.settle_messages", "kernel:outgoing", IncomingFiles
    acts: ClassVar = {
        "again": (gettext_lazy("Read again"), exchange.read_again),
        "aside": (gettext_lazy("Settle by hand"), exchange.set_aside),
    }

    def objects(self) -> QuerySet[Incoming]:
        return Incoming.objects.defer("body")

    def page_title(self) -> str:
        return str(self.acts[self.kwargs["verb"]][0])

    def act_on(self, row: Incoming) -> None:
        self.acts[self.kwargs["verb"]][1](row.pk, actor=self.user, why=_("From the list"))

    def confirm_text(self, count: int) -> str:
        words = ngettext("%(verb)s: %(n)d file?", "%(verb)s: %(n)d files?", count)
        return words % {"verb": self.page_title(), "n": count}

    def success_url(self) -> str:
        return reverse("kernel:incoming")
