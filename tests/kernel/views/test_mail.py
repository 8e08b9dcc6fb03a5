"""The mail outbox and dead letters: read by those who may, sent again, told by hand, settled in one go."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from django.urls import reverse

from techsvc.kernel import clock
from techsvc.kernel.actions import exchange, notices
from techsvc.kernel.models.exchange import Connection, Incoming, Outgoing
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.privacy import PatronLook
from tests.kernel.views.test_console import Browse, page, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(central: Branch) -> Outgoing:
    """A notice to Ada, as mail."""
    ada = Patron.objects.create(card="21234", name="Ada Reader", email="ada@example.org", branch=central)
    notice = Notice.objects.create(
        kind="x", key="x", ref="1", patron=ada, created_at=clock.now(), subject="Ready for you", body="The women"
    )
    body = notices.mail_bytes(message_id="notice-1", to=ada.email, subject=notice.subject, body=notice.body)
    notice.outgoing = exchange.queue(
        notice, connection=Connection.objects.get(code=exchange.MAIL), kind="notice", key="n", name="notice-1.eml",
        body=body, ordering_key="n", recipient=ada.email,
    )  # fmt: skip
    notice.state = "queued"
    notice.save()
    return notice.outgoing


def test_who_may_see_patrons_reads_to_whom_and_the_look_is_noted(browse: Browse, mail: Outgoing) -> None:
    shown = page(browse("supervisor"), "kernel:mailbox")
    assert "ada@example.org" in shown
    assert "Ready for you" in shown
    assert PatronLook.objects.get().page == "kernel:mailbox"


def test_others_read_that_a_patron_was_told(browse: Browse, mail: Outgoing) -> None:
    for role in ("auditor", "finance"):
        shown = page(browse(role), "kernel:mailbox")
        assert "ada@example.org" not in shown
        assert "a patron" in shown
    assert not PatronLook.objects.exists()


def test_an_export_names_nobody(browse: Browse, mail: Outgoing) -> None:
    answer = browse("supervisor").get(reverse("kernel:mailbox"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "ada@" not in text
    assert "a patron" in text


def test_a_mail_is_sent_once_more_as_a_new_one(browse: Browse, mail: Outgoing) -> None:
    Outgoing.objects.update(state="sent", sent_at=clock.now(), attempts=1)
    client = browse("supervisor")
    assert reverse("kernel:mail_again", args=[mail.pk]) in page(client, "kernel:outgoing_message", mail.pk)
    assert send(client, "kernel:mail_again", mail.pk, why="Fell into the spam").status_code == 302
    again = Outgoing.objects.get()
    old, new = (message_from_bytes(bytes(body)) for body in (mail.body, again.body))
    assert (again.state, again.recipient, new["Subject"]) == ("waiting", "ada@example.org", "Ready for you")
    assert new["Message-ID"] != old["Message-ID"]
    assert new.get_payload() == old.get_payload()
    assert HistoryEvent.objects.get(verb="kernel.send_once_more").why == "Fell into the spam"


@pytest.mark.parametrize("change", [{"state": "waiting"}, {"state": "sent", "body": b""}])
def test_what_was_not_sent_or_is_forgotten_is_not_sent_once_more(
    browse: Browse, mail: Outgoing, change: dict[str, object]
) -> None:
    Outgoing.objects.update(**change)
    answer = send(browse("supervisor"), "kernel:mail_again", mail.pk, why="Again")
    assert answer.status_code == 422
    assert Outgoing.objects.get().state == change["state"]
    assert not HistoryEvent.objects.filter(verb="kernel.send_once_more").exists()


def test_who_did_not_get_the_mail_is_told_by_hand(browse: Browse, mail: Outgoing) -> None:
    client = browse("supervisor")
    assert send(client, "kernel:mail_told", mail.pk, why="Phoned").status_code == 422
    Outgoing.objects.update(state="dead")
    assert send(client, "kernel:mail_told", mail.pk, why="Phoned").status_code == 302
    assert (Notice.objects.get().state, Notice.objects.get().reason) == ("told", "Phoned")
    assert Outgoing.objects.get().state == "cancelled"


# Dead letters


def test_chosen_dead_letters_are_sent_again_and_the_rest_is_named(browse: Browse, partner: Connection) -> None:
    made = [
        exchange.queue(partner, connection=partner, kind="edi", key=key, name=key, body=b"x", ordering_key=key)
        for key in ("a", "b", "c")
    ]
    Outgoing.objects.exclude(key="c").update(state="dead")
    client = browse("supervisor")
    ids = [row.pk for row in made]
    asked = client.post(
        reverse("kernel:outgoing_bulk", args=["retry"]), {"_key": "6f1d0c1e-8f4e-4d0e-9d07-6d3a56a3c001", "ids": ids}
    )
    assert "Send again: 3 messages?" in asked.content.decode()
    done = client.get(send(client, "kernel:outgoing_bulk", "retry", ids=ids, confirmed="1")["Location"])
    assert "2 messages are settled." in done.content.decode()
    assert "c is waiting to leave" in done.content.decode()
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"waiting"}
    assert HistoryEvent.objects.filter(verb="kernel.retry_outgoing").count() == 2


def test_a_file_is_settled_by_hand_and_waits_again_when_undone(browse: Browse, partner: Connection) -> None:
    exchange.take_in(connection=partner, name="a", body=b"a", kind="edi")
    Incoming.objects.update(state="refused", fault="No interchange")
    client, row = browse("supervisor"), Incoming.objects.get()
    assert reverse("kernel:set_aside", args=[row.pk]) in page(client, "kernel:incoming_file", row.pk)
    send(client, "kernel:set_aside", row.pk, why="An advertisement")
    row.refresh_from_db()
    assert (row.state, row.fault, bytes(row.body)) == ("read", "No interchange", b"a")
    assert send(client, "kernel:set_aside", row.pk, why="Twice").status_code == 422
    send(client, "kernel:undo", HistoryEvent.objects.get(verb="kernel.set_aside").pk)
    row.refresh_from_db()
    assert row.state == "refused"
