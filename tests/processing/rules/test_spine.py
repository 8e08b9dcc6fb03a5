"""Call numbers on spine labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.rules.spine import SpineShape, even_groups, spine_lines

WIDE = SpineShape(width=16)


@pytest.mark.parametrize(
    ("call_number", "lines"),
    [
        ("FIC STE", ("FIC", "STE")),
        ("813.54 STE", ("813.54", "STE")),
        ("J 641.5 SMI", ("J", "641.5", "SMI")),
        ("641.59/2687 SMI", ("641", ".592687", "SMI")),
        ("641/.5/92 SMI", ("641.592", "SMI")),
        ("641.59\u2032268 SMI", ("641", ".59268", "SMI")),
        ("641.5926871234 SMI", ("641", ".59268", "71234", "SMI")),
        ("971.1 BER v. 2", ("971.1", "BER", "v.2")),
        ("971.1 BER v. 2 c. 3 2019", ("971.1", "BER", "v.2", "c.3", "2019")),
        ("B LINCOLN", ("B", "LINCOLN")),
        ("DVD/BLU 791.43 STA", ("DVD/BLU", "791.43", "STA")),
        ("813.54 S65 2019", ("813.54", "S65", "2019")),
        ("FIC S65", ("FIC", "S65")),
        ("QA76.73 .P98 L88 2021", ("QA", "76.73", ".P98", "L88", "2021")),
        ("REF PS3537.T3234 G8 1992", ("REF", "PS", "3537", ".T3234", "G8", "1992")),
        ("  ", ()),
        ("", ()),
    ],
)
def test_lines(call_number: str, lines: tuple[str, ...]) -> None:
    assert spine_lines(call_number).lines == lines


def test_a_wide_label_keeps_a_long_number_whole() -> None:
    assert spine_lines("641.592687 SMI", WIDE).lines == ("641.592687", "SMI")


def test_stamps_stand_above() -> None:
    shape = SpineShape(prefix=("NORTH", " ", "NEW"))
    assert spine_lines("FIC STE", shape).lines == ("NORTH", "NEW", "FIC", "STE")


def test_short_lines_share_one_when_there_are_too_many() -> None:
    text = spine_lines("REF J 641.592687 SMI 2019 v. 2 c. 3")
    assert text.lines == ("REF", "J", "641", ".592687", "SMI 2019", "v.2 c.3")
    assert text.notes == ()


def test_what_does_not_fit_is_kept_and_told() -> None:
    text = spine_lines("REFERENCE NORTHWEST 641.5 STEINBECKER ILLUSTRATED EDITION SUPPLEMENT")
    assert text.lines == ("REFERENCE", "NORTHWEST", "641.5", "STEINBECKER", "ILLUSTRATED", "EDITION", "SUPPLEMENT")
    assert text.notes == (
        '"REFERENCE" has 9 characters; the label takes 8.',
        '"NORTHWEST" has 9 characters; the label takes 8.',
        '"STEINBECKER" has 11 characters; the label takes 8.',
        '"ILLUSTRATED" has 11 characters; the label takes 8.',
        '"SUPPLEMENT" has 10 characters; the label takes 8.',
        "7 lines; the label takes 6. Shorten the call number on the label.",
    )


@given(st.lists(st.text("ABCDEFGHIJ", min_size=1, max_size=12), max_size=10), st.integers(4, 16), st.integers(2, 8))
def test_no_letter_is_lost(parts: list[str], width: int, height: int) -> None:
    lines = spine_lines(" ".join(parts), SpineShape(width=width, height=height)).lines
    assert " ".join(lines).split() == parts


@given(st.integers(0, 999), st.text("0123456789", min_size=1, max_size=25), st.integers(4, 16))
def test_no_digit_is_lost_and_no_line_too_wide(whole: int, decimals: str, width: int) -> None:
    lines = spine_lines(f"{whole:03d}.{decimals}", SpineShape(width=width, height=20)).lines
    assert "".join(lines) == f"{whole:03d}.{decimals}"
    assert all(len(line) <= width for line in lines)


@given(st.text("0123456789", min_size=1, max_size=40), st.integers(1, 16))
def test_groups_are_even(text: str, width: int) -> None:
    groups = even_groups(text, width)
    assert "".join(groups) == text
    assert max(map(len, groups)) - min(map(len, groups)) <= 1
    assert max(map(len, groups)) <= width
