"""Which two records are suspected to be of one title."""

from __future__ import annotations

from typing import Any

import pytest

from cataloging.marc.fields import Format
from cataloging.rules.duplicates import suspicion
from cataloging.rules.matching import Facts


def facts(title: str = "School arithmetic", **more: Any) -> Facts:
    return Facts(**({"title": title, "author": "Wentworth, G.", "pub_year": 1900, "format": Format.BOOK} | more))


ISBN = {"isbns13": frozenset({"9780717255313"})}


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (facts(**ISBN), facts(**ISBN), "same"),
        (facts(), facts(), "maybe"),
        (facts("School arithmetic : primary book"), facts(), "maybe"),
        (facts("School arithmetic : primary book"), facts("School arithmetic : advanced book"), None),
        (facts(edition="1st ed."), facts(edition="2nd ed."), None),
        (facts(edition="1st ed.", **ISBN), facts(edition="2nd ed.", **ISBN), "same"),
        (facts("Toads", **ISBN), facts("Platypus", **ISBN), None),  # volumes of a set, with the number of the set
        (facts("Toads", lccn="00000001", **ISBN), facts("Platypus", lccn="00000001", **ISBN), "maybe"),
        (facts(author="", **ISBN), facts("Another", author="", **ISBN), None),
        (facts(format=Format.BOOK), facts(format=Format.DVD), None),
        (facts(author=""), facts(author=""), None),
    ],
)
def test_two_facts_have_to_agree_and_none_that_counts_may_contradict(
    one: Facts, other: Facts, verdict: str | None
) -> None:
    found, turned = suspicion(one, other), suspicion(other, one)
    assert (found and found.verdict) == (turned and turned.verdict) == verdict
