"""The style page shows every part, drawn by the templates that pages use."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from techsvc.kernel.models.people import User
from techsvc.kernel.pages import tones
from tests.kernel.pages.branches import person, send

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Parts of parts that only a running page asks for, each shown by the page that it belongs to.
ASKED_FOR = {
    "partials/_search_results.html": "what the palette shows of an answer",
    "partials/_waiting.html": "counts that are put into the rail",
    "generic/_list_view.html": "what can be done with a saved view, where one is chosen",
    "partials/_told.html": "what notes, unseen, that the end of a job was told",
    "partials/_draft.html": "offered where the person left a form",
    "partials/_differences.html": "shown where two people changed one thing",
}


@pytest.fixture
def technician(client: Client) -> User:
    user = person("tess", "technician")
    client.force_login(user)
    return user


def test_every_part_that_pages_are_made_of_is_shown(client: Client, technician: User) -> None:
    answer = client.get(reverse("kernel:style"))
    assert answer.status_code == 200
    used = {template.name for template in answer.templates}
    made = {
        str(path.relative_to(TEMPLATES)) for room in ("partials", "generic") for path in (TEMPLATES / room).iterdir()
    }
    unknown = sorted(made - used - set(ASKED_FOR))
    assert not unknown, f"Show these on the style page (kernel/views/style.py, specimens.py): {unknown}"


def test_every_state_has_its_badge_there(client: Client, technician: User) -> None:
    page = client.get(reverse("kernel:style")).content.decode()
    assert [state for state in tones.TONES if tones.badge(state).html not in page] == []
    for tone in tones.ICONS:
        assert f"tone-{tone}" in page
    for said in ("$1,204.10", "-€13.18", "3 1234 0000 1234 5", "12 of 20", "What changed", "Put it aside."):
        assert said in page


def test_what_is_pressed_there_does_nothing_and_says_so(client: Client, technician: User) -> None:
    url = reverse("kernel:style")
    assert send(client, url)["Location"] == url
    assert "This page only shows. Nothing was done." in client.get(url).content.decode()
