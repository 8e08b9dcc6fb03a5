"""What every journey begins with: the library, and a browser in which somebody signs in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab

from tests.journeys.house import House, build


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> House:
    return build(tmp_path)


@pytest.fixture
def tab(page: Tab, house: House) -> Iterator[Tab]:
    """A tab that fails the test when the page complained in the console, or when anything answered with a 500."""
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
    )
    yield page
    expected = ("422", "status of 400", "status of 403", "status of 404")
    wrong = [text for text in complaints if not any(word in text for word in expected)]
    assert not wrong, json.dumps(wrong, indent=2)


@pytest.fixture
def elsewhere(browser: Any, live_server: Any) -> Iterator[Any]:
    """Makes further browsers: another person at another desk."""
    contexts = []

    def another(**options: Any) -> Tab:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield another
    for context in contexts:
        context.close()
