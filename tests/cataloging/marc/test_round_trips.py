"""Round trips of real records: byte for byte, or different for one of a few reasons; other tools read what we write."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cataloging.marc import iso2709, marcjson, marcxml, mnemonic
from cataloging.marc.files import Piece, pieces
from cataloging.marc.iso2709 import Encoding
from cataloging.marc.record import Record, parse, to_bytes
from techsvc.kernel.errors import Refusal

pytestmark = pytest.mark.slow
# Leader positions that we set: encoding, counts of indicators and codes, and the shape of the directory.
SET = {9, 10, 11, 20, 21, 22, 23}


def real(shared_data: Path) -> Iterator[tuple[bytes, Piece]]:
    """(bytes of the file, piece) of every record that can be read."""
    marc = shared_data / "marc"
    for path in [*sorted((marc / "clean").glob("*.mrc")), *sorted((marc / "marc8").glob("*.mrc")), marc / BOOKS]:
        body = path.read_bytes()
        for piece in pieces(body):
            if piece.record is not None:
                yield body[piece.offset : piece.offset + piece.length], piece


BOOKS = "lc_books_5000.mrc"


def difference(came: bytes, written: bytes) -> str:
    """Why a record is not written as it came; fails when it is for no reason of the list."""
    if came == written:
        return "none"
    encoding = iso2709.encoding(came)
    if came[iso2709.LEADER_LENGTH :] == written[iso2709.LEADER_LENGTH :]:
        assert {place for place in range(24) if came[place] != written[place]} <= SET
        return "leader alone"
    assert encoding is Encoding.MARC8
    return "converted from MARC-8"


def test_what_is_read_is_written_byte_for_byte(shared_data: Path) -> None:
    found = Counter(difference(came, to_bytes(piece.record)) for came, piece in real(shared_data) if piece.record)
    assert found == {"none": 8385, "leader alone": 1453, "converted from MARC-8": 828}


def again_xml(record: Record) -> Record:
    return marcxml.read(marcxml.write([record]))[0]


def again_json(record: Record) -> Record:
    return marcjson.read(marcjson.write_one(record))


def again_mnemonic(record: Record) -> Record:
    return mnemonic.read(mnemonic.write([record]))[0]


def lossless(record: Record, form: str) -> bool:
    """Whether a form has a way to write the record: text has none for what this names."""
    fields = [field for field in record.fields if not field.control_field]
    marks = "".join(field.indicator1 + field.indicator2 for field in fields)
    texts = [part.code + part.value for field in fields for part in field.subfields]
    texts += [field.data or "" for field in record.fields]
    breaks = any(" ".join(text.splitlines()) != text for text in texts)
    if form == "marcxml":
        return not breaks and not any(marcxml.UNWRITABLE.search(text) for text in [marks, *texts])
    odd = breaks or any(field.tag != field.tag.upper() for field in fields)
    return form == "json" or not (odd or "\\" in marks or any(not field.subfields for field in fields))


@pytest.mark.parametrize(
    ("form", "again", "counts"),
    [
        ("marcxml", again_xml, {"same": 10654, "different": 12, "refused": 3}),
        ("json", again_json, {"same": 10666}),
        ("mnemonic", again_mnemonic, {"same": 10277, "different": 389, "refused": 319}),
    ],
)
def test_other_forms_are_read_back_as_they_were(
    form: str, again: Callable[[Record], Record], counts: dict[str, int], shared_data: Path
) -> None:
    found: Counter[str] = Counter()
    for _came, piece in real(shared_data):
        assert piece.record
        try:
            same = to_bytes(again(piece.record)) == to_bytes(piece.record)
        except Refusal:
            same = False
            found["refused"] += 1
        found["same" if same else "different"] += 1
        if not same and lossless(piece.record, form):
            found["not explained"] += 1
    assert found == counts


# Beside yaz


def yaz(*arguments: str) -> bytes:
    if shutil.which("yaz-marcdump") is None:
        pytest.skip("yaz-marcdump is not installed; what we write is not read by a second reader.")
    return subprocess.run(["yaz-marcdump", *arguments], capture_output=True, check=False).stdout


def test_yaz_reads_what_we_write(shared_data: Path, tmp_path: Path) -> None:
    raws = [piece.raw for _came, piece in real(shared_data)]
    for form, body in (("marc", b"".join(raws)), ("marcxml", marcxml.write(map(parse, raws[-500:])))):
        path = tmp_path / form
        path.write_bytes(body)
        lines = yaz("-i", form, "-o", "json", str(path)).decode("utf-8", "replace").splitlines()
        leaders = [line for line in lines if line.strip().startswith('"leader":')]
        assert len(leaders) == (len(raws) if form == "marc" else 500)


def test_marc8_is_converted_as_yaz_does(shared_data: Path, tmp_path: Path) -> None:
    """The same letters, which we compose; where it differs, marks over two letters and characters nobody knows."""
    found, differing = Counter[str](), []
    for path in sorted((shared_data / "marc" / "marc8").glob("*.mrc")):
        body = path.read_bytes()
        for piece in pieces(body):
            if piece.record is None:
                continue
            one = tmp_path / "one.mrc"
            one.write_bytes(body[piece.offset : piece.offset + piece.length])
            theirs = yaz("-i", "marc", "-f", "marc-8", "-t", "utf-8", "-l", "9=97", "-o", "marc", str(one))
            how = likeness(letters(piece.raw), letters(theirs))
            found[how] += 1
            if how == "different":
                differing.append(f"{path.name} at byte {piece.offset}")
    assert found == {"same": 795, DOUBTS: 17, "different": 4}
    assert differing == [
        "edsu+pymarc.mrc at byte 0",  # Latin-1: yaz stops at the first letter, we leave it out
        "indexdata+yaz.mrc at byte 3613",  # an escape where the code of a subfield belongs
        "internetarchive+openlibrary.mrc at byte 963",  # yaz does not read it
        "perl4lib+marc-perl.mrc at byte 7326",  # a letter of Extended Cyrillic
    ]


def letters(raw: bytes) -> str:
    """The text of a record, composed, without its leader and directory."""
    return unicodedata.normalize("NFC", raw.partition(iso2709.FIELD_END)[2].decode("utf-8", "replace"))


# MARC-8 has halves of a mark over two letters, which Unicode has whole; what is unknown becomes a blank, or nothing.
DOUBTS = "same but for double marks and unknown characters"
ALIKE = str.maketrans({"\ufe20": "\u0361", "\ufe21": None, "\ufe22": "\u0360", "\ufe23": None, " ": None})


def likeness(ours: str, theirs: str) -> str:
    if ours == theirs:
        return "same"
    return DOUBTS if ours.translate(ALIKE) == theirs.translate(ALIKE) else "different"


def test_xmllint_finds_our_xml_well_formed(shared_data: Path, tmp_path: Path) -> None:
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is not installed; our XML is not checked by a second parser.")
    path = tmp_path / "books.xml"
    books = [piece.record for piece in pieces((shared_data / "marc" / BOOKS).read_bytes()) if piece.record]
    path.write_bytes(marcxml.write(books))
    assert subprocess.run(["xmllint", "--noout", str(path)], capture_output=True, check=False).stderr == b""


def test_json_is_read_by_a_plain_reader(shared_data: Path) -> None:
    books = [piece.record for piece in pieces((shared_data / "marc" / BOOKS).read_bytes()) if piece.record]
    found = json.loads(marcjson.write(books))
    assert [one["leader"] for one in found] == [str(book.leader) for book in books]
