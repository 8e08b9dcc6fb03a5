"""Headings: as MARC writes them, sorted without articles, each once."""

from __future__ import annotations

from cataloging.marc.record import parse, project
from tests.cataloging import make


def test_a_record_stands_under_its_names_subjects_titles_series_and_genres() -> None:
    extra = (
        ("490", "a", "Women's lives ;"),
        ("655", "a", "Historical fiction."),
        ("700", "a", "Éluard, Paul,"),
        ("650", "a", "Friendship--Fiction"),
    )
    found = project(parse(make.marc("The women", author="Hannah, Kristin", extra=extra))).headings
    assert [(str(one.kind), one.tag, one.text, one.sort) for one in found] == [
        ("name", "100", "Hannah, Kristin", "hannah kristin"),
        ("title", "245", "The women", "the women"),
        ("subject", "650", "Friendship -- Fiction", "friendship fiction"),
        ("series", "490", "Women's lives", "womens lives"),
        ("genre", "655", "Historical fiction", "historical fiction"),
        ("name", "700", "Éluard, Paul", "eluard paul"),
    ]


def test_numbers_of_vendors_are_match_keys_and_those_of_oclc_are_not_twice() -> None:
    extra = (("035", "a", "(BTCTA)BK 0012"), ("035", "a", "(OCoLC)12345678"), ("035", "a", "loose"))
    keys = project(parse(make.marc("The women", extra=extra))).match_keys
    assert [key for kind, key in keys if kind == "system_no"] == ["(BTCTA)BK0012"]
    assert [key for kind, key in keys if kind == "oclc"] == ["12345678"]
