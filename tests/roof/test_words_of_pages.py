"""Every word of a page can be translated: in a language that marks what it translates, nothing stands unmarked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from techsvc.kernel.models.people import Role
from techsvc.kernel.pages import Page, cells, tones
from tests import make
from tests.access.addresses import of_kind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SPOKEN = ("title", "placeholder", "aria-label", "alt")
SILENT = {"script", "style", "kbd", "code", "template", "option"}  # options are rows of the library, or marked with it
# Names of the program, of people and branches of this test, and what is the same everywhere.
NAMES = {"techsvc", "Central", "CEN", "tess", "CSV", "XLSX", "EDI", "ILL", "ISBN", "SAN", "USD"}


class Pseudo(HTMLParser):
    """Collects the texts of a page that nobody marked."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.unmarked: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        void = tag in {"input", "img", "meta", "link", "br", "hr", "use", "path", "line", "rect"}
        self.inside += [] if void else [tag]
        for name, value in attrs:
            if name in SPOKEN and value:
                self.take(value)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not SILENT & set(self.inside):
            self.take(data)

    def take(self, text: str) -> None:
        bare = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        while bare != text:
            text, bare = bare, re.sub(r"⟦[^⟦⟧]*⟧", " ", bare)
        self.unmarked |= {word for word in re.findall(r"[A-Za-z]{3,}", bare) if word not in NAMES}


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language that puts every translated text into brackets."""
    trans: Any = translation._trans  # type: ignore[attr-defined]
    monkeypatch.setattr(trans, "gettext", lambda text: f"⟦{text}⟧", raising=False)
    monkeypatch.setattr(trans, "pgettext", lambda _context, text: f"⟦{text}⟧", raising=False)
    monkeypatch.setattr(trans, "ngettext", lambda one, many, n: f"⟦{one if n == 1 else many}⟧", raising=False)
    yield
    cells._written.cache_clear()
    tones.icon.cache_clear()


# What these pages show beside their own words is kept in rows.
OF_DATA = {
    "kernel:style": "made-up values",
    "kernel:people": "names of roles, which are rows",
    "kernel:person_new": "names of roles, which are rows",
    "kernel:roles": "names of roles, which are rows",
    "kernel:policies": "values, which are rows",
    "kernel:schedules": "titles and reasons, which are rows that supervisors change",
}


def test_no_word_of_a_page_stands_outside_of_the_catalogues(client: Client, pseudo: None) -> None:
    user = make.person(*Role.objects.values_list("code", flat=True), branch=make.branch("CEN", "Central"), name="tess")
    client.force_login(user)
    found = {}
    for name in sorted({page.name for page in of_kind(Page) if not page.carries} - OF_DATA.keys()):
        answer = client.get(reverse(name))
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html") or answer.streaming:
            continue
        page = Pseudo()
        page.feed(answer.content.decode())
        if page.unmarked:
            found[name] = sorted(page.unmarked)
    assert not found, "\n".join(f"{name}: {' '.join(words)}" for name, words in found.items())
