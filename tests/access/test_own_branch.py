"""Rights that some roles have at their own branch only: asked by the actions themselves, whatever page leads there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from acquisitions.actions import receiving
from acquisitions.models.orders import OrderCopy
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from techsvc.kernel import access
from techsvc.kernel.errors import Forbidden
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.access.library import Library


def receive(user: User, branch: Branch) -> object:
    copy = OrderCopy.objects.filter(state="on_order", branch=branch).first()
    assert copy is not None
    return receiving.receive_copies([copy.pk], shipment=None, actor=user)


def borrow(user: User, branch: Branch) -> object:
    return borrowing.request_loan(Wanted("Somewhere else", branch), actor=user)


def look(user: User, branch: Branch) -> None:
    access.require(user, "kernel.view_patrons", branch=branch)


# right → an act that needs it at a branch
ACTS: dict[str, Callable[[User, Branch], Any]] = {
    "acquisitions.receive": receive,
    "ill.borrow": borrow,
    "kernel.view_patrons": look,
}
LIMITED = [(right.name, role) for right in access.DECLARED.values() for role in right.own_branch]


@pytest.mark.parametrize(("right", "role"), LIMITED)
def test_a_right_at_the_own_branch_ends_there(db: None, library: Library, right: str, role: str) -> None:
    assert right in ACTS, f"{right} is limited by branch for some: add an act that needs it to ACTS."
    home, away = library.things["branches"]
    user = User.objects.get(pk=library.staff[role].pk)
    with transaction.atomic():
        ACTS[right](user, home)
    with pytest.raises(Forbidden, match=r"at Falls Road"):
        ACTS[right](user, away)
