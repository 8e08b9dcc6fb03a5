"""The demo library whole: on any day it is filled without a refusal, and everything that must hold holds."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db.models import Model
from django.test import override_settings

from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.models.requests import PurchaseRequest
from cataloging.marc.fields import Format
from cataloging.models.items import Item
from cataloging.models.records import Record
from ill.models.borrowing import BorrowingRequest
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import access, clock, invariants, slots
from techsvc.kernel.models.exchange import Connection, Outgoing
from techsvc.kernel.models.people import User
from techsvc.workroom.demo import tables
from techsvc.workroom.demo.filling import fill
from techsvc.workroom.demo.partners import Partners

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAYS = [
    datetime(2026, 11, 24, 12, tzinfo=UTC),
    datetime(2026, 7, 1, 3, tzinfo=UTC),
    datetime(2028, 2, 27, 23, tzinfo=UTC),
]


def states(model: type[Model]) -> Counter[str]:
    return Counter(model._default_manager.values_list("state", flat=True))


@pytest.mark.parametrize("today", DAYS, ids=["a Tuesday", "a fiscal year's first day", "a Sunday in a leap year"])
def test_the_demo_holds_on_any_day_and_has_work_for_everybody(today: datetime, tmp_path: Path) -> None:
    with clock.at(today):
        fill(Partners(8022, "ssh-ed25519 AAAA", "library", "rehearsal", tmp_path))
        assert {name: wrong for name, _invariant, wrong in invariants.ask() if wrong} == {}
        assert {model: wanted - set(states(model)) for model, wanted in SHOWN.items()} == {
            model: set() for model in SHOWN
        }
        assert set(Record.objects.values_list("format", flat=True)) == {str(kind) for kind in Format}
        idle = {role for role in BUSY if not any(tile.count for tile in slots.tiles(User.objects.get(username=role)))}
        assert idle == set()
    nothing_leaves_when_the_system_starts()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        everybody_signs_in_with_the_password_that_is_told()


SHOWN: dict[type[Model], set[str]] = {
    OrderCopy: {"planned", "on_order", "back_ordered", "received", "damaged", "cancelled"},
    Order: {"draft", "placed", "closed"},
    Invoice: {"entered", "approved"},
    Shipment: {"expected", "finished"},
    Claim: {"draft", "sent", "settled"},
    PurchaseRequest: {"asked", "approved", "ordered", "declined", "fulfilled"},
    Item: {"on_order", "received", "available", "on_hold_shelf", "checked_out"},
    Hold: {"waiting", "ready", "collected"},
    BorrowingRequest: {"new", "unfilled", "shipped", "received", "completed"},
}
BUSY = set(access.ROLES) - {"admin", "auditor"}


def nothing_leaves_when_the_system_starts() -> None:
    assert set(states(Outgoing)) == {"sent"}
    brodart = Connection.objects.get(code="brodart")
    assert (brodart.host, brodart.port, brodart.active) == ("127.0.0.1", 8022, True)


def everybody_signs_in_with_the_password_that_is_told() -> None:
    people = User.objects.filter(is_system=False)
    assert {user.username for user in people} == set(access.ROLES)
    assert all(user.check_password(tables.PASSWORD) for user in people)
