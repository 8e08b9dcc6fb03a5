"""Purchase requests, from asking to the hold shelf."""

from __future__ import annotations

from decimal import Decimal

import pytest

from acquisitions.actions import ordering, requests
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.actions.requests import Asked
from acquisitions.models.orders import Order, OrderLine
from acquisitions.models.requests import PurchaseRequest
from acquisitions.queries.requests import who_asked
from cataloging.models.items import Item
from cataloging.rules.matching import Description
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import history, notices, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron
from tests.acquisitions import make

pytestmark = pytest.mark.django_db

WANTED = Asked("The Women", "Hannah, Kristin", "978-1-250-17863-3")


def patron(card: str = "21234000012345", email: str = "reader@example.org") -> Patron:
    return Patron.objects.create(card=card, name="Ruth Reader", email=email, branch=make.branch("BA"))


def request(**columns: object) -> PurchaseRequest:
    who = columns.pop("patron", None) or patron()
    return requests.submit_request(WANTED, patron=who, pickup=make.branch("BA"), actor=make.person("desk"))  # type: ignore[arg-type]


def order(asked: PurchaseRequest, actor: object = None) -> Order:
    at = make.setting()
    line = NewLine(
        Description(asked.title, asked.author, asked.isbn),
        Decimal("30.00"),
        (NewCopies(make.branch("BA"), at.adult, 2),),
    )
    return ordering.order_request(asked.pk, vendor=at.vendor, line=line, actor=actor or at.selector)  # type: ignore[arg-type]


def test_asking() -> None:
    asked = request()
    assert (asked.number, asked.title, asked.isbn, asked.state) == ("R-00001", "The Women", "9781250178633", "asked")
    assert str(asked.patron_id) not in str(HistoryEvent.objects.filter(verb="acquisitions.submit_request").values())


@pytest.mark.parametrize(("asked", "sentence"), [
    (Asked("  "), "needs a title"),
    (Asked("A", isbn="9781250178634"), "is not an ISBN"),
])  # fmt: skip
def test_what_can_not_be_asked(asked: Asked, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        requests.submit_request(asked, patron=None, pickup=make.branch("BA"), actor=make.person("desk"))
    assert PurchaseRequest.objects.count() == 0


def test_a_patron_asks_once_and_after_a_no_again() -> None:
    first = request()
    with pytest.raises(Refusal, match="request R-00001 is asked"):
        request(patron=first.patron)
    requests.decline_request(first.pk, reason="Out of print.", actor=make.person("selector"))
    assert request(patron=first.patron).number == "R-00002"
    assert request(patron=patron("21234000099999")).number == "R-00003"


def test_processing_may_not_decide() -> None:
    asked = request()
    with pytest.raises(Forbidden):
        requests.approve_request(asked.pk, actor=make.person("processing"))
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_no_is_told_once_with_its_reason() -> None:
    asked, selector = request(), make.person("selector")
    with pytest.raises(Refusal, match="Say why"):
        requests.decline_request(asked.pk, reason=" ", actor=selector)
    requests.decline_request(asked.pk, reason="We have the large print edition.", actor=selector)
    notices.send_due()
    notices.send_due()
    notice = Notice.objects.get()
    assert (notice.state, notice.subject) == ("queued", "About your purchase request")
    assert "“The Women”" in notice.body
    assert "We have the large print edition." in notice.body


def test_a_no_that_was_taken_back_is_not_told() -> None:
    asked, selector = request(), make.person("selector")
    requests.decline_request(asked.pk, reason="No.", actor=selector)
    history.undo(HistoryEvent.objects.get(verb="acquisitions.decline_request").pk, actor=selector)
    notices.send_due()
    asked.refresh_from_db()
    assert (asked.state, asked.reason, Notice.objects.count()) == ("asked", "", 0)


def test_approving_and_ordering_is_one_act_with_a_hold() -> None:
    asked = request()
    made = order(asked)
    asked.refresh_from_db()
    assert (asked.state, made.state) == ("ordered", "placed")
    line = OrderLine.objects.get(order=made)
    assert (line.request, line.record) == (asked, asked.record)
    hold = Hold.objects.get()
    assert (asked.hold, hold.patron, hold.record, hold.pickup.code) == (hold, asked.patron, line.record, "BA")
    assert Item.objects.filter(state="on_order").count() == 2


def test_it_is_ordered_once() -> None:
    asked = request()
    made = order(asked)
    at = make.Setting(made.vendor, make.person("selector"), *2 * [made.lines.get().copies.all()[0].fund], make.year())  # type: ignore[arg-type]
    line = NewLine(Description("The Women"), Decimal(1), (NewCopies(make.branch("BA"), at.adult, 1),))
    with pytest.raises(Refusal, match="Request R-00001: can't order, it is ordered"):
        ordering.order_request(asked.pk, vendor=at.vendor, line=line, actor=at.selector)
    assert Order.objects.count() == 1


def test_taking_the_order_back_takes_the_hold_back() -> None:
    asked = request()
    order(asked)
    history.undo(HistoryEvent.objects.get(verb="acquisitions.place_order").pk, actor=make.person("technician"))
    asked.refresh_from_db()
    assert (asked.state, asked.hold) == ("approved", None)
    assert Hold.objects.get().state == "cancelled"
    assert OrderLine.objects.get().request is None


def test_a_ready_hold_fulfils() -> None:
    asked = request()
    order(asked)
    assert requests.fulfil_ready(actor=people.system()) == 0
    Hold.objects.update(state="collected")
    assert requests.fulfil_ready(actor=people.system()) == 1
    assert requests.fulfil_ready(actor=people.system()) == 0
    asked.refresh_from_db()
    assert asked.state == "fulfilled"


@pytest.mark.parametrize(("role", "at", "expected"), [
    ("desk", "", "Ruth Reader"),
    ("selector", "BA", "a patron of Branch BA"),
    ("technician", "BA", "Ruth Reader"),
    ("technician", "FA", "a patron of Branch BA"),
    ("auditor", "", "a patron of Branch BA"),
])  # fmt: skip
def test_who_sees_who_asked(role: str, at: str, expected: str) -> None:
    asked = request()
    assert who_asked(asked, make.person(role, branch=make.branch(at) if at else None)) == expected


def test_a_severed_patron_leaves_the_request() -> None:
    asked = request()
    asked.patron.delete()  # type: ignore[union-attr]
    asked.refresh_from_db()
    assert who_asked(asked, make.person("desk")) == f"entered by {asked.entered_by}"
