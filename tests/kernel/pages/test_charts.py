"""Bars are drawn from the columns of their table, and their lengths are the columns' shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from django.template.loader import render_to_string

from techsvc.kernel.money import Money
from techsvc.kernel.pages import Bars, Column
from techsvc.kernel.pages.charts import Piece, length, plain

NAME = Column("name", "Name")
PARTS = (Column("spent", "Spent", kind="money"), Column("promised", "Promised", kind="money"))
FREE = Column("free", "Free", kind="money")


def fund(name: str, spent: int, promised: int, free: int) -> dict[str, Any]:
    return {"name": name, "spent": (spent, "USD"), "promised": (promised, "USD"), "free": (free, "USD")}


def bars(*rows: dict[str, Any], mark: Any = None) -> Bars:
    return Bars("Funds", NAME, (*PARTS, FREE), FREE, rows, mark)


def test_a_bar_is_cut_as_its_whole_is() -> None:
    [bar] = bars(fund("Adult", 25_00, 25_00, 50_00)).bars
    assert bar.pieces == [Piece("full", "0%", "25%"), Piece("half", "25%", "25%"), Piece("rest", "50%", "50%")]
    assert (bar.label, bar.figure) == ("Adult", "$50.00")


def test_what_was_overspent_goes_beyond_the_whole_and_the_scale_with_it() -> None:
    chart = bars(
        fund("Over", 100_00, 25_00, -25_00), fund("Half", 50_00, 0, 50_00), mark=("half the year", Fraction(50))
    )
    assert chart.reach == Fraction(5, 4)
    over, half = chart.bars
    assert over.pieces == [Piece("full", "0%", "80%"), Piece("half", "80%", "20%")]
    assert half.pieces == [Piece("full", "0%", "40%"), Piece("rest", "40%", "40%")]
    assert chart.mark_at == "40%"
    assert [tick.x for tick in chart.ticks] == ["0%", "20%", "40%", "60%", "80%"]


def test_a_bar_far_beyond_the_whole_is_cut() -> None:
    [bar] = bars(fund("Far", 900_00, 0, -800_00)).bars
    assert bar.pieces == [Piece("full", "0%", "100%")]


@pytest.mark.parametrize("row", [fund("Nothing", 0, 0, 0), fund("No grant", 10_00, 0, -20_00)])
def test_what_has_no_whole_has_no_bar(row: dict[str, Any]) -> None:
    [bar] = bars(row).bars
    assert bar.pieces == []


@pytest.mark.parametrize(("value", "number"), [(None, 0), ((5, "USD"), 5), (Money(7), 7), (3, 3)])
def test_a_cell_is_as_long_as_its_number(value: Any, number: int) -> None:
    assert plain(value) == number


@pytest.mark.parametrize(("share", "written"), [(Fraction(1, 3), "33.33%"), (Fraction(1), "100%"), (Fraction(0), "0%")])
def test_lengths_are_written_for_svg(share: Fraction, written: str) -> None:
    assert length(share) == written


def test_the_picture_is_svg_without_styles_and_says_that_the_table_has_the_numbers() -> None:
    drawn = render_to_string("partials/_chart.html", {"chart": bars(fund("A<b>", 25_00, 25_00, 50_00))})
    assert '<rect class="chart-half" x="25%" width="25%" height="18">' in drawn
    assert "The table below has the same numbers." in drawn
    assert "A&lt;b&gt;" in drawn
    assert "style=" not in drawn
