"""Patrons' privacy: looks are kept a year, words a month, and a severed patron leaves no trace of who it was."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import clock, slots
from techsvc.kernel.actions import exchange, notices, people, privacy, retention
from techsvc.kernel.actions.exchange import sending
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.exchange import Connection, Outgoing, OutgoingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.privacy import PatronLook

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MAIL = "ada@example.org"


@pytest.fixture
def ada(central: Branch) -> Patron:
    return Patron.objects.create(card="21234", name="Ada Reader", email=MAIL, branch=central)


def told(patron: Patron, ref: str, at: datetime = NOON, state: str = "queued") -> Notice:
    """A notice whose mail is queued."""
    with clock.at(at):
        notice = Notice.objects.create(
            kind="tests", key=f"tests:{ref}", ref=ref, patron=patron, created_at=at, settled_at=at, state=state,
            subject="Ready", body="The women by Kristin Hannah is ready",
        )  # fmt: skip
        notice.outgoing = exchange.queue(
            notice, connection=Connection.objects.get(code=exchange.MAIL), kind="notice", key=f"n:{ref}",
            name=f"n-{ref}.eml", body=b"The women", ordering_key=f"n:{ref}", recipient=patron.email,
        )  # fmt: skip
        notice.save()
    return notice


def test_looks_are_written_once_each_in_one_query(
    technician: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    with clock.at(NOON), django_assert_num_queries(1):
        privacy.note_looks([one, two, one], page="circulation:patrons", actor=technician)
    looks = PatronLook.objects.order_by("id")
    assert [(look.patron, look.page, look.actor, look.at) for look in looks] == [
        (patron, "circulation:patrons", technician, NOON) for patron in (one, two)
    ]


def test_severing_leaves_no_trace_of_the_person(ada: Patron, supervisor: User) -> None:
    sent, waiting = told(ada, "1"), told(ada, "2")
    assert waiting.outgoing is not None
    assert sent.outgoing is not None
    sending.note(sent.outgoing, "sent", f"to {MAIL}")
    Outgoing.objects.filter(pk=sent.outgoing.pk).update(state=OutgoingState.SENT, last_error=f"550 {MAIL}")
    privacy.sever_patron(ada.pk, actor=supervisor, why="Asked for it")
    assert not Patron.objects.exists()
    states = dict(Outgoing.objects.values_list("pk", "state"))
    assert states == {sent.outgoing.pk: "sent", waiting.outgoing.pk: "cancelled"}
    assert exchange.transmit(waiting.outgoing.pk) == ""
    kept = [
        *Notice.objects.values_list("subject", "body", "patron_id"),
        *((bytes(o.body), o.recipient, o.last_error) for o in Outgoing.objects.all()),
        *Outgoing.objects.values_list("attempt_rows__detail"),
        *HistoryEvent.objects.values_list("summary", "before", "after"),
    ]
    for secret in ("Ada", MAIL, "21234", "women"):
        assert secret not in str(kept)
    assert HistoryEvent.objects.get(verb="kernel.sever_patron").why == "Asked for it"


def test_a_patron_who_is_needed_is_not_severed(ada: Patron, supervisor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_objections", {"kernel.patron": [lambda _patron: ["2 holds are open."]]})
    with pytest.raises(Refusal, match=r"still needed. 2 holds are open\."):
        privacy.sever_patron(ada.pk, actor=supervisor, why="x")
    assert (Patron.objects.count(), HistoryEvent.objects.count()) == (1, 0)


def test_only_who_may_severs(ada: Patron, technician: User) -> None:
    with pytest.raises(Forbidden):
        privacy.sever_patron(ada.pk, actor=technician, why="x")
    assert Patron.objects.count() == 1


def test_words_are_kept_a_month_and_looks_a_year(ada: Patron, technician: User) -> None:
    for days in (31, 29):
        told(ada, str(days), NOON - timedelta(days=days))
    told(ada, "due", NOON - timedelta(days=90), state="due")
    for days in (366, 364):
        with clock.at(NOON - timedelta(days=days)):
            privacy.note_looks([ada.pk], page=f"{days}", actor=technician)
    with clock.at(NOON):
        gone, again = (retention.purge(actor=people.system()) for _ in range(2))
    assert (gone["notice_words"], gone["looks"]) == (1, 1)
    assert set(again.values()) == {0}
    assert dict(Notice.objects.values_list("ref", "body"))["31"] == ""
    assert Notice.objects.exclude(body="").count() == 2
    assert Notice.objects.get(ref="31").patron == ada
    assert PatronLook.objects.get().page == "364"


def test_a_notice_that_is_still_due_keeps_its_patron(ada: Patron) -> None:
    assert notices.KINDS.keys() >= {"circulation.hold_ready"}
    notice = told(ada, "1", state="due")
    assert privacy.forget_words(Notice.objects.all()) == 0
    notice.refresh_from_db()
    assert notice.body != ""
