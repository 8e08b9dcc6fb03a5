"""What is wrong with a record, in sentences, and what is missing from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cataloging.marc import mnemonic
from cataloging.marc.record import Record, records
from cataloging.rules.validation import Severity, faults, missing

SOUND = [
    "=LDR  00000cam\\a2200000\\a\\4500",
    "=008  080815s2009\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\1\\eng\\\\",
    "=020  \\\\$a9781416594239",
    "=100  1\\$aJacobson, Howard",
    "=245  14$aThe act of love",
]


def record(lines: list[str]) -> Record:
    return mnemonic.read("\n".join(lines))[0]


def test_a_sound_record() -> None:
    assert faults(record(SOUND)) == []


@pytest.mark.parametrize(
    ("line", "tag", "text"),
    [
        ("=245  10$aAgain", "245", "245 is there 2 times; only one is allowed."),
        ("=110  2\\$aTwelve", "110", "There are two main entries, 100 and 110. Keep one."),
        ("=020  \\\\$a9781416594238 (pbk.)", "020",
         '020: "9781416594238 (pbk.)" is not a valid ISBN. Correct it, or move it to $z.'),
        ("=022  \\\\$a0378-5954", "022", '022: "0378-5954" is not a valid ISSN. Correct it, or move it to $z.'),
        ("=500  \\\\$a ", "500", "500 $a is empty."),
        ("=001  1\n=001  2", "001", "001 is there 2 times; only one is allowed."),
    ],
)  # fmt: skip
def test_errors(line: str, tag: str, text: str) -> None:
    found = faults(record([*SOUND, line]))
    assert [(fault.severity, fault.tag, fault.text) for fault in found] == [(Severity.ERROR, tag, text)]


def test_the_ordinal_names_the_field() -> None:
    found = faults(record([*SOUND, "=020  \\\\$a1416594230"]))
    assert (found[0].tag, found[0].ordinal) == ("020", 2)


def test_errors_come_before_warnings() -> None:
    found = faults(record(["=LDR  00000xyz a2200000 a 4500", "=500  !\\$Ax"]))
    assert [fault.text for fault in found] == [
        'Leader position 5 (status of record) is "x"; it must be one of acdnp.',
        'Leader position 6 (type of record) is "y"; it must be one of acdefgijkmoprt.',
        'Leader position 7 (level of record) is "z"; it must be one of abcdims.',
        "There is no title: a record needs 245 with $a.",
        "There is no 008 (date, place, language).",
        '500 has the subfield code "A"; codes are small letters and digits.',
        '500 has the indicator "!"; indicators are blanks, digits and small letters.',
    ]


def test_an_indicator_that_skips_the_title() -> None:
    found = faults(record([*SOUND[:-1], "=245  14$aEmma"]))
    assert [fault.text for fault in found] == ["245: the second indicator skips 4 characters, the whole title."]


def test_missing() -> None:
    assert missing(record(SOUND)) == [
        "publication",
        "physical description",
        "summary or contents",
        "subjects",
        "Dewey number",
    ]
    assert (
        missing(record([*SOUND, "=082  00$a823", "=650  \\0$aLove", "=264  \\1$bX", "=300  \\\\$a1", "=520  \\\\$aS"]))
        == []
    )


def test_real_books_are_all_but_faultless(shared_data: Path) -> None:
    """Library of Congress books: what is found is theirs, not ours."""
    found = [fault.text for each in records(_books(shared_data)) for fault in faults(each)]
    assert found == [
        '020: "39100191532" is not a valid ISBN. Correct it, or move it to $z.',
        '022: "3939480" is not a valid ISSN. Correct it, or move it to $z.',
        '020: "9978863134 (Obra compl.)" is not a valid ISBN. Correct it, or move it to $z.',
    ]


def _books(shared_data: Path) -> bytes:
    return (shared_data / "marc" / "lc_books_5000.mrc").read_bytes()
