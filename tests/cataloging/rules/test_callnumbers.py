"""Call numbers: built by the library's habits, sorted as they stand on the shelf."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cataloging.marc import mnemonic
from cataloging.marc.fields import Format
from cataloging.rules.callnumbers import (
    Audience,
    CallNumberProfile,
    ShelfFacts,
    call_number,
    cutter,
    dewey_number,
    shelf_facts,
    shelf_key,
)

FIXED = "080815s2009    nyu    {audience}      000 {form}{life}eng  "


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("796.35703", 4, "796.3570"), ("796.357/03", 4, "796.357"), ("971.1/75", 4, "971.175"),
        ("813/.54", 4, "813.54"), ("813/.54", 0, "813"), ("629.28/7/2", 3, "629.287"), ("629.28/7/2", 2, "629.28"),
        ("629.28\u2032722", 2, "629.28"), ("005.133", 2, "005.13"),
        ("973.", 4, "973"), ("[Fic]", 4, ""), ("", 4, ""), ("B", 4, ""),
    ],
)  # fmt: skip
def test_dewey_number(text: str, decimals: int, expected: str) -> None:
    assert dewey_number(text, decimals) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dickson, Paul", "DIC"), ("O'Brien, Tim", "OBR"), ("The pirates of Penzance", "PIR"), ("Éluard, Paul", "ELU"),
        ("A", "A"), ("1984", "198"), ("", ""),
    ],
)  # fmt: skip
def test_cutter(name: str, expected: str) -> None:
    assert cutter(name, 3) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ShelfFacts("796.35703", "Dickson, Paul"), "796.3570 DIC"),
        (ShelfFacts("813/.54", "Jacobson, Howard", fiction=True), "FIC JAC"),
        (ShelfFacts("813/.54", "Jacobson, Howard", format=Format.LARGE_PRINT, fiction=True), "LP FIC JAC"),
        (ShelfFacts("[E]", "Slonim, David", Audience.EASY), "E SLO"),
        (ShelfFacts("598", "Henkes, Kevin", Audience.CHILD), "J 598 HEN"),
        (ShelfFacts("598", "Birds", Audience.CHILD, Format.DVD), "J DVD 598 BIR"),
        (ShelfFacts("", "Rowling, J. K.", Audience.TEEN, fiction=True), "YA FIC ROW"),
        (ShelfFacts("973.7092", "Goodwin, Doris", biography="Lincoln, Abraham"), "B LIN"),
        (ShelfFacts("782.42166", "Beatles", format=Format.MUSIC_CD), "CD 782.4216 BEA"),
        (ShelfFacts("", "Sassy"), None),
    ],
)
def test_call_number(facts: ShelfFacts, expected: str | None) -> None:
    found = call_number(facts)
    assert (str(found) if found else None) == expected


def test_a_librarys_own_habits() -> None:
    habits = CallNumberProfile(decimals=2, cutter_letters=4, fiction="F", prefixes=((Audience.CHILD, None, "JUV"),))
    assert str(call_number(ShelfFacts("796.35703", "Dickson, Paul", Audience.CHILD), habits)) == "JUV 796.35 DICK"
    assert str(call_number(ShelfFacts("", "Dickson, Paul", fiction=True), habits)) == "F DICK"


@pytest.mark.parametrize(
    ("fixed", "lines", "expected"),
    [
        ((" ", "0", " "), "=082  00$a796.357/03\n=100  1\\$aDickson, Paul.", "796.357 DIC"),
        ((" ", "1", " "), "=082  00$a813/.54\n=100  1\\$aJacobson, Howard", "FIC JAC"),
        (("j", "1", " "), "=082  00$a[Fic]\n=100  1\\$aLindo, Elvira", "J FIC LIN"),
        (("j", "1", " "), "=082  00$a[E]\n=100  1\\$aRash, Andy", "E RAS"),
        (("d", "0", " "), "=082  00$a782.42", "YA 782.42 GRE"),
        ((" ", "0", "b"), "=082  00$a973.7092\n=100  1\\$aGoodwin, D.\n=600  10$aLincoln, Abraham,$d1809-", "B LIN"),
        ((" ", "0", " "), "", None),
    ],
)
def test_from_a_record(fixed: tuple[str, str, str], lines: str, expected: str | None) -> None:
    audience, form, life = fixed
    data = FIXED.format(audience=audience, form=form, life=life).replace(" ", "\\")
    record = mnemonic.read(f"=LDR  00000cam a2200000 a 4500\n=008  {data}\n{lines}\n=245  04$aThe great songs")[0]
    found = call_number(shelf_facts(record))
    assert (str(found) if found else None) == expected


ON_THE_SHELF = [
    "005.133 KER",
    "796 ABB",
    "796.3 ABB",
    "796.35 ZIM",
    "796.357 DIC",
    "796.357 Dic 1999",
    "796.357 DIC 2009",
    "796.357 DIC 2009 v.1",
    "796.357 DIC 2009 v.2",
    "796.357 DIC 2009 v.10",
    "796.357 DICK",
    "796.4 AAR",
    "813 P84",
    "813 P847",
    "813 P85",
    "B LIN",
    "DVD 398.2 GRI",
    "DVD 398.21 GRI",
    "FIC ÀBC",
    "FIC ABD",
    "FIC JAC c.2",
    "FIC JAC c.11",
    "J 398.2 GRI",
    "J 598 HEN",
    "J E SLO",
    "J FIC LIN",
]


def test_shelf_key_order() -> None:
    keys = [shelf_key(call_number).encode() for call_number in ON_THE_SHELF]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_shelf_key_order_of_lc_numbers() -> None:
    shelf = ["PR6 .A1", "PS99 .B2", "PS3568 .O855 A6 1999", "PS3568.O9 A6", "PS3568.5 .A1", "QA76 .C3", "QA76.73 .P98"]
    assert sorted(shelf, key=lambda number: shelf_key(number).encode()) == shelf


@given(st.integers(0, 999), st.integers(0, 999), st.sampled_from("ABC"), st.sampled_from("ABC"))
def test_volumes_sort_as_numbers_behind_equal_classes(one: int, other: int, a: str, b: str) -> None:
    keys = [shelf_key(f"796.35 {a} v.{one}").encode(), shelf_key(f"796.35 {b} v.{other}").encode()]
    assert (keys[0] < keys[1]) is ((a, one) < (b, other))


@given(st.decimals(0, 999, places=4), st.decimals(0, 999, places=4))
def test_dewey_sorts_as_decimals(one: object, other: object) -> None:
    first, second = (f"{number:08.4f}" for number in (one, other))
    assert (shelf_key(f"{first} ABC") < shelf_key(f"{second} ABC")) is (first < second)


@given(st.text(max_size=30))
def test_shelf_key_takes_any_text(text: str) -> None:
    assert shelf_key(text) == shelf_key(text.strip())
