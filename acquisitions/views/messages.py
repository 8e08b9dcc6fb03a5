"""EDI messages: what came and went, in words, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import messages
from acquisitions.edi.dialects import find_dialect
from acquisitions.edi.edifact import decode
from acquisitions.edi.explain import ExplainedSegment, explain
from acquisitions.forms.receiving import SettleForm, WhyForm
from acquisitions.models.messages import KINDS, STATES, EdiMessage, MessageIssue
from acquisitions.models.vendors import Vendor
from acquisitions.queries import messages as reads
from acquisitions.queries.worklists import EDI_WAITING
from acquisitions.rules.lifecycle import MessageState
from acquisitions.views.columns import MESSAGE_WORDS
from techsvc.kernel import states
from techsvc.kernel.actions import exchange
from techsvc.kernel.errors import BadInput
from techsvc.kernel.models.exchange import Incoming
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab
from techsvc.kernel.slots import Verb

NAV = "acquisitions:messages"
DIRECTIONS = {"in": gettext_lazy("from the vendor"), "out": gettext_lazy("to the vendor")}


def crumbs() -> list[tuple[str, str]]:
    return [(_("EDI messages"), reverse("acquisitions:messages"))]


def kind_words(message: EdiMessage) -> str:
    return str(MESSAGE_WORDS.get(message.kind, message.kind))


class Messages(ListPage[EdiMessage]):
    """Every EDI message, ours and the vendors'."""

    permission, title, nav = "acquisitions.view_messages", gettext_lazy("EDI messages"), NAV
    template = "acquisitions/messages/list.html"
    columns = (
        Column("summary", gettext_lazy("What it said")),
        Column("asked", gettext_lazy("What to decide"), hidden=True),
        Column("kind", gettext_lazy("Kind"), value=kind_words, sort="kind", wide=True),
        Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
        Column(
            "direction", gettext_lazy("Way"), value=lambda one: DIRECTIONS[one.direction], sort="direction", hidden=True
        ),
        Column(
            "order",
            gettext_lazy("Order"),
            kind="code",
            hidden=True,
            url=lambda one: one.order.get_absolute_url() if one.order else "",
        ),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("issues", gettext_lazy("Open"), value=lambda one: one.open_issues or None, kind="number"),
        Column("at", gettext_lazy("When"), kind="datetime", sort="at"),
    )
    filters = (
        Filter(
            "state", gettext_lazy("State"), choices=[(s, states.words(MessageState(s))) for s in STATES], lookup="state"
        ),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            choices=[(kind, MESSAGE_WORDS.get(kind, kind)) for kind in KINDS],
            lookup="kind",
        ),
        Filter("direction", gettext_lazy("Way"), choices=list(DIRECTIONS.items()), lookup="direction"),
        Filter(
            "vendor",
            gettext_lazy("Vendor"),
            choices=lambda _user: Vendor.objects.values_list("pk", "name"),
            lookup="vendor",
        ),
    )
    search = ("document_number__icontains", "order__number__icontains", "control_ref", "summary__icontains")
    tabs = (
        Tab(gettext_lazy("EDI needs you"), EDI_WAITING),
        Tab(gettext_lazy("Came in"), "direction=in"),
        Tab(gettext_lazy("Went out"), "direction=out"),
        Tab(gettext_lazy("All")),
    )
    since = "at"
    default_sort = "-at"
    empty_title = gettext_lazy("No EDI message came or went yet.")
    empty_next = gettext_lazy("Placing an order writes the first one, when its vendor has a connection.")

    def queryset(self) -> QuerySet[EdiMessage]:
        return reads.messages()

    def row_url(self, row: EdiMessage) -> str:
        return row.get_absolute_url()

    def row_verbs(self, row: Any) -> list[Verb]:
        if row.first_issue is None or not self.may("acquisitions.settle_messages"):
            return []
        return [Verb(_("Settle"), reverse("acquisitions:issue_settle", args=[row.first_issue]), key="s", icon="check")]

    def context(self) -> dict[str, Any]:
        return super().context() | {"held_files": reads.held_files()[:20], "may_open": self.may("kernel.view_messages")}


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A segment beside its words; `marked` when an issue or a departure stands at its byte."""

    segment: ExplainedSegment
    marked: str = ""


class MessageDetail(DetailPage[EdiMessage]):
    """One message in plain language beside what stands in the file."""

    permission, nav, kind = "acquisitions.view_messages", NAV, "acquisitions.message"
    template = "acquisitions/messages/detail.html"

    def objects(self) -> QuerySet[EdiMessage]:
        return EdiMessage.objects.select_related(
            "vendor", "order", "shipment", "invoice", "incoming__connection", "outgoing", "repeating"
        )

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def page_title(self) -> str:
        return str(self.object)

    def state(self, thing: EdiMessage) -> str:
        return thing.state

    def key_facts(self, thing: EdiMessage) -> list[Fact]:
        return [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("When"), thing.at, "datetime"),
        ]

    def facts(self, thing: EdiMessage) -> list[Fact]:
        about = [(_("Order"), thing.order), (_("Shipment"), thing.shipment), (_("Invoice"), thing.invoice)]
        file = thing.incoming or thing.outgoing
        return [
            *(Fact(label, row, url=row.get_absolute_url()) for label, row in about if row is not None),
            Fact(_("Interchange"), thing.control_ref, "code"),
            Fact(_("Message"), thing.message_ref, "code"),
            Fact(_("File"), file, url=self.file_url(thing)),
            *([Fact(_("Repeats"), thing.repeating, url=thing.repeating.get_absolute_url())] if thing.repeating else []),
        ]

    def file_url(self, thing: EdiMessage) -> str:
        if not self.may("kernel.view_messages"):
            return ""
        if thing.incoming is not None:
            return reverse("kernel:incoming_file", args=[thing.incoming.pk])
        return reverse("kernel:outgoing_message", args=[thing.outgoing.pk]) if thing.outgoing else ""

    def own_verbs(self, thing: EdiMessage) -> list[Verb]:
        if thing.state != MessageState.NEEDS_PERSON or not self.may("acquisitions.settle_messages"):
            return []
        if thing.repeating is not None:
            url = reverse("acquisitions:message_apply", args=[thing.pk])
            return [Verb(_("Apply it as well"), url, key="a", primary=True)]
        url = reverse("acquisitions:message_again", args=[thing.pk])
        return [Verb(_("Read the file again"), url, method="post", key="r", icon="refresh")]

    @cached_property
    def segments(self) -> list[ShownSegment]:
        """The message's own segments, in words; the whole file where it can't be told apart."""
        thing = self.object
        file = thing.incoming or thing.outgoing
        if file is None:
            return []
        body = bytes(file.body)
        try:
            shown = explain(body, find_dialect(thing.vendor.dialect))
            start, end = self._span(body)
        except BadInput:
            return []
        notes: dict[int, str] = dict(thing.departures)
        notes |= {
            issue.offset: issue.text for issue in self.issues if issue.offset is not None and not issue.settled_at
        }
        return [ShownSegment(one, notes.get(one.offset, "")) for one in shown if start <= one.offset < end]

    def _span(self, body: bytes) -> tuple[int, int]:
        """Where the message stands in its file."""
        wanted = [one for one in decode(body).messages if one.ref[:35] == self.object.message_ref]
        return (wanted[0].offset, wanted[0].end) if len(wanted) == 1 else (0, len(body))

    @cached_property
    def issues(self) -> list[MessageIssue]:
        return list(self.object.issues.select_related("line__order"))

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "issues": self.issues,
            "segments": self.segments,
            "departures": [text for _offset, text in self.object.departures],
            "may_settle": self.may("acquisitions.settle_messages"),
        }


class IssueSettle(FormPage[SettleForm]):
    """How one issue was settled."""

    permission, nav = "acquisitions.settle_messages", NAV
    title, submit_label, form_class = gettext_lazy("Settle"), gettext_lazy("Settle"), SettleForm

    def objects(self) -> QuerySet[MessageIssue]:
        return MessageIssue.objects.select_related("message")

    def page_title(self) -> str:
        return _("Settle: %(what)s") % {"what": self.object.text}

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (str(self.object.message), self.object.message.get_absolute_url())]

    def act(self, form: SettleForm) -> EdiMessage:
        return messages.settle_issue(self.object.pk, how=form.cleaned_data["how"], actor=self.user)

    def message(self, result: EdiMessage) -> str:
        return _("Settled.")


class MessageApply(FormPage[WhyForm]):
    """Applies a message whose reference was used before: the vendor means it."""

    permission, nav = "acquisitions.settle_messages", NAV
    title, submit_label, form_class = gettext_lazy("Apply it as well"), gettext_lazy("Apply"), WhyForm

    def objects(self) -> QuerySet[EdiMessage]:
        return EdiMessage.objects.select_related("vendor")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (str(self.object), self.object.get_absolute_url())]

    def act(self, form: WhyForm) -> EdiMessage:
        return messages.apply_repeated(self.object.pk, actor=self.user, why=form.cleaned_data["why"])

    def message(self, result: EdiMessage) -> str:
        return _("Applied. %(summary)s") % {"summary": result.summary}


class MessageAgain(ActionPage[EdiMessage]):
    """Reads the message's file again: only what waits is applied."""

    permission, nav = "kernel.settle_messages", NAV

    def objects(self) -> QuerySet[EdiMessage]:
        return EdiMessage.objects.filter(incoming__isnull=False).select_related("incoming")

    def act(self, thing: EdiMessage) -> Incoming:
        return exchange.read_again(thing.incoming_id or 0, actor=self.user)

    def success_url(self, thing: Any) -> str:
        return self.object.get_absolute_url()

    def message(self, thing: Any) -> str:
        return _("The file is being read again.")
