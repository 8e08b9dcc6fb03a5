"""The lifecycles of records and items as tables."""

from __future__ import annotations

import pytest

from cataloging.rules.lifecycle import GONE, ITEM, PROMISABLE, RECORD, ItemState, RecordState
from techsvc.kernel.errors import Refusal
from techsvc.kernel.states import move

S = ItemState


def test_every_state_has_its_row() -> None:
    assert set(ITEM) == set(ItemState)
    assert set(RECORD) == set(RecordState)
    assert all(target in ITEM for moves in ITEM.values() for target in moves.values())


def test_every_state_can_be_reached_and_left() -> None:
    reached = {S.ON_ORDER} | {target for moves in ITEM.values() for target in moves.values()}
    assert reached == set(ItemState)
    assert all(ITEM.values())


@pytest.mark.parametrize(
    ("verbs", "end"),
    [
        ("receive start_processing finish", S.AVAILABLE),
        ("receive finish trap check_out check_in", S.AVAILABLE),
        ("receive start_processing trap release", S.AVAILABLE),
        ("receive unreceive cancel reopen", S.ON_ORDER),
        ("receive start_processing send arrive check_out", S.CHECKED_OUT),
        ("receive report_damage unreceive", S.ON_ORDER),
        ("receive start_processing stop_processing", S.RECEIVED),
        ("receive finish start_mending finish_mending", S.AVAILABLE),
        ("receive finish report_missing find withdraw reinstate", S.AVAILABLE),
    ],
)
def test_an_items_life(verbs: str, end: ItemState) -> None:
    state = S.ON_ORDER
    for verb in verbs.split():
        state = move(ITEM, state, verb, what="Item 31234000000016")
    assert state is end


def test_an_illegal_move_says_what_is_possible() -> None:
    with pytest.raises(Refusal) as refusal:
        move(ITEM, S.ON_ORDER, "finish", what="Item 7")
    assert refusal.value.text == "Item 7: can't finish, it is on order. Possible now: cancel, receive."


def test_a_records_life() -> None:
    state = RecordState.BRIEF
    for verb in ("complete", "withdraw", "reinstate", "complete"):
        state = move(RECORD, state, verb, what="Record 1")
    assert state is RecordState.FULL


def test_what_is_gone_can_not_be_promised() -> None:
    assert not GONE & PROMISABLE
