"""EDI that comes in: responses, despatch advices, invoices; repeats, cut-off files, unknown lines; reading again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from acquisitions.actions import messages, receiving
from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Shipment
from acquisitions.models.vendors import Vendor
from acquisitions.queries import invariants
from acquisitions.queries.funds import encumbered_by_copy
from cataloging.models.items import Item
from techsvc.kernel.actions import exchange, history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import IncomingState
from techsvc.kernel.models.history import HistoryEvent
from tests.acquisitions import make
from tests.acquisitions.paperwork import (
    LOVE,
    SASSY,
    file,
    message,
    received,
    response,
    said,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """ACT OF LOVE (line 1, 25.00) and SASSY (line 2, 14.99), three copies of each."""
    return make.placed_order()


def states_of(order: Order) -> list[str]:
    return list(
        OrderCopy.objects.filter(line__order=order).order_by("line__position", "number").values_list("state", flat=True)
    )


def everything() -> dict[str, Any]:
    """What a message that is not applied must leave as it is."""
    return {
        "copies": list(OrderCopy.objects.order_by("pk").values_list("pk", "state", "reason")),
        "items": list(Item.objects.order_by("pk").values_list("pk", "state")),
        "invoices": list(Invoice.objects.values_list("pk", "state")),
        "shipments": Shipment.objects.count(),
        "encumbered": encumbered_by_copy(OrderCopy.objects.values_list("pk", flat=True)),
    }


def everything_holds() -> None:
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


# What a vendor answers


def test_quantities_decide_what_becomes_of_the_copies(order: Order) -> None:
    """Of three copies one is cancelled and one is back-ordered: the last ones of the line."""
    incoming = received(order, file(response(
        order,
        *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1", "QTY+83:1", "DTM+44:20270115:102", "FTX+LIN++400:12B:28"),
        *said(order, 2, SASSY, "QTY+21:3", "QTY+12:3", action="5"),
    )))  # fmt: skip
    assert (incoming.state, incoming.fault) == (IncomingState.READ, "")
    assert states_of(order) == ["on_order", "back_ordered", "cancelled", "on_order", "on_order", "on_order"]
    line = order.lines.get(position=1)
    assert line.expected_on == date(2027, 1, 15)
    assert line.answer == "accepted with amendment (vendor code 24); back-ordered (vendor code 400)"
    assert line.answered_at is not None
    gone = OrderCopy.objects.get(line=line, number=3)
    assert gone.item is not None
    assert gone.item.state == "cancelled"
    assert encumbered_by_copy([gone.pk]) == {}
    row = EdiMessage.objects.get(direction="in")
    assert (row.kind, row.state, row.order, row.document_number) == ("ORDRSP", "applied", order, "R77")
    assert row.summary == (
        f"Answer to {order.number}: 2 lines: 4 accepted, 1 cancelled, 1 back-ordered until 15 Jan 2027."
    )
    everything_holds()


def test_a_repeated_cancellation_cancels_nothing_more(order: Order) -> None:
    """The totals of a line are totals: a status report repeats what the first answer said."""
    line = said(order, 1, LOVE, "QTY+21:3", "QTY+85:1", "QTY+83:2")
    received(order, file(response(order, *line)))
    received(order, file(response(order, *line), control="4712"), "R78.edi")
    assert states_of(order)[:3] == ["back_ordered", "back_ordered", "cancelled"]
    only_the_rest = said(order, 1, LOVE, "QTY+21:2", "QTY+85:1", "QTY+12:1")
    received(order, file(response(order, *only_the_rest), control="4713"), "R79.edi")
    assert states_of(order)[:3] == ["on_order", "cancelled", "cancelled"]
    everything_holds()


def test_a_line_that_the_vendor_refuses_is_cancelled(order: Order) -> None:
    received(order, file(response(order, *said(order, 2, SASSY, "QTY+21:3", "FTX+LIN++OP:8B:28", action="2"))))
    assert states_of(order)[3:] == ["cancelled"] * 3
    assert set(OrderCopy.objects.filter(line__position=2).values_list("reason", flat=True)) == {
        "cancelled (vendor code 2); out of print (vendor code OP)"
    }


def test_a_contradiction_is_left_to_a_person(order: Order) -> None:
    before = everything()
    incoming = received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+12:3", action="2"))))
    assert everything() == before
    issue = MessageIssue.objects.get()
    assert issue.line == order.lines.get(position=1)
    assert issue.text == (
        f"{order.number} line 1, “ACT OF LOVE”: Nothing was done to its copies. The vendor says: cancelled (vendor "
        "code 2); the line is refused, but copies are promised."
    )
    assert (incoming.state, incoming.fault) == (IncomingState.HELD, "1 of its messages waits for a person.")


@pytest.mark.parametrize(
    ("price", "asks"),
    [("PRI+AAB:26.25", False), ("PRI+AAB:26.26", True), ("PRI+AAB:20.00", False), ("PRI+AAA:27.01", True)],
)
def test_a_price_beyond_tolerance_waits_and_the_rest_is_done(order: Order, price: str, asks: bool) -> None:
    received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1", price))))
    assert states_of(order)[:3] == ["on_order", "on_order", "cancelled"]
    assert MessageIssue.objects.count() == asks
    if asks:
        assert "ordered was $25.00" in MessageIssue.objects.get().text


def test_a_line_of_no_order_becomes_an_issue_with_candidates(order: Order) -> None:
    before = everything()
    received(order, file(response(order, *said(order, 9, LOVE, "QTY+21:3", "QTY+85:3"))))
    assert everything() == before
    assert MessageIssue.objects.get().text == (
        f"Order {order.number}, line 9, is not one of our orders with this vendor ({LOVE}). "
        f"The same title is open on {order.number} line 1."
    )


def test_a_reference_that_names_another_book_is_not_believed(order: Order) -> None:
    before = everything()
    received(order, file(response(order, *said(order, 1, SASSY, "QTY+21:3", "QTY+85:3"))))
    assert everything() == before
    assert f"is for ISBN {LOVE}, and the vendor writes {SASSY}" in MessageIssue.objects.get().text


def test_copies_that_came_are_not_cancelled(order: Order) -> None:
    copies = list(OrderCopy.objects.filter(line__position=1).values_list("pk", flat=True))
    receiving.receive_copies(copies[:2], shipment=None, actor=people.system())
    received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:3"))))
    assert states_of(order)[:3] == ["received", "received", "cancelled"]
    assert "cancels 2 copies that are here already" in MessageIssue.objects.get().text
    everything_holds()


def test_an_order_is_accepted_as_it_stands(order: Order) -> None:
    received(order, file(response(order, function="29")))
    assert set(order.lines.values_list("answer", flat=True)) == {"accepted"}


# Files


def test_a_file_that_is_no_edi_is_refused_with_the_byte(order: Order) -> None:
    incoming = received(order, b"%PDF-1.7 an invoice, they say")
    assert incoming.state == IncomingState.REFUSED
    assert "byte 0" in incoming.fault
    assert not EdiMessage.objects.filter(direction="in").exists()


def test_a_file_without_messages_is_refused(order: Order) -> None:
    incoming = received(order, file())
    assert incoming.state == IncomingState.REFUSED
    assert incoming.fault.startswith("The file holds no message")


def test_one_bad_message_does_not_drop_the_others(order: Order) -> None:
    good = response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1"), ref="2")
    incoming = received(
        order, file(message("ORDRSP", "BGM+231+R1+4", ref="1"), good, message("QUOTES", "BGM+31C+Q1", ref="3"))
    )
    rows = {row.message_ref: (row.kind, row.state) for row in EdiMessage.objects.filter(direction="in")}
    assert rows == {"1": ("ORDRSP", "needs_person"), "2": ("ORDRSP", "applied"), "3": ("OTHER", "needs_person")}
    assert states_of(order)[2] == "cancelled"
    assert incoming.state == IncomingState.HELD


def test_a_file_that_was_cut_off_is_not_applied_where_it_is_cut(order: Order) -> None:
    whole = file(
        response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:3"), ref="1"),
        response(order, *said(order, 2, SASSY, "QTY+21:3", "QTY+85:3"), ref="2"),
    )
    incoming = received(order, whole[: whole.rindex(b"UNT")])
    assert states_of(order) == ["cancelled"] * 3 + ["on_order"] * 3
    assert incoming.state == IncomingState.HELD
    assert "has no end (UNT): it was cut off" in MessageIssue.objects.get().text


def test_the_same_bytes_under_another_name_do_nothing(order: Order) -> None:
    body = file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1")))
    first = received(order, body)
    before = everything()
    assert received(order, body, "renamed.edi").pk == first.pk
    assert everything() == before
    assert first.sightings.count() == 2


def test_the_same_message_in_another_file_does_nothing(order: Order) -> None:
    body = file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1")))
    received(order, body)
    before = everything()
    again = received(order, body.replace(b"261124:0915", b"261125:0915"), "again.edi")
    assert (again.state, everything()) == (IncomingState.READ, before)
    assert EdiMessage.objects.filter(direction="in").count() == 1


def test_the_same_reference_with_other_content_waits_for_a_person(order: Order) -> None:
    """A vendor that uses a number twice: neither lost nor applied unseen."""
    received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1"))))
    before = everything()
    second = received(order, file(response(order, *said(order, 2, SASSY, "QTY+21:3", "QTY+85:2"))), "other.edi")
    assert everything() == before
    assert second.state == IncomingState.HELD
    held = EdiMessage.objects.get(incoming=second)
    assert held.repeating is not None
    assert "was taken in on" in held.issues.get().text

    messages.apply_repeated(held.pk, actor=make.person("technician"), why="Brodart says both are meant")
    assert states_of(order) == ["on_order", "on_order", "cancelled", "on_order", "cancelled", "cancelled"]
    second.refresh_from_db()
    held.refresh_from_db()
    assert (second.state, held.state) == (IncomingState.READ, "applied")
    with pytest.raises(Refusal, match="can't apply, it is applied"):
        messages.apply_repeated(held.pk, actor=make.person("technician"))


def test_reading_again_applies_only_what_waited(order: Order) -> None:
    """A line waits because its vendor's order number is unknown; later it is known, and only that line is applied."""
    other = Order.objects.get(pk=order.pk)
    body = file(response(
        order,
        *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1"),
        *said(order, 2, SASSY, "QTY+21:3", "QTY+85:2", reference="PO-2026-09999/2"),
    ))  # fmt: skip
    incoming = received(order, body)
    assert states_of(order) == ["on_order", "on_order", "cancelled", "on_order", "on_order", "on_order"]
    Order.objects.filter(pk=other.pk).update(number="PO-2026-09999")
    exchange.read_again(incoming.pk, actor=make.person("technician"))
    messages.take_in(incoming.pk)
    assert states_of(order) == ["on_order", "on_order", "cancelled", "on_order", "cancelled", "cancelled"]
    incoming.refresh_from_db()
    row = EdiMessage.objects.get(direction="in")
    assert (incoming.state, row.state) == (IncomingState.READ, "applied")
    assert row.issues.get().settled_how == "Read again"


def test_whose_file_it_is_must_be_known(order: Order) -> None:
    Vendor.objects.filter(pk=order.vendor_id).update(connection=None)
    before = everything()
    incoming = received(order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:3")), sender="9999999"))
    assert (incoming.state, everything()) == (IncomingState.HELD, before)
    assert incoming.fault.startswith("It can't be told whose file this is: the sender is 9999999, and 0 vendors fit")


def test_an_uploaded_file_is_known_by_the_sender(order: Order) -> None:
    body = file(response(order, *said(order, 1, LOVE, "QTY+21:3", "QTY+85:1")))
    incoming, _fresh = exchange.upload("mailed.edi", body, kind="edi")
    messages.take_in(incoming.pk)
    assert states_of(order)[2] == "cancelled"


# What a person decides


def test_issues_are_settled_one_by_one(order: Order) -> None:
    technician = make.person("technician")
    incoming = received(order, file(response(
        order,
        *said(order, 8, LOVE, "QTY+21:3"),
        *said(order, 9, SASSY, "QTY+21:3"),
    )))  # fmt: skip
    first, second = MessageIssue.objects.order_by("pk")
    with pytest.raises(Refusal, match="Say how it was settled"):
        messages.settle_issue(first.pk, how=" ", actor=technician)
    messages.settle_issue(first.pk, how="Called them: a typo", actor=technician)
    assert EdiMessage.objects.get(direction="in").state == "needs_person"
    row = messages.settle_issue(second.pk, how="The same", actor=technician)
    incoming.refresh_from_db()
    assert (row.state, incoming.state) == ("settled", IncomingState.READ)
    event = HistoryEvent.objects.filter(verb="acquisitions.settle_issue").latest("id")
    history.undo(event.pk, actor=technician)
    row.refresh_from_db()
    incoming.refresh_from_db()
    assert (row.state, incoming.state) == ("needs_person", IncomingState.HELD)


# Acknowledgements


def test_an_acknowledgement_is_noted_and_a_refusal_is_not_overlooked(order: Order) -> None:
    sent = EdiMessage.objects.get(direction="out", order=order)
    received(order, file(message("CONTRL", f"UCI+{sent.control_ref}+2052431:31B+1697978:31B+7")), "ok.edi")
    row = EdiMessage.objects.get(direction="in")
    assert (row.order, row.state) == (order, "applied")
    received(order, file(message("CONTRL", f"UCI+{sent.control_ref}+2052431:31B+1697978:31B+4"), control="2"), "no.edi")
    assert (
        f"refuses interchange {sent.control_ref} (order {order.number}): nothing was ordered"
        in MessageIssue.objects.get().text
    )


def test_real_files_end_in_an_outcome(order: Order, shared_data: Path) -> None:
    """Files of real vendors, for orders that are not ours: nothing breaks, nothing of ours changes."""
    before = {key: value for key, value in everything().items() if key in ("copies", "items", "encumbered")}
    found = sorted(path for path in (shared_data / "edi").rglob("*") if path.suffix in (".edi", ".txt", ".inv", ".CEP"))
    outcomes = {received(order, path.read_bytes(), path.name).state for path in found}
    assert outcomes <= {IncomingState.READ, IncomingState.HELD, IncomingState.REFUSED}
    assert {key: value for key, value in everything().items() if key in before} == before
    everything_holds()
