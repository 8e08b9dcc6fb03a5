"""Overlay keeps what is the library's: numbers, items, local notes; and says what became of each field."""

from __future__ import annotations

from cataloging.marc import mnemonic
from cataloging.marc.record import Record, as_lines, shown
from cataloging.rules.overlay import KEEP_LOCAL, OverlayProfile, OverlayRule, Treatment, overlay

BRIEF = r"""
=LDR  00000nam\a22000005c\4500
=001  TS000001
=008  261124s2009\\\\xx\|||||\||||||||\||eng\d
=020  \\$a9781416594239$c{dollar}25.00
=100  1\$aJacobson, Howard
=245  10$aACT OF LOVE
=590  \\$aGift of the Friends.
=650  \4$aLove.
=655  \7$aStaff picks.$9local
=852  \\$bMAIN$hFIC JAC
=856  40$uhttps://example.org/a
=952  \\$p31234000000016$oFIC JAC
"""
FULL = r"""
=LDR  00000cam\a2200000\a\4500
=001  ocn244063316
=003  OCoLC
=008  080815s2009\\\\nyu\\\\\\\\\\\000\1\eng\\
=020  \\$a9781416594239
=100  1\$aJacobson, Howard
=245  14$aThe act of love /$cHoward Jacobson.
=590  \\$aAnother library's note.
=650  \0$aMarried people$vFiction.
=856  40$uhttps://example.org/a
=856  41$uhttps://example.org/b
=970  \\$aMAIN$fADULT
"""


def record(text: str) -> Record:
    return mnemonic.read(text)[0]


def lines(of: Record) -> list[str]:
    return [shown(line) for line in as_lines(of)]


def test_overlay_keeps_local_fields() -> None:
    merged, happened = overlay(record(BRIEF), record(FULL), KEEP_LOCAL)
    assert lines(merged)[1:] == [
        "001 TS000001",
        "008 080815s2009    nyu           000 1 eng  ",
        "020 __ $a 9781416594239",
        "035 __ $a (OCoLC)ocn244063316",
        "100 1_ $a Jacobson, Howard",
        "245 14 $a The act of love / $c Howard Jacobson.",
        "590 __ $a Gift of the Friends.",
        "650 _0 $a Married people $v Fiction.",
        "655 _7 $a Staff picks. $9 local",
        "852 __ $b MAIN $h FIC JAC",
        "856 41 $u https://example.org/b",
        "856 40 $u https://example.org/a",
        "952 __ $p 31234000000016 $o FIC JAC",
    ]
    assert str(merged.leader)[5:10] == "cam a"
    assert [(each.outcome.value, each.text) for each in happened] == [
        ("kept", "001 TS000001"),
        ("kept", "590 __ $a Gift of the Friends."),
        ("kept", "655 _7 $a Staff picks. $9 local"),
        ("kept", "852 __ $b MAIN $h FIC JAC"),
        ("kept", "952 __ $p 31234000000016 $o FIC JAC"),
        ("added", "008 080815s2009    nyu           000 1 eng  "),
        ("added", "020 __ $a 9781416594239"),
        ("added", "035 __ $a (OCoLC)ocn244063316"),
        ("added", "245 14 $a The act of love / $c Howard Jacobson."),
        ("added", "650 _0 $a Married people $v Fiction."),
        ("added", "856 41 $u https://example.org/b"),
        ("removed", "008 261124s2009    xx ||||| |||||||| ||eng d"),
        ("removed", "020 __ $a 9781416594239 $c $25.00"),
        ("removed", "245 10 $a ACT OF LOVE"),
        ("removed", "650 _4 $a Love."),
        ("not taken", "001 ocn244063316"),
        ("not taken", "003 OCoLC"),
        ("not taken", "590 __ $a Another library's note."),
        ("not taken", "970 __ $a MAIN $f ADULT"),
    ]


def test_nothing_given_is_changed() -> None:
    existing, incoming = record(BRIEF), record(FULL)
    before = lines(existing), lines(incoming)
    merged, _ = overlay(existing, incoming, KEEP_LOCAL)
    merged.fields[0].data = "changed"
    assert (lines(existing), lines(incoming)) == before


def test_overlaying_twice_changes_nothing_more() -> None:
    once, _ = overlay(record(BRIEF), record(FULL), KEEP_LOCAL)
    twice, happened = overlay(once, record(FULL), KEEP_LOCAL)
    assert sorted(lines(twice)) == sorted(lines(once))
    assert {each.outcome.value for each in happened} == {"kept", "not taken"}


def test_a_record_without_a_number_takes_the_incoming_one() -> None:
    merged, _ = overlay(record("=245  10$aACT OF LOVE"), record(FULL), KEEP_LOCAL)
    assert lines(merged)[1:3] == ["001 ocn244063316", "003 OCoLC"]
    assert "035" not in merged


def test_the_first_rule_that_covers_a_field_counts() -> None:
    profile = OverlayProfile(
        "Vendor",
        (
            OverlayRule("650", Treatment.KEEP, indicator2="4"),
            OverlayRule("6XX", Treatment.ADD),
            OverlayRule("020", Treatment.KEEP),
        ),
    )
    merged, _ = overlay(record(BRIEF), record(FULL), profile)
    assert [line for line in lines(merged) if line[0] == "6" or line[:3] == "020"] == [
        "020 __ $a 9781416594239 $c $25.00",
        "650 _0 $a Married people $v Fiction.",
        "650 _4 $a Love.",
        "655 _7 $a Staff picks. $9 local",
    ]
    assert "852" not in merged
