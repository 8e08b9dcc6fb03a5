"""Every page in a browser, as three people, in both themes: axe finds nothing, the policy refuses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page as Tab

from techsvc.kernel import access
from tests.access.addresses import PAGES
from tests.access.asking import signed_in_as
from tests.access.library import Library, build
from tests.journeys.test_looks import RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROLES = ("everything", "technician", "auditor")


@pytest.fixture
def library(transactional_db: None, tmp_path: Path) -> Library:
    return build(tmp_path, lambda text: f'{text} "><img src=x onerror=alert(1)>')


def urls(library: Library, role: str) -> Iterator[str]:
    """The first address of every page that the role may read."""
    for page in PAGES:
        if "get" in page.methods and access.allowed(library.staff[role], page.permission):
            yield page.urls(library)[0]


def is_page(tab: Tab, url: str) -> bool:
    """Files, parts of pages and acts that ask no question are none."""
    answer = tab.request.get(url)
    whole = answer.headers.get("content-type", "").startswith("text/html") and answer.text().startswith("<!doctype")
    return answer.status != 405 and whole


def faults(tab: Tab, url: str) -> dict[str, Any]:
    """Theme → what axe finds."""
    found = {}
    tab.goto(url)
    for theme in ("light", "dark"):
        tab.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
        violations = Axe().run(tab, options=RULES).response["violations"]
        if violations:
            found[f"{url} {theme}"] = [(one["id"], one["nodes"][0]["html"][:160]) for one in violations]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_page_can_be_used_by_everybody(elsewhere: Any, live_server: Any, library: Library, role: str) -> None:
    tab: Tab = elsewhere(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")  # no colour in between
    session = signed_in_as(library.staff[role]).cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    refused: list[str] = []
    tab.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    tab.on("dialog", lambda dialog: refused.append(f"{tab.url} ran what somebody typed: {dialog.message}"))
    opened = list(urls(library, role))
    found: dict[str, Any] = {}
    for url in opened:
        if is_page(tab, url):
            found |= faults(tab, url)
    assert found == {}, json.dumps(found, indent=1)
    assert refused == []
    assert len(opened) > 40
