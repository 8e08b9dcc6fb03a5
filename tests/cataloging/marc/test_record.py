"""The adapter over pymarc: reading, writing, showing and comparing records, and what is projected from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cataloging.marc import iso2709, mnemonic
from cataloging.marc.fields import Format
from cataloging.marc.iso2709 import SpanKind, assemble
from cataloging.marc.projection import KeyKind
from cataloging.marc.record import (
    Change,
    ChangeKind,
    Field,
    Record,
    Subfield,
    as_lines,
    diff,
    parse,
    project,
    records,
    to_bytes,
)
from techsvc.kernel.errors import BadInput, Refusal

DICTIONARY = r"""
=LDR  00000cam\\2200000\a\4500
=001  ocn244063316
=003  OCoLC
=008  080815s2009\\\\nyua\\\\\b\\\\000\0\eng\\
=010  \\$a  2008038152
=020  \\$a9780393066814 (hardcover) :$c$49.95
=020  \\$z0393066819
=024  1\$a786936735390
=035  \\$a(OCoLC)244063316
=050  00$aGV862.3$b.D53 2009
=082  00$a796.35703$222
=100  1\$aDickson, Paul.
=245  14$aThe Dickson baseball dictionary /$cPaul Dickson.
=246  30$aBaseball dictionary
=250  \\$a3rd ed. /$brevised and expanded.
=260  \\$aNew York :$bW.W. Norton & Co.,$cc2009.
=300  \\$axx, 974 p. :$bill. ;$c25 cm.
=505  0\$aThe language of the game.
=650  \0$aBaseball$zUnited States$vDictionaries.
=650  \0$aBaseball$zUnited States$vDictionaries.
"""


def record(text: str) -> Record:
    return mnemonic.read(text)[0]


def test_projection() -> None:
    found = project(record(DICTIONARY))
    assert found.title == "The Dickson baseball dictionary"
    assert found.title_sort == "dickson baseball dictionary"
    assert found.author == "Dickson, Paul"
    assert found.edition == "3rd ed. / revised and expanded"
    assert (found.publisher, found.pub_year, found.language) == ("W.W. Norton & Co.", 2009, "eng")
    assert found.format is Format.BOOK
    assert found.isbns13 == ("9780393066814",)
    assert (found.lccn, found.oclc, found.upcs) == ("2008038152", "244063316", ("786936735390",))
    assert (found.control_no, found.control_org) == ("ocn244063316", "OCoLC")
    assert (found.ddc, found.lcc) == ("796.35703", "GV862.3 .D53 2009")
    assert found.subjects == ("Baseball -- United States -- Dictionaries",)
    assert found.extra == "Baseball dictionary The language of the game."
    assert found.match_keys == (
        (KeyKind.ISBN, "9780393066814"),
        (KeyKind.LCCN, "2008038152"),
        (KeyKind.OCLC, "244063316"),
        (KeyKind.UPC, "786936735390"),
        (KeyKind.CONTROL_NO, "(OCoLC)ocn244063316"),
        (KeyKind.TITLE, "dicksonbaseballdictionary|dickson"),
    )


def test_projection_of_an_empty_record() -> None:
    found = project(Record())
    assert (found.title, found.author, found.pub_year, found.isbns13, found.match_keys) == ("", "", None, (), ())


@pytest.mark.parametrize(
    ("line", "title", "sort"),
    [
        ("=245  10$aFoundation.$n2,$pFoundation and empire :$ba novel",
         "Foundation. 2. Foundation and empire : a novel", "foundation 2 foundation and empire a novel"),
        ("=245  12$aA wrinkle in time$h[large print] /$cL'Engle", "A wrinkle in time", "wrinkle in time"),
        ("=245  14$aThe", "The", "the"),
        ("=245  00$aApologize, apologize!", "Apologize, apologize!", "apologize apologize"),
        ("=245  00$aŁódź & Æsop's", "Łódź & Æsop's", "lodz and aesops"),
    ],
)  # fmt: skip
def test_titles(line: str, title: str, sort: str) -> None:
    found = project(record(line))
    assert (found.title, found.title_sort) == (title, sort)


def test_round_trip_is_exact() -> None:
    first = to_bytes(record(DICTIONARY))
    assert first[9:10] == b"a"
    again = parse(first)
    assert to_bytes(again) == first
    assert as_lines(again)[1:] == as_lines(record(DICTIONARY))[1:]


def test_marc8_becomes_utf8() -> None:
    raw = assemble(b"00000nam  2200000 a 4500", [(b"245", b"10\x1faCaf\xe2e cr\xe1eme\x1e")])
    found = parse(raw)
    assert project(found).title == "Café crème"
    assert parse(to_bytes(found)).leader[9] == "a"


def test_utf8_that_is_declared_as_marc8_is_read_as_utf8() -> None:
    raw = assemble(b"00000nam  2200000 a 4500", [(b"245", "10\x1faCafé crème\x1e".encode())])
    assert project(parse(raw)).title == "Café crème"


def test_what_is_not_utf8_is_refused_with_its_byte() -> None:
    raw = assemble(b"00000nam a2200000 a 4500", [(b"245", b"10\x1faCaf\xe9\x1e")])
    with pytest.raises(BadInput, match=r"its byte 44 \(hexadecimal E9\) is not") as refusal:
        parse(raw)
    assert refusal.value.offset == 44


def test_records_names_the_record_at_fault() -> None:
    good = to_bytes(record(DICTIONARY))
    assert len(list(records(b"\r\n" + good + b"\r\n" + good))) == 2
    with pytest.raises(BadInput, match=r"Record 2 can't be read: the record at byte \d+ breaks off") as refusal:
        list(records(good + good[:100]))
    assert (refusal.value.offset, refusal.value.record) == (len(good), 2)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (Field(tag="520", subfields=[Subfield("a", "x" * 10_000)]), "its field 520 has 10,005 bytes"),
        (Field(tag="520", subfields=[Subfield("a", "one\x1ftwo")]), "Field 520 holds a control character"),
        (Field(tag="520", subfields=[Subfield("a", "one\x00two")]), "Field 520 holds a control character"),
        (Field(tag="008", data="a\x1d"), "Field 008 holds a control character"),
        (Field(tag="520", subfields=[Subfield("ab", "x")]), 'one ASCII character, not "ab"'),
        (Field(tag="5200", subfields=[Subfield("a", "x")]), '"5200" is not a tag'),
        (Field(tag="520", subfields=[Subfield("a", "\ud800")]), "half a character"),
    ],
)
def test_to_bytes_refuses_what_would_not_read_back(field: Field, sentence: str) -> None:
    found = record(DICTIONARY)
    found.fields.append(field)
    with pytest.raises(Refusal, match=sentence):
        to_bytes(found)


def test_to_bytes_refuses_a_record_over_the_limit() -> None:
    found = record(DICTIONARY)
    found.fields += [Field(tag="505", subfields=[Subfield("a", "x" * 9_200)]) for _ in range(11)]
    with pytest.raises(Refusal, match="the format allows 99,999"):
        to_bytes(found)


def test_as_lines() -> None:
    assert as_lines(record("=LDR  00000nam a2200000 a 4500\n=001  7\n=245  10$aSassy /$cGloria")) == [
        ("LDR", " ", " ", [("", "00000nam a2200000 a 4500")]),
        ("001", " ", " ", [("", "7")]),
        ("245", "1", "0", [("a", "Sassy /"), ("c", "Gloria")]),
    ]


def test_diff() -> None:
    old = record("=LDR  00000nam a2200000 a 4500\n=245  10$aSasy\n=650  \\0$aCats\n=650  \\0$aDogs\n=990  \\\\$ax")
    new = record("=LDR  00000cam a2200000 a 4500\n=082  04$a813.6\n=245  10$aSassy\n=650  \\0$aDogs\n=650  \\0$aCats")
    assert diff(old, new) == [
        Change(ChangeKind.CHANGED, "LDR", "LDR nam a a ", "LDR cam a a "),
        Change(ChangeKind.ADDED, "082", "", "082 04 $a 813.6"),
        Change(ChangeKind.CHANGED, "245", "245 10 $a Sasy", "245 10 $a Sassy"),
        Change(ChangeKind.REMOVED, "990", "990 __ $a x", ""),
    ]
    assert diff(old, old) == []


def read_all(folder: Path) -> tuple[int, list[str]]:
    """(records read, refusals); each that is read is written, read again, and is the same."""
    read, refused = 0, []
    for path in sorted(folder.glob("*.mrc")):
        for span in iso2709.split(path.read_bytes()):
            if span.kind is SpanKind.JUNK:
                continue
            try:
                found = parse(span.data)
            except BadInput as refusal:
                refused.append(refusal.text)
                continue
            read += 1
            again = parse(to_bytes(found))
            assert as_lines(again)[1:] == as_lines(found)[1:]
            assert diff(found, again) == []
            assert project(again) == project(found)
    return read, refused


@pytest.mark.slow
def test_real_files(shared_data: Path) -> None:
    """What can't be read is refused with a sentence; what can be is written and read back without a change."""
    marc = shared_data / "marc"
    read, refused = read_all(marc / "clean")
    assert read == 4850
    assert len(refused) == 4
    read, refused = read_all(marc / "marc8")
    assert read == 816
    assert refused == [
        'This MARC record can\'t be read. Field "260" at byte 443 has a subfield code that is not an ASCII character.'
    ]
    read, refused = read_all(marc / "broken")
    assert (read, len(refused)) == (354, 278)
    assert all(text.startswith("This MARC record ") and text.endswith(".") for text in refused)


def test_five_thousand_records(shared_data: Path) -> None:
    found = [project(each) for each in records((shared_data / "marc" / "lc_books_5000.mrc").read_bytes())]
    assert len(found) == 5000
    assert sum(about.title != "" for about in found) == 5000
    assert len({about.control_no for about in found}) == 5000
