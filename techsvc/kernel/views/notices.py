"""What people were told, and who has to be told by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import notices, privacy
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, Tab
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList


def kind_choices(_user: User) -> list[tuple[str, str]]:
    return [(kind.code, kind.label) for kind in notices.KINDS.values()]


def visible_notices(user: User) -> QuerySet[Notice]:
    """Every patron's, or those of the branch whose patrons the person may see."""
    limit = access.branch_limit(user, "kernel.view_patrons")
    return Notice.objects.all() if limit is None else Notice.objects.filter(patron__branch_id=limit)


class Notices(ConsoleList[Notice]):
    """What people were told, what was kept back and why, and who has to be told by hand."""

    permission = "kernel.view_patrons"
    title = gettext_lazy("Notices")
    columns = (
        Column("subject", gettext_lazy("Subject"), value=lambda notice: notice.subject or notice.kind),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("since", gettext_lazy("Due since"), value="created_at", kind="datetime", sort="id"),
        Column("settled", gettext_lazy("Settled"), value="settled_at", kind="datetime", sort="settled_at"),
        Column("reason", gettext_lazy("Reason")),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=NoticeState.choices, lookup="state"),
        Filter("kind", gettext_lazy("Kind"), choices=kind_choices, lookup="kind"),
    )
    tabs = (
        Tab(gettext_lazy("To be told by hand"), "state=by_hand"),
        Tab(gettext_lazy("Kept back"), "state=suppressed"),
    )
    since = "created_at"
    default_sort = "-since"
    empty_title, empty_next = (
        gettext_lazy("Nobody was told anything yet."),
        gettext_lazy("Notices appear when a hold is ready."),
    )

    def queryset(self) -> QuerySet[Notice]:
        return visible_notices(self.user)

    def row_url(self, obj: Notice) -> str:
        return reverse("kernel:notice", args=[obj.pk])


class NoticeDetail(DetailPage[Notice]):
    """One notice as it was sent."""

    permission, nav, kind = "kernel.view_patrons", "kernel:console", "kernel.notice"
    template = "kernel/message.html"

    def objects(self) -> QuerySet[Notice]:
        return visible_notices(self.user).select_related("patron", "outgoing").defer("outgoing__body")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.object.patron_id is not None:
            privacy.note_looks([self.object.patron_id], page="kernel:notice", actor=self.user)
        return super().get(request, **kwargs)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Notices"), reverse("kernel:notices"))]

    def page_title(self) -> str:
        return self.object.subject or self.object.kind

    def state(self, obj: Notice) -> str:
        return obj.state

    def facts(self, obj: Notice) -> list[Fact]:
        return [
            Fact(_("To"), obj.patron.name if obj.patron else _("severed")),
            Fact(_("Mail address"), obj.patron.email if obj.patron else None),
            Fact(_("Phone"), obj.patron.phone if obj.patron else None),
            Fact(_("Due since"), obj.created_at, "datetime"),
            Fact(_("Mail"), obj.outgoing.get_state_display() if obj.outgoing else None),
            Fact(_("Reason"), obj.reason),
        ]

    def context(self) -> dict[str, Any]:
        return super().context() | {"body": self.object.body}

    def own_verbs(self, obj: Notice) -> list[Verb]:
        if obj.state != NoticeState.BY_HAND:
            return []
        return [
            Verb(
                _("Told by hand"),
                reverse("kernel:notice_told", args=[obj.pk]),
                method="post",
                key="t",
                primary=True,
            )
        ]


class ToldByHand(ActionPage[Notice]):
    """Somebody phoned, or told them at the desk."""

    permission = "kernel.view_patrons"

    def objects(self) -> QuerySet[Notice]:
        return visible_notices(self.user)

    def act(self, thing: Notice) -> Notice:
        return notices.mark_told(thing.pk, actor=self.user)

    def success_url(self, thing: Notice) -> str:
        return reverse("kernel:notices")
