"""Patrons are told once that what they wait for is ready, and again only when it is ready again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from techsvc.circulation.actions import holds, telling
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import clock
from techsvc.kernel.actions import jobs, notices, people
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.notices import Notice
from tests.cataloging import make as catalog
from tests.circulation import make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "KINDS", {telling.HOLD_READY.code: telling.HOLD_READY})
    monkeypatch.setattr(jobs, "_ring", lambda *_: None)


@pytest.fixture
def ready() -> Hold:
    record = catalog.brief()
    make.hold(record)
    with clock.at(NOON):
        hold = holds.trap(make.on_shelf(record), actor=people.system())
    assert hold is not None
    return hold


def sent(after: timedelta = timedelta(minutes=5)) -> dict[str, int]:
    with clock.at(NOON + after):
        return notices.send_due()


def test_the_words(ready: Hold) -> None:
    assert sent() == {"queued": 1}
    notice = Notice.objects.get()
    assert notice.subject == "Ready for you at Central"
    assert notice.body == (
        "Hello,\n\nwhat you asked for is ready:\n\n    The women\n\n"
        "Pick it up at Central by Dec. 1, 2026.\n\nRiverbend Public Library\n"
    )
    assert Outgoing.objects.get().recipient == "ada@example.org"
    assert "Ada" not in notice.subject + notice.body


def test_two_runs_tell_once(ready: Hold) -> None:
    assert [sent(), sent(timedelta(minutes=10))] == [{"queued": 1}, {}]


def test_ready_again_is_told_again(ready: Hold) -> None:
    sent()
    holds.release_hold(ready.pk, actor=people.system())
    assert ready.item is not None
    with clock.at(NOON + timedelta(days=1)):
        holds.trap(ready.item, actor=people.system())
    assert sent(timedelta(days=1, minutes=5)) == {"queued": 1}
    assert Outgoing.objects.count() == 2


def test_collected_before_it_was_told_is_kept_back(ready: Hold) -> None:
    with clock.at(NOON):
        notices._record(telling.HOLD_READY)
    holds.collect_hold(ready.pk, actor=people.system())
    assert sent() == {"suppressed": 1}
    assert Notice.objects.get().reason == "Not ready any more: collected."


def test_after_weeks_down_nobody_is_flooded(ready: Hold) -> None:
    assert sent(timedelta(days=15)) == {}
