"""What is typed into the search box, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cataloging.rules.asking import Term, as_typed, folded, heading, plain_words, read

MARKS = ["ti:", "su=", "yr:", '"', "-", "OR", "|", "*", "(", "&", ":", "'", "\x00", "1990-", "hist*", "é", "<->", "\\"]
TYPED = st.lists(st.sampled_from(MARKS) | st.text(max_size=6), max_size=30).map(" ".join) | st.text(max_size=260)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("harry potter", [[("harry",)], [("potter",)]]),
        ("the women", [[("women",)]]),
        ("it", [[("it",)]]),
        ('"the king and i"', [[("the", "king", "and", "i")]]),
        ("“little house” wilder", [[("little", "house")], [("wilder",)]]),
        ("dune OR james herbert", [[("dune",), ("james",)], [("herbert",)]]),
        ("OR dune or", [[("dune",)]]),
        ("O'Brien's well-being", [[("OBriens",)], [("well", "being")]]),
        ("ratio 3:16", [[("ratio",)], [("3", "16")]]),
        ("foo:bar", [[("foo", "bar")]]),
        ("((( & ''", []),
        ("", []),
    ],
)
def test_words_phrases_and_alternatives(text: str, groups: list[list[tuple[str, ...]]]) -> None:
    assert [[term.words for term in group] for group in read(text).groups] == groups


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("ti:women", "title", ("women",)),
        ("Title: women", "title", ("women",)),
        ('au:"Rowling, J. K."', "author", ("Rowling", "J", "K")),
        ("yr:1990-2000", "year", ("1990", "2000")),
        ("lang:spa", "language", ("spa",)),
        ("dewey:813.6", "dewey", ("813", "6")),
    ],
)
def test_fields(text: str, field: str, words: tuple[str, ...]) -> None:
    ((term,),) = read(text).groups
    assert (term.field, term.words, term.whole) == (field, words, False)


def test_minus_beginnings_and_whole_headings() -> None:
    question = read('hist* z* -fiction su="Cats -- Fiction"')
    assert [(group[0].text, group[0].beginning, group[0].whole) for group in question.groups] == [
        ("hist*", True, False),
        ("z*", False, False),
        ("Cats -- Fiction", False, True),
    ]
    assert [term.words for term in question.unwanted] == [("fiction",)]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("1995", (1995, 1995)),
        ("1990-2000", (1990, 2000)),
        ("1990-", (1990, None)),
        ("-2000", (None, 2000)),
        ("soon", None),
        ("-", None),
    ],
)
def test_years(text: str, years: tuple[int | None, int | None] | None) -> None:
    assert Term(text, folded(text), "year").years == years


def test_a_bare_year_may_be_meant_as_one() -> None:
    assert [group[0].is_year for group in read("dune 2021 3000 12").groups] == [False, True, False, False]


def test_a_question_with_another_spelling() -> None:
    question = read("hary potter OR ti:poter -stome")
    assert list(plain_words(question)) == ["hary", "potter", "poter"]
    assert as_typed(question, {"hary": "harry", "poter": "potter"}) == "harry potter OR title:potter -stome"


def test_a_heading_asks_for_itself() -> None:
    ((term,),) = read(heading("subject", 'Cats "big" -- Fiction')).groups
    assert (term.field, term.text, term.whole) == ("subject", "Cats big -- Fiction", True)


@given(TYPED)
@settings(max_examples=60)
def test_nothing_that_can_be_typed_is_an_error(text: str) -> None:
    question = read(text)
    for term in [*(term for group in question.groups for term in group), *question.unwanted]:
        assert term.words
        assert all(words.isalnum() or not words.isascii() for words in term.words)
        assert "\x00" not in term.text
    assert read(as_typed(question, {})) is not None
