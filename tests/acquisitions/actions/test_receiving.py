"""Receiving: scans, damage, what is short, taking it back; two people at one carton."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisitions.actions import claiming, receiving, shipments
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim, Receipt, Shipment
from acquisitions.queries import invariants
from acquisitions.queries.receiving import unpacking
from cataloging.models.items import Item
from techsvc.circulation.actions import holds
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.printing import PrintRequest, PrintState
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import LOVE, SASSY, announced, scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Setting:
    return make.setting()


@pytest.fixture
def order(at: Setting) -> Order:
    """Three copies of each title, for two branches."""
    return make.placed_order(at)


@pytest.fixture
def technician() -> User:
    return make.person("technician")


def states_of(order: Order) -> list[str]:
    return list(
        OrderCopy.objects.filter(line__order=order).order_by("line__position", "number").values_list("state", flat=True)
    )


def newest(subject: Any) -> HistoryEvent:
    event = (
        HistoryEvent.objects.filter(subject_id=str(subject.pk), verb__startswith="acquisitions").order_by("-id").first()
    )
    assert event is not None
    return event


def everything() -> dict[str, Any]:
    """What a refusal must leave as it is."""
    return {
        "copies": list(OrderCopy.objects.order_by("pk").values_list("pk", "state")),
        "items": list(Item.objects.order_by("pk").values_list("pk", "state")),
        "receipts": Receipt.objects.count(),
        "claims": list(Claim.objects.order_by("pk").values_list("pk", "state", "quantity")),
        "prints": PrintRequest.objects.count(),
        "shipments": list(Shipment.objects.order_by("pk").values_list("pk", "state")),
    }


def everything_holds() -> None:
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def test_a_scan_receives_the_next_copy(order: Order, technician: User) -> None:
    shipment = announced(order)
    first = scan(shipment, LOVE, technician)
    assert (first.line.title, first.count, first.of, first.extra, first.held) == ("ACT OF LOVE", 1, 3, False, False)
    assert first.receipt.ordered_copy.branch.code == "BA"
    assert states_of(order) == ["received", "on_order", "on_order", "on_order", "on_order", "on_order"]
    assert first.receipt.ordered_copy.item is not None
    assert Item.objects.get(pk=first.receipt.ordered_copy.item_id).state == "received"
    assert (first.receipt.shipment, first.receipt.actor, first.receipt.condition) == (shipment, technician, "good")
    third = [scan(shipment, LOVE, technician) for _ in range(2)][-1]
    assert (third.count, third.of, third.receipt.ordered_copy.branch.code) == (3, 3, "FA")
    everything_holds()


@pytest.mark.parametrize("code", ["978-1-4165-9423-9", "141659423X", "]E09781416594239", "978141659423952500"])
def test_any_way_to_scan_the_isbn_is_understood(order: Order, technician: User, code: str) -> None:
    assert scan(announced(order), code, technician).line.isbn == LOVE


def test_one_too_many_is_refused_and_changes_nothing(order: Order, technician: User) -> None:
    shipment = announced(order)
    for _ in range(3):
        scan(shipment, LOVE, technician)
    before = everything()
    with pytest.raises(
        Refusal, match=r"Every ordered copy of “ACT OF LOVE” is here or cancelled .*: this is one too many"
    ):
        scan(shipment, LOVE, technician)
    assert everything() == before


def test_what_is_not_ordered_is_refused(order: Order, technician: User) -> None:
    shipment = announced(order)
    before = everything()
    with pytest.raises(Refusal, match="9780306406157 is on no order with Brodart"):
        scan(shipment, "9780306406157", technician)
    assert everything() == before


def test_what_another_vendor_was_asked_for_is_named(order: Order, technician: User) -> None:
    other = shipments.open_shipment(make.vendor("ingram", name="Ingram"), "1", actor=technician)
    before = everything()
    with pytest.raises(Refusal, match=rf"“ACT OF LOVE” was ordered from Brodart \({order.number}\), not from Ingram"):
        scan(other, LOVE, technician)
    assert everything() == before


def test_a_copy_that_the_slip_does_not_list_is_an_extra(order: Order, technician: User) -> None:
    shipment = announced(order, sassy=0)
    assert not scan(shipment, LOVE, technician).extra
    assert scan(shipment, SASSY, technician).extra
    held = unpacking(shipment)
    assert (held.listed, held.right, held.over) == (3, 1, 1)


def test_without_a_list_nothing_is_an_extra(order: Order, technician: User) -> None:
    shipment = shipments.open_shipment(order.vendor, "today", actor=technician)
    assert not scan(shipment, SASSY, technician).extra


def test_a_hold_asks_for_a_tag_once_for_each_that_waits(order: Order, technician: User) -> None:
    line = order.lines.get(position=1)
    patron = Patron.objects.create(card="21234567890123", name="A. Reader", branch=make.branch("FA"))
    hold = holds.place_hold(line.record, patron=patron, pickup=make.branch("FA"), actor=technician)
    shipment = announced(order)
    assert scan(shipment, LOVE, technician).held
    assert not scan(shipment, LOVE, technician).held
    tag = PrintRequest.objects.get(kind="hold_tag")
    assert (tag.subject_id, tag.branch, tag.state) == (str(hold.pk), make.branch("BA"), PrintState.WAITING)


def test_damage_sends_the_copy_back_and_drafts_a_claim(order: Order, technician: User) -> None:
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    receiving.mark_damaged(came.receipt.pk, reason="wet", actor=technician)
    assert states_of(order)[0] == "damaged"
    assert Item.objects.get(pk=came.receipt.ordered_copy.item_id).state == "on_order"
    claim = Claim.objects.get()
    assert (claim.kind, claim.quantity, claim.state, claim.vendor, claim.receipt) == (
        "damaged", 1, "draft", order.vendor, came.receipt
    )  # fmt: skip
    assert claim.text.startswith("1 copy of “ACT OF LOVE” (ISBN 9781416594239) arrived damaged: wet or stained.")
    assert f"Our order: {order.number}, line 1" in claim.text
    everything_holds()


def test_damage_can_be_taken_back_until_the_claim_is_sent(order: Order, technician: User) -> None:
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    receiving.mark_damaged(came.receipt.pk, reason="cover", actor=technician)
    history.undo(newest(shipment).pk, actor=technician)
    assert states_of(order)[0] == "received"
    assert Item.objects.get(pk=came.receipt.ordered_copy.item_id).state == "received"
    assert Claim.objects.get().state == "dropped"
    everything_holds()


def test_a_sent_claim_keeps_the_damage(order: Order, technician: User) -> None:
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    receiving.mark_damaged(came.receipt.pk, reason="cover", actor=technician)
    event = newest(shipment)
    claim = claiming.send_claim(Claim.objects.get().pk, actor=technician)
    before = everything()
    with pytest.raises(Refusal, match=rf"Claim {claim.number} was sent\. Settle it with the vendor first"):
        history.undo(event.pk, actor=technician)
    assert everything() == before


def test_the_replacement_settles_the_claim_and_does_not_come_in_the_same_carton(order: Order, technician: User) -> None:
    shipment = announced(order)
    came, *_others = (scan(shipment, LOVE, technician) for _ in range(3))
    receiving.mark_damaged(came.receipt.pk, reason="cover", actor=technician)
    with pytest.raises(Refusal, match="one too many"):
        scan(shipment, LOVE, technician)
    later = shipments.open_shipment(order.vendor, "B766300", actor=technician)
    replacement = scan(later, LOVE, technician)
    assert (replacement.replacement, replacement.receipt.ordered_copy_id) == (True, came.receipt.ordered_copy_id)
    assert states_of(order)[:3] == ["received"] * 3
    assert Claim.objects.get().state == "settled"
    everything_holds()
    history.undo(replacement.event.pk, actor=technician)
    assert states_of(order)[0] == "damaged"
    everything_holds()


def test_a_receipt_is_taken_back_whole(order: Order, technician: User) -> None:
    line = order.lines.get(position=1)
    patron = Patron.objects.create(card="21234567890123", name="A. Reader", branch=make.branch("FA"))
    holds.place_hold(line.record, patron=patron, pickup=make.branch("FA"), actor=technician)
    shipment = announced(order)
    before = states_of(order)
    came = scan(shipment, LOVE, technician)
    history.undo(came.event.pk, actor=technician)
    assert states_of(order) == before
    assert Item.objects.get(pk=came.receipt.ordered_copy.item_id).state == "on_order"
    assert PrintRequest.objects.get().state == PrintState.CANCELLED
    came.receipt.refresh_from_db()
    assert came.receipt.undone_at is not None
    assert scan(shipment, LOVE, technician).held
    assert Receipt.objects.filter(undone_at=None).count() == 1
    everything_holds()


def test_a_receipt_whose_item_has_moved_on_stays(order: Order, technician: User) -> None:
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    Item.objects.filter(pk=came.receipt.ordered_copy.item_id).update(state="in_process")
    before = everything()
    with pytest.raises(Refusal, match="can't unreceive, it is in process"):
        history.undo(came.event.pk, actor=technician)
    assert everything() == before


def test_finishing_claims_what_is_listed_and_absent_once(order: Order, technician: User) -> None:
    shipment = shipments.open_shipment(order.vendor, announced(order).number, actor=technician)
    scan(shipment, LOVE, technician)
    shipments.claim_short(shipment.pk, order.lines.get(position=2).pk, actor=technician)
    scan(shipment, SASSY, technician)
    done = shipments.finish_shipment(shipment.pk, actor=technician)
    assert done.state == "finished"
    claims = {claim.line.position: (claim.kind, claim.quantity, claim.state) for claim in Claim.objects.all()}
    assert claims == {1: ("short", 2, "draft"), 2: ("short", 2, "draft")}
    assert "lists “SASSY” (ISBN 9780545071512), but 2 copies did not come" in Claim.objects.get(line__position=2).text
    assert newest(shipment).summary == "Unpacked: 2 copies, 4 short"
    with pytest.raises(Refusal, match="Shipment B766274: can't finish, it is finished"):
        shipments.finish_shipment(shipment.pk, actor=technician)
    assert Claim.objects.count() == 2
    everything_holds()


def test_what_was_ordered_and_not_listed_stays_open(order: Order, technician: User) -> None:
    shipment = shipments.open_shipment(order.vendor, announced(order, sassy=0).number, actor=technician)
    shipments.finish_shipment(shipment.pk, actor=technician)
    assert [claim.line.position for claim in Claim.objects.all()] == [1]
    assert states_of(order) == ["on_order"] * 6


def test_finishing_is_undone_with_its_drafts(order: Order, technician: User) -> None:
    shipment = shipments.open_shipment(order.vendor, announced(order).number, actor=technician)
    shipments.finish_shipment(shipment.pk, actor=technician)
    history.undo(newest(shipment).pk, actor=technician)
    assert set(Claim.objects.values_list("state", flat=True)) == {"dropped"}
    for _ in range(3):
        scan(shipment, SASSY, technician)
    shipments.finish_shipment(shipment.pk, actor=technician)
    assert sorted(Claim.objects.values_list("line__position", "state", "quantity")) == [
        (1, "draft", 3),
        (2, "dropped", 3),
    ]


def test_nothing_short_is_not_claimed(order: Order, technician: User) -> None:
    shipment = announced(order, sassy=0)
    for _ in range(3):
        scan(shipment, LOVE, technician)
    before = everything()
    with pytest.raises(Refusal, match="Nothing of this line is missing"):
        shipments.claim_short(shipment.pk, order.lines.get(position=1).pk, actor=technician)
    with pytest.raises(Refusal, match="Nothing of this line is missing"):
        shipments.claim_short(shipment.pk, order.lines.get(position=2).pk, actor=technician)
    assert everything() == before


def test_something_else_in_its_place(order: Order, technician: User) -> None:
    shipment = announced(order)
    claim = shipments.claim_wrong(shipment.pk, order.lines.get(position=1).pk, code="9780306406157", actor=technician)
    assert claim.text.startswith("In place of 1 copy of “ACT OF LOVE” (ISBN 9781416594239) we found 9780306406157.")


def test_a_slip_is_announced_once(order: Order) -> None:
    announced(order)
    before = everything()
    with pytest.raises(Refusal, match="Packing slip B766274 of Brodart was announced before"):
        announced(order)
    assert everything() == before


def test_a_slip_that_was_begun_by_hand_gets_its_list(order: Order, technician: User) -> None:
    by_hand = shipments.open_shipment(order.vendor, "B766274", actor=technician)
    scan(by_hand, LOVE, technician)
    assert announced(order).pk == by_hand.pk
    held = unpacking(by_hand)
    assert (held.listed, held.right) == (6, 1)
    assert Shipment.objects.get().state == "unpacking"


def test_branch_staff_receive_for_their_own_branch_only(order: Order) -> None:
    helper = make.person("processing", branch=make.branch("FA"))
    shipment = announced(order)
    before = everything()
    with pytest.raises(Forbidden, match="receive what was ordered at Bank Street"):
        scan(shipment, LOVE, helper)
    assert everything() == before


def test_a_selector_does_not_receive(order: Order, at: Setting) -> None:
    copies = list(OrderCopy.objects.values_list("pk", flat=True))
    before = everything()
    with pytest.raises(Forbidden):
        receiving.receive_copies(copies, shipment=None, actor=at.selector)
    assert everything() == before


def test_all_of_a_batch_or_none(order: Order, technician: User) -> None:
    copies = list(OrderCopy.objects.order_by("pk").values_list("pk", flat=True))
    receiving.receive_copies(copies[:1], shipment=None, actor=technician)
    before = everything()
    with pytest.raises(Refusal, match=rf"Copy 1 of “ACT OF LOVE” \({order.number}\): can't receive, it is received"):
        receiving.receive_copies(copies, shipment=None, actor=technician)
    assert everything() == before
    assert len(receiving.receive_copies(copies[1:], shipment=None, actor=technician)) == 5
    assert HistoryEvent.objects.filter(verb="acquisitions.receive").count() == 2
    everything_holds()


def test_a_batch_of_any_size_takes_as_many_queries(order: Order, technician: User) -> None:
    copies = list(OrderCopy.objects.order_by("pk").values_list("pk", flat=True))
    receiving.receive_copies(copies[:1], shipment=None, actor=technician)

    def queries(chosen: list[int]) -> int:
        with CaptureQueriesContext(connection) as caught:
            receiving.receive_copies(chosen, shipment=None, actor=technician)
        return len(caught)

    assert queries(copies[1:3]) == queries(copies[3:])
