"""The mail outbox: every mail as it was sent, to whom, when and why; sent again, or told by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import exchange, notices, privacy
from techsvc.kernel.forms import ReasonForm
from techsvc.kernel.models.exchange import Outgoing, OutgoingState, TransportKind
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import Column, Filter, FormPage, Tab
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList

KINDS = (("notice", gettext_lazy("Notice to a patron")), ("claim", gettext_lazy("Claim to a vendor")))


def mails() -> QuerySet[Outgoing]:
    """Everything that leaves as mail, without its words."""
    rows = Outgoing.objects.filter(connection__kind=TransportKind.MAIL).defer("body")
    return rows.select_related("connection", "notice__patron__branch", "subject_type")


def reason(mail: Outgoing) -> str:
    """Why it was sent, in words."""
    return str(dict(KINDS).get(mail.kind, mail.kind))


def about(mail: Outgoing) -> str:
    notice = getattr(mail, "notice", None)
    return notice.subject if notice is not None else mail.name


def to_patron(mail: Outgoing) -> bool:
    return mail.kind == "notice"


def may_read(mail: Outgoing, user: User) -> bool:
    """Mail to patrons is for those who may see patrons, at their branch."""
    notice = getattr(mail, "notice", None)
    patron = notice.patron if notice is not None else None
    branch = patron.branch if patron is not None else None
    return not to_patron(mail) or access.allowed(user, "kernel.view_patrons", branch=branch)


def shown(mail: Outgoing) -> bool:
    """Whether the list may tell to whom the mail is: vendors always, patrons when the look was written down."""
    return getattr(mail, "noted", not to_patron(mail))


class Mailbox(ConsoleList[Outgoing]):
    """Every mail. Addresses of patrons are shown to those who may see patrons, and each look is written down."""

    permission = "kernel.view_messages"
    title = gettext_lazy("Mail")
    columns = (
        Column("about", gettext_lazy("Subject"), value=about),
        Column("recipient", gettext_lazy("To"), value=lambda mail: mail.recipient if shown(mail) else _("a patron")),
        Column("why", gettext_lazy("Why"), value=reason, sort="kind"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("queued", gettext_lazy("Queued"), value="queued_at", kind="datetime", sort="id"),
        Column("sent", gettext_lazy("Sent"), value="sent_at", kind="datetime", sort="sent_at"),
        Column(
            "fault", gettext_lazy("Last fault"), value=lambda mail: mail.last_error if shown(mail) else "", wide=True
        ),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=OutgoingState.choices, lookup="state"),
        Filter("kind", gettext_lazy("Why"), choices=KINDS, lookup="kind"),
        Filter("from", gettext_lazy("From"), kind="date", lookup="queued_at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="queued_at__date__lte"),
    )
    tabs = (
        Tab(gettext_lazy("Could not be sent"), "state=dead"),
        Tab(gettext_lazy("Waiting"), "state=waiting"),
        Tab(gettext_lazy("Sent"), "state=sent"),
    )
    default_sort = "-queued"
    empty_title = gettext_lazy("No mail yet.")
    empty_next = gettext_lazy("Notices to patrons and claims to vendors appear here, with or without a mail server.")

    def queryset(self) -> QuerySet[Outgoing]:
        return mails()

    def row_url(self, obj: Outgoing) -> str:
        return reverse("kernel:outgoing_message", args=[obj.pk])

    def note_shown(self, rows: Iterable[Outgoing]) -> None:
        if isinstance(rows, QuerySet):  # an export, which names nobody
            return
        readable = [mail for mail in rows if to_patron(mail) and may_read(mail, self.user)]
        for mail in readable:
            mail.noted = True  # type: ignore[attr-defined]
        seen = [notice.patron_id for mail in readable if (notice := getattr(mail, "notice", None)) is not None]
        privacy.note_looks([pk for pk in seen if pk is not None], page="kernel:mailbox", actor=self.user)


def mail_verbs(mail: Outgoing, user: User) -> list[Verb]:
    """What can be done with a mail, beside what can be done with every message."""
    found = []
    if mail.state == OutgoingState.SENT and bytes(mail.body) and access.allowed(user, "kernel.settle_messages"):
        found.append(Verb(_("Send once more"), reverse("kernel:mail_again", args=[mail.pk]), key="a"))
    if hasattr(mail, "notice") and mail.state in notices.NOT_ARRIVED and access.allowed(user, "kernel.view_patrons"):
        found.append(Verb(_("Told by hand"), reverse("kernel:mail_told", args=[mail.pk]), key="t"))
    return found


class MailForm(FormPage[ReasonForm]):
    """What the forms about one mail share."""

    permission, nav, form_class = "kernel.settle_messages", "kernel:console", ReasonForm

    def objects(self) -> QuerySet[Outgoing]:
        return mails()

    def crumbs(self) -> list[tuple[Any, str]]:
        url = reverse("kernel:outgoing_message", args=[self.object.pk])
        return [(_("Mail"), reverse("kernel:mailbox")), (about(self.object), url)]

    def success_url(self, result: Any) -> str:
        return reverse("kernel:outgoing_message", args=[self.object.pk])


class SendOnceMore(MailForm):
    """The same words to the same address in a new mail."""

    title, submit_label = gettext_lazy("Send once more"), gettext_lazy("Send")

    def act(self, form: ReasonForm) -> Outgoing:
        return exchange.send_once_more(self.object.pk, actor=self.user, why=form.cleaned_data["why"])


class MailTold(MailForm):
    """Somebody phoned, because the mail did not arrive."""

    permission = "kernel.view_patrons"
    title, submit_label = gettext_lazy("Told by hand"), gettext_lazy("Told")

    def objects(self) -> QuerySet[Outgoing]:
        return super().objects().filter(notice__isnull=False)  # mail to a vendor tells nobody

    def act(self, form: ReasonForm) -> Any:
        return notices.told_instead(self.object.pk, actor=self.user, why=form.cleaned_data["why"])
