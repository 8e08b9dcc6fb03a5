"""The syntax of EDIFACT files: delimiters, release characters, line breaks, offsets, and what is no EDIFACT."""

from __future__ import annotations

import pytest

from acquisitions.edi.edifact import decode
from acquisitions.edi.model import Delimiters
from acquisitions.edi.tokens import MAX_BYTES, MAX_NOTES, split_released, split_segment
from techsvc.kernel.errors import BadInput
from tests.acquisitions.edi.samples import decoded_or_refused, interchange


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a'b", ["a", "b"]),
        ("a?'b'c", ["a?'b", "c"]),
        ("a??'b", ["a??", "b"]),
        ("a???'b'c", ["a???'b", "c"]),
        ("?'?'?'", ["?'?'?'"]),
        ("a?", ["a?"]),
        ("", [""]),
    ],
)
def test_splits_at_separators_that_are_not_released(text: str, pieces: list[str]) -> None:
    assert split_released(text, "'", "?") == pieces


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("IMD+L+050+:::Don?'t look now", [["L"], ["050"], ["", "", "", "Don't look now"]]),
        ("IMD+L+050+:::What is history??:and why", [["L"], ["050"], ["", "", "", "What is history?", "and why"]]),
        ("IMD+L+050+:::1 ?+ 1 ?: two", [["L"], ["050"], ["", "", "", "1 + 1 : two"]]),
        ("IMD+L+050+:::Who am I?", [["L"], ["050"], ["", "", "", "Who am I?"]]),
        ("IMD+F++:::Milk ?*fresh?*", [["F"], [""], ["", "", "", "Milk *fresh*"]]),
        ("UNS", []),
    ],
)
def test_splits_and_unescapes_elements(text: str, elements: list[list[str]]) -> None:
    assert split_segment(text, Delimiters())[1] == elements


@pytest.mark.parametrize(
    ("una", "delimiters"),
    [
        ("UNA:+.? '", Delimiters()),
        ("UNA:+,? '", Delimiters(decimal=",")),
        ("UNA:+.?*'", Delimiters()),
        ("", Delimiters()),
        ("UNA:+.  '", Delimiters(release="")),
    ],
)
def test_delimiters_are_read_from_una(una: str, delimiters: Delimiters) -> None:
    found = decode(interchange("ORDRSP", "BGM+231+7+4", una=una))
    assert (found.delimiters, found.departures, found.messages[0].segments[0].at(1)) == (delimiters, [], "7")


def test_any_delimiters_may_be_named() -> None:
    data = (
        b"UNA^<.? >\r\nUNB<UNOA^2<WSHEIN^ZZ<CORN^ZZ<201102^0931<682>\r\n"
        b"UNH<1<INVOIC^D^96A^UN>BGM<380<A?>B>UNT<3<1>UNZ<1<682>"
    )
    found = decode(data)
    assert (found.sender, found.control_ref, found.all_departures()) == ("WSHEIN", "682", [])
    assert found.messages[0].segments[0].at(1) == "A>B"


def test_separators_that_do_not_print() -> None:
    plain = b"UNB+UNOB:1+A+B+260303:0915+1'UNH+1+ORDERS:D:96A'BGM+220+5'UNT+3+1'UNZ+1+1'"
    data = plain.translate(bytes.maketrans(b"+:'", b"\x1d\x1f\x1c"))
    assert decode(data).messages[0].segments[0].elements == [["220"], ["5"]]


def test_una_without_the_reserved_blank_is_a_departure() -> None:
    found = decode(interchange("ORDRSP", "BGM+231+7+4", una="UNA:+.?'\n"))
    assert found.delimiters == Delimiters()
    assert [str(departure) for departure in found.departures] == [
        "UNA has five characters instead of six; the reserved blank is missing. (byte 0)"
    ]


def test_una_that_gives_one_character_two_purposes_is_refused() -> None:
    with pytest.raises(BadInput, match="two purposes") as refusal:
        decode(interchange("ORDRSP", "BGM+231+7+4", una="UNA++.? '"))
    assert refusal.value.offset == 0


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r\n  "])
def test_line_breaks_after_segments(line_end: bytes) -> None:
    data = interchange("INVOIC", "BGM+380+7+9", "LIN+1").replace(b"'", b"'" + line_end)
    found = decode(data)
    assert found.all_departures() == []
    for segment in found.messages[0].segments:
        assert data[segment.offset : segment.offset + 3].decode() == segment.tag


@pytest.mark.parametrize("width", [3, 7, 26, 80])
def test_files_wrapped_in_the_middle_of_segments(width: int) -> None:
    plain = interchange("INVOIC", "BGM+380+7+9", "IMD+L+050+:::Don?'t look now??", "IMD+L+009+:::du Maurier??'+?+")
    head, body = plain[:9], plain[9:]
    wrapped = head + b"\r\n".join(body[start : start + width] for start in range(0, len(body), width))
    found = decode(wrapped)
    assert [segment.elements for segment in found.messages[0].segments] == [
        segment.elements for segment in decode(plain).messages[0].segments
    ]
    assert found.messages[0].error is None


def test_offsets_count_bytes_in_utf8() -> None:
    text = interchange("INVOIC", "BGM+380+7+9", "IMD+L+050+:::prólogo", "QTY+47:1", charset="UNOY:4").decode("latin-1")
    data = text.encode("utf-8")
    found = decode(data)
    assert (found.charset, found.departures) == ("utf-8", [])
    assert [data[s.offset : s.offset + 3] for s in found.messages[0].segments] == [b"BGM", b"IMD", b"QTY"]
    assert found.messages[0].segments[1].at(2, 3) == "prólogo"


def test_an_apostrophe_that_was_not_released_is_joined() -> None:
    found = decode(interchange("INVOIC", "BGM+380+7+9", "IMD+L+050+:::Casopis'a Historicky:zwei+x", "QTY+47:1"))
    assert found.messages[0].segments[1].elements == [
        ["L"],
        ["050"],
        ["", "", "", "Casopis'a Historicky", "zwei"],
        ["x"],
    ]
    assert [departure.text for departure in found.all_departures()] == [
        "An apostrophe in the text was not released; the text after it was joined to its segment."
    ]


def test_a_curly_quote_that_ends_a_segment() -> None:
    data = interchange("ORDRSP", "BGM+231+7+4", "LIN+1+4", "QTY+21:3")
    found = decode(data.replace(b"QTY+21:3'", "QTY+21:3\u2019".encode()))
    assert [segment.tag for segment in found.messages[0].segments] == ["BGM", "LIN", "QTY"]
    assert [departure.text for departure in found.departures] == [
        "A curly quote stands where an apostrophe should end the segment.",
    ]


def test_a_curly_quote_in_a_name_stays_text() -> None:
    data = interchange("INVOIC", "BGM+380+7+9", "NAD+SU+++LIBRERIA D#ORO+VIA ROMA").replace(b"#", "\u2019".encode())
    assert decode(data).messages[0].segments[1].at(3) == "LIBRERIA D\u2019ORO"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \r\n", "The file is empty"),
        (
            b"ISA*00*          *00*   *16*1*01*P*090612*2028*U*00400*8*0*P*>~GS*PO*1*P~ST*850*1~",
            "This is an X12 850 file",
        ),
        (b"ISA*00*  ", "This is an X12 file"),
        (b"STX=ANA:1+5000000000000:SOME STORES LTD", "This is a TRADACOMS file"),
        (b"<?xml version='1.0'?><Order/>", "This is an XML or HTML file"),
        (b"%PDF-1.7", "This is a PDF file"),
        (b"PK\x03\x04", "This is a ZIP file"),
        ("UNB+UNOC".encode("utf-16"), "This file is in UTF-16"),
        (b"title,price\nDune,9.99\n", "This is not an EDIFACT file"),
        (b"UNB+UNOC:3+1697684:31B", "The file breaks off in its first segment"),
        (b"UNA:+.? '", "This is not an EDIFACT file"),
    ],
)
def test_what_is_no_edifact_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        decode(data)
    assert refusal.value.text.startswith(sentence)
    assert refusal.value.offset is not None
    assert "byte" in refusal.value.text


def test_the_x12_sentence_says_which_document_it_is() -> None:
    with pytest.raises(BadInput) as refusal:
        decode(b"ISA*00*~GS*PR*1*P~ST*855*852281220~")
    assert refusal.value.text == (
        "This is an X12 855 file (purchase order acknowledgement); only EDIFACT is read here (byte 0). "
        "Ask the vendor for EDIFACT D.96A."
    )


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadInput, match="only 10485760 bytes are read") as refusal:
        decode(interchange("INVOIC", "BGM+380+7+9") + b" " * MAX_BYTES)
    assert refusal.value.offset == MAX_BYTES


def test_a_segment_that_is_too_long_makes_its_message_an_error() -> None:
    found = decode(interchange("INVOIC", "BGM+380+7+9", "FTX+LIN+++" + "x" * 6000))
    assert found.messages[0].error is not None
    assert "too long" in found.messages[0].error


@pytest.mark.parametrize("flood", [b"'", b"LIN'", b"?'", b"x'", b"+", b":", b"?"])
def test_a_flood_is_refused_or_read_in_little_space(flood: bytes) -> None:
    data = interchange("INVOIC", "BGM+380+7+9", "IMD+L+050+:::x").replace(
        b"UNT", flood * (800_000 // len(flood)) + b"UNT"
    )
    found = decoded_or_refused(data)
    assert found is None or len(found.departures) <= MAX_NOTES + 1


def test_text_around_the_interchange_is_passed_over() -> None:
    found = decode(b"  edi\n------\n " + interchange("ORDRSP", "BGM+231+7+4") + b"\n(1 row)\n\x1a")
    assert [departure.text for departure in found.departures] == [
        "14 bytes before the interchange were passed over.",
        "Text after the end of the interchange (UNZ) was passed over.",
    ]
    assert len(found.messages) == 1


def test_trailing_blanks_and_a_byte_order_mark_are_no_departure() -> None:
    found = decode(b"\xef\xbb\xbf" + interchange("ORDRSP", "BGM+231+7+4", una="") + b" " * 40)
    assert found.all_departures() == []
