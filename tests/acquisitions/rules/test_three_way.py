"""The three-way match as a table of cases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from acquisitions.rules.three_way import Facts, Tolerance, Verdict, change_words, match, paid_part, share

AGREED = Facts(ordered=2, received=2, paid=0, payable=2, billed=2, held=0, price=Decimal("16.80"), amount_minor=3360)
LIMIT = Tolerance(5, 200)


@pytest.mark.parametrize(
    ("change", "verdict", "text"),
    [
        ({}, Verdict.AGREES, ""),
        ({"amount_minor": 3000}, Verdict.AGREES, ""),
        ({"amount_minor": 3528}, Verdict.AGREES, ""),
        (
            {"amount_minor": 3640},
            Verdict.PRICE,
            "Ordered at $16.80, billed at $18.20 (+8.3 %). Accept the price, or hold it.",
        ),
        ({"amount_minor": 3640, "accepted": True}, Verdict.ACCEPTED, "The higher price was accepted: +8.3 %."),
        ({"known": False, "price": None}, Verdict.UNKNOWN, None),
        (
            {"billed": 7, "ordered": 1, "received": 1, "payable": 1, "amount_minor": 11760},
            Verdict.OVER_BILLED,
            "7 copies billed, 1 ordered: 6 too many. Hold them.",
        ),
        (
            {"paid": 1, "payable": 1},
            Verdict.OVER_BILLED,
            "2 copies billed, 2 ordered, 1 of them billed elsewhere: 1 too many. Hold it.",
        ),
        (
            {"received": 1, "payable": 1},
            Verdict.NOT_RECEIVED,
            "2 copies billed, 1 received and not paid: 1 not here yet. Receive it, or hold it.",
        ),
        ({"received": 1, "payable": 1, "held": 1}, Verdict.AGREES, "1 held, the rest agrees."),
        ({"received": 0, "payable": 0, "held": 2}, Verdict.HELD, "Not paid on this invoice."),
        ({"known": False, "price": None, "held": 2}, Verdict.HELD, "Not paid on this invoice."),
        ({"room": 3360}, Verdict.AGREES, ""),
        ({"room": 3359}, Verdict.NOT_PAID, None),
    ],
)
def test_verdicts(change: dict[str, object], verdict: Verdict, text: str | None) -> None:
    found = match(replace(AGREED, **change), LIMIT)  # type: ignore[arg-type]
    assert found.verdict is verdict
    assert text is None or found.text == text
    assert found.settled == (verdict in (Verdict.AGREES, Verdict.ACCEPTED, Verdict.HELD))


@pytest.mark.parametrize(
    ("ordered", "billed", "exceeded"),
    [
        ("10.00", "10.50", False),
        ("10.00", "10.51", True),
        ("60.00", "62.00", False),
        ("60.00", "62.01", True),
        ("10.00", "9.00", False),
        ("0.00", "0.01", True),
    ],
)
def test_both_limits_hold(ordered: str, billed: str, exceeded: bool) -> None:
    """5 % of the ordered price, and never more than 2.00 for a copy."""
    assert LIMIT.exceeded(Decimal(ordered), Decimal(billed), "USD") is exceeded


def test_amounts() -> None:
    assert paid_part(1000, 3, 1) == 667
    assert paid_part(1000, 3, 0) == 1000
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(100, [0, 0]) == [50, 50]
    assert share(-100, [3, 1]) == [-75, -25]
    assert change_words(Decimal(0), Decimal(5)) == "new price"
