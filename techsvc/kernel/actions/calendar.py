"""When branches are open: their week, and the days on which they are closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techsvc.kernel import access, opening
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import WEEK, Branch, Closing

RIGHT = "kernel.manage_places"
LONGEST = 366  # days in one entry; what is longer is a slip of the year


@transaction.atomic
def set_week(branch_id: int, weekdays: Iterable[str], *, actor: User, why: str = "") -> Branch:
    """Say on which days of the week ("1" is Monday) a branch is open. Refuses a branch that never opens."""
    access.require(actor, RIGHT)
    week = "".join(sorted(set(weekdays)))
    if not week or not set(week) <= set(WEEK):
        raise Refusal(
            _("A branch is open on one day of the week at least. Close it for a while instead."), field="weekdays"
        )
    return _set_week(branch_id, week, "kernel.set_week", actor=actor, why=why)


def undo_set_week(event: HistoryEvent, *, actor: User) -> Branch:
    """Give a branch the week of before. Refuses when it was set anew since."""
    access.require(actor, RIGHT)
    branch = Branch.objects.get(pk=event.subject_id)
    if branch.open_weekdays != event.after["week"]:
        raise Refusal(_("The week of %(branch)s was set anew since. Set it by hand.") % {"branch": branch})
    return _set_week(
        branch.pk, event.before["week"], "kernel.undo_set_week", actor=actor, why=_("Undone"), undoes=event
    )


def _set_week(
    branch_id: int, week: str, verb: str, *, actor: User, why: str, undoes: HistoryEvent | None = None
) -> Branch:
    branch = Branch.objects.select_for_update().get(pk=branch_id)
    before, branch.open_weekdays = branch.open_weekdays, week
    if before == week:
        return branch
    branch.save(update_fields=["open_weekdays"])
    history.write(
        branch,
        verb,
        actor=actor,
        why=why,
        summary=_("%(branch)s: open %(before)s → %(after)s")
        % {"branch": branch, "before": opening.week_words(before), "after": opening.week_words(week)},
        before={"week": before},
        after={"week": week},
        undoes=undoes,
    )
    return branch


@transaction.atomic
def close_days(branch: Branch | None, first: date, last: date | None, *, reason: str, actor: User) -> Closing:
    """Close a branch, or with None the whole library, from the first to the last day. Refuses days closed already."""
    access.require(actor, RIGHT)
    last = last or first
    if not 0 <= (last - first).days < LONGEST:
        raise Refusal(_("The last day comes before the first, or a year after it. Check both."), field="last")
    same = Closing.objects.filter(branch=branch, first__lte=first, last__gte=last).first()
    if same is not None:
        raise Refusal(
            _("%(place)s is closed then already: %(reason)s.") % {"place": place(same), "reason": same.reason},
            field="first",
        )
    return _close({"branch_id": branch.pk if branch else None, "first": first, "last": last, "reason": reason}, actor)


def _close(values: dict[str, Any], actor: User, *, undoes: HistoryEvent | None = None) -> Closing:
    closing = Closing.objects.create(**values)
    history.write(
        closing,
        "kernel.close_days" if undoes is None else "kernel.undo_open_days",
        actor=actor,
        summary=_("%(place)s closed %(span)s: %(reason)s") % _words(closing),
        after=_plain(closing),
        undoes=undoes,
    )
    return closing


@transaction.atomic
def open_days(closing_id: int, *, actor: User) -> None:
    """Take closed days out of the calendar."""
    access.require(actor, RIGHT)
    _open(closing_id, "kernel.open_days", actor=actor)


def _open(closing_id: int, verb: str, *, actor: User, undoes: HistoryEvent | None = None) -> None:
    closing = Closing.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=closing_id).first()
    if closing is None:
        raise Refusal(_("These closed days were taken out of the calendar already."))
    history.write(
        closing,
        verb,
        actor=actor,
        summary=_("%(place)s open after all %(span)s: no %(reason)s") % _words(closing),
        before=_plain(closing),
        undoes=undoes,
    )
    closing.delete()


def undo_close_days(event: HistoryEvent, *, actor: User) -> None:
    access.require(actor, RIGHT)
    _open(int(event.subject_id), "kernel.undo_close_days", actor=actor, undoes=event)


def undo_open_days(event: HistoryEvent, *, actor: User) -> Closing:
    """Close the days again."""
    access.require(actor, RIGHT)
    days = {name: date.fromisoformat(event.before[name]) for name in ("first", "last")}
    return _close({"id": int(event.subject_id), **event.before, **days}, actor, undoes=event)


def to_copy(year: int) -> list[Closing]:
    """The closings of a year as they would be a year later, without those that are there already. Two queries."""
    there = set(Closing.objects.filter(first__year=year + 1).values_list("branch_id", "reason"))
    return [
        Closing(branch=c.branch, first=_a_year_on(c.first), last=_a_year_on(c.last), reason=c.reason)
        for c in Closing.objects.filter(first__year=year).select_related("branch")
        if (c.branch_id, c.reason) not in there
    ]


def _a_year_on(day: date) -> date:
    """The same date a year later; the last of February for a leap day."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


@transaction.atomic
def copy_year(year: int, *, actor: User) -> list[Closing]:
    """Close the same dates in the year after, each once. Refuses when there is nothing to copy."""
    access.require(actor, RIGHT)
    copies = to_copy(year)
    if not copies:
        raise Refusal(_("Everything that closed in %(year)d is in the calendar of the year after.") % {"year": year})
    Closing.objects.bulk_create(copies)
    history.write(
        copies[0],
        "kernel.copy_closings",
        actor=actor,
        summary=ngettext(
            "%(n)d closing of %(year)d copied to the year after",
            "%(n)d closings of %(year)d copied to the year after",
            len(copies),
        )
        % {"n": len(copies), "year": year},
        after={"closings": [copy.pk for copy in copies]},
    )
    return copies


def undo_copy_year(event: HistoryEvent, *, actor: User) -> None:
    """Take the copies out again; those that were taken out by hand stay out."""
    access.require(actor, RIGHT)
    gone = Closing.objects.filter(pk__in=event.after["closings"]).delete()[0]
    history.write(
        Closing(pk=int(event.subject_id)),
        "kernel.undo_copy_closings",
        actor=actor,
        summary=_("%(n)d copied closings taken out again") % {"n": gone},
        undoes=event,
    )


def place(closing: Closing) -> str:
    """Where it is closed, in words."""
    return str(closing.branch or _("The library"))


def span(closing: Closing) -> str:
    """When it is closed, in words."""
    first, last = (date_format(day, "j M Y") for day in (closing.first, closing.last))
    if first == last:
        return _("on %(day)s") % {"day": first}
    return _("from %(first)s to %(last)s") % {"first": first, "last": last}


def _words(closing: Closing) -> dict[str, str]:
    return {"place": place(closing), "span": span(closing), "reason": closing.reason}


def _plain(closing: Closing) -> dict[str, Any]:
    return {
        "branch_id": closing.branch_id,
        "first": str(closing.first),
        "last": str(closing.last),
        "reason": closing.reason,
    }
