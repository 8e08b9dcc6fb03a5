"""An order goes to the practice vendor, and its answers come back: responses, cartons, an invoice to the cent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from acquisitions.actions import invoicing, ordering, shipments
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.queries import invariants
from acquisitions.queries.funds import balances
from acquisitions.queries.invoices import matched
from acquisitions.queries.receiving import unpacking
from cataloging.rules.matching import Description
from techsvc.kernel import clock
from techsvc.kernel.models.exchange import Incoming, Outgoing
from techsvc.practice import vendor as practice
from techsvc.practice.vendor import Places
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import received, scan

pytestmark = pytest.mark.django_db
BOOKS = (
    ("The Women", "9781250178633", "30.00", 2),
    ("James", "9780385550369", "28.00", 3),
    ("Tom Lake", "9780063327528", "30.00", 1),
    ("Demon Copperhead", "9780063251922", "32.50", 2),
)


def placed(at: Setting) -> Order:
    lines = [
        NewLine(Description(title, isbn=isbn), Decimal(price), (NewCopies(make.branch("BA"), at.adult, copies),))
        for title, isbn, price, copies in BOOKS
    ]
    order = ordering.make_order(at.vendor, lines, actor=at.selector)
    return ordering.place_order(order.pk, actor=at.selector)


def answered(order: Order, places: Places) -> list[Incoming]:
    """The vendor reads the order and answers it; every answer is taken in."""
    outgoing = Outgoing.objects.get(key=f"orders:{order.pk}")
    (places.incoming / outgoing.name).write_bytes(bytes(outgoing.body))
    practice.step(places, clock.now(), patient=False)
    assert not list(places.refused.glob("*.txt")), [path.read_text() for path in places.refused.glob("*.txt")]
    return [
        received(order, path.read_bytes(), path.name) for path in sorted(places.outgoing.glob("*.edi"), key=by_kind)
    ]


def by_kind(path: Path) -> int:
    return ("ORDRSP", "DESADV", "INVOIC").index(path.name[:6])


@pytest.mark.parametrize("dialect", ["standard", "brodart", "baker_taylor", "ingram"])
def test_from_order_to_payment(tmp_path: Path, dialect: str) -> None:
    at = make.setting(account="LIB-1")
    at.vendor.dialect = dialect
    at.vendor.save()
    order, technician = placed(at), make.person("technician")
    files = answered(order, Places(tmp_path))
    assert [file.state for file in files] == ["read", "read", "read"], [file.fault for file in files]

    states = (
        OrderCopy.objects.filter(line__order=order).order_by("line__position", "number").values_list("state", flat=True)
    )
    assert list(states) == ["on_order"] * 4 + ["cancelled", "back_ordered", "on_order", "on_order"]
    answers = dict(order.lines.values_list("position", "answer"))
    assert answers[3].endswith("back-ordered (vendor code 400)")
    assert order.lines.get(position=3).expected_on is not None

    shipment = Shipment.objects.get()
    shipments.open_shipment(shipment.vendor, shipment.number, actor=technician)
    for isbn, copies in (("9781250178633", 2), ("9780385550369", 2), ("9780063251922", 2)):
        for _ in range(copies):
            assert not scan(shipment, isbn, technician).extra
    assert (unpacking(shipment).listed, unpacking(shipment).right) == (6, 6)
    shipments.finish_shipment(shipment.pk, actor=technician)
    assert not Claim.objects.exists()

    invoice = Invoice.objects.get()
    assert matched(invoice).open == []
    invoicing.approve_invoice(invoice.pk, actor=technician)
    stands = balances(at.year)[at.adult.pk]
    assert (stands.expended, stands.encumbered) == (2 * 3000 + 2 * 2800 + 2 * 3250 + 450, 3000)
    assert set(EdiMessage.objects.values_list("kind", "state")) == {
        (kind, "applied") for kind in ("ORDERS", "ORDRSP", "DESADV", "INVOIC")
    }
    for sentence, exceptions in invariants.ALL.values():
        assert exceptions() == [], sentence


def test_a_short_carton_and_a_surprise_price(tmp_path: Path) -> None:
    at = make.setting(account="LIB-1")
    order, technician = placed(at), make.person("technician")
    places = Places(tmp_path)
    places.scenario.write_text(
        '{"cancel_lines": [], "back_order_lines": [], "surprise_prices": {"1": "35.00"}, "short": true}'
    )
    answered(order, places)
    shipment = Shipment.objects.get()
    shipments.open_shipment(shipment.vendor, shipment.number, actor=technician)
    for _ in range(2):
        scan(shipment, "9781250178633", technician)
    shipments.finish_shipment(shipment.pk, actor=technician)
    assert sorted(Claim.objects.values_list("line__position", "quantity")) == [(2, 3), (3, 1), (4, 2)]
    verdicts = [str(line.match.verdict) for line in matched(Invoice.objects.get()).lines]
    assert verdicts == ["price differs", "not received", "not received", "not received"]
