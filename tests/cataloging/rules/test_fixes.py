"""Fixes: each verb does what its line says, bad lines are refused by number, and no record is ever damaged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cataloging.marc import mnemonic
from cataloging.marc.record import Record, as_line, parse, project, shown, to_bytes
from cataloging.rules.fixes import FIXES, mended, read_fixes
from techsvc.kernel.errors import Refusal

RECORD = r"""=LDR  00000nam a2200000 a 4500
=001  bt1
=020  \\$a9781250178633$c$28.00
=090  \\$aFIC HAN
=245  14$aThe women :$h[electronic resource] /$cKristin Hannah.
=650  \0$aNurses$vFiction.
=650  \7$aFICTION / War.$2bisacsh
=690  \\$aLocal
=856  40$uhttps://vendor.example.com/1
=938  \\$aBaker & Taylor
"""


def record() -> Record:
    return mnemonic.read(RECORD.replace("$28.00", "{dollar}28.00"))[0]


def lines(made: Record) -> list[str]:
    return [shown(as_line(field)) for field in made.fields]


def fixed(*fixes: str) -> tuple[list[str], list[str]]:
    """(what went, what came)."""
    before, after = lines(record()), lines(mended(record(), read_fixes(fixes)))
    return [one for one in before if one not in after], [one for one in after if one not in before]


@pytest.mark.parametrize(
    ("fix", "gone", "come"),
    [
        ("delete 938", ["938 __ $a Baker & Taylor"], []),
        ("delete 650 $2 containing bisac", ["650 _7 $a FICTION / War. $2 bisacsh"], []),
        ("delete 650 containing nurses", ["650 _0 $a Nurses $v Fiction."], []),
        ("delete subfield 020 $c", ["020 __ $a 9781250178633 $c $28.00"], ["020 __ $a 9781250178633"]),
        (
            "delete subfield 245 $h",
            ["245 14 $a The women : $h [electronic resource] / $c Kristin Hannah."],
            ["245 14 $a The women : $c Kristin Hannah."],
        ),
        ("delete subfield 690 $a", ["690 __ $a Local"], []),
        (r"add =590  \\$aGift", [], ["590 __ $a Gift"]),
        (r"add =938  \\$aBaker & Taylor", [], []),
        ('replace "Nurses" with "Nurses (women)" in 650 $a', ["650 _0 $a Nurses $v Fiction."],
         ["650 _0 $a Nurses (women) $v Fiction."]),
        ('replace "The women :" with "" in 245 $a', [], []),
        ("change 690 to 650", ["690 __ $a Local"], ["650 __ $a Local"]),
        ("set indicator 2 of 690 to 4", ["690 __ $a Local"], ["690 _4 $a Local"]),
        ("set indicator 1 of 856 to _", ["856 40 $u https://vendor.example.com/1"],
         ["856 _0 $u https://vendor.example.com/1"]),
        ("move 090 $a to 092 $a", ["090 __ $a FIC HAN"], ["092 __ $a FIC HAN"]),
        ("move 020 $c to 020 $q", ["020 __ $a 9781250178633 $c $28.00"], ["020 __ $a 9781250178633 $q $28.00"]),
        ("prefix links with https://p.example.org/?u=", ["856 40 $u https://vendor.example.com/1"],
         ["856 40 $u https://p.example.org/?u=https://vendor.example.com/1"]),
        ("note on links: Read it", ["856 40 $u https://vendor.example.com/1"],
         ["856 40 $u https://vendor.example.com/1 $z Read it"]),
        ("delete 500", [], []),
    ],
)  # fmt: skip
def test_a_fix_does_what_its_line_says(fix: str, gone: list[str], come: list[str]) -> None:
    assert fixed(fix) == (gone, come)


def test_fixes_are_done_in_their_order_and_the_record_given_stays() -> None:
    given_record = record()
    made = mended(given_record, read_fixes(["change 690 to 590", "delete 590", "note on links: A", "note on links: B"]))
    assert "590" not in {field.tag for field in made.fields}
    assert made["856"]["z"] == "B"
    assert lines(given_record) == lines(record())


@pytest.mark.parametrize("form", FIXES, ids=lambda form: form.example)
def test_every_example_is_a_fix_and_doing_it_twice_is_as_good_as_once(form: object) -> None:
    fixes = read_fixes([form.example])  # type: ignore[attr-defined]
    once = mended(record(), fixes)
    assert lines(mended(once, fixes)) == lines(once)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("remove 938", 'Line 2, "remove 938", is no fix. Write one as in the examples, such as "delete 938".'),
        ("delete 245", "Line 2: a record keeps its title. Fields 245 can be corrected but not taken away."),
        ("change 246 to 245", "Line 2: a record keeps its title. Fields 245 can be corrected but not taken away."),
        ("move 245 $a to 246 $a", "Line 2: a record keeps its title. Fields 245 can be corrected but not taken away."),
        ("change 690 to 001", "Line 2: field 001 has no subfields and no indicators. Choose one from 010 on."),
        (r"add =590  \\Gift", 'Line 2: field 590 has "\\\\Gift" where two indicators belong.'),
        (r"add =245  00$aTitle", "Line 2: field 245 is there once, so none is added."),
        ("delete 9XX", 'Line 2, "delete 9XX", is no fix. Write one as in the examples, such as "delete 938".'),
        ("note on links: a\x1eb", "Line 2 is longer than 500 characters or holds a control character."),
    ],
)
def test_a_line_that_is_no_fix_is_refused_by_its_number(line: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_fixes(["delete 938", line])
    assert refusal.value.text == why


TAGS = st.sampled_from(["020", "090", "100", "245", "246", "490", "650", "690", "856", "938"])
CODES = st.sampled_from("abchquvz2")
TEXT = st.text(st.characters(categories=("L", "N", "P", "Zs", "S")), min_size=1, max_size=20)
FIX = st.one_of(
    st.builds("delete {}".format, TAGS),
    st.builds("delete {} containing {}".format, TAGS, TEXT),
    st.builds("delete subfield {} ${}".format, TAGS, CODES),
    st.builds("add ={}  \\\\${}{}".format, TAGS, CODES, TEXT),
    st.builds('replace "{}" with "{}" in {} ${}'.format, st.sampled_from(["e", "The women", "9"]), TEXT, TAGS, CODES),
    st.builds("change {} to {}".format, TAGS, TAGS),
    st.builds("set indicator {} of {} to {}".format, st.sampled_from("12"), TAGS, st.sampled_from("019_")),
    st.builds("move {} ${} to {} ${}".format, TAGS, CODES, TAGS, CODES),
    st.builds("note on links: {}".format, TEXT),
    st.just("prefix links with https://p.example.org/?u="),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FIX, max_size=8))
def test_whatever_the_fixes_the_result_reads_back_and_has_a_title(wanted: list[str]) -> None:
    fixes = []
    for line in wanted:
        try:
            fixes += read_fixes([line])
        except Refusal:
            continue
    made = mended(record(), fixes)
    assert lines(parse(to_bytes(made))) == lines(made)
    assert project(made).title
