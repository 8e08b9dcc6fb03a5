"""Whether two descriptions are the same: two facts agree, none contradicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cataloging.marc.fields import Format
from cataloging.marc.projection import KeyKind
from cataloging.marc.record import build, project
from cataloging.rules.matching import (
    Description,
    Facts,
    Verdict,
    best,
    brief_of,
    facts_given,
    facts_of,
    keys_of,
    score,
    titles_agree,
)

LOVE = Facts(
    title="The act of love : a novel",
    author="Jacobson, Howard",
    isbns13=frozenset({"9781416594239", "9781416594246"}),
    lccn="2008031392",
    pub_year=2009,
    format=Format.BOOK,
)
ORDERED = Facts("ACT OF LOVE", "Jacobson, Howard", frozenset({"9781416594239"}), pub_year=2009, format=Format.BOOK)


@pytest.mark.parametrize(
    ("other", "verdict", "reasons"),
    [
        (ORDERED, Verdict.SAME, ["same ISBN 9781416594239", "same title", "same author"]),
        (replace(ORDERED, author="", pub_year=None, format=None), Verdict.SAME,
         ["same ISBN 9781416594239", "same title"]),
        (Facts(lccn="2008031392", isbns13=ORDERED.isbns13), Verdict.SAME,
         ["same ISBN 9781416594239", "same LCCN 2008031392"]),
        (Facts(isbns13=ORDERED.isbns13), Verdict.MAYBE, ["same ISBN 9781416594239"]),
        (replace(ORDERED, title="Angels of destruction"), Verdict.MAYBE,
         ["same ISBN 9781416594239", "same author", "the titles differ"]),
        (replace(ORDERED, title="Angels of destruction", pub_year=1999), Verdict.DIFFERENT,
         ["same ISBN 9781416594239", "same author", "the titles differ", "published 2009 and 1999"]),
        (replace(ORDERED, format=Format.LARGE_PRINT), Verdict.MAYBE,
         ["same ISBN 9781416594239", "same title", "same author", "book and large print"]),
        (replace(ORDERED, pub_year=2010), Verdict.SAME, ["same ISBN 9781416594239", "same title", "same author"]),
        (replace(ORDERED, isbns13=frozenset()), Verdict.MAYBE, ["same title", "same author"]),
        (replace(ORDERED, isbns13=frozenset(), format=Format.LARGE_PRINT), Verdict.DIFFERENT,
         ["same title", "same author", "book and large print"]),
        (replace(ORDERED, isbns13=frozenset(), author="Donohue, Keith"), Verdict.DIFFERENT,
         ["same title", "the authors differ"]),
        (replace(ORDERED, author="Roth, Philip"), Verdict.SAME, ["same ISBN 9781416594239", "same title"]),
        (Facts("Sassy", "Jacobson, Howard", pub_year=2009, format=Format.BOOK), Verdict.DIFFERENT,
         ["same author", "the titles differ"]),
        (Facts(), Verdict.DIFFERENT, []),
    ],
)  # fmt: skip
def test_score(other: Facts, verdict: Verdict, reasons: list[str]) -> None:
    match = score(LOVE, other)
    assert (match.verdict, match.reasons) == (verdict, reasons)
    assert score(other, LOVE).verdict is verdict


def test_discs_match_by_upc_and_title() -> None:
    a = Facts("Tangled", upcs=frozenset({"786936735390"}), format=Format.DVD)
    assert score(a, a).reasons == ["same UPC 786936735390", "same title"]
    assert score(a, replace(a, format=Format.BLU_RAY)).verdict is Verdict.MAYBE


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("ACT OF LOVE", "The act of love : a novel", True),
        ("Martha Stewart's encyclopedia of crafts", "MARTHA STEWART'S ENCYCLOPEDIA OF CRAFTS AN A-TO-Z GUIDE", True),
        ("Birds", "Birds of America", False),
        ("Birds", "Bird", False),
        ("Café", "CAFE", True),
        ("", "", False),
    ],
)
def test_titles_agree(one: str, other: str, agree: bool) -> None:
    assert titles_agree(one, other) is agree


def test_best_takes_the_best() -> None:
    found = best(ORDERED, [Facts("Sassy"), Facts(isbns13=ORDERED.isbns13), LOVE])
    assert found is not None
    assert (found[0], found[1].verdict) == (2, Verdict.SAME)
    assert best(ORDERED, [Facts("Sassy")]) is None
    assert best(ORDERED, []) is None


def test_two_equal_matches_are_a_question() -> None:
    found = best(ORDERED, [LOVE, LOVE])
    assert found is not None
    assert (found[0], found[1].verdict) == (0, Verdict.MAYBE)
    assert found[1].reasons[-1] == "2 records match equally well"


def test_a_description_becomes_a_brief_record_that_matches_it() -> None:
    wanted = Description("The act of love", "Jacobson, Howard", "1-4165-9423-X", "Simon & Schuster", 2009)
    assert keys_of(wanted) == [(KeyKind.ISBN, "9781416594239"), (KeyKind.TITLE, "actoflove|jacobson")]
    record = build(brief_of(wanted, control_no="TS1"), entered=date(2026, 11, 24))
    about = project(record)
    assert set(keys_of(wanted)) <= set(about.match_keys)
    assert score(facts_given(wanted), facts_of(about)).verdict is Verdict.SAME


def test_a_wrong_isbn_is_no_fact() -> None:
    assert facts_given(Description("Sassy", isbn="9781416594238")).isbns13 == frozenset()
