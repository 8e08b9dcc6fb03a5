"""What is wrong with a record, in sentences, and what is missing from it."""

from __future__ import annotations

from collections import Counter
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
        ("=245  10$aAgain", "245", "Title (245) is there 2 times; only one is allowed. Keep one."),
        ("=110  2\\$aTwelve", "110",
         "There are two main entries, 100 and 110. Keep one; make the other an added entry (7XX)."),
        ("=020  \\\\$a9781416594238 (pbk.)", "020",
         '020: "9781416594238 (pbk.)" is not a valid ISBN. Correct it, or move it to $z.'),
        ("=022  \\\\$a0378-5954", "022", '022: "0378-5954" is not a valid ISSN. Correct it, or move it to $z.'),
        ("=500  \\\\$a ", "500", "Note (500) $a is empty. Fill it, or take it out."),
        ("=500  1\\$aNote", "500", 'Note (500): the first indicator is "1"; it must be blank. Correct it.'),
        ("=264  \\9$bX", "264",
         'Published (264): the second indicator is "9"; it must be 0, 1, 2, 3 or 4. Correct it.'),
        ("=250  \\\\$aFirst$aSecond", "250",
         "Edition (250) has $a 2 times; only one is allowed. Join them, or repeat the field."),
        ("=250  \\\\$aFirst$cThird", "250",
         "Edition (250) has $c, which MARC 21 does not know there. Move it or take it out."),
        ("=006  abc", "006",
         "Coded facts of accompanying material (006) has 3 characters; it must have 18. Correct it."),
        ("=007  !a", "007",
         'Physical form, coded (007) begins with "!", which is no category of material. Choose one.'),
        ("=880  1\\$6250-01/{dollar}1$aX", "880",
         'In the original script (880): the first indicator is "1"; it must be blank. Correct it.'),
        ("=880  10$aX", "880",
         "In the original script (880) does not say in $6 which field it stands for. Add $6, as in 245-01."),
        ("=001  1\n=001  2", "001", "Control number (001) is there 2 times; only one is allowed. Keep one."),
    ],
)  # fmt: skip
def test_errors(line: str, tag: str, text: str) -> None:
    found = faults(record([*SOUND, line]))
    assert [(fault.severity, fault.tag, fault.text) for fault in found] == [(Severity.ERROR, tag, text)]


def test_an_880_goes_by_the_tag_that_it_stands_for() -> None:
    assert faults(record([*SOUND, "=880  14$6245-01/{dollar}1$aX"])) == []


@pytest.mark.parametrize(
    ("line", "severity", "text"),
    [
        ("=440  \\0$aDial", Severity.OBSOLETE, "Series (440) is not used any more. Use 490 and 830 instead."),
        ("=260  \\\\$aNew York$dX", Severity.OBSOLETE,
         "Published (260) has $d, which is not used any more. Move it to another subfield."),
        ("=700  2\\$aSmith-Jones", Severity.OBSOLETE,
         'Added author (700): the first indicator is "2"; it must be 0, 1 or 3. Correct it.'),
        ("=349  \\\\$aOurs", Severity.WARNING,
         "Physical description (349) is no field of MARC 21. Keep it if it is your library's own; else move what it "
         "says."),
        ("=007  sd\\f", Severity.WARNING,
         'Physical form, coded (007) has 4 characters; with "s" it has 14. Complete it.'),
        ("=005  2026", Severity.WARNING, "Last changed (005) has 4 characters; it must have 16. Correct it."),
    ],
)  # fmt: skip
def test_what_is_no_error(line: str, severity: Severity, text: str) -> None:
    assert [(fault.severity, fault.text) for fault in faults(record([*SOUND, line]))] == [(severity, text)]


@pytest.mark.parametrize(
    "line", ["=949  12$aItem$zAny", "=590  ab$aOurs", "=049  \\\\$aXXXX", "=035  \\\\$9(OCoLC)1", "=092  \\\\$a1"]
)
def test_local_practice_is_left_alone(line: str) -> None:
    assert faults(record([*SOUND, line])) == []


def test_the_ordinal_names_the_field() -> None:
    found = faults(record([*SOUND, "=020  \\\\$a1416594230"]))
    assert (found[0].tag, found[0].ordinal) == ("020", 2)


def test_errors_come_before_warnings() -> None:
    found = faults(record(["=LDR  00000xyz a2200000 a 4500", "=590  !\\$Ax"]))
    assert [fault.text for fault in found] == [
        'Leader position 5 (status of record) is "x"; it must be a, c, d, n or p. Correct it.',
        'Leader position 6 (type of record) is "y"; it must be a, c, d, e, f, g, i, j, k, m, o, p, r or t. Correct it.',
        'Leader position 7 (bibliographic level) is "z"; it must be a, b, c, d, i, m or s. Correct it.',
        "There is no title: a record needs 245 with $a. Add it.",
        "There is no 008 (date, place, language). Add it.",
        'Local note (590) has the indicator "!"; indicators are blanks, digits and small letters. Correct it.',
        'Local note (590) has the subfield code "A"; codes are small letters and digits. Correct it.',
    ]


def test_an_indicator_that_skips_the_title() -> None:
    found = faults(record([*SOUND[:-1], "=245  14$aEmma"]))
    assert [fault.text for fault in found] == [
        "Title (245): the second indicator skips 4 characters, the whole title. Give the length of its article, or 0."
    ]


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
    found = [fault for each in records(_books(shared_data)) for fault in faults(each)]
    assert Counter(fault.severity for fault in found) == {Severity.OBSOLETE: 1351, Severity.ERROR: 3}
    assert [fault.text for fault in found if fault.severity is Severity.ERROR] == [
        '020: "39100191532" is not a valid ISBN. Correct it, or move it to $z.',
        '022: "3939480" is not a valid ISSN. Correct it, or move it to $z.',
        '020: "9978863134 (Obra compl.)" is not a valid ISBN. Correct it, or move it to $z.',
    ]


def _books(shared_data: Path) -> bytes:
    return (shared_data / "marc" / "lc_books_5000.mrc").read_bytes()
