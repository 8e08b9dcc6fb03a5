"""Purchase requests as lists and pages show them, with no more of the patron than the reader may know."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from acquisitions.models.requests import PurchaseRequest
from acquisitions.rules.lifecycle import RequestState
from cataloging.rules.matching import Description
from techsvc.kernel import access
from techsvc.kernel.models.people import Patron, User


def requests() -> QuerySet[PurchaseRequest]:
    """Every request, with what lists show of it."""
    return PurchaseRequest.objects.select_related(
        "patron__branch", "pickup", "record", "hold", "order_line__order", "entered_by"
    )


def over_since(before: datetime) -> QuerySet[PurchaseRequest]:
    """Requests of before an instant that are over and still name their patron."""
    over = PurchaseRequest.objects.filter(state__in=(RequestState.DECLINED, RequestState.FULFILLED))
    return over.filter(asked_at__lt=before, patron__isnull=False)


def patron_shown(request: PurchaseRequest, user: User) -> Patron | None:
    """The patron who asked, for those who may know."""
    patron = request.patron
    seen = patron is not None and access.allowed(user, "kernel.view_patrons", branch=patron.branch)
    return patron if seen else None


def who_asked(request: PurchaseRequest, user: User) -> str:
    """The patron's name for those who may know it, else the branch; without a patron, who entered it."""
    if request.patron is not None:
        shown = patron_shown(request, user)
        return shown.name if shown else _("a patron of %(branch)s") % {"branch": request.patron.branch}
    return _("entered by %(name)s") % {"name": request.entered_by}


class Described(Protocol):
    """What a request, or what is about to be one, says of its title."""

    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def isbn(self) -> str: ...
    @property
    def format(self) -> str: ...


def description(asked: Described, *, isbn: str = "") -> Description:
    """What was asked for, as cataloging looks for it; `isbn` where a better one is known."""
    return Description(asked.title, asked.author, isbn or asked.isbn, format=asked.format)
