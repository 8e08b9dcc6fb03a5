"""Volumes: in the order in which people count them."""

from __future__ import annotations

import random

import pytest

from cataloging.rules.volumes import counts, next_volume, sort_key

IN_ORDER = ["", "Season 1", "Season 2", "Season 10", "v. 1", "v. 1, pt. 2", "v. 1, pt. 10", "V. 2", "v. 10", "v. 100"]


def test_volumes_sort_as_people_count() -> None:
    mixed = IN_ORDER[:]
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=lambda volume: sort_key(volume).encode()) == IN_ORDER


@pytest.mark.parametrize(
    ("volume", "after"),
    [("v. 1", "v. 2"), ("v. 9", "v. 10"), ("Season 01", "Season 02"), ("2024", "2025"), ("Index", "Index"), ("", "")],
)
def test_the_next_volume(volume: str, after: str) -> None:
    assert next_volume(volume) == after
    assert counts(volume) is (volume != after)


def test_a_key_is_never_longer_than_its_column() -> None:
    assert len(sort_key("1 " * 60)) <= 120
