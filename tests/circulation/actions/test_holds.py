"""Holds: the queue and its order, who gets an item, and how each act is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cataloging.actions.items import move_items
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation import queries
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import clock
from techsvc.kernel.actions import calendar, history, people, policies, privacy
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make as catalog
from tests.circulation import make
from tests.racing import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def record() -> Record:
    return catalog.brief()


@pytest.fixture
def desk() -> User:
    return catalog.person("desk", branch=catalog.branch())


@pytest.fixture
def east() -> Branch:
    return catalog.branch("EAST", "East")


def queue(record: Record, *where: Branch) -> list[Hold]:
    """Holds a minute apart, to be picked up at these branches."""
    made = []
    for minute, branch in enumerate(where):
        with clock.at(NOON + timedelta(minutes=minute)):
            made.append(make.hold(record, who=make.patron(f"Patron {minute}"), pickup=branch))
    return made


def now(hold: Hold) -> Hold:
    return Hold.objects.select_related("item").get(pk=hold.pk)


def state(item: Item) -> str:
    return Item.objects.values_list("state", flat=True).get(pk=item.pk)


def tags() -> list[tuple[str, str]]:
    rows = PrintRequest.objects.filter(kind="hold_tag").order_by("id")
    return [*rows.values_list("subject_id", "state")]


def unchanged() -> tuple[object, ...]:
    """Everything that a refused act must leave alone."""
    return (
        [*Hold.objects.order_by("id").values()],
        [*Item.objects.order_by("id").values_list("pk", "state", "version")],
        HistoryEvent.objects.count(),
        PrintRequest.objects.count(),
    )


def event(verb: str) -> HistoryEvent:
    return HistoryEvent.objects.filter(verb=verb).latest("id")


# Placing


def test_a_hold_is_placed_at_the_end_of_the_queue(record: Record, desk: User) -> None:
    first, second = queue(record, catalog.branch(), catalog.branch())
    assert (queries.place_in_queue(first), queries.place_in_queue(second)) == (1, 2)
    assert queries.waiting_for([record.pk, record.pk + 1]) == {record.pk: 2}
    assert event("circulation.place_hold").summary == "Hold placed on “The women”, pickup at Central"


def test_a_patron_waits_for_a_title_once(record: Record, desk: User) -> None:
    ada = make.patron()
    make.hold(record, who=ada)
    before = unchanged()
    with pytest.raises(Refusal, match="already waits for “The women”"):
        holds.place_hold(record, patron=ada, pickup=catalog.branch(), actor=desk)
    assert unchanged() == before


def test_who_had_it_may_ask_again(record: Record, desk: User) -> None:
    ada = make.patron()
    holds.cancel_hold(make.hold(record, who=ada).pk, actor=desk)
    assert make.hold(record, who=ada).state == "waiting"


def test_only_who_may_places_holds(record: Record) -> None:
    before = unchanged()
    with pytest.raises(Forbidden):
        holds.place_hold(record, patron=make.patron(), pickup=catalog.branch(), actor=catalog.person("finance"))
    assert unchanged()[0] == before[0]


def test_placing_is_taken_back(record: Record, desk: User) -> None:
    hold = make.hold(record)
    history.undo(event("circulation.place_hold").pk, actor=desk)
    assert now(hold).state == "cancelled"
    assert event("circulation.undo_place").undoes == event("circulation.place_hold")


# Trapping


@pytest.mark.parametrize(
    ("pickups", "chosen"),
    [
        ("CC", 0),  # the oldest
        ("EC", 1),  # where the item is, first
        ("EEC", 2),
        ("EE", 0),  # nobody here: the oldest elsewhere
    ],
)
def test_whose_turn_it_is(record: Record, east: Branch, desk: User, pickups: str, chosen: int) -> None:
    item = make.on_shelf(record)
    made = queue(record, *({"C": catalog.branch(), "E": east}[letter] for letter in pickups))
    hold = holds.trap(item, actor=desk)
    assert hold == made[chosen]
    assert [now(one).state for one in made].count("ready") == 1


def test_a_trapped_item_stands_on_the_hold_shelf_with_a_tag(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    with clock.at(NOON):
        holds.trap(item, actor=desk)
    kept = now(hold)
    assert (kept.state, kept.item, kept.ready_at, kept.keep_until) == ("ready", item, NOON, date(2026, 12, 1))
    assert state(item) == "on_hold_shelf"
    assert tags() == [(str(hold.pk), "waiting")]
    assert event("circulation.trap").summary == f"{item.barcode} is ready at Central until 2026-12-01"


def test_nobody_waits(record: Record, desk: User) -> None:
    item = make.on_shelf(record)
    before = unchanged()
    assert holds.trap(item, actor=desk) is None
    assert unchanged() == before


def test_an_item_that_is_not_free_is_not_trapped(record: Record, desk: User) -> None:
    item = make.on_shelf(record)
    make.hold(record)
    move_items([item], "report_missing", actor=people.system())
    before = unchanged()
    with pytest.raises(Refusal, match="can't trap, it is missing"):
        holds.trap(item, actor=desk)
    assert unchanged() == before


def test_the_days_on_the_shelf_are_the_librarys_own(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    with clock.at(NOON):
        policies.set_policy("circulation.hold_days", 3, actor=catalog.person("supervisor"), why="A small shelf")
        holds.trap(item, actor=desk)
    assert now(hold).keep_until == date(2026, 11, 27)


def test_the_last_day_on_the_shelf_is_an_open_day(record: Record, desk: User) -> None:
    hold = make.hold(record)
    make.on_shelf(record)
    calendar.close_days(None, date(2026, 12, 1), date(2026, 12, 2), reason="Stocktaking", actor=people.system())
    with clock.at(NOON):
        holds.trap(now(hold).record.items.get(), actor=desk)
    assert now(hold).keep_until == date(2026, 12, 3)


def test_a_last_day_that_is_closed_later_is_put_off(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    with clock.at(NOON):
        holds.trap(item, actor=desk)
    calendar.close_days(now(hold).pickup, date(2026, 12, 1), None, reason="Burst pipe", actor=people.system())
    with clock.at(NOON + timedelta(days=8)):
        assert holds.expire_uncollected(actor=people.system()) == 0
    with clock.at(NOON + timedelta(days=9)):
        assert holds.expire_uncollected(actor=people.system()) == 1
    assert now(hold).state == "expired"


@pytest.mark.django_db(transaction=True)
def test_two_items_at_once_go_to_two_holds(record: Record) -> None:
    items = [make.on_shelf(record), make.on_shelf(record)]
    made = queue(record, catalog.branch(), catalog.branch(), catalog.branch())
    given = at_once(*[lambda item=item: holds.trap(item, actor=people.system()) for item in items])
    assert {hold.pk for hold in given} <= {hold.pk for hold in made}
    assert len({hold.pk for hold in given}) == 2
    assert sorted(now(hold).state for hold in made) == ["ready", "ready", "waiting"]


# Collecting


def test_collected_and_taken_back(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    with clock.at(NOON):
        holds.trap(item, actor=desk)
    holds.collect_hold(hold.pk, actor=desk)
    assert (now(hold).state, state(item)) == ("collected", "checked_out")
    assert tags() == [(str(hold.pk), "cancelled")]
    with clock.at(NOON + timedelta(days=30)):
        history.undo(event("circulation.collect").pk, actor=desk)
    back = now(hold)
    assert (back.state, back.item, state(item)) == ("ready", item, "on_hold_shelf")
    assert back.keep_until == date(2026, 12, 24)
    assert back.ready_at == NOON  # nothing new to tell


@pytest.mark.parametrize("act", [holds.collect_hold, holds.release_hold])
def test_what_is_not_ready_is_not_collected_nor_released(record: Record, desk: User, act: object) -> None:
    hold = make.hold(record)
    before = unchanged()
    with pytest.raises(Refusal, match=r"Hold on “The women”: can't \w+, it is waiting\. Possible now: cancel, trap\."):
        act(hold.pk, actor=desk)  # type: ignore[operator]
    assert unchanged() == before


# Releasing and cancelling


def test_released_goes_back_to_its_place_and_the_item_to_the_next(record: Record, desk: User) -> None:
    item = make.on_shelf(record)
    first, second = queue(record, catalog.branch(), catalog.branch())
    holds.trap(item, actor=desk)
    holds.release_hold(first.pk, actor=desk, why="Abroad until May")
    assert (now(first).state, now(first).item, now(first).keep_until) == ("waiting", None, None)
    assert (now(second).state, now(second).item, state(item)) == ("ready", item, "on_hold_shelf")
    assert queries.place_in_queue(first) == 1
    assert tags() == [(str(first.pk), "cancelled"), (str(second.pk), "waiting")]


def test_released_with_nobody_after_it_frees_the_item(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    holds.trap(item, actor=desk)
    holds.release_hold(hold.pk, actor=desk)
    assert (now(hold).state, state(item)) == ("waiting", "available")
    with clock.at(clock.now() + timedelta(seconds=1)):
        holds.trap(item, actor=desk)
    assert tags() == [(str(hold.pk), "cancelled"), (str(hold.pk), "waiting")]


def test_a_cancelled_hold_gives_its_item_to_the_next(record: Record, desk: User) -> None:
    item = make.on_shelf(record)
    first, second = queue(record, catalog.branch(), catalog.branch())
    holds.trap(item, actor=desk)
    holds.cancel_hold(first.pk, actor=desk, why="Bought a copy")
    assert (now(first).state, now(first).item) == ("cancelled", None)
    assert (now(second).state, state(item)) == ("ready", "on_hold_shelf")
    assert event("circulation.cancel_hold").before == {"state": "ready"}


def test_cancelling_is_taken_back_to_the_old_place(record: Record, desk: User) -> None:
    first, second = queue(record, catalog.branch(), catalog.branch())
    holds.cancel_hold(first.pk, actor=desk)
    history.undo(event("circulation.cancel_hold").pk, actor=desk)
    assert (now(first).state, queries.place_in_queue(first), queries.place_in_queue(second)) == ("waiting", 1, 2)
    with pytest.raises(Refusal, match="already undone"):
        history.undo(event("circulation.cancel_hold").pk, actor=desk)


def test_cancelling_is_not_taken_back_when_the_patron_asked_anew(record: Record, desk: User) -> None:
    ada = make.patron()
    holds.cancel_hold(make.hold(record, who=ada).pk, actor=desk)
    make.hold(record, who=ada)
    before = unchanged()
    with pytest.raises(Refusal, match="placed a new hold"):
        history.undo(event("circulation.cancel_hold").pk, actor=desk)
    assert unchanged() == before


def test_cancelling_is_not_taken_back_for_nobody(record: Record, desk: User) -> None:
    ada = make.patron()
    holds.cancel_hold(make.hold(record, who=ada).pk, actor=desk)
    privacy.sever_patron(ada.pk, actor=people.system(), why="Asked for it")
    before = unchanged()
    with pytest.raises(Refusal, match="link was severed"):
        history.undo(event("circulation.cancel_hold").pk, actor=desk)
    assert unchanged() == before


def test_a_hold_whose_item_went_missing_can_be_let_go(record: Record, desk: User) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    holds.trap(item, actor=desk)
    move_items([item], "report_missing", actor=people.system())
    holds.release_hold(hold.pk, actor=desk, why="Not found")
    assert (now(hold).state, now(hold).item, state(item)) == ("waiting", None, "missing")


def test_an_open_hold_keeps_its_patron(record: Record) -> None:
    ada = make.patron()
    make.hold(record, who=ada)
    with pytest.raises(Refusal, match="1 hold is open: settle or cancel it first"):
        privacy.sever_patron(ada.pk, actor=people.system(), why="x")


# Nobody came


def test_uncollected_items_go_to_the_next_in_line(record: Record) -> None:
    items = [make.on_shelf(record) for _n in range(2)]
    first, second, third = queue(record, *[catalog.branch()] * 3)
    with clock.at(NOON):
        holds.trap(items[0], actor=people.system())
    with clock.at(NOON + timedelta(days=5)):
        holds.trap(items[1], actor=people.system())
    with clock.at(NOON + timedelta(days=7)):  # the last day counts
        assert holds.expire_uncollected(actor=people.system()) == 0
    with clock.at(NOON + timedelta(days=8)):
        assert holds.expire_uncollected(actor=people.system()) == 1
        assert holds.expire_uncollected(actor=people.system()) == 0
    assert [now(hold).state for hold in (first, second, third)] == ["expired", "ready", "ready"]
    assert now(third).item == items[0]
    assert now(third).keep_until == date(2026, 12, 9)
    assert event("circulation.expire").summary == "Not collected by 2026-12-01"


def test_one_that_can_not_be_let_go_keeps_no_other(record: Record) -> None:
    items = [make.on_shelf(record) for _n in range(2)]
    first, second = queue(record, *[catalog.branch()] * 2)
    with clock.at(NOON):
        for item in items:
            holds.trap(item, actor=people.system())
    move_items([items[0]], "report_missing", actor=people.system())
    with clock.at(NOON + timedelta(days=8)):
        assert holds.expire_uncollected(actor=people.system()) == 2
    assert [now(hold).state for hold in (first, second)] == ["expired", "expired"]
    assert [state(item) for item in items] == ["missing", "available"]


@pytest.mark.django_db(transaction=True)
def test_collected_in_the_moment_in_which_it_expires(record: Record) -> None:
    item, hold = make.on_shelf(record), make.hold(record)
    with clock.at(NOON):
        holds.trap(item, actor=people.system())

    def expire() -> int:
        with clock.at(NOON + timedelta(days=8)):
            return holds.expire_uncollected(actor=people.system())

    expired, _collected = at_once(expire, lambda: holds.collect_hold(hold.pk, actor=people.system()))
    assert (now(hold).state, state(item), expired) in (
        ("collected", "checked_out", 0),
        ("expired", "available", 1),
    )
