"""How values look on a screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from techsvc.kernel import clock
from techsvc.kernel.pages import (
    Column,
    tones,
)
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
    ],
)
def test_values_look_like_their_kind(kind: str, value: Any, html: str) -> None:
    assert Column("x", "X", kind=kind).html({"x": value}) == html


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
