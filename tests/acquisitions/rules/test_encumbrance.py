"""The arithmetic of a fund's limits."""

from __future__ import annotations

import pytest

from acquisitions.rules.encumbrance import Balance, Reach, reach, room


def test_a_balance_adds_up() -> None:
    balance = Balance(allocated=100_00, encumbered=30_00, expended=45_00)
    assert balance.committed == 75_00
    assert balance.available == 25_00
    assert balance.plus(encumbered=-10_00, expended=12_50) == Balance(100_00, 20_00, 57_50)


@pytest.mark.parametrize(
    ("committed", "allocated", "warn", "stop", "expected"),
    [
        (0, 0, 90, 100, Reach.OK),
        (89_99, 100_00, 90, 100, Reach.OK),
        (90_00, 100_00, 90, 100, Reach.OK),
        (90_01, 100_00, 90, 100, Reach.WARN),
        (100_00, 100_00, 90, 100, Reach.WARN),
        (100_01, 100_00, 90, 100, Reach.STOP),
        (110_00, 100_00, 100, 110, Reach.WARN),
        (110_01, 100_00, 100, 110, Reach.STOP),
        (1, 0, None, 100, Reach.STOP),
        (1, 0, None, None, Reach.OK),
        (1, 0, 90, None, Reach.WARN),
    ],
)
def test_reach(committed: int, allocated: int, warn: int | None, stop: int | None, expected: Reach) -> None:
    assert reach(Balance(allocated, committed, 0), warn_percent=warn, stop_percent=stop) is expected


@pytest.mark.parametrize(
    ("balance", "stop", "expected"),
    [
        (Balance(100_00, 20_00, 30_00), 100, 50_00),
        (Balance(100_00, 20_00, 30_00), 110, 60_00),
        (Balance(99, 0, 0), 50, 49),
        (Balance(100_00, 120_00, 0), 100, 0),
        (Balance(100_00, 120_00, 0), None, None),
    ],
)
def test_room(balance: Balance, stop: int | None, expected: int | None) -> None:
    assert room(balance, stop) == expected
