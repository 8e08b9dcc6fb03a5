"""MARCXML: round trips, wrapped records, and what is refused before it can do harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc import marcxml
from cataloging.marc.record import Field, Indicators, Record, Subfield, as_lines, diff
from techsvc.kernel.errors import BadInput, Refusal

ONE = """<?xml version="1.0" encoding="UTF-8"?>
<marc:record xmlns:marc="http://www.loc.gov/MARC21/slim">
  <marc:leader>00766nam  22002175  4500</marc:leader>
  <marc:controlfield tag="001">08935564</marc:controlfield>
  <marc:datafield tag="245" ind1="1" ind2="0">
    <marc:subfield code="a">Act of love &amp; hate</marc:subfield>
  </marc:datafield>
</marc:record>"""


def test_read() -> None:
    found = marcxml.read(ONE.encode())
    assert [as_lines(record) for record in found] == [
        [
            ("LDR", " ", " ", [("", "00766nam a22002175  4500")]),
            ("001", " ", " ", [("", "08935564")]),
            ("245", "1", "0", [("a", "Act of love & hate")]),
        ]
    ]


def test_read_from_other_xml() -> None:
    wrapped = '<answer xmlns="http://www.loc.gov/zing/srw/"><record><recordData>' + ONE.partition("?>")[2]
    assert len(marcxml.read((wrapped + "</recordData></record></answer>").encode())) == 1


text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)


@given(st.lists(st.tuples(st.sampled_from("a9z"), text), min_size=1, max_size=4))
def test_round_trip(parts: list[tuple[str, str]]) -> None:
    record = Record(leader="00000nam a2200000 a 4500")
    record.fields = [
        Field(tag="001", data="7"),
        Field(tag="500", indicators=Indicators("1", " "), subfields=[Subfield(code, value) for code, value in parts]),
    ]
    again = marcxml.read(marcxml.write([record]))
    assert len(again) == 1
    assert diff(record, again[0]) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(encoding: str) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><record><leader>&b;</leader></record>'
    with pytest.raises(BadInput, match=r"declares a document type \(<!DOCTYPE r>\)"):
        marcxml.read(bomb.encode(encoding))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<record><leader>", "no element found at line 1, byte 16"),
        (b"hello", "syntax error at line 1, byte 0"),
        (b"", "no element found"),
        (b"<collection/>", "holds no MARC record"),
        (b"<record><datafield tag='24' ind1=' ' ind2=' '/></record>", 'Record 1: a field has the tag "24"'),
        (b"<record><datafield tag='245'><subfield>x</subfield></datafield></record>", "a subfield has the code"),
        (b"<record><datafield tag='001'/></record>", "field 001 is coded as a data field"),
        (b"<record><controlfield tag='245'>x</controlfield></record>", "field 245 is coded as a control field"),
        (b"<record><datafield tag='245' ind1='10'/></record>", 'the indicators "10" and " "; each is one character'),
        (b"<?xml version='1.0' encoding='klingon'?><record/>", "unknown encoding"),
        (b"<a>" * 300, "nests deeper than 200"),
    ],
)  # fmt: skip
def test_refusals(data: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        marcxml.read(data)


def test_size_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marcxml, "MAX_SIZE", 10)
    with pytest.raises(BadInput, match="at most 10 are read"):
        marcxml.read(ONE.encode())


def test_write_refuses_control_characters() -> None:
    record = Record()
    record.fields = [Field(tag="500", subfields=[Subfield("a", "bell \x07")])]
    with pytest.raises(Refusal, match="Field 500 holds the control character 0x07"):
        marcxml.write([record])


def test_odd_indicators_and_codes_are_written_or_refused() -> None:
    record = Record(leader="00000nam a2200000 a 4500")
    record.fields = [Field(tag="500", indicators=Indicators('"', "\n"), subfields=[Subfield("&", "x")])]
    assert diff(record, marcxml.read(marcxml.write([record]))[0]) == []
    record.fields = [Field(tag="500", subfields=[Subfield("\x0b", "x")])]
    with pytest.raises(Refusal, match="Field 500 holds the control character 0x0b"):
        marcxml.write([record])
