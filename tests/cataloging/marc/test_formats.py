"""The format of a record, told from codes and words."""

from __future__ import annotations

import pytest

from cataloging.marc import mnemonic
from cataloging.marc.fields import Format, format_of, title_key, trim, year


def fixed(place: int, sign: str) -> str:
    return "".join(sign if i == place else "|" for i in range(40))


@pytest.mark.parametrize(
    ("leader", "lines", "expected"),
    [
        ("am", "", Format.BOOK),
        ("am", "=300  \\\\$a974 p. ;$c25 cm", Format.BOOK),
        ("am", "=300  \\\\$a974 p. +$e1 DVD", Format.BOOK),
        ("am", f"=008  {fixed(23, 'd')}", Format.LARGE_PRINT),
        ("am", "=300  \\\\$a410 pages (large print)", Format.LARGE_PRINT),
        ("am", "=250  \\\\$aLarge print edition.", Format.LARGE_PRINT),
        ("am", f"=008  {fixed(23, 'o')}", Format.EBOOK),
        ("am", "=338  \\\\$aonline resource$bcr", Format.EBOOK),
        ("am", f"=008  {fixed(23, 'a')}", Format.OTHER),
        ("am", "=245  00$aTangled$h[DVD]", Format.DVD),
        ("am", "=300  \\\\$a1 Blu-ray disc", Format.BLU_RAY),
        ("am", "=245  00$aMario$h[video game]", Format.VIDEO_GAME),
        ("as", "", Format.SERIAL),
        ("im", "=300  \\\\$a11 audio discs", Format.AUDIOBOOK_CD),
        ("im", "=300  \\\\$a6 audiocassettes", Format.OTHER),
        ("im", "=007  cr\\nna", Format.EAUDIO),
        ("jm", "=007  sd\\fsngnnmmned", Format.MUSIC_CD),
        ("jm", "=007  sd\\bsmennmplud", Format.OTHER),
        ("gm", "=007  vd\\cvaizq", Format.DVD),
        ("gm", "=007  vd\\csaizq", Format.BLU_RAY),
        ("gm", "=300  \\\\$a2 videodiscs (240 min.) :$bsound, color ;$c4 3/4 in.", Format.DVD),
        ("gm", "=300  \\\\$a1 videocassette (VHS)", Format.OTHER),
        ("mm", f"=008  {fixed(26, 'g')}", Format.VIDEO_GAME),
        ("mm", "=300  \\\\$a1 CD-ROM", Format.OTHER),
        ("cm", "", Format.SCORE),
        ("em", "", Format.MAP),
        ("om", "", Format.KIT),
        ("rm", "", Format.OTHER),
    ],
)
def test_format_of(leader: str, lines: str, expected: Format) -> None:
    record = mnemonic.read(f"=LDR  00000n{leader} a2200000 a 4500\n{lines}")[0]
    assert format_of(record) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The pragmatic programmer :", "The pragmatic programmer"),
        ("Norton,", "Norton"),
        ("Paul Dickson.", "Paul Dickson"),
        ("Simon & Schuster Inc.", "Simon & Schuster Inc."),
        ("Smith, J.", "Smith, J."),
        ("[New York] :", "New York"),
        ("Wait ...", "Wait ..."),
    ],
)
def test_trim(text: str, expected: str) -> None:
    assert trim(text) == expected


@pytest.mark.parametrize(
    ("title", "author", "key"),
    [
        ("ACT OF LOVE", "Jacobson, Howard", "actoflove|jacobson"),
        ("The act of love : a novel", "Jacobson, Howard, 1942-", "actoflove|jacobson"),
        ("Who Moved My Cheese?: An A-Mazing Way", "Spencer Johnson", "whomovedmycheese|johnson"),
        ("Beloved", "", "beloved|"),
        ("", "Morrison, Toni", ""),
    ],
)
def test_title_key(title: str, author: str, key: str) -> None:
    assert title_key(title, author) == key


@pytest.mark.parametrize(("text", "expected"), [("c2009.", 2009), ("2009-03-01", 2009), ("[197-?]", None), ("", None)])
def test_year(text: str, expected: int | None) -> None:
    assert year(text) == expected
