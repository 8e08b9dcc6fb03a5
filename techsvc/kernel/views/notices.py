"""What people were told, and who has to be told by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import notices
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, ListPage, Table
from techsvc.kernel.slots import Verb


class Notices(ListPage[Notice]):
    """What people were told, what was kept back and why, and who has to be told by hand."""

    permission = "kernel.view_patrons"
    title, nav = gettext_lazy("Notices"), "kernel:console"
    columns = (
        Column("subject", gettext_lazy("Subject"), value=lambda notice: notice.subject or notice.kind),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("since", gettext_lazy("Due since"), value="created_at", kind="datetime", sort="id"),
        Column("settled", gettext_lazy("Settled"), value="settled_at", kind="datetime", sort="settled_at"),
        Column("reason", gettext_lazy("Reason")),
    )
    filters = (Filter("state", gettext_lazy("State"), choices=NoticeState.choices, lookup="state"),)
    default_sort = "-since"
    empty_title, empty_next = (
        gettext_lazy("Nobody was told anything yet."),
        gettext_lazy("Notices appear when a hold is ready."),
    )

    def queryset(self) -> QuerySet[Notice]:
        limit = access.branch_limit(self.user, self.permission)
        rows = Notice.objects.select_related("patron")
        return rows if limit is None else rows.filter(patron__branch_id=limit)

    def row_url(self, obj: Notice) -> str:
        return reverse("kernel:notice", args=[obj.pk])


class NoticeDetail(DetailPage[Notice]):
    """One notice as it was sent."""

    permission, nav, kind = "kernel.view_patrons", "kernel:console", "kernel.notice"
    template = "kernel/message.html"

    def objects(self) -> QuerySet[Notice]:
        limit = access.branch_limit(self.user, self.permission)
        rows = Notice.objects.select_related("patron", "outgoing")
        return rows if limit is None else rows.filter(patron__branch_id=limit)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Notices"), reverse("kernel:notices"))]

    def page_title(self) -> str:
        return self.object.subject or self.object.kind

    def state(self, obj: Notice) -> str:
        return obj.state

    def facts(self, obj: Notice) -> list[Fact]:
        return [
            Fact(_("To"), obj.patron.email if obj.patron else _("severed")),
            Fact(_("Due since"), obj.created_at, "datetime"),
            Fact(_("Mail"), obj.outgoing.get_state_display() if obj.outgoing else None),
            Fact(_("Reason"), obj.reason),
        ]

    def tables(self, obj: Notice) -> list[Table]:
        return []

    def context(self) -> dict[str, Any]:
        return super().context() | {"body": self.object.body}

    def verbs(self) -> list[Verb]:
        if self.object.state != NoticeState.BY_HAND:
            return []
        return [
            Verb(
                _("Told by hand"),
                reverse("kernel:notice_told", args=[self.object.pk]),
                method="post",
                key="t",
                primary=True,
            )
        ]


class ToldByHand(ActionPage[Notice]):
    """Somebody phoned, or told them at the desk."""

    permission = "kernel.view_patrons"

    def objects(self) -> QuerySet[Notice]:
        return Notice.objects.all()

    def act(self, thing: Notice) -> Notice:
        return notices.mark_told(thing.pk, actor=self.user)

    def success_url(self, thing: Notice) -> str:
        return reverse("kernel:notices")
