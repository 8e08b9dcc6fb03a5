"""Purchase requests as lists and pages show them, with no more of the patron than the reader may know."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from acquisitions.models.requests import PurchaseRequest
from techsvc.kernel import access
from techsvc.kernel.models.people import User


def requests() -> QuerySet[PurchaseRequest]:
    """Every request, with what lists show of it."""
    return PurchaseRequest.objects.select_related("patron__branch", "pickup", "record", "hold", "order_line__order", "entered_by")


def who_asked(request: PurchaseRequest, user: User) -> str:
    """The patron's name for those who may know it, else the branch; without a patron, who entered it."""
    patron = request.patron
    if patron is not None:
        if access.allowed(user, "kernel.view_patrons", branch=patron.branch):
            return patron.name
        return _("a patron of %(branch)s") % {"branch": patron.branch}
    return _("entered by %(name)s") % {"name": request.entered_by}
