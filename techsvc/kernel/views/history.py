"""The audit log, one line of it in full, looks at patrons, and undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.actions import history
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.privacy import PatronLook
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, Table
from techsvc.kernel.pages.links import page_of
from techsvc.kernel.queries import changes_of, kinds_in_history, verbs_in_history
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList, branch_choices, staff_choices

SHOWN = 100  # lines of a batch or of one request


def verb_words(verb: str) -> str:
    """ "Set policy", of "kernel.set_policy"."""
    return capfirst(verb.partition(".")[2].replace("_", " "))


def verb_choices(_user: User) -> Iterator[tuple[str, str]]:
    for verb in verbs_in_history():
        yield verb, f"{verb_words(verb)} ({verb.partition('.')[0]})"


def kind_choices(_user: User) -> list[tuple[str, str]]:
    """Every kind of thing that has a history, by its name."""
    return sorted(((str(kind.pk), capfirst(kind.name)) for kind in kinds_in_history()), key=lambda pair: pair[1])


def about(event: HistoryEvent) -> str:
    return f"{capfirst(event.subject_type.name)} {event.subject_id}"


def changed(event: HistoryEvent) -> str:
    """Before → after in one line: "name: East → East Side; san: none → 2080001"."""
    nothing = _("none")

    def words(value: Any) -> str:
        return nothing if value is None or value == "" else str(value)

    return "; ".join(f"{name}: {words(old)} → {words(new)}" for name, old, new in changes_of(event))


def event_url(event: HistoryEvent) -> str:
    return reverse("kernel:event", args=[event.pk])


LINES = (
    Column("at", gettext_lazy("When"), kind="datetime"),
    Column("who", gettext_lazy("Who"), value="actor.display_name"),
    Column("what", gettext_lazy("What"), value="summary"),
    Column("about", gettext_lazy("About"), value=about, url=page_of, wide=True),
)


class History(ConsoleList[HistoryEvent]):
    """The audit log: who did what, when and why."""

    permission = "kernel.view_history"
    title = gettext_lazy("History of everything")
    columns = (
        Column("at", gettext_lazy("When"), kind="datetime", sort="id"),
        Column("who", gettext_lazy("Who"), value="actor.display_name", sort="actor__display_name"),
        Column("what", gettext_lazy("What"), value="summary"),
        Column("about", gettext_lazy("About"), value=about, url=page_of, wide=True),
        Column("why", gettext_lazy("Why")),
        Column("changed", gettext_lazy("Before → after"), value=changed, hidden=True),
        Column("verb", gettext_lazy("Verb"), kind="code", sort="verb", hidden=True),
        Column("branch", gettext_lazy("Branch of who did it"), value="actor.branch.name", hidden=True),
    )
    filters = (
        Filter("who", gettext_lazy("Who"), choices=staff_choices, lookup="actor_id"),
        Filter("verb", gettext_lazy("Did what"), choices=verb_choices, lookup="verb"),
        Filter("kind", gettext_lazy("About"), choices=kind_choices, lookup="subject_type_id"),
        Filter("branch", gettext_lazy("Branch of who did it"), choices=branch_choices, lookup="actor__branch_id"),
        Filter("from", gettext_lazy("From"), kind="date", lookup="at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="at__date__lte"),
    )
    search = ("summary__icontains", "why__icontains", "verb__startswith", "subject_id")
    default_sort = "-at"
    empty_title = gettext_lazy("Nothing happened yet.")
    empty_next = gettext_lazy(
        "Every act that changes the library's data writes a line here, and no line is ever altered."
    )

    def queryset(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.select_related("actor__branch", "subject_type")

    def row_url(self, obj: HistoryEvent) -> str:
        return event_url(obj)


class Event(DetailPage[HistoryEvent]):
    """One line of history in full: what changed, what else the same press of a button did, and its undo."""

    permission, nav, kind = "kernel.view_history", "kernel:console", "kernel.event"
    template = "kernel/event.html"

    def objects(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.select_related(
            "actor__branch", "subject_type", "batch", "undoes", "undone_by__actor"
        )

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("History of everything"), reverse("kernel:history"))]

    def page_title(self) -> str:
        return self.object.summary

    def facts(self, obj: HistoryEvent) -> list[Fact]:
        undone = getattr(obj, "undone_by", None)
        return [
            Fact(_("When"), obj.at, "datetime"),
            Fact(_("Who"), obj.actor),
            Fact(_("Branch of who did it"), obj.actor.branch),
            Fact(_("Did what"), verb_words(obj.verb)),
            Fact(_("About"), about(obj), url=page_of(obj)),
            Fact(_("Why"), obj.why),
            Fact(_("Part of"), obj.batch, url=event_url(obj.batch) if obj.batch else ""),
            Fact(_("Takes back"), obj.undoes, url=event_url(obj.undoes) if obj.undoes else ""),
            Fact(_("Taken back by"), undone and undone.actor, url=event_url(undone) if undone else ""),
        ]

    def tables(self, obj: HistoryEvent) -> list[Table]:
        diff = (
            Column("field", _("Field"), value=lambda row: row[0]),
            Column("before", _("Before"), value=lambda row: row[1]),
            Column("after", _("After"), value=lambda row: row[2]),
        )
        found = [Table(_("What changed"), diff, changes_of(obj), empty=_("No field of it changed."))]
        beside = self.beside(obj)
        return [*found, Table(_("Done in the same breath"), LINES, beside, row_url=event_url)] if beside else found

    def beside(self, obj: HistoryEvent) -> list[HistoryEvent]:
        """What the same request did, and the members of a batch."""
        rows = HistoryEvent.objects.filter(batch=obj)
        if obj.request_id:
            rows = rows | HistoryEvent.objects.filter(request_id=obj.request_id, at__date=obj.at.date())
        return list(rows.exclude(pk=obj.pk).select_related("actor", "subject_type").order_by("pk")[:SHOWN])

    def own_verbs(self, obj: HistoryEvent) -> list[Verb]:
        if not self.may("kernel.undo") or not history.can_undo(obj):
            return []
        return [Verb(_("Undo"), reverse("kernel:undo", args=[obj.pk]), method="post", key="u", icon="undo")]


class Looks(ConsoleList[PatronLook]):
    """Who saw which patron: the patron is a bare key here, which finds all looks at one."""

    permission = "kernel.view_history"
    title = gettext_lazy("Looks at patrons")
    columns = (
        Column("at", gettext_lazy("When"), kind="datetime", sort="id"),
        Column("who", gettext_lazy("Who"), value="actor.display_name", sort="actor__display_name"),
        Column("patron", gettext_lazy("Patron"), kind="code", sort="patron"),
        Column("page", gettext_lazy("Where"), kind="code", sort="page"),
        Column("why", gettext_lazy("Why")),
    )
    filters = (
        Filter("who", gettext_lazy("Who"), choices=staff_choices, lookup="actor_id"),
        Filter("branch", gettext_lazy("Branch of who did it"), choices=branch_choices, lookup="actor__branch_id"),
        Filter("from", gettext_lazy("From"), kind="date", lookup="at__date__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="at__date__lte"),
    )
    search = ("patron__startswith", "page__icontains")
    default_sort = "-at"
    empty_title = gettext_lazy("Nobody looked at a patron yet.")
    empty_next = gettext_lazy("How long looks are kept stands under “What is kept, and how long”.")

    def queryset(self) -> QuerySet[PatronLook]:
        return PatronLook.objects.select_related("actor")


class UndoEvent(ActionPage[HistoryEvent]):
    """Takes back the act of one history line and returns to where it was pressed."""

    permission = "kernel.undo"

    def objects(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.all()

    def act(self, obj: HistoryEvent) -> HistoryEvent:
        return history.undo(obj.pk, actor=self.user)

    def message(self, obj: HistoryEvent) -> str:
        return _("Undone: %(what)s") % {"what": obj.summary}

    def success_url(self, obj: HistoryEvent) -> str:
        return self.came_from()
