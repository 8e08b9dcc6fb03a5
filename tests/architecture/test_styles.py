"""Pages are made of the parts that the stylesheets know, in colours that everybody can read."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from tests.architecture.code import ROOT, sources, templates

STYLES = ROOT / "static" / "css"
TEXT, EDGE = 4.5, 3.0  # WCAG 2.2 AA: 1.4.3 for text, 1.4.11 for what can be pressed or has to be seen
# Classes of Bootstrap that our stylesheets leave as they are, and marks that only scripts and crispy forms look for.
AS_THEY_ARE = {"mb-3", "form-check", "visually-hidden"}


def classes(text: str) -> set[str]:
    """The class names that a stylesheet speaks of."""
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text, flags=re.S)))


TAG, VALUE = "\x00", "\x01"


def used(text: str) -> set[str]:
    """The class names that a template writes; those that it puts together from values are left to the style page."""
    text = re.sub(r"\{\{.*?\}\}", VALUE, re.sub(r"\{%.*?%\}", TAG, text, flags=re.S))
    values = re.findall(r'class="([^"]*)"', text)
    bare = (re.sub(rf"\S*-{TAG}\S*|\S*{VALUE}\S*", " ", value).replace(TAG, " ") for value in values)
    return {name for value in bare for name in value.split()}


STYLED = set().union(*(classes(path.read_text()) for path in STYLES.glob("*.css")))


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_use_no_class_that_no_stylesheet_knows(path: Path) -> None:
    unknown = used(path.read_text()) - STYLED - AS_THEY_ARE
    assert not unknown, f"Use a part of the style page (/console/style/), or style these in static/css: {unknown}"


def test_no_style_outlives_what_it_was_for() -> None:
    texts = [path.read_text() for path in templates()] + [source.text for source in sources()]
    texts += [path.read_text() for path in (ROOT / "static" / "js").glob("*.js")]
    words = set().union(*(set(re.findall(r"[\w-]+", text)) for text in texts))
    composed = ("tone-", "style-", "swatch-", "chart-", "seg-")  # put together from values
    bootstrap = {"is-invalid", "invalid-feedback", "form-check-input", "form-check-label", "form-text", "asteriskField"}
    bootstrap |= {"helptext", "form-label", "textarea", "btn-secondary", "btn-outline-secondary"}
    dead = {name for name in STYLED - words - bootstrap if not name.startswith(composed)}
    assert not dead, f"No template, script or module writes these classes; take their rules out of static/css: {dead}"


def test_templates_carry_no_styles_of_their_own() -> None:
    found = [path.name for path in templates() if re.search(r"\sstyle=|<style|<font|\swidth=\"\d+px", path.read_text())]
    assert found == []


# Colours


def tokens() -> dict[str, tuple[str, str]]:
    """name → (light, dark)."""
    text = (STYLES / "tokens.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    return {name: (light, dark) for name, light, dark in found}


def light_of(colour: str) -> float:
    """Relative luminance (WCAG)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light_of(one), light_of(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


GROUNDS = ("paper", "surface", "raised")
STATES = ("ok", "warn", "stop", "info", "idle")
ON = [
    *product(("ink", "ink-2", "accent", "accent-strong"), GROUNDS),
    *product(("ink", "ink-2", "accent-strong"), ("accent-soft",)),
    *product(("on-accent",), ("accent", "accent-strong")),
    *product(STATES, ("paper", "surface")),
    *((state, f"{state}-soft") for state in STATES),
    *product(("ink",), (f"{state}-soft" for state in STATES)),
]


@pytest.mark.parametrize(("text", "ground"), ON)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    of = tokens()
    assert contrast(of[text][theme], of[ground][theme]) >= TEXT


@pytest.mark.parametrize(
    ("edge", "ground"),
    [
        *product(("line-strong", "accent"), ("paper", "surface")),
        ("accent", "chart-2"),
        *((state, f"{state}-soft") for state in STATES),
    ],
)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_can_be_pressed_or_has_to_be_seen_stands_out(edge: str, ground: str, theme: int) -> None:
    of = tokens()
    least = EDGE if ground != "chart-2" else 1.5  # parts of a bar differ in lightness, and a gap stands between them
    assert contrast(of[edge][theme], of[ground][theme]) >= least


def test_black_and_white_contrast_as_the_recommendation_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
