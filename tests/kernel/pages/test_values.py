"""How values look on a screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from techsvc.kernel import clock
from techsvc.kernel.pages import Column, Fact, tones
from techsvc.kernel.templatetags.techsvc import ago


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("31234000012345", "3 1234 0000 1234 5"),
        ("9780312429188", "9780 3124 2918 8"),
        ("AB12", "AB12"),
        ("1234567", "1234567"),
    ],
)
def test_barcodes_are_grouped(code: str, groups: str) -> None:
    assert Column("code", "Code", kind="barcode").html({"code": code}) == groups


@pytest.mark.parametrize(
    ("kind", "value", "html"),
    [
        ("text", "<b>", "&lt;b&gt;"),
        ("text", None, '<span class="nothing">–</span>'),
        ("number", 12345, "12,345"),
        ("number", 0, "0"),
        ("money", (-5, "JPY"), "-JPY 5"),
        ("bool", False, "no"),
        ("date", date(2026, 11, 24), '<time datetime="2026-11-24">24 Nov 2026</time>'),
        (
            "percent",
            37,
            '<span class="bar"><progress value="37" max="100" aria-label="37 %"></progress> <span>37 %</span></span>',
        ),
        (
            "bar",
            (5, 4),
            '<span class="bar over"><progress value="4" max="4" aria-label="5 of 4"></progress> '
            "<span>5 of 4</span></span>",
        ),
    ],
)
def test_values_look_like_their_kind(kind: str, value: Any, html: str) -> None:
    assert Column("x", "X", kind=kind).html({"x": value}) == html


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (datetime(2026, 11, 23, 15, 10, tzinfo=UTC), "23 Nov 15:10"),
        (datetime(2025, 12, 19, 9, 30, tzinfo=UTC), "19 Dec 2025 09:30"),
    ],
)
def test_an_instant_of_this_year_leaves_the_year_out(when: datetime, words: str) -> None:
    with clock.at(datetime(2026, 11, 24, 12, 0, tzinfo=UTC)):
        html = Column("x", "X", kind="datetime").html({"x": when})
    assert f">{words}</time>" in html
    assert f'title="{when:%-d %b %Y %H:%M}"' in html


def test_short_words_stay_on_one_line() -> None:
    column = Column("x", "X")
    assert column.cell({"x": "Ingram Library Services"}) == ("short", "Ingram Library Services")
    assert column.cell({"x": "The serviceberry : abundance"}) == ("", "The serviceberry : abundance")


def test_a_link_that_leads_nowhere_for_the_person_is_plain_words() -> None:
    column = Column("x", "X", url=lambda _row: "/funds/1/?a=1&b=2")
    assert column.html({"x": "R&D"}) == '<a href="/funds/1/?a=1&amp;b=2">R&amp;D</a>'
    assert column.html({"x": "R&D"}, opens=lambda _url: False) == "R&amp;D"


@pytest.mark.parametrize(("value", "given"), [(None, False), ("", False), (0, True), (False, True), ("x", True)])
def test_a_fact_that_says_nothing_is_left_out(value: Any, given: bool) -> None:
    assert Fact("Note", value).given is given


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (datetime(2026, 11, 24, 11, 59, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "3\xa0hours ago"),
        (date(2026, 11, 22), "2\xa0days ago"),
    ],
)
def test_how_long_ago(when: Any, words: str) -> None:
    with clock.at(datetime(2026, 11, 24, 12, 0, tzinfo=UTC)):
        assert f">{words}</time>" in ago(when)


def test_a_state_has_one_look_in_the_whole_house() -> None:
    assert tones.badge("on_order") == tones.Badge("info", "truck", "On order")
    assert tones.badge("never heard of") == tones.Badge("idle", "idle", "Never heard of")
    with pytest.raises(ValueError, match="on_order: already shown as"):
        tones.register({"on_order": "stop"})
