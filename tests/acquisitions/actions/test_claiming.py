"""Claims: what the calendar drafts, what a person drafts, sends, settles and drops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisitions import tasks
from acquisitions.actions import claiming, receiving
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.receipts import Claim
from techsvc.kernel import clock
from techsvc.kernel.actions import calendar, history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make

pytestmark = pytest.mark.django_db
PLACED = datetime(2026, 6, 1, 15, tzinfo=UTC)


@pytest.fixture
def order() -> Order:
    """Two titles, three copies each, placed on 1 June; the vendor is claimed after 60 days."""
    with clock.at(PLACED):
        return make.placed_order()


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.at(datetime(day.year, day.month, day.day, 16, tzinfo=UTC)):
        yield


def drafted(day: date) -> list[tuple[int, int]]:
    """(line, copies) of the claims that the schedule drafts on a day."""
    with on(day):
        return [(claim.line.position, claim.quantity) for claim in claiming.draft_late_claims(actor=people.system())]


def test_the_calendar_drafts_once(order: Order) -> None:
    assert drafted(date(2026, 7, 30)) == []
    assert drafted(date(2026, 7, 31)) == [(1, 3), (2, 3)]
    assert drafted(date(2026, 8, 1)) == []
    claim = Claim.objects.get(line__position=1)
    assert claim.text.startswith("3 copies of “ACT OF LOVE” (ISBN 9781416594239) did not come yet.")
    assert claim.text.endswith(f"Our order: {order.number}, line 1, ordered 01 June 2026.")
    event = HistoryEvent.objects.get(verb="acquisitions.draft_late_claims")
    assert (event.summary, event.subject_id) == ("2 late lines to claim", str(order.vendor_id))


def test_nothing_is_claimed_on_a_day_off(order: Order) -> None:
    calendar.close_days(None, date(2026, 7, 31), date(2026, 8, 2), reason="Stocktaking", actor=people.system())
    assert drafted(date(2026, 7, 31)) == []
    assert drafted(date(2026, 8, 3)) == [(1, 3), (2, 3)]


def test_what_came_is_not_claimed(order: Order) -> None:
    first = OrderCopy.objects.filter(line__order=order, line__position=1).order_by("number")
    receiving.receive_copies([copy.pk for copy in first[:2]], shipment=None, actor=people.system())
    second = OrderCopy.objects.filter(line__order=order, line__position=2)
    receiving.receive_copies([copy.pk for copy in second], shipment=None, actor=people.system())
    assert drafted(date(2026, 8, 3)) == [(1, 1)]


def test_a_promised_date_puts_it_off(order: Order) -> None:
    order.lines.filter(position=1).update(expected_on=date(2026, 9, 1))
    assert drafted(date(2026, 8, 3)) == [(2, 3)]
    assert drafted(date(2026, 9, 14)) == []
    assert drafted(date(2026, 9, 15)) == [(1, 3)]


def test_after_it_was_settled_the_days_are_counted_anew(order: Order) -> None:
    assert len(drafted(date(2026, 7, 31))) == 2
    technician = make.person("technician")
    for claim in Claim.objects.all():
        claiming.drop_claim(claim.pk, actor=technician, why="They called")
    assert drafted(date(2026, 9, 28)) == []
    assert drafted(date(2026, 9, 29)) == [(1, 3), (2, 3)]


def test_the_task_drafts_in_the_name_of_the_system(order: Order) -> None:
    with on(date(2026, 8, 3)):
        tasks.draft_late_claims(0)
    assert Claim.objects.count() == 2
    assert HistoryEvent.objects.get(verb="acquisitions.draft_late_claims").actor == people.system()


def test_the_calendar_asks_as_often_however_many_lines_are_late(order: Order) -> None:
    def queries() -> int:
        with on(date(2026, 8, 3)), CaptureQueriesContext(connection) as caught:
            claiming.draft_late_claims(actor=people.system())
        return len(caught)

    few = queries()
    Claim.objects.all().delete()
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=order, position=position, record=order.lines.all()[0].record, title="More", list_price=1, unit_price=1
        )
        for position in range(3, 30)
    )
    copy = OrderCopy.objects.filter(line__order=order).first()
    assert copy is not None
    OrderCopy.objects.bulk_create(
        OrderCopy(line=line, number=1, branch=copy.branch, fund=copy.fund, state="on_order", price_minor=0)
        for line in lines
    )
    assert queries() <= few
    assert Claim.objects.count() == 29


def test_a_person_does_not_wait_for_the_calendar(order: Order) -> None:
    technician = make.person("technician")
    line = order.lines.get(position=1)
    claim = claiming.claim_late(line.pk, actor=technician)
    assert (claim.kind, claim.quantity, claim.state) == ("late", 3, "draft")
    with pytest.raises(Refusal, match=rf"is claimed already: {claim.number}"):
        claiming.claim_late(line.pk, actor=technician)
    receiving.receive_copies(
        OrderCopy.objects.filter(line__position=2).values_list("pk", flat=True), shipment=None, actor=technician
    )
    with pytest.raises(Refusal, match="is expected any more, so nothing is late"):
        claiming.claim_late(order.lines.get(position=2).pk, actor=technician)
    assert Claim.objects.count() == 1


def test_sent_twice_is_two_mails_with_keys_of_their_own(order: Order) -> None:
    order.vendor.email = "claims@brodart.example"
    order.vendor.save()
    technician = make.person("technician")
    claim = claiming.claim_late(order.lines.get(position=1).pk, actor=technician)
    claiming.send_claim(claim.pk, actor=technician)
    claiming.send_claim(claim.pk, actor=technician)
    keys = list(Outgoing.objects.filter(kind="claim").order_by("id").values_list("key", "name"))
    assert keys == [(f"claim:{claim.pk}:1", f"{claim.number}-1.eml"), (f"claim:{claim.pk}:2", f"{claim.number}-2.eml")]


@pytest.mark.parametrize("verb", ["settle", "drop"])
def test_closing_is_taken_back(order: Order, verb: str) -> None:
    technician = make.person("technician")
    claim = claiming.claim_late(order.lines.get(position=1).pk, actor=technician)
    act = {"settle": claiming.settle_claim, "drop": claiming.drop_claim}[verb]
    act(claim.pk, actor=technician)
    event = HistoryEvent.objects.get(verb=f"acquisitions.{verb}_claim")
    history.undo(event.pk, actor=technician)
    claim.refresh_from_db()
    assert claim.state == "draft"
    act(claim.pk, actor=technician)
    claiming.reopen_claim(claim.pk, actor=technician)
    claiming.send_claim(claim.pk, actor=technician)
    event = HistoryEvent.objects.filter(verb=f"acquisitions.{verb}_claim").latest("id")
    with pytest.raises(Refusal, match="moved on since"):
        history.undo(event.pk, actor=technician)


def test_a_sent_claim_is_not_dropped_and_not_rewritten(order: Order) -> None:
    technician = make.person("technician")
    claim = claiming.claim_late(order.lines.get(position=1).pk, actor=technician)
    claiming.send_claim(claim.pk, actor=technician)
    with pytest.raises(Refusal, match=r"can't drop, it is sent\. Possible now: send, settle"):
        claiming.drop_claim(claim.pk, actor=technician)
    with pytest.raises(Refusal, match="its text is what the vendor got"):
        claiming.edit_claim(claim.pk, text="Other", quantity=1, actor=technician)
    claim.refresh_from_db()
    assert (claim.state, claim.text.startswith("3 copies")) == ("sent", True)


def test_who_may_not_claim(order: Order) -> None:
    claim = claiming.claim_late(order.lines.get(position=1).pk, actor=make.person("cataloger"))
    for role in ("selector", "processing", "auditor"):
        with pytest.raises(Forbidden):
            claiming.send_claim(claim.pk, actor=make.person(role))
    claim.refresh_from_db()
    assert claim.state == "draft"
