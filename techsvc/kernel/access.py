"""Who may do what: rights are declared by departments, given to roles as data, asked for by pages and actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from techsvc.kernel.errors import Forbidden
from techsvc.kernel.models.people import Grant, Scope
from techsvc.kernel.money import Money

if TYPE_CHECKING:
    from techsvc.kernel.models.people import User
    from techsvc.kernel.models.places import Branch

# A page that states this is open to every member of staff who has signed in.
ANY_STAFF = "any"

ROLES = {
    "technician": "Technician",
    "selector": "Selector",
    "cataloger": "Cataloger",
    "ill": "ILL staff",
    "desk": "Desk",
    "processing": "Processing",
    "supervisor": "Supervisor",
    "finance": "Finance",
    "admin": "System administrator",
    "auditor": "Auditor",
}


@dataclass(frozen=True, slots=True)
class Right:
    """A declared permission, its words, and the roles that have it until a library decides otherwise."""

    name: str
    label: str
    roles: tuple[str, ...]
    own_branch: tuple[str, ...] = ()
    up_to_minor: int | None = None


DECLARED: dict[str, Right] = {}


def declare(*rights: Right) -> None:
    """Make permissions known; called from a department's apps.py."""
    for right in rights:
        unknown = {*right.roles, *right.own_branch} - ROLES.keys()
        if unknown or right.name in DECLARED:
            raise ValueError(f"{right.name}: declared twice, or for unknown roles {sorted(unknown)}")
        DECLARED[right.name] = right


def grants(user: User | AnonymousUser) -> dict[str, list[Grant]]:
    """The person's rights by permission; one query, remembered on the person for the request."""
    if not user.is_authenticated or not user.is_active or isinstance(user, AnonymousUser):
        return {}
    known: dict[str, list[Grant]] | None = getattr(user, "_grants", None)
    if known is None:
        known = {}
        for grant in Grant.objects.filter(role__users=user):
            known.setdefault(grant.permission, []).append(grant)
        user._grants = known  # type: ignore[attr-defined]
    return known


def allowed(
    user: User | AnonymousUser, permission: str, *, branch: Branch | None = None, amount_minor: int | None = None
) -> bool:
    """Whether the person may do this, at this branch and for this amount when those are given."""
    if permission == ANY_STAFF:
        return bool(user.is_authenticated and user.is_active)
    if getattr(user, "is_system", False):
        return True
    return any(_reaches(grant, user, branch, amount_minor) for grant in grants(user).get(permission, ()))


def _reaches(grant: Grant, user: User | AnonymousUser, branch: Branch | None, amount_minor: int | None) -> bool:
    within_branch = grant.scope == Scope.ALL or branch is None or branch.pk == getattr(user, "branch_id", None)
    within_amount = amount_minor is None or grant.up_to_minor is None or amount_minor <= grant.up_to_minor
    return within_branch and within_amount


def require(user: User, permission: str, *, branch: Branch | None = None, amount_minor: int | None = None) -> None:
    """Raise Forbidden, in words, unless the person may do this. Every action that writes asks first."""
    if allowed(user, permission, branch=branch, amount_minor=amount_minor):
        return
    label = DECLARED[permission].label if permission in DECLARED else permission
    raise Forbidden(
        _("You may not do this: %(label)s%(where)s. Ask a supervisor for the right, or somebody who has it.")
        % {"label": label.lower(), "where": _beyond(user, permission, branch, amount_minor)}
    )


def _beyond(user: User, permission: str, branch: Branch | None, amount_minor: int | None) -> str:
    """Where a right that the person has ends: at their branch, or at an amount."""
    if not allowed(user, permission):
        return ""
    if branch is not None and not allowed(user, permission, branch=branch):
        return _(" at %(branch)s") % {"branch": branch}
    if amount_minor is None:
        return ""
    limits = [
        grant.up_to_minor
        for grant in grants(user)[permission]
        if grant.up_to_minor is not None and _reaches(grant, user, branch, None)
    ]
    return _(" for %(amount)s, your limit is %(limit)s") % {
        "amount": Money(amount_minor, settings.CURRENCY),
        "limit": Money(max(limits), settings.CURRENCY),
    }


def branch_limit(user: User, permission: str) -> int | None:
    """The branch to which the person's right is limited, as its key; None when it reaches every branch."""
    mine = grants(user).get(permission, ())
    if getattr(user, "is_system", False) or any(grant.scope == Scope.ALL for grant in mine):
        return None
    return user.branch_id
