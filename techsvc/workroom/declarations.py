"""What the work room declares to the house: the home page, and what it adds to the search."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from techsvc.kernel import access, slots
from techsvc.kernel.slots import NavItem
from techsvc.workroom.queries import places, things


def workroom() -> None:
    """Make the declarations; called once from apps.py."""
    slots.add_nav(NavItem(_("Home"), "workroom:home", access.ANY_STAFF, "home", 0))
    slots.add_search(access.ANY_STAFF, places.pages)
    slots.add_search("kernel.view_patrons", things.patrons)
    slots.add_search("circulation.view_holds", things.holds)
    slots.add_search(access.ANY_STAFF, things.views)
    slots.add_search(access.ANY_STAFF, things.console)
    slots.add_search("kernel.console", things.decided)
