"""Messages, files, notices and prints on their pages: what is shown to whom, and what people do with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.actions import exchange, notices, policies, printing
from techsvc.kernel.actions.exchange import sending, taking_in
from techsvc.kernel.actions.printing import PrintKind
from techsvc.kernel.models.exchange import Connection, Incoming, IncomingState, Outgoing, OutgoingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest
from techsvc.kernel.models.privacy import PatronLook
from tests.cataloging import make
from tests.kernel.views.conftest import posted
from tests.kernel.views.test_console import page, send

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def order(partner: Connection) -> Outgoing:
    return exchange.queue(
        partner, connection=partner, kind="orders", key="orders:1", name="PO-1.edi",
        body=b"UNB+UNOC:3'BGM+220+PO-1+9'", ordering_key="brodart",
    )  # fmt: skip


@pytest.fixture
def notice(central: Branch) -> Notice:
    """A notice to Ada of Central that waits as mail."""
    ada = Patron.objects.create(
        card="21234", name="Ada Reader", email="ada@example.org", phone="555-0100", branch=central
    )
    made = Notice.objects.create(
        kind="circulation.hold_ready", key="n:1", ref="1", patron=ada, created_at=NOON, settled_at=NOON, state="queued",
        subject="Ready for you", body="The women is ready.\n",
    )  # fmt: skip
    made.outgoing = exchange.queue(
        made, connection=Connection.objects.get(code=exchange.MAIL), kind="notice", key="notice:1", name="n-1.eml",
        body=notices.mail_bytes(message_id="n-1", to=ada.email, subject="Ready for you", body=made.body),
        ordering_key="notice:1", recipient=ada.email,
    )  # fmt: skip
    made.save()
    return made


def dead(order: Outgoing) -> None:
    sending._settle(order, OutgoingState.DEAD, "refused", "No such folder: in")


# Outgoing


def test_a_message_is_shown_a_segment_to_a_line(browse: Browse, order: Outgoing) -> None:
    shown = page(browse("auditor"), "kernel:outgoing_message", order.pk)
    assert "UNB+UNOC:3&#x27;\nBGM+220+PO-1+9&#x27;\n" in shown
    assert "No attempt yet." in shown
    assert not PatronLook.objects.exists()


@pytest.mark.parametrize(
    ("verb", "state", "history"),
    [
        ("retry", "waiting", "PO-1.edi: could not be sent → waiting to leave"),
        ("sent", "sent", "PO-1.edi: could not be sent → sent"),
        ("cancel", "cancelled", "PO-1.edi: could not be sent → cancelled"),
    ],
)
def test_a_person_settles_a_dead_message(browse: Browse, order: Outgoing, verb: str, state: str, history: str) -> None:
    dead(order)
    client = browse("technician")
    assert reverse("kernel:outgoing_verb", args=[order.pk, verb]) in page(client, "kernel:outgoing_message", order.pk)
    assert send(client, "kernel:outgoing_verb", order.pk, verb, why="").status_code == 422
    answer = send(client, "kernel:outgoing_verb", order.pk, verb, why="Asked Brodart")
    assert answer["Location"] == reverse("kernel:outgoing_message", args=[order.pk])
    order.refresh_from_db()
    assert order.state == state
    event = HistoryEvent.objects.latest("id")
    assert (event.summary, event.why) == (history, "Asked Brodart")


def test_only_what_is_possible_is_offered(browse: Browse, order: Outgoing) -> None:
    shown = page(browse("technician"), "kernel:outgoing_message", order.pk)
    offered = [verb for verb in ("retry", "sent", "cancel") if f"/{order.pk}/{verb}/" in shown]
    assert offered == ["cancel"]
    refused = send(browse("technician"), "kernel:outgoing_verb", order.pk, "retry", why="Impatient")
    assert refused.status_code == 422
    assert "PO-1.edi is waiting to leave" in refused.content.decode()
    assert f"/{order.pk}/cancel/" not in page(browse("finance"), "kernel:outgoing_message", order.pk)


def test_all_messages_are_paused_and_released(browse: Browse, order: Outgoing) -> None:
    client = browse("supervisor")
    assert reverse("kernel:pause") in page(client, "kernel:outgoing")
    send(client, "kernel:pause", why="The vendor asked")
    assert policies.value("exchange.paused") is True
    assert reverse("kernel:release") in page(client, "kernel:outgoing")
    assert send(client, "kernel:pause", why="Again").status_code == 422
    send(client, "kernel:release", why="The vendor is back")
    assert policies.value("exchange.paused") is False


def test_mail_to_a_patron_is_read_by_those_who_may_see_the_patron(browse: Browse, notice: Notice) -> None:
    assert notice.outgoing is not None
    dead(notice.outgoing)
    Outgoing.objects.filter(pk=notice.outgoing.pk).update(last_error="550 ada@example.org")
    for role, may in (("supervisor", True), ("technician", True), ("finance", False), ("auditor", False)):
        PatronLook.objects.all().delete()
        shown = page(browse(role), "kernel:outgoing_message", notice.outgoing.pk)
        assert ("The women is ready." in shown) is may, role
        assert ("ada@example.org" in shown) is may, role
        assert PatronLook.objects.filter(patron=notice.patron_id, page="kernel:outgoing_message").count() == may


def test_the_technician_of_another_branch_does_not_read_it(browse: Browse, notice: Notice) -> None:
    assert notice.outgoing is not None
    client = browse(make.person("technician", branch=make.branch("EAST", "East")))
    assert "Only those who may see patrons" in page(client, "kernel:outgoing_message", notice.outgoing.pk)
    assert "Ready for you" not in page(client, "kernel:notices")
    assert client.get(reverse("kernel:notice", args=[notice.pk])).status_code == 404
    assert not PatronLook.objects.exists()


# Notices


def test_a_notice_and_its_look(browse: Browse, notice: Notice) -> None:
    shown = page(browse("supervisor"), "kernel:notice", notice.pk)
    for part in ("Ada Reader", "ada@example.org", "555-0100", "The women is ready.", "waiting to leave"):
        assert part in shown
    assert PatronLook.objects.get().page == "kernel:notice"
    assert "<title>Ready for you" in shown


def test_told_by_hand(browse: Browse, notice: Notice) -> None:
    Notice.objects.update(state="by_hand", outgoing=None)
    client = browse("desk")
    assert "Ready for you" in page(client, "kernel:notices", state="by_hand")
    assert send(client, "kernel:notice_told", notice.pk).status_code == 302
    assert Notice.objects.get().state == "told"
    assert send(client, "kernel:notice_told", notice.pk).status_code == 302  # refused, with a toast
    assert HistoryEvent.objects.filter(verb="kernel.told").count() == 1


# Incoming


@pytest.fixture
def held(partner: Connection, monkeypatch: pytest.MonkeyPatch) -> Incoming:
    monkeypatch.setitem(taking_in.READERS, "tests", "kernel.tick")
    incoming, _fresh = exchange.take_in(connection=partner, name="<b>.edi", body=b"UNB'<script>", kind="tests")
    exchange.end_reading(incoming, IncomingState.HELD, fault="The order PO-9 is not ours.")
    return incoming


def test_a_file_is_a_download_and_never_shown(browse: Browse, held: Incoming) -> None:
    client = browse("technician")
    shown = page(client, "kernel:incoming_file", held.pk)
    assert "&lt;b&gt;.edi" in shown
    assert "The order PO-9 is not ours." in shown
    answer = client.get(reverse("kernel:incoming_bytes", args=[held.pk]))
    assert answer.content == b"UNB'<script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="incoming-{held.pk}.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_held_file_is_read_again(browse: Browse, held: Incoming) -> None:
    client = browse("technician")
    assert reverse("kernel:read_again", args=[held.pk]) in page(client, "kernel:incoming_file", held.pk)
    assert reverse("kernel:read_again", args=[held.pk]) not in page(browse("finance"), "kernel:incoming_file", held.pk)
    send(client, "kernel:read_again", held.pk)
    held.refresh_from_db()
    assert (held.state, held.fault) == ("new", "")


# Printing


@pytest.fixture
def slip(central: Branch, monkeypatch: pytest.MonkeyPatch) -> PrintRequest:
    monkeypatch.setitem(printing.KINDS, "tests", PrintKind("tests", "Slip"))
    monkeypatch.setitem(printing.RENDERERS, "tests", lambda _row: b"%PDF-1.4 slip")
    actor = make.person("desk")
    row = printing.request(central, "tests", key="slip:1", title="Slip 1", branch=central, actor=actor)
    printing.render(row.pk)
    return row


def test_the_document_is_the_bytes_that_were_made(browse: Browse, slip: PrintRequest) -> None:
    answer = browse("desk").get(reverse("kernel:print_document", args=[slip.pk]))
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.4 slip", "application/pdf")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_prints_are_marked_in_bulk_and_what_is_not_ready_says_why(
    browse: Browse, slip: PrintRequest, central: Branch
) -> None:
    client = browse("desk")
    waiting = printing.request(
        central, "tests", key="slip:2", title="Slip 2", branch=central, actor=make.person("desk")
    )
    answer = client.post(reverse("kernel:prints_done"), posted(ids=[slip.pk, waiting.pk]), follow=True)
    shown = answer.content.decode()
    assert "1 marked as printed." in shown
    assert "It is not ready to print: being made. Wait until it is, or make it again." in shown
    assert dict(PrintRequest.objects.values_list("title", "state")) == {"Slip 1": "printed", "Slip 2": "waiting"}


def test_a_paper_is_made_again_unless_it_is_not_needed(browse: Browse, slip: PrintRequest, central: Branch) -> None:
    client = browse("desk")
    assert reverse("kernel:print_again", args=[slip.pk]) in page(client, "kernel:prints")
    send(client, "kernel:print_again", slip.pk)
    slip.refresh_from_db()
    assert slip.state == "waiting"
    printing.cancel_for(central, actor=make.person("desk"), why="x")
    assert reverse("kernel:print_again", args=[slip.pk]) not in page(client, "kernel:prints")


def test_nothing_is_written_by_looking(browse: Browse, slip: PrintRequest, order: Outgoing, held: Incoming) -> None:
    """A GET writes nothing but looks at patrons."""
    client = browse("supervisor")
    before = HistoryEvent.objects.count()
    for name, args in (
        ("kernel:prints", []),
        ("kernel:outgoing", []),
        ("kernel:outgoing_message", [order.pk]),
        ("kernel:incoming", []),
        ("kernel:incoming_file", [held.pk]),
        ("kernel:pause", []),
    ):
        page(client, name, *args)
    assert client.get(reverse("kernel:prints_done")).status_code == 405
    assert client.get(reverse("kernel:read_again", args=[held.pk])).status_code == 405
    assert HistoryEvent.objects.count() == before
    states: list[Any] = [*PrintRequest.objects.values_list("state"), *Incoming.objects.values_list("state")]
    assert states == [("ready",), ("held",)]
