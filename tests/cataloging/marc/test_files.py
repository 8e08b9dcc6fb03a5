"""Files in every form: what they are, their records, and that each of their bytes is accounted for."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cataloging.marc import archives, iso2709, marcjson, marcxml, mnemonic
from cataloging.marc.files import Piece, pieces, sniff
from cataloging.marc.record import Field, Record, Subfield, as_lines, parse, to_bytes
from techsvc.kernel.errors import BadInput


def book(title: str, number: str = "1") -> Record:
    record = Record(leader="00000nam a2200000 a 4500")
    record.fields = [Field(tag="001", data=number), Field(tag="245", subfields=[Subfield("a", title)])]
    return record


LOVE, CAFE = book("Act of love & {hate}", "08935564"), book("Café “Zoë”", "08289018")
BOTH = [LOVE, CAFE]
FORMS = {
    "iso2709": b"\r\n".join(to_bytes(one) for one in BOTH),
    "marcxml": marcxml.write(BOTH),
    "json": marcjson.write(BOTH),
    "mnemonic": mnemonic.write(BOTH).encode(),
}


BLANK = b"\xef\xbb\xbf\r\n\t \x00\x1a"


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def titles(found: list[Piece]) -> list[str]:
    return [str(piece.record["245"]["a"]) for piece in found if piece.record]


def whys(found: list[Piece]) -> list[str]:
    return [piece.why for piece in found if piece.why]


def accounted(body: bytes) -> list[Piece]:
    """The pieces of a file that is no archive, after checking that they are the whole of it, in order."""
    found = list(pieces(body))
    place = 0
    for piece in found:
        assert (piece.offset, piece.member) == (place, "")
        assert piece.length > 0
        if piece.record is None:
            assert piece.raw == body[place : place + piece.length]
        else:
            assert as_lines(parse(piece.raw))[1:] == as_lines(piece.record)[1:]
        place += piece.length
    assert place == len(body)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_and_read(form: str) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        assert sniff(mark + FORMS[form]) == form
        found = accounted(mark + FORMS[form])
        assert titles(found) == ["Act of love & {hate}", "Café “Zoë”"]
        assert whys(found) == []
        assert [piece.raw for piece in found if piece.record] == [to_bytes(one) for one in BOTH]


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0" encoding="UTF-16"?>\n' + FORMS["marcxml"].partition(b"\n")[2],
        marcjson.write_one(LOVE).encode() + b"\n" + marcjson.write_one(CAFE).encode() + b"\n",
        json.dumps(json.loads(FORMS["json"]), indent=2).encode(),
        FORMS["mnemonic"].replace(b"\n", b"\r\n") + b"\x1a",
        FORMS["mnemonic"].replace(b"\n\n", b"\n"),
    ],
    ids=["UTF-16", "one object a line", "indented", "line ends of Windows", "no blank lines"],
)
def test_other_ways_to_write_them(body: bytes) -> None:
    if b"UTF-16" in body:
        body = body.decode().encode("utf-16")
    found = accounted(body)
    assert titles(found) == ["Act of love & {hate}", "Café “Zoë”"]
    assert whys(found) == []


def test_text_that_is_not_declared_or_not_utf8() -> None:
    undeclared = to_bytes(CAFE)[:9] + b" " + to_bytes(CAFE)[10:]
    marc8 = iso2709.assemble(b"00000nam  2200000 a 4500", [(b"245", b"10\x1faCaf\xe2e\x1e")])
    found = accounted(undeclared + marc8)
    assert titles(found) == ["Café “Zoë”", "Café"]
    assert [piece.note for piece in found] == ["it is UTF-8, declared as MARC-8", "converted from MARC-8"]


def test_wrong_lengths_are_put_right() -> None:
    found = accounted(b"00099" + to_bytes(LOVE)[5:])
    assert titles(found) == ["Act of love & {hate}"]
    assert found[0].note == "its lengths were wrong and were put right"


# One bad record costs itself


def test_a_bad_record_of_iso2709() -> None:
    found = accounted(to_bytes(LOVE)[:60] + to_bytes(CAFE))
    assert titles(found) == ["Café “Zoë”"]
    assert whys(found) == ["The record at byte 0 breaks off at byte 60: its leader says 84 bytes, 60 bytes are there."]


def test_a_bad_record_of_marcxml() -> None:
    body = FORMS["marcxml"].replace(b'tag="001">08935564', b'tag="1">08935564')
    found = accounted(body)
    assert titles(found) == ["Café “Zoë”"]
    assert whys(found) == ['A field has the tag "1"; three digits or letters are needed.']
    assert found[1].offset == body.index(b"<record>")


def test_what_comes_after_an_ill_formed_place_is_one_piece() -> None:
    body = FORMS["marcxml"].replace("Café".encode(), b"Caf<")
    found = accounted(body)
    assert titles(found) == ["Act of love & {hate}"]
    byte = body.index(b"Caf<") + 4
    assert whys(found) == [f"This XML can't be read: not well-formed (invalid token) at line 11, byte {byte}."]
    assert found[-1].offset == body.index(b"</record>") + len(b"</record>")


def test_xml_without_records() -> None:
    assert whys(accounted(b"<collection/>")) == [
        "This XML holds no MARC record: there is no <record> element with fields."
    ]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"001"', b'"01"', 'Field 1 has the tag "01"; three digits or letters are needed.'),
        (b'"08935564"', b"8935564", "Field 1 (001) is 8935564; a control field is a text."),
        (b'"ind1": " "', b'"ind1": ""', 'Field 2 (245) has the indicators ["", " "]; each is one character.'),
        (b'"subfields"', b'"parts"', 'Field 2 (245) is {"ind1": " ", "ind2": " ", "parts": [{"a": "Act of love & {h; '
         'it must have a list of "subfields".'),
        (b'"fields"', b'"feilds"', 'This JSON object is no MARC record: it has no list of "fields".'),
        (b'"fields": [', b'"fields": [}', "This is not JSON: Expecting value at byte 50 of the object."),
        (b"hate}", b'hate}"', "This JSON object breaks off: its braces are not closed."),
        (b"love", b"l\xffve", "The text is not UTF-8 at byte 137."),
    ],
)  # fmt: skip
def test_a_bad_record_of_json(old: bytes, new: bytes, why: str) -> None:
    found = accounted(FORMS["json"].replace(old, new, 1))
    assert titles(found) == ["Café “Zoë”"]
    assert whys(found) == [why]


def test_records_wrapped_in_other_json() -> None:
    found = accounted(b'{"count": 2, "records": ' + FORMS["json"] + b"}")
    assert titles(found) == ["Act of love & {hate}", "Café “Zoë”"]
    assert whys(found)[0] == 'This JSON object is no MARC record: it has no list of "fields".'


def test_a_bad_record_of_mnemonic_text() -> None:
    found = accounted(FORMS["mnemonic"].replace(b"=245  \\\\$aAct", b"245 $aAct"))
    assert titles(found) == ["Café “Zoë”"]
    assert whys(found) == ['Line 3 is not a field: "245 $aAct of love & {lcub}hate{rcub}". Write "=245  10$aTitle".']
    second = accounted(FORMS["mnemonic"].replace("Café".encode(), b"Caf\xe9"))
    assert whys(second) == [f"The text is not UTF-8 at byte {FORMS['mnemonic'].index('é'.encode())}."]
    third = accounted(FORMS["mnemonic"].replace(b"=001  08289018", b"001"))
    assert whys(third) == ['Line 6 is not a field: "001". Write "=245  10$aTitle".']


@pytest.mark.parametrize("form", ["marcxml", "json", "mnemonic"])
def test_records_over_the_limits_are_named_with_field_and_size(form: str) -> None:
    writers = {
        "marcxml": marcxml.write,
        "json": marcjson.write,
        "mnemonic": lambda records: mnemonic.write(records).encode(),
    }
    long_field, long_record = book("x" * 10_000), book("y")
    long_record.fields += [Field(tag="505", subfields=[Subfield("a", "z" * 9_990)]) for _n in range(11)]
    found = accounted(writers[form]([long_field, long_record, CAFE]))
    assert titles(found) == ["Café “Zoë”"]
    assert whys(found) == [
        "Field 245 has 10,005 bytes and a field of MARC holds 9,999. Split it into several fields and load the record "
        "again.",
        "The record has 110,135 bytes and a record of MARC holds 99,999; its longest field is 505 with 9,995. Shorten "
        "it and load the record again.",
    ]


# Archives


def test_the_files_of_an_archive_are_read_one_after_another() -> None:
    body = zipped({f"a/{form}": FORMS[form] for form in FORMS} | {"readme.txt": b"hello, you\n", "empty": b""})
    assert sniff(body) == "zip"
    found = list(pieces(body))
    sizes: Counter[str] = Counter()
    for piece in found:
        sizes[piece.member] += piece.length
    assert sizes == {f"a/{form}": len(FORMS[form]) for form in FORMS} | {"readme.txt": 11}
    assert titles(found) == ["Act of love & {hate}", "Café “Zoë”"] * 4
    assert whys(found) == [
        "The file can't be read as MARC: it is a table (CSV). Ask for ISO 2709 (.mrc), MARCXML, MARC-in-JSON or "
        "mnemonic text (.mrk), also zipped."
    ]


def test_a_gzipped_file() -> None:
    found = list(pieces(gzip.compress(FORMS["iso2709"], mtime=0), "books.mrc.gz"))
    assert titles(found) == ["Act of love & {hate}", "Café “Zoë”"]
    assert {piece.member for piece in found} == {"books.mrc"}


def test_an_archive_in_an_archive_stays_closed() -> None:
    inner = zipped({"books.mrc": FORMS["iso2709"]})
    found = list(pieces(zipped({"inner.zip": inner})))
    assert [(piece.member, piece.length, piece.record) for piece in found] == [("inner.zip", len(inner), None)]
    assert found[0].why.startswith("It is an archive inside the archive, which is not opened.")


def test_encrypted_and_damaged_files_of_an_archive() -> None:
    whole = zipped({"books.mrc": FORMS["iso2709"] * 20})
    place = whole.index(b"PK\x01\x02")
    locked = whole[:6] + b"\x01" + whole[7:place] + whole[place : place + 8] + b"\x01" + whole[place + 9 :]
    size = len(FORMS["iso2709"]) * 20
    assert [(one.length, one.why) for one in pieces(locked)] == [
        (size, "It is encrypted. Unpack it with its password and load the files.")
    ]
    damaged = whole[:60] + b"\xff\xff" + whole[62:]
    found = list(pieces(damaged))
    assert [(one.length, one.record) for one in found] == [(size, None)]
    assert found[0].why.startswith("It is damaged in the archive: ")


@pytest.mark.parametrize("pack", [lambda body: zipped({"a.mrc": body}), gzip.compress], ids=["zip", "gzip"])
def test_archives_made_to_fill_a_disk_are_refused(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = pack(b"0" * 3_000_000)
    monkeypatch.setattr(archives, "RATIO_COUNTS_FROM", 1_000_000)
    with pytest.raises(BadInput, match=r"unpacks to 3,000,000 bytes from .*, which no file of records does"):
        list(pieces(bomb))
    monkeypatch.setattr(archives, "MAX_UNPACKED", 2_000_000)
    with pytest.raises(BadInput, match="at most 2,000,000 are read"):
        list(pieces(bomb))


def test_too_many_files_in_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(BadInput, match="holds 3 files; at most 2 are read"):
        list(pieces(zipped(dict.fromkeys("abc", b"x"))))


# What is no MARC


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \r\n\x1a", "The file is empty"),
        (b"%PDF-1.7\n", "it is a PDF. Ask for ISO 2709"),
        (b"<!DOCTYPE html><p>Log in", r"it is a web page \(HTML\)"),
        (b"isbn,title\n1,2\n", r"it is a table \(CSV\)"),
        (b"PK\x03\x04 and nothing else", "The zip archive is damaged"),
        (zipped({}), "The zip archive is empty"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-20], "The gzip archive is damaged: it breaks off"),
    ],
)  # fmt: skip
def test_other_files_are_refused_in_words(body: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        list(pieces(body))


# Any bytes


def survives(body: bytes) -> None:
    with suppress(BadInput):
        if sniff(body) in ("zip", "gzip"):
            list(pieces(body))
        else:
            accounted(body)


FRAGMENTS = [
    b"=LDR  00000nam\\a2200000\\a\\4500\n", b"=245  10$aTitle\n", b"\n", b"\r", b"=001  x", b"\xc2\xa0",
    b'{"leader":"00000nam a2200000 a 4500","fields":[', b'{"001":"x"}', b"]}", b"[", b",", b"{", b"}", b'"', b"\\",
    b'{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"x"}]}}', b"\\ud800", b"\xef\xbb\xbf",
    b"<collection>", b"<record>", b"</record>", b"<leader>00000nam a2200000 a 4500</leader>", b"</collection>",
    b'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">x</subfield></datafield>', b"<x/>", b"&#31;", b"&",
    b'<controlfield tag="001">1</controlfield>', b'<?xml version="1.0"?>', b"<!DOCTYPE x>",
    to_bytes(CAFE), to_bytes(CAFE)[:40], b"\x1d", b"\x1e", b"\x1f", b"\x00", b"\x1a", b"00030", b"\xff",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=4), max_size=12).map(b"".join))
@example(b"=LDR  00000nam\\a2200000\\a\\4500\n\n\xc2\xa0\n")
@example(b'{"leader":"00000nam a2200000 a 450\\u001d","fields":[{"001":"x"}]}')
@settings(max_examples=150)
def test_any_bytes_add_up(body: bytes) -> None:
    survives(body)


ARCHIVE = zipped({"a.mrc": FORMS["iso2709"], "b.xml": FORMS["marcxml"]})


@given(
    st.sampled_from([*FORMS.values(), ARCHIVE, gzip.compress(FORMS["json"], mtime=0)]),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3), st.integers(0, 5)), max_size=3),
)
@settings(max_examples=150)
def test_damaged_files_add_up(body: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    for at, put, gone in changes:
        place = at % len(body)
        body = body[:place] + put + body[place + gone :]
    survives(body)


# Real files


def outcome(body: bytes) -> str:
    """What becomes of a file that should hold one record."""
    try:
        found = accounted(body)
    except BadInput:
        return "refused"
    assert all(piece.record or piece.why or not piece.raw.strip(BLANK) for piece in found)
    kinds = {"read" if piece.record else "bad" for piece in found if piece.record or piece.why}
    return "put right" if any(piece.note.startswith("its lengths") for piece in found) else "+".join(sorted(kinds))


def test_broken_files_have_their_reasons(shared_data: Path) -> None:
    """No crash, no byte lost; files that have one fault alone, by the fault that their list names."""
    folder = shared_data / "marc" / "broken"
    alone, all_of_them = Counter[str](), Counter[str]()
    for line in (folder / "MANIFEST.tsv").read_text().splitlines()[1:]:
        name, _source, _encoding, reasons = line.split("\t")
        if not (folder / name).exists():  # listed, but left out of the folder
            continue
        became = outcome((folder / name).read_bytes())
        all_of_them[became] += 1
        if ";" not in reasons:
            alone[f"{reasons}: {became}"] += 1
    assert all_of_them == {"read": 354, "bad": 184, "put right": 93, "refused": 2}
    assert alone == {
        "008-length: read": 202,
        "008-length: bad": 2,
        "bad-base-address: put right": 2,
        "bad-directory-entry: put right": 1,
        "bad-directory-entry: bad": 1,
        "bad-indicators: bad": 15,
        "bad-leader-22: read": 25,
        "declared-utf8-undecodable: bad": 25,
        "directory-not-multiple-of-12: bad": 1,
        "empty-subfield-code: read": 5,
        "field-bounds: put right": 1,
        "length-mismatch: put right": 2,
        "no-fields: bad": 1,
        "no-subfields: read": 3,
        "nonascii-leader: read": 3,
        "nonascii-leader: bad": 4,
        "repeated-001: read": 13,
        "repeated-245: read": 9,
        "utf8-declared-marc8: read": 63,
        "utf8-declared-marc8: bad": 1,
    }
