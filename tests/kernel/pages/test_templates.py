"""Templates, pictures and scripts as files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from techsvc.kernel import slots
from techsvc.kernel.pages import (
    tones,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def pictures() -> set[str]:
    return set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "img" / "icons.svg").read_text()))


@pytest.mark.parametrize("name", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")))
def test_every_template_compiles_and_names_pictures_that_exist(name: str) -> None:
    get_template(name)
    text = (TEMPLATES / name).read_text()
    assert set(re.findall(r'{% icon "([^"]+)"', text)) <= pictures()
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|\|safe\b|<script>", text)


def test_the_rail_and_the_states_name_pictures_that_exist() -> None:
    assert {item.icon for item in slots._nav} | {icon for _, icon in tones.TONES.values()} <= pictures()


def test_a_failure_of_the_program_has_a_page_that_needs_nothing() -> None:
    assert "Nothing was saved by this step" in get_template("500.html").render()


def test_our_own_scripts_stay_small() -> None:
    assert len(gzip.compress(b"".join(file.read_bytes() for file in (STATIC / "js").glob("*.js")))) < 12_500
