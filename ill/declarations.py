"""What interlibrary loan declares to the house: rights, worklists, states' tones, its part of the search."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ill import queries
from ill.actions import borrowing
from ill.models.borrowing import BorrowingRequest
from techsvc.kernel import access, clock, slots
from techsvc.kernel.access import Right
from techsvc.kernel.actions import history, retention
from techsvc.kernel.actions.retention import Keeping
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import Hit, NavItem, Worklist

RIGHTS = (
    Right("ill.view", "See loans from other libraries", ("technician", "ill", "desk", "supervisor", "auditor")),
    Right("ill.borrow", "Borrow from other libraries", ("ill", "supervisor"), own_branch=("technician",)),
)
STEPS = ("send", "ship", "receive", "return", "complete", "refuse", "cancel")


def ill() -> None:
    """Make the declarations; called once from apps.py."""
    access.declare(*RIGHTS)
    retention.declare(
        Keeping(
            "loans",
            _("Who asked for what: loans that are over"),
            180,
            queries.over_since,
            retention.without_patron,
            _("Lenders ask within half a year; what somebody read is nobody's business afterwards."),
            _("the title, the lender and the dates"),
        )
    )
    for step in STEPS:
        history.undoable(f"ill.{step}", borrowing.undo_step)
    tones.register({"new": "warn", "returned": ("info", "truck"), "completed": "idle", "unfilled": "warn"})
    slots.open_kind("ill.request")
    slots.add_nav(NavItem(_("ILL"), "ill:requests", "ill.view", "ill", 65))
    slots.add_tiles("ill.borrow", _tiles, nav="ill:requests")
    slots.add_search("ill.view", _search)


def _tiles(_user: User) -> Iterator[Worklist]:
    page, here = reverse("ill:requests"), queries.due_back()
    yield Worklist(_("Send to a lender"), f"{page}?show=to_send", queries.to_send(), "created_at")
    overdue = here.filter(due_on__lt=clock.today())
    yield Worklist(
        _("Loans due back"), f"{page}?show=due_back", here, "", urgent=overdue, urgent_words=_("%(n)d overdue")
    )


def _search(text: str, _user: User) -> Iterator[Hit]:
    """Requests by number, title, author, ISBN or lender; never by patron."""
    asked = Q(number__istartswith=text) | Q(title__icontains=text) | Q(author__icontains=text) | Q(isbn=text)
    for request in BorrowingRequest.objects.filter(asked | Q(lender__icontains=text))[:8]:
        yield Hit(str(_("ILL")), request.title, request.get_absolute_url(), f"{request.number} · {request.lender}")
