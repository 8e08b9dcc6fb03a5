"""Profiles: plain data read with a sentence for what is malformed, and never so that one number alone overlays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc.projection import KeyKind
from cataloging.marc.record import Field, Indicators, Subfield
from cataloging.rules.matching import NUMBER_WORDS, USUAL, Facts, MatchRules, Verdict, score
from cataloging.rules.overlay import KEEP_LOCAL, OverlayRule, Treatment, read_rules
from cataloging.rules.profiles import DEFAULT, Profile, profile_of
from cataloging.rules.starters import STARTERS
from techsvc.kernel.errors import Refusal


def stored(**columns: Any) -> Any:
    kept = {"name": "Vendor", "matching": {}, "overlay": [], "fixes": [], "items": {}, "withdraws": False}
    return SimpleNamespace(**(kept | columns))


def field(tag: str, first: str = " ", second: str = " ", **parts: str) -> Field:
    subfields = [Subfield(code.removeprefix("_"), value) for code, value in parts.items()]
    return Field(tag=tag, indicators=Indicators(first, second), subfields=subfields)


def test_an_empty_row_is_the_default_with_a_name() -> None:
    assert profile_of(None) == DEFAULT
    assert profile_of(stored()) == Profile(name="Vendor")
    assert (DEFAULT.matching, DEFAULT.overlay, DEFAULT.fixes, DEFAULT.items) == (USUAL, KEEP_LOCAL, (), None)


@pytest.mark.parametrize(
    ("columns", "name", "why"),
    [
        ({"overlay": ["keep 59X", "hold 590"]}, "overlay",
         'Line 2, "hold 590", is no rule. Write one such as "add 650 X7 $2 containing fast".'),
        ({"overlay": ["replace 001"]}, "overlay",
         "Line 1: a record keeps its own number (001 and 003) in every overlay."),
        ({"fixes": ["remove 938"]}, "fixes",
         'Line 1, "remove 938", is no fix. Write one as in the examples, such as "delete 938".'),
        ({"matching": {"counts": ["ean"]}}, "counts", "ean: no such number. Known are control_no, isbn, issn, lccn, "
         "oclc, publisher_no, upc."),
        ({"matching": {"counts": ["isbn"], "needs": ["lccn"]}}, "counts",
         "Choose at least one number that counts; a number that has to agree has to count as well."),
        ({"items": {"tag": "9"}}, "items", "Say which field holds the items: three digits, such as 949 or 852."),
        ({"items": {"tag": "949", "barcode": "$i"}}, "items",
         '"$i" won\'t do for barcode: a subfield code is one letter or digit.'),
        ({"items": {"tag": "949", "shelf": "i"}}, "items", None),
        ({"items": {"tag": "949", "state": "lost"}}, "items",
         'New items are on_order, received, available; not "lost".'),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_in_words_with_its_field(columns: Any, name: str, why: str | None) -> None:
    with pytest.raises(Refusal) as refusal:
        profile_of(stored(**columns))
    assert refusal.value.field == name
    assert why is None or refusal.value.text == why


def test_rules_are_read_with_indicators_and_markers() -> None:
    assert read_rules(["keep 59X", "", "add 650 _7 $2 containing FAST", "replace 856 4X", "keep XXX $5"]) == (
        OverlayRule("59X", Treatment.KEEP),
        OverlayRule("650", Treatment.ADD, " ", "7", "2", "fast"),
        OverlayRule("856", Treatment.REPLACE, "4", None),
        OverlayRule("XXX", Treatment.KEEP, marker="5"),
    )


def test_a_sources_own_rules_come_before_those_of_the_house() -> None:
    own = profile_of(stored(overlay=["replace 856", "keep 520"])).overlay
    assert own.treatment(field("856", "4", "0", u="https://x")) is Treatment.REPLACE
    assert own.treatment(field("520", a="A summary")) is Treatment.KEEP
    assert own.treatment(field("590", a="Local")) is Treatment.KEEP
    assert own.treatment(Field(tag="001", data="1")) is Treatment.KEEP
    assert own.treatment(field("650", " ", "0", a="Nurses")) is Treatment.REPLACE


WOMEN = Facts(title="The women", author="Hannah, Kristin", isbns13=frozenset({"9781250178633"}), lccn="2023", oclc="1")


def rules(counts: str, needs: str = "") -> MatchRules:
    return MatchRules(frozenset(map(KeyKind, counts.split())), frozenset(map(KeyKind, needs.split())))


@pytest.mark.parametrize(
    ("by", "other", "verdict"),
    [
        (rules("isbn"), Facts(title="The women", isbns13=WOMEN.isbns13), Verdict.SAME),
        (rules("lccn"), Facts(title="The women", isbns13=WOMEN.isbns13), Verdict.MAYBE),
        (rules("isbn lccn", "lccn"), Facts(title="The women", isbns13=WOMEN.isbns13), Verdict.MAYBE),
        (rules("isbn lccn", "lccn"), Facts(title="The women", isbns13=WOMEN.isbns13, lccn="2023"), Verdict.SAME),
        (rules("isbn"), Facts(isbns13=WOMEN.isbns13), Verdict.MAYBE),
        (rules("isbn"), Facts(title="Something else", isbns13=WOMEN.isbns13), Verdict.MAYBE),
    ],
)
def test_a_profile_says_which_numbers_count_and_which_has_to_agree(
    by: MatchRules, other: Facts, verdict: Verdict
) -> None:
    assert score(WOMEN, other, by).verdict is verdict


def test_a_vendors_control_number_counts_where_the_profile_says_so() -> None:
    one = Facts(title="The women", control_nos=frozenset({"(OverDrive)1"}))
    assert score(one, one, rules("control_no")).reasons == ["same vendor's control number (OverDrive)1", "same title"]
    assert score(one, one, rules("control_no")).verdict is Verdict.SAME
    assert score(one, one).verdict is Verdict.MAYBE


KINDS = st.sets(st.sampled_from(list(NUMBER_WORDS)), min_size=1)


@given(KINDS, KINDS)
def test_no_profile_lets_an_isbn_alone_overlay(counts: set[KeyKind], needs: set[KeyKind]) -> None:
    by = MatchRules(frozenset(counts | needs), frozenset(needs))
    other = Facts(title="Another book altogether", isbns13=WOMEN.isbns13)
    assert score(WOMEN, other, by).verdict is not Verdict.SAME
    assert score(WOMEN, Facts(isbns13=WOMEN.isbns13), by).verdict is not Verdict.SAME


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: str(starter["name"]))
def test_every_starter_is_a_profile(starter: dict[str, Any]) -> None:
    read = profile_of(stored(**starter))
    assert (read.items is not None, read.withdraws) == ("items" in starter, "withdraws" in starter)
