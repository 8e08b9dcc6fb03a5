"""Which word was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cataloging.rules.spelling import likeliest, slips

LETTERS = st.text("abcde", max_size=8)


@pytest.mark.parametrize(
    ("typed", "meant", "number"),
    [("", "", 0), ("hary", "harry", 1), ("rowlign", "rowling", 1), ("poter", "potter", 1), ("abc", "xyz", 3)],
)
def test_slips_of_the_finger(typed: str, meant: str, number: int) -> None:
    assert slips(typed, meant) == number


@pytest.mark.parametrize(
    ("typed", "words", "meant"),
    [
        ("hary", [("hare", 40), ("harry", 900), ("mary", 500)], "harry"),
        ("rowlign", [("rowling", 20), ("rolling", 25)], "rowling"),
        ("xyzzy", [("harry", 900)], None),
        ("cta", [("cat", 3), ("catalog", 9000)], "cat"),
        ("", [], None),
    ],
)
def test_the_likeliest_word(typed: str, words: list[tuple[str, int]], meant: str | None) -> None:
    assert likeliest(typed, words) == meant


@given(LETTERS, LETTERS)
@settings(max_examples=60)
def test_slips_are_the_same_both_ways_and_no_more_than_letters(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one) <= max(len(one), len(other))
    assert (slips(one, other) == 0) == (one == other)
