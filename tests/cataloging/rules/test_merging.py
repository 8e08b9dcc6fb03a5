"""What a merge and an overlay make of any two records: nothing kept is lost, nothing doubled, all of it reads back."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cataloging.marc.record import Field, Indicators, Leader, Record, Subfield, as_line, parse, shown, to_bytes
from cataloging.rules.merging import alike, default_choice, merged, side_by_side
from cataloging.rules.overlay import KEEP_LOCAL, Treatment, overlay
from techsvc.kernel.errors import Refusal

WORDS = st.text(st.characters(categories=("L", "N", "Zs"), max_codepoint=0x24F), min_size=1, max_size=12).map(
    lambda text: f"x{text}"
)
MANY = ("020", "035", "500", "590", "650", "655", "700", "856", "949")


def data(tag: str, *parts: tuple[str, str], second: str = " ") -> Field:
    return Field(tag=tag, indicators=Indicators(" ", second), subfields=[Subfield(*part) for part in parts])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A sound record: a number, fixed data, a title, and any of the fields that may stand several times."""
    made = Record()
    made.leader = Leader("00000nam a2200000 i 4500")
    made.fields = [
        Field(tag="001", data=draw(st.from_regex(r"[a-z]{2}[0-9]{4}", fullmatch=True))),
        Field(tag="008", data="240115s2024    nyu           000 1 eng d"),
        data("245", ("a", draw(WORDS))),
        *(data(draw(st.sampled_from(MANY)), ("a", draw(WORDS))) for _n in range(draw(st.integers(0, 6)))),
    ]
    return made


def texts(record: Record) -> list[str]:
    return [shown(as_line(field)) for field in record.fields]


def has(record: Record, field: Field) -> bool:
    return any(alike(field, one) for one in record.fields)


@settings(max_examples=60, deadline=None)
@given(records(), records())
def test_a_merge_loses_nothing_of_the_survivor_and_reads_back(one: Record, other: Record) -> None:
    made = merged(one, other, default_choice(one, other))
    assert texts(parse(to_bytes(made))) == texts(made)
    assert all(has(made, field) for field in one.fields)
    tags = Counter(field.tag for field in made.fields)
    assert all(tags[tag] == 1 for tag in ("001", "008", "245"))
    assert made["001"].data == one["001"].data
    joined = [field for field in other.fields if field.tag in ("020", "035", "590", "650", "655", "856", "949")]
    assert all(has(made, field) for field in joined)


@settings(max_examples=60, deadline=None)
@given(records(), records())
def test_merging_again_changes_nothing_and_doubles_nothing(one: Record, other: Record) -> None:
    once = merged(one, other, default_choice(one, other))
    again = merged(once, other, default_choice(once, other))
    assert Counter(texts(again)) == Counter(texts(once))


@settings(max_examples=40, deadline=None)
@given(records(), records())
def test_neither_record_is_changed_and_every_field_stands_in_one_cell(one: Record, other: Record) -> None:
    before = texts(one), texts(other)
    rows = side_by_side(one, other)
    merged(one, other, default_choice(one, other))
    assert (texts(one), texts(other)) == before
    assert sorted(row.left.text for row in rows if row.left) == sorted(before[0])
    assert sorted(row.right.text for row in rows if row.right) == sorted(before[1])


@settings(max_examples=60, deadline=None)
@given(records(), records())
def test_an_overlay_keeps_what_its_rules_keep_and_settles_at_once(old: Record, new: Record) -> None:
    made, _happenings = overlay(old, new, KEEP_LOCAL)
    kept = [shown(as_line(f)) for f in old.fields if KEEP_LOCAL.treatment(f) is not Treatment.REPLACE]
    assert not Counter(kept) - Counter(texts(made))
    assert texts(parse(to_bytes(made))) == texts(made)
    assert Counter(field.tag for field in made.fields)["001"] == 1
    again, _happenings = overlay(made, new, KEEP_LOCAL)
    assert Counter(texts(again)) == Counter(texts(made))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (data("650", ("a", "Nurses."), second="0"), data("650", ("a", "nurses"), second="0"), True),
        (data("650", ("a", "Nurses."), second="0"), data("650", ("a", "Nurses."), second="7"), False),
        (data("650", ("a", "Nurses")), data("650", ("a", "Nurses"), ("v", "Fiction.")), False),
        (data("500", ("a", "Café !")), data("500", ("a", "CAFE")), True),
        (data("856", ("u", "https://a.org/B")), data("856", ("u", "https://a.org/b")), False),
        (data("500", ("a", "Nurses")), data("520", ("a", "Nurses")), False),
    ],
)
def test_when_two_fields_say_the_same(one: Field, other: Field, same: bool) -> None:
    assert alike(one, other) is same


def test_two_main_entries_are_refused() -> None:
    one, other = Record(), Record()
    for record, tag in ((one, "100"), (other, "110")):
        record.leader = Leader("00000nam a2200000 i 4500")
        record.fields = [data(tag, ("a", "Somebody")), data("245", ("a", "A title"))]
    with pytest.raises(Refusal, match="field 1XX once"):
        merged(one, other, {"a0", "a1", "b0"})
    assert texts(merged(one, other, default_choice(one, other))) == ["100 __ $a Somebody", "245 __ $a A title"]


def test_what_the_survivor_lacks_is_filled_from_the_other_one() -> None:
    one, other = Record(), Record()
    for record, more in ((one, []), (other, [data("520", ("a", "Nurses at war.")), data("300", ("a", "471 pages"))])):
        record.leader = Leader("00000nam a2200000 i 4500")
        record.fields = [data("245", ("a", "A title")), *more]
    assert texts(merged(one, other, default_choice(one, other))) == ["245 __ $a A title", "520 __ $a Nurses at war."]
