"""Mnemonic text: as typed, as written, and the line that is at fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc import mnemonic
from cataloging.marc.record import Field, Indicators, Record, Subfield, as_lines, diff
from techsvc.kernel.errors import BadInput

TEXT = r"""=LDR  00000nam\a2200000\a\4500
=001  08935564
=008  261124s2009\\\\xx\
=020  \\$a141659423X$c{dollar}25.00
=245  14$aThe act of love {lcub}novel{rcub}

=LDR  00000nam\a2200000\a\4500
=245  00$aSassy

"""


def test_read_and_write() -> None:
    found = mnemonic.read(TEXT)
    assert as_lines(found[0])[1:] == [
        ("001", " ", " ", [("", "08935564")]),
        ("008", " ", " ", [("", "261124s2009    xx ")]),
        ("020", " ", " ", [("a", "141659423X"), ("c", "$25.00")]),
        ("245", "1", "4", [("a", "The act of love {novel}")]),
    ]
    assert mnemonic.write(found) == TEXT


def test_a_double_dagger_leaves_dollars_alone() -> None:
    found = mnemonic.read("=020  \\\\‡a141659423X‡c$25.00")[0]
    assert as_lines(found)[1] == ("020", " ", " ", [("a", "141659423X"), ("c", "$25.00")])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("=001  1\n245 10 $aTitle", 'Line 2 is not a field: "245 10 \\$aTitle"'),
        ("=245  10", "Line 1: field 245 has a subfield without a code, or none at all"),
        ("=245  10$", "Line 1: field 245 has a subfield without a code"),
        ("=245  100$aTitle", 'Line 1: field 245 has "100" where two indicators belong'),
        ("=LDR  short", "Line 1: a leader has 24 characters, this one has 5"),
    ],
)
def test_faults_name_the_line(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        mnemonic.read(text)


@given(st.lists(st.tuples(st.sampled_from("a9z"), st.text(st.characters(categories=("L", "N", "P", "S"))))))
def test_round_trip(parts: list[tuple[str, str]]) -> None:
    record = Record(leader="00000nam a2200000 a 4500")
    subfields = [Subfield("a", "x"), *(Subfield(code, value) for code, value in parts if "\u2021" not in value)]
    record.fields = [Field(tag="500", indicators=Indicators(" ", "1"), subfields=subfields)]
    assert diff(record, mnemonic.read(mnemonic.write([record]))[0]) == []
