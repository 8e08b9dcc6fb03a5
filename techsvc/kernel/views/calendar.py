"""The calendar of branches: their week, and the days on which they are closed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from techsvc.kernel import clock
from techsvc.kernel.actions import calendar
from techsvc.kernel.forms import ClosingForm, WeekForm
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch, Closing
from techsvc.kernel.pages import ActionPage, Column, Fact, Filter, FormPage, Tab
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList

SHOWN = 20  # copies that a confirmation lists


def place_choices(_user: User) -> list[tuple[str, Any]]:
    return [("0", _("The whole library")), *((str(pk), name) for pk, name in Branch.objects.values_list("pk", "name"))]


def at_place(rows: QuerySet[Closing], place: str) -> QuerySet[Closing]:
    return rows.filter(branch=None) if place == "0" else rows.filter(branch_id=place)


def days_closed(closing: Closing) -> int:
    return (closing.last - closing.first).days + 1


CLOSINGS = (
    Column("first", gettext_lazy("First day"), kind="date", sort="first"),
    Column("last", gettext_lazy("Last day"), kind="date", sort="last"),
    Column("days", gettext_lazy("Days"), value=days_closed, kind="number"),
    Column("place", gettext_lazy("Where"), value=calendar.place, sort="branch__name"),
    Column("reason", gettext_lazy("Reason"), sort="reason"),
)


class Closings(ConsoleList[Closing]):
    """The days on which the library or one of its branches is closed."""

    permission = "kernel.console"
    title = gettext_lazy("Calendar")
    columns = CLOSINGS
    filters = (
        Filter("place", gettext_lazy("Where"), choices=place_choices, apply=at_place),
        Filter("from", gettext_lazy("From"), kind="date", lookup="last__gte"),
        Filter("to", gettext_lazy("To"), kind="date", lookup="first__lte"),
    )
    tabs = (Tab(gettext_lazy("All"), ""), Tab(gettext_lazy("The whole library"), "place=0"))
    search = ("reason__icontains",)
    default_sort = "-first"
    empty_title = gettext_lazy("The library is never closed.")
    empty_next = gettext_lazy("Enter holidays and closed days, so that nothing is promised for one of them.")

    def queryset(self) -> QuerySet[Closing]:
        return Closing.objects.select_related("branch")

    def row_url(self, obj: Closing) -> str:
        return ""

    def row_verbs(self, obj: Closing) -> list[Verb]:
        if not self.may(calendar.RIGHT):
            return []
        return [Verb(_("Open after all"), reverse("kernel:closing_open", args=[obj.pk]), method="post", key="x")]

    def verbs(self) -> list[Verb]:
        if not self.may(calendar.RIGHT):
            return []
        year = clock.today().year
        return [
            Verb(_("Close days"), reverse("kernel:closing_new"), key="n", primary=True),
            Verb(_("Copy to %(year)d") % {"year": year}, reverse("kernel:calendar_copy", args=[year - 1])),
            Verb(_("Copy to %(year)d") % {"year": year + 1}, reverse("kernel:calendar_copy", args=[year])),
        ]


class CloseDays(FormPage[ClosingForm]):
    """A holiday, or days off for one branch or all."""

    permission, nav = calendar.RIGHT, "kernel:console"
    title, form_class, submit_label = gettext_lazy("Close days"), ClosingForm, gettext_lazy("Close")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Calendar"), reverse("kernel:calendar"))]

    def initial(self) -> dict[str, Any]:
        branch = self.request.GET.get("branch", "")
        return {"branch": branch if branch.isdecimal() else None}

    def act(self, form: ClosingForm) -> Closing:
        data = form.cleaned_data
        return calendar.close_days(data["branch"], data["first"], data["last"], reason=data["reason"], actor=self.user)

    def success_url(self, result: Closing) -> str:
        return reverse("kernel:calendar")

    def message(self, result: Closing) -> str:
        return _("%(place)s is closed %(span)s.") % {"place": calendar.place(result), "span": calendar.span(result)}


class OpenDays(ActionPage[Closing]):
    """Take closed days out of the calendar."""

    permission = calendar.RIGHT

    def objects(self) -> QuerySet[Closing]:
        return Closing.objects.select_related("branch")

    def act(self, thing: Closing) -> None:
        calendar.open_days(thing.pk, actor=self.user)

    def message(self, thing: Closing) -> str:
        return _("“%(reason)s” is out of the calendar.") % {"reason": thing.reason}

    def success_url(self, thing: Closing) -> str:
        return reverse("kernel:calendar")


class CopyYear(ActionPage[Closing]):
    """The closed days of a year once more in the year after."""

    permission, nav, about_nothing = calendar.RIGHT, "kernel:console", True
    title, submit_label = gettext_lazy("Copy closed days"), gettext_lazy("Copy")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Calendar"), reverse("kernel:calendar"))]

    def act(self, thing: Any) -> Closing:
        return calendar.copy_year(int(self.kwargs["year"]), actor=self.user)[0]

    def confirm_text(self, thing: Any) -> str:
        year = int(self.kwargs["year"])
        count = len(calendar.to_copy(year))
        return ngettext(
            "Close %(n)d time in %(next)d as in %(year)d, on the same date? Move what falls on another day.",
            "Close %(n)d times in %(next)d as in %(year)d, on the same dates? Move those that fall on other days.",
            count,
        ) % {"n": count, "year": year, "next": year + 1}

    def confirm_facts(self, thing: Any) -> list[Fact]:
        copies = calendar.to_copy(int(self.kwargs["year"]))[:SHOWN]
        return [Fact(f"{calendar.place(copy)}: {copy.reason}", calendar.span(copy)) for copy in copies]

    def success_url(self, thing: Any) -> str:
        return reverse("kernel:calendar")


class BranchWeek(FormPage[WeekForm]):
    """On which days of the week a branch is open."""

    permission, nav, form_class = calendar.RIGHT, "kernel:console", WeekForm

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Branches"), reverse("kernel:branches")), (self.object.name, self.object.get_absolute_url())]

    def page_title(self) -> str:
        return _("Opening days of %(branch)s") % {"branch": self.object}

    def initial(self) -> dict[str, Any]:
        return {"weekdays": list(self.object.open_weekdays)}

    def act(self, form: WeekForm) -> Branch:
        data = form.cleaned_data
        return calendar.set_week(self.object.pk, data["weekdays"], actor=self.user, why=data["why"])
