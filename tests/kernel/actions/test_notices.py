"""Notices: due once, asked again at the moment of sending, sent once, by hand where there is no mail."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from techsvc.kernel import clock
from techsvc.kernel.actions import jobs, notices, people, policies
from techsvc.kernel.actions.notices import Due, NoticeKind, Words
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch
from tests.racing import at_once

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Shelf:
    """A department with things to tell: ref → (patron, version); what is no longer true; what can't be written."""

    due: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    over: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def all_due(self, _at: datetime) -> Iterator[Due]:
        for ref, (patron, version) in self.due.items():
            yield Due(ref, patron, version)

    def text(self, ref: str) -> Words:
        if ref in self.refused:
            raise Refusal("The title has no words.")
        if ref in self.broken:
            raise ZeroDivisionError
        return Words(f"Ready for you: {ref}", f"Hello,\n\n{ref} is ready.\n")

    def kind(self) -> NoticeKind:
        return NoticeKind("tests.ready", "Ready", self.all_due, lambda ref: self.over.get(ref, ""), self.text)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The only department that has notices, and doorbells that nobody answers."""
    made = Shelf()
    monkeypatch.setattr(notices, "KINDS", {"tests.ready": made.kind()})
    monkeypatch.setattr(jobs, "_ring", lambda *_: None)
    return made


@pytest.fixture
def ada(central: Branch) -> Patron:
    return Patron.objects.create(card="2", name="Ada Reader", email="ada@example.org", branch=central)


def states() -> dict[str, str]:
    return dict(Notice.objects.values_list("ref", "state"))


@pytest.mark.django_db
def test_two_runs_tell_once(shelf: Shelf, ada: Patron) -> None:
    shelf.due["1"] = (str(ada.pk), "1")
    assert notices.send_due() == {"queued": 1}
    assert notices.send_due() == {}
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db
def test_a_new_version_is_a_new_thing_to_tell(shelf: Shelf, ada: Patron) -> None:
    for version in "12":
        shelf.due["1"] = (str(ada.pk), version)
        assert notices.send_due() == {"queued": 1}
    assert sorted(Notice.objects.values_list("key", flat=True)) == ["tests.ready:1:1", "tests.ready:1:2"]


@pytest.mark.django_db
def test_what_is_no_longer_true_is_kept_back_with_the_reason(shelf: Shelf, ada: Patron) -> None:
    shelf.due["1"], shelf.over["1"] = (str(ada.pk), "1"), "Not ready any more: collected."
    assert notices.send_due() == {"suppressed": 1}
    notice = Notice.objects.get()
    assert (notice.reason, notice.body) == ("Not ready any more: collected.", "")
    assert not Outgoing.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": ""}, "No mail address."),
        ({"wants_notices": False}, "Does not want mail."),
        ({"email": "ada@exämple.org"}, "The mail address can't be sent to."),
    ],
)
def test_who_has_no_mail_is_told_by_hand(
    shelf: Shelf, ada: Patron, technician: User, changes: dict[str, object], reason: str
) -> None:
    Patron.objects.filter(pk=ada.pk).update(**changes)
    shelf.due["1"] = (str(ada.pk), "1")
    assert notices.send_due() == {"by_hand": 1}
    notice = Notice.objects.get()
    assert (notice.reason, notice.subject) == (reason, "Ready for you: 1")
    told = notices.mark_told(notice.pk, actor=technician)
    assert (told.state, told.reason) == ("told", reason)
    with pytest.raises(Refusal, match="does not wait to be told by hand"):
        notices.mark_told(notice.pk, actor=technician)


@pytest.mark.django_db
def test_only_who_may_see_the_patron_tells_them(shelf: Shelf, central: Branch, technician: User) -> None:
    east = Branch.objects.create(code="EAST", name="East")
    far = Patron.objects.create(card="9", name="Eve", branch=east)
    shelf.due["1"] = (str(far.pk), "1")
    notices.send_due()
    with pytest.raises(Forbidden, match="at East"):
        notices.mark_told(Notice.objects.get().pk, actor=technician)
    assert states() == {"1": "by_hand"}


@pytest.mark.django_db
def test_a_severed_patron_is_not_told(shelf: Shelf, ada: Patron) -> None:
    shelf.due["1"] = (None, "1")
    assert notices.send_due() == {"suppressed": 1}
    assert Notice.objects.get().reason == "Nobody to tell: the patron's link was severed."
    assert Notice.objects.get().body == ""


@pytest.mark.django_db
def test_one_that_fails_keeps_no_other_back(shelf: Shelf, ada: Patron) -> None:
    shelf.due = {ref: (str(ada.pk), "1") for ref in ("refused", "broken", "fine")}
    shelf.refused, shelf.broken = {"refused"}, {"broken"}
    assert notices.send_due() == {"by_hand": 1, "failed": 1, "queued": 1}
    assert states() == {"refused": "by_hand", "broken": "due", "fine": "queued"}
    assert Notice.objects.get(ref="refused").reason == "The title has no words."
    shelf.broken = set()  # the program was mended
    assert notices.send_due() == {"queued": 1}


@pytest.mark.django_db
def test_a_kind_that_fails_keeps_no_other_back(shelf: Shelf, ada: Patron, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_at: datetime) -> Iterator[Due]:
        raise ZeroDivisionError

    kind = NoticeKind("tests.broken", "Broken", broken, lambda _ref: "", shelf.text)
    monkeypatch.setattr(notices, "KINDS", {"tests.broken": kind} | notices.KINDS)
    shelf.due["1"] = (str(ada.pk), "1")
    assert notices.send_due() == {"failed": 1, "queued": 1}


@pytest.mark.django_db
def test_the_mail_itself(shelf: Shelf, ada: Patron, supervisor: User) -> None:
    shelf.due["Zoë's book"] = (str(ada.pk), "1")
    with clock.at(NOON):
        policies.set_policy("library.name", 'Smith, Jones "&" Söhne Library', actor=supervisor, why="Renamed")
        notices.send_due()
    outgoing = Outgoing.objects.get()
    mail = email.message_from_bytes(bytes(outgoing.body), policy=email.policy.default)
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        'Smith, Jones "&" Söhne Library',
        "techservices@example.org",
    )
    assert mail["To"] == outgoing.recipient == "ada@example.org"
    assert mail["Subject"] == "Ready for you: Zoë's book"
    assert mail["Date"] == "Tue, 24 Nov 2026 12:00:00 +0000"
    assert mail["Message-ID"] == f"<notice-{Notice.objects.get().pk}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == "Hello,\n\nZoë's book is ready.\n"
    assert "Ada" not in str(mail["Subject"])


@pytest.mark.django_db
def test_a_subject_never_breaks_out_of_its_line() -> None:
    raw = notices.mail_bytes(message_id="x", to="a@example.org", subject="Ready\r\nBcc: all@example.org", body="x")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Ready Bcc: all@example.org"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_notice_once(shelf: Shelf, ada: Patron) -> None:
    shelf.due = {str(n): (str(ada.pk), "1") for n in range(10)}
    outcomes = at_once(notices.send_due, notices.send_due)
    assert sum(outcome.get("queued", 0) for outcome in outcomes) == 10
    assert Outgoing.objects.count() == Notice.objects.filter(state="queued").count() == 10


@pytest.mark.django_db
def test_the_program_itself_has_a_say(shelf: Shelf, ada: Patron) -> None:
    Patron.objects.filter(pk=ada.pk).update(email="")
    shelf.due["1"] = (str(ada.pk), "1")
    notices.send_due()
    assert notices.mark_told(Notice.objects.get().pk, actor=people.system()).state == "told"
