"""Receiving and claims as pages: one box scanned, its claims sent; who may open what; home and search."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acquisitions.actions import claiming, receiving, shipments
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim, Receipt, Shipment
from techsvc.kernel import slots
from techsvc.kernel.actions import people
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.people import User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import (
    LOVE,
    SASSY,
    announced,
    bill,
    carton,
    despatch,
    file,
    packed,
    received,
    response,
    said,
    scan,
)
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(at: Setting) -> Order:
    return make.placed_order(at)


@pytest.fixture
def technician(client: Client, order: Order) -> User:
    """Signed in."""
    user = make.person("technician")
    client.force_login(user)
    return user


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# Which carton


def test_scanning_a_carton_leads_to_its_bench(client: Client, post: Post, order: Order, technician: User) -> None:
    shipment = announced(order)
    answer = post("receive", code="00100000000000000014")
    assert answer.headers["Location"] == reverse("acquisitions:bench", args=[shipment.pk])
    shipment.refresh_from_db()
    assert shipment.state == "unpacking"


@pytest.mark.parametrize("typed", ["b766274", "order"])
def test_typing_a_slip_or_an_order_does_too(post: Post, order: Order, technician: User, typed: str) -> None:
    shipment = announced(order)
    answer = post("receive", code=order.number if typed == "order" else typed)
    assert answer.headers["Location"] == reverse("acquisitions:bench", args=[shipment.pk])


def test_an_order_that_nobody_announced_is_begun(post: Post, order: Order, technician: User) -> None:
    post("receive", code=order.number)
    assert Shipment.objects.get().number.startswith(f"{order.number}/")


def test_an_unknown_slip_is_begun_by_hand(client: Client, post: Post, order: Order, technician: User) -> None:
    answer = post("receive", code="X-1")
    assert answer.status_code == 422
    assert "Nothing is known by X-1. Choose its vendor below, and begin." in text(answer)
    assert 'value="X-1"' in text(answer)
    answer = post("shipment_new", **{"hand-vendor": order.vendor_id, "hand-number": "X-1"})
    assert answer.headers["Location"] == reverse("acquisitions:bench", args=[Shipment.objects.get().pk])


# The bench


def bench(client: Client, shipment: Shipment, key: str = "", **data: Any) -> str:
    """What the bench answers, as its script gets it."""
    url = reverse("acquisitions:bench", args=[shipment.pk])
    answer = client.post(url, {"_key": key or str(uuid.uuid4()), **data}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content
    return text(answer)


def test_job_4_a_carton_with_one_damaged_and_one_short(client: Client, order: Order, technician: User) -> None:
    """One page, six entries: five scans, D and its reason, S, and finish."""
    shipment = shipments.open_shipment(order.vendor, announced(order).number, actor=technician)
    page = client.get(reverse("acquisitions:bench", args=[shipment.pk]))
    assert "0 of 6" in text(page)
    for n in (1, 2, 3):
        answer = bench(client, shipment, code=LOVE)
        assert f"{n} of 3 → {'Bank Street' if n < 3 else 'Falls Road'}" in answer
        assert 'data-tone="ok"' in answer
    receipt = Receipt.objects.latest("id")
    answer = bench(client, shipment, verb="damaged", on=str(receipt.pk))
    assert "What is wrong with “ACT OF LOVE”?" in answer
    assert 'data-key="4"' in answer
    assert "Wet or stained. A claim is drafted." in bench(client, shipment, verb="damaged", on=f"{receipt.pk}:wet")
    bench(client, shipment, code=SASSY)
    answer = bench(client, shipment, code=SASSY)
    assert "5 of 6" in answer
    assert "Short: 1 of “SASSY”" in bench(client, shipment, verb="short", on=str(order.lines.get(position=2).pk))
    answer = client.post(
        reverse("acquisitions:bench", args=[shipment.pk]), {"_key": str(uuid.uuid4()), "verb": "finish", "on": ""}
    )
    assert answer.headers["Location"] == shipment.get_absolute_url()
    assert sorted(Claim.objects.values_list("kind", "line__position", "quantity")) == [
        ("damaged", 1, 1),
        ("short", 2, 1),
    ]
    assert OrderCopy.objects.filter(state="received").count() == 4


def test_the_same_scan_sent_again_counts_once(client: Client, order: Order, technician: User) -> None:
    shipment, key = announced(order), str(uuid.uuid4())
    first = bench(client, shipment, key=key, code=LOVE)
    assert bench(client, shipment, key=key, code=LOVE).count("1 of 3") == first.count("1 of 3") == 2
    assert Receipt.objects.count() == 1


def test_what_is_not_ordered_is_put_aside_or_came_in_place_of_a_title(
    client: Client, order: Order, technician: User
) -> None:
    shipment = announced(order)
    answer = bench(client, shipment, code="9780306406157")
    assert 'data-tone="stop"' in answer
    assert "9780306406157 is on no order with Brodart." in answer
    assert "Put it aside." in answer
    assert "In place of which title" in bench(client, shipment, verb="wrong", on="9780306406157")
    line = order.lines.get(position=1)
    assert "Wrong title in place of “ACT OF LOVE”" in bench(
        client, shipment, verb="wrong", on=f"9780306406157:{line.pk}"
    )
    assert Claim.objects.get().kind == "wrong"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("31234000012342", "This is one of our own barcodes. Scan the ISBN on the back cover, or type it."),
        ("PO-2026-00001", "This is the number of an order."),
        ("9781416594230", "That is not a whole barcode: scan it again."),
        ("qwerty", "“qwerty” is not known here. Scan the ISBN on the back cover, or type it."),
        ("100000000000000021", "Right carton: 3 copies in it."),
        ("100000000000000038", "was not announced"),
    ],
)
def test_other_scans_get_a_sentence_and_receive_nothing(
    client: Client, order: Order, technician: User, code: str, says: str
) -> None:
    shipment = announced(order)
    assert says in bench(client, shipment, code=code)
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("verb", "on"),
    [("damaged", "999999"), ("damaged", "x"), ("short", "-1"), ("short", "999999"), ("wrong", "1:x"), ("explode", "")],
)
def test_buttons_that_were_altered_get_a_sentence(
    client: Client, order: Order, technician: User, verb: str, on: str
) -> None:
    shipment = announced(order)
    assert 'data-tone="stop"' in bench(client, shipment, verb=verb, on=on)
    assert not Claim.objects.exists()


def test_a_receipt_of_another_shipment_is_not_marked_here(client: Client, order: Order, technician: User) -> None:
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    other = shipments.open_shipment(order.vendor, "other", actor=technician)
    assert "not of this shipment" in bench(client, other, verb="damaged", on=f"{came.receipt.pk}:wet")
    assert OrderCopy.objects.filter(state="received").count() == 1


def test_a_bench_asks_as_often_however_long_the_list_is(client: Client, order: Order, technician: User) -> None:
    short, long = announced(order, sassy=0), shipments.open_shipment(order.vendor, "long", actor=technician)
    line = order.lines.get(position=2)
    entries = [shipments.Listed(line, SASSY, 1, sscc=f"1000000000000000{n:02d}") for n in range(40)]
    shipments.announce_shipment(
        order.vendor, shipments.Announcement("long", entries), incoming=None, actor=people.system()
    )

    def queries(shipment: Shipment) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("acquisitions:bench", args=[shipment.pk])).status_code == 200
        return len(caught)

    queries(short)
    assert queries(short) == queries(long)


# Every page, for whom


@pytest.fixture
def everything(at: Setting, order: Order) -> dict[str, Any]:
    """One of each, by the name of its page."""
    shipment = announced(order)
    system = people.system()
    came = scan(shipment, LOVE, system)
    receiving.mark_damaged(came.receipt.pk, reason="cover", actor=system)
    scan(shipment, LOVE, system)
    invoice = bill(order, (1, 2, 5000), (None, 1, 999), (2, 1, 2000), charges=(450,), tax=10)
    received(order, file(response(order, *said(order, 9, LOVE, "QTY+21:3"))))
    return {
        "shipment": shipment, "claim": Claim.objects.get(), "invoice": invoice, "line": invoice.lines.get(position=2),
        "missing": invoice.lines.get(position=3), "charge": invoice.charges.get(), "vendor": at.vendor,
        "message": EdiMessage.objects.get(direction="in"), "issue": MessageIssue.objects.get(),
        "sent": EdiMessage.objects.get(direction="out"),
    }  # fmt: skip


PAGES = {
    "receive": ("", "processing"), "shipment_new": ("", "desk"), "shipments": ("", "auditor"),
    "shipment": ("shipment", "auditor"), "bench": ("shipment", "cataloger"), "claims": ("", "auditor"),
    "claim": ("claim", "selector"), "claim_edit": ("claim", "technician"), "invoices": ("", "auditor"),
    "invoice": ("invoice", "selector"), "invoice_new": ("", "finance"), "invoice_for": ("vendor", "finance"),
    "invoice_refuse": ("invoice", "finance"), "invoice_charge": ("invoice", "finance"),
    "invoice_unapprove": ("invoice", "finance"), "charge_fund": ("charge", "finance"),
    "invoice_assign": ("line", "technician"), "invoice_receive": ("missing", "technician"),
    "messages": ("", "admin"), "message": ("message", "admin"), "issue_settle": ("issue", "selector"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_those_who_may(client: Client, everything: dict[str, Any], name: str) -> None:
    thing, role = PAGES[name]
    url = reverse(f"acquisitions:{name}", args=[everything[thing].pk] if thing else [])
    client.force_login(make.person(role))
    assert client.get(url).status_code == 200
    client.force_login(make.person("ill"))
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("name", ["shipments", "claims", "invoices", "messages"])
def test_lists_are_searched_filtered_and_exported(client: Client, everything: dict[str, Any], name: str) -> None:
    client.force_login(make.person("supervisor"))
    url = reverse(f"acquisitions:{name}")
    for query in ("?q=Brodart", "?export=csv", "?q=nothing+like+it", f"?vendor={everything['vendor'].pk}"):
        assert client.get(url + query).status_code == 200


@pytest.mark.parametrize("name", ["shipments", "claims", "invoices", "messages"])
def test_lists_ask_as_often_however_many_rows(
    client: Client, everything: dict[str, Any], order: Order, name: str
) -> None:
    client.force_login(make.person("supervisor"))
    url = reverse(f"acquisitions:{name}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for n in range(5):
        shipment = shipments.open_shipment(order.vendor, f"S{n}", actor=people.system())
        claiming.draft_claims(
            [claiming.Draft(order.lines.all()[0], "late", 1, shipment=shipment)], actor=people.system()
        )
        bill(order, (1, 1, 2500), number=f"N{n}")
        received(
            order, file(response(order, *said(order, 1, LOVE, "QTY+21:3", action="5")), control=f"9{n}"), f"{n}.edi"
        )
    assert queries() == few


# Claims


def test_a_claim_is_edited_and_sent_by_mail(client: Client, post: Post, order: Order, technician: User) -> None:
    order.vendor.email = "claims@brodart.example"
    order.vendor.save()
    shipment = announced(order)
    came = scan(shipment, LOVE, technician)
    receiving.mark_damaged(came.receipt.pk, reason="disc", actor=technician)
    claim = Claim.objects.get()
    post("claim_edit", claim.pk, text="It is broken.", quantity=1)
    asked = text(client.get(reverse("acquisitions:claim_send", args=[claim.pk])))
    assert f"Send {claim} for 1 copy to claims@brodart.example?" in asked
    answer = post("claim_send", claim.pk)
    assert answer.headers["Location"] == claim.get_absolute_url()
    mail = Outgoing.objects.get(kind="claim")
    assert (mail.key, mail.recipient, mail.name) == (
        f"claim:{claim.pk}:1",
        "claims@brodart.example",
        f"{claim.number}-1.eml",
    )
    assert b"It is broken." in bytes(mail.body)
    assert f"Claim {claim.number}, order {order.number}".encode() in bytes(mail.body)
    page = text(client.get(claim.get_absolute_url()))
    assert "claims@brodart.example" in page
    assert "Send again" in page
    assert post("claim_edit", claim.pk, text="Other", quantity=1).status_code == 422
    post("claim_settle", claim.pk)
    claim.refresh_from_db()
    assert claim.state == "settled"


def test_without_an_address_a_claim_goes_by_hand(client: Client, post: Post, order: Order, technician: User) -> None:
    shipment = announced(order)
    shipments.claim_short(shipment.pk, order.lines.get(position=1).pk, actor=technician)
    claim = Claim.objects.get()
    assert "Brodart has no mail address here" in text(client.get(claim.get_absolute_url()))
    post("claim_send", claim.pk)
    claim.refresh_from_db()
    assert claim.state == "sent"
    assert not Outgoing.objects.filter(kind="claim").exists()
    assert "To be sent by hand: Brodart has no mail address here" in text(client.get(claim.get_absolute_url()))


def test_many_claims_are_sent_after_a_question(client: Client, post: Post, order: Order, technician: User) -> None:
    shipment = announced(order)
    shipments.finish_shipment(shipment.pk, actor=technician)
    ids = list(Claim.objects.values_list("pk", flat=True))
    assert "Send 2 claims to their vendors?" in text(post("claims_send", ids=ids))
    post("claims_send", ids=ids, confirmed="1")
    assert set(Claim.objects.values_list("state", flat=True)) == {"sent"}


# Home and search


def test_tiles_count_what_the_lists_show(client: Client, everything: dict[str, Any]) -> None:
    user = make.person("supervisor")
    client.force_login(user)
    tiles = {str(tile.label): tile for tile in slots.tiles(user)}
    wanted = {"Shipments expected": 1, "Claims to send": 1, "Invoices to match": 1, "EDI needs you": 1}
    assert {label: tiles[label].count for label in wanted} == wanted
    for label in wanted:
        assert client.get(tiles[label].url).status_code == 200


@pytest.mark.parametrize(
    ("typed", "label"),
    [("B7662", "B766274"), ("1130B", "1130B766274"), ("CL-", "CL-"), ("100000000000000014", "B766274")],
)
def test_numbers_are_found(everything: dict[str, Any], typed: str, label: str) -> None:
    assert any(str(hit.label).startswith(label) for hit in slots.search(typed, make.person("supervisor")))


def test_a_despatch_advice_leads_from_the_message_to_the_shipment(
    client: Client, order: Order, technician: User
) -> None:
    received(order, file(despatch(order, carton(1, "100000000000000014", *packed(order, 1, LOVE, 2)))))
    page = text(client.get(EdiMessage.objects.get(direction="in").get_absolute_url()))
    assert Shipment.objects.get().get_absolute_url() in page


# From the pages of orders, lines and vendors


def test_an_order_is_received_from_its_page(client: Client, post: Post, order: Order, technician: User) -> None:
    assert reverse("acquisitions:order_receive", args=[order.pk]) in text(client.get(order.get_absolute_url()))
    shipment = announced(order)
    assert post("order_receive", order.pk).headers["Location"] == reverse("acquisitions:bench", args=[shipment.pk])
    shipments.announce_shipment(
        order.vendor,
        shipments.Announcement("second", [shipments.Listed(order.lines.all()[0], LOVE, 1)]),
        incoming=None,
        actor=people.system(),
    )
    assert post("order_receive", order.pk).headers["Location"].endswith(f"?q={order.number}")
    page = text(client.get(reverse("acquisitions:shipments") + f"?q={order.number}"))
    assert "B766274" in page
    assert "second" in page


def test_a_line_is_claimed_from_its_page(client: Client, post: Post, order: Order, technician: User) -> None:
    line = order.lines.get(position=1)
    assert reverse("acquisitions:line_claim", args=[line.pk]) in text(client.get(line.get_absolute_url()))
    answer = post("line_claim", line.pk)
    assert answer.headers["Location"] == Claim.objects.get().get_absolute_url()


def test_a_vendors_page_leads_to_its_invoice(client: Client, order: Order, technician: User) -> None:
    page = text(client.get(order.vendor.get_absolute_url()))
    assert reverse("acquisitions:invoice_for", args=[order.vendor_id]) in page
