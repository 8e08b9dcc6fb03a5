"""What left the building, what came in, and what needs a person."""

from __future__ import annotations

import email
import email.policy
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from techsvc.kernel.actions import exchange, policies, privacy
from techsvc.kernel.forms import ReasonForm
from techsvc.kernel.models.exchange import (
    Connection,
    Incoming,
    Outgoing,
    OutgoingState,
    TransportKind,
)
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.pages import (
    BulkPage,
    Column,
    DetailPage,
    Fact,
    Filter,
    FormPage,
    ListPage,
    Tab,
    Table,
)
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.mail import mail_verbs

ATTEMPTS = (
    Column("at", gettext_lazy("When"), kind="datetime"),
    Column("outcome", gettext_lazy("Outcome")),
    Column("detail", gettext_lazy("Detail")),
)


def connection_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Connection.objects.values_list("pk", "name")]


def kind_words(message: Incoming | Outgoing) -> str:
    return message.kind.upper() if message.kind == "edi" else message.kind.capitalize()


class OutgoingMessages(ListPage[Outgoing]):
    """Every message that left or waits to leave."""

    permission = "kernel.view_messages"
    title, nav = gettext_lazy("Outgoing messages"), "kernel:outgoing"
    columns = (
        Column("name", gettext_lazy("File"), kind="code", sort="name"),
        Column("kind", gettext_lazy("Kind"), value=kind_words, sort="kind"),
        Column("to", gettext_lazy("To"), value="connection.name", sort="connection__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("queued", gettext_lazy("Queued"), value="queued_at", kind="datetime", sort="id", wide=True),
        Column("sent", gettext_lazy("Sent"), value="sent_at", kind="datetime", sort="sent_at"),
        Column("attempts", gettext_lazy("Attempts"), kind="number", sort="attempts", wide=True),
        Column("fault", gettext_lazy("Last fault"), value="last_error"),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=OutgoingState.choices, lookup="state"),
        Filter("to", gettext_lazy("To"), choices=connection_choices, lookup="connection_id"),
    )
    tabs = (Tab(gettext_lazy("Needs a person"), "state=dead"), Tab(gettext_lazy("Waiting"), "state=waiting"))
    search = ("name__icontains", "connection__name__icontains")
    since = "queued_at"
    default_sort = "-queued"
    empty_title, empty_next = (
        gettext_lazy("Nothing has left yet."),
        gettext_lazy("Orders, claims and notices appear here."),
    )

    def queryset(self) -> QuerySet[Outgoing]:
        return Outgoing.objects.defer("body").select_related("connection")

    def row_url(self, obj: Outgoing) -> str:
        return reverse("kernel:outgoing_message", args=[obj.pk])

    def bulk(self) -> list[Verb]:
        if not self.may("kernel.settle_messages"):
            return []
        names = (("retry", _("Send again")), ("sent", _("Mark as sent")), ("cancel", _("Cancel")))
        return [
            Verb(label, reverse("kernel:outgoing_bulk", args=[name]), method="post", danger=name == "cancel")
            for name, label in names
        ]

    def verbs(self) -> list[Verb]:
        incoming = Verb(_("Incoming files"), reverse("kernel:incoming"), key="i")
        if not self.may("kernel.release_outgoing"):
            return [incoming]
        paused = policies.value("exchange.paused")
        pause = (
            Verb(_("Release all"), reverse("kernel:release"), primary=True)
            if paused
            else Verb(_("Pause all"), reverse("kernel:pause"))
        )
        return [incoming, pause]


class OutgoingMessage(DetailPage[Outgoing]):
    """One message, its attempts and its content."""

    permission, nav, kind = "kernel.view_messages", "kernel:outgoing", "kernel.outgoing"
    template = "kernel/message.html"

    def objects(self) -> QuerySet[Outgoing]:
        return Outgoing.objects.select_related("connection", "notice__patron__branch")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Outgoing messages"), reverse("kernel:outgoing"))]

    def page_title(self) -> str:
        return self.object.name

    def state(self, obj: Outgoing) -> str:
        return obj.state

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        patron = self.patron()
        if patron is not None and self.may_read():
            privacy.note_looks([patron.pk], page="kernel:outgoing_message", actor=self.user)
        return super().get(request, **kwargs)

    def patron(self) -> Patron | None:
        """To whom the message is, when it is a notice."""
        notice = getattr(self.object, "notice", None)
        return None if notice is None else notice.patron

    def may_read(self) -> bool:
        """Mail to patrons is for those who may see patrons, at their branch."""
        patron = self.patron()
        branch = patron.branch if patron is not None else None
        return self.object.kind != "notice" or self.may("kernel.view_patrons", branch=branch)

    def facts(self, obj: Outgoing) -> list[Fact]:
        return [
            Fact(_("To"), obj.recipient if obj.recipient and self.may_read() else obj.connection),
            Fact(_("Kind"), obj.kind),
            Fact(_("Queued"), obj.queued_at, "datetime"),
            Fact(_("Sent"), obj.sent_at, "datetime"),
            Fact(_("Bytes"), len(obj.body), "number"),
            Fact(_("SHA-256"), obj.sha256[:16], "code"),
            Fact(_("Last fault"), obj.last_error if self.may_read() else ""),
        ]

    def tables(self, obj: Outgoing) -> list[Table]:
        columns = ATTEMPTS if self.may_read() else ATTEMPTS[:2]
        return [Table(_("Attempts"), columns, obj.attempt_rows.all(), empty=_("No attempt yet."))]

    def context(self) -> dict[str, Any]:
        hidden = _("Only those who may see patrons can read this.")
        return super().context() | {"body": readable(self.object) if self.may_read() else hidden}

    def own_verbs(self, obj: Outgoing) -> list[Verb]:
        mail = mail_verbs(obj, self.user)
        if not self.may("kernel.settle_messages"):
            return mail
        words = {"retry": (_("Send again"), "r"), "sent": (_("Mark as sent"), "m"), "cancel": (_("Cancel"), "x")}
        return mail + [
            Verb(label, reverse("kernel:outgoing_verb", args=[obj.pk, verb]), key=key, primary=verb == "retry")
            for verb, (label, key) in words.items()
            if obj.state in exchange.BY_HAND[OutgoingVerb.TARGETS[verb]]
        ]


def readable(outgoing: Outgoing) -> str:
    """The content for eyes: a mail's own text, EDI with a line a segment."""
    body = bytes(outgoing.body)
    if outgoing.connection.kind == TransportKind.MAIL:
        message = email.message_from_bytes(body, policy=email.policy.default)
        text = message.get_body(("plain",))
        return str(text.get_content()) if text is not None else body.decode("utf-8", "replace")
    return body.decode("utf-8", "replace").replace("'", "'\n")


class OutgoingVerb(FormPage[ReasonForm]):
    """Send again, mark as sent, or cancel, with the reason."""

    permission, nav = "kernel.settle_messages", "kernel:outgoing"
    form_class = ReasonForm
    TARGETS: ClassVar = {
        "retry": OutgoingState.WAITING,
        "sent": OutgoingState.SENT,
        "cancel": OutgoingState.CANCELLED,
    }
    acts: ClassVar = {
        "retry": (gettext_lazy("Send again"), exchange.retry),
        "sent": (gettext_lazy("Mark as sent"), exchange.mark_sent),
        "cancel": (gettext_lazy("Cancel the message"), exchange.cancel),
    }

    def objects(self) -> QuerySet[Outgoing]:
        return Outgoing.objects.defer("body")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Outgoing messages"), reverse("kernel:outgoing")),
            (self.object.name, reverse("kernel:outgoing_message", args=[self.object.pk])),
        ]

    def page_title(self) -> str:
        return f"{self.acts[self.kwargs['verb']][0]}: {self.object.name}"

    def act(self, form: ReasonForm) -> Outgoing:
        _label, act = self.acts[self.kwargs["verb"]]
        done: Outgoing = act(self.object.pk, actor=self.user, why=form.cleaned_data["why"])
        return done

    def success_url(self, result: Outgoing) -> str:
        return reverse("kernel:outgoing_message", args=[result.pk])


class SettleMany(BulkPage[Outgoing]):
    """The same with the chosen messages of the list; each that can't be is named with its reason."""

    permission, nav, list_page = "kernel.settle_messages", "kernel:outgoing", OutgoingMessages

    def objects(self) -> QuerySet[Outgoing]:
        return Outgoing.objects.defer("body")

    def page_title(self) -> str:
        return str(OutgoingVerb.acts[self.kwargs["verb"]][0])

    def act_on(self, row: Outgoing) -> None:
        _label, act = OutgoingVerb.acts[self.kwargs["verb"]]
        act(row.pk, actor=self.user, why=_("From the list"))

    def confirm_text(self, count: int) -> str:
        words = ngettext("%(verb)s: %(n)d message?", "%(verb)s: %(n)d messages?", count)
        return words % {"verb": self.page_title(), "n": count}

    def done_text(self, count: int) -> str:
        return ngettext("%(n)d message is settled.", "%(n)d messages are settled.", count) % {"n": count}

    def success_url(self) -> str:
        return reverse("kernel:outgoing")


class PauseOutgoing(FormPage[ReasonForm]):
    """Let nothing leave until somebody releases it."""

    permission, nav = "kernel.release_outgoing", "kernel:outgoing"
    title, form_class, submit_label = gettext_lazy("Pause all outgoing messages"), ReasonForm, gettext_lazy("Pause")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Outgoing messages"), reverse("kernel:outgoing"))]

    def act(self, form: ReasonForm) -> None:
        exchange.pause_outgoing(actor=self.user, why=form.cleaned_data["why"])

    def success_url(self, result: Any) -> str:
        return reverse("kernel:outgoing")


class ReleaseOutgoing(PauseOutgoing):
    """Let messages leave again."""

    title, submit_label = gettext_lazy("Release outgoing messages"), gettext_lazy("Release")

    def act(self, form: ReasonForm) -> None:
        exchange.release_outgoing(actor=self.user, why=form.cleaned_data["why"])
