"""Fixtures for every test, and the last lines of a run: what was skipped and what did not run."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from techsvc import celery_app
from tests import database

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure() -> None:
    """Cheap password hashes, jobs that run where they are asked for, and no test that fails on a slow machine."""
    hypothesis.settings.register_profile("techsvc", deadline=None)
    hypothesis.settings.load_profile("techsvc")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser at a time (two on two cores type like neither a scanner nor a person); the source is parsed once."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.path.is_relative_to(ROOT / "tests" / "architecture"):
            item.add_marker(pytest.mark.xdist_group("architecture"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's: a clone of a migrated template instead of a migration for each run."""
    with django_db_blocker.unblock():
        name, template = database.prepare()
        patch = pytest.MonkeyPatch()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: database.recreate(name, template))
    yield
    patch.undo()
    with django_db_blocker.unblock():
        database.finish(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real MARC, EDI and ILL files that may lie beside the checkout; no test depends on it."""
    folder = Path(os.environ.get("TECHSVC_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("Real files are tried only where ../shared/data lies beside the checkout (or TECHSVC_SHARED_DATA).")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run: the system's own, since nothing is downloaded for it."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        pytest.skip("No Chromium on this machine, so no page was tried in a browser: install the package chromium.")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the synchronous Playwright runs inside an event loop
        chromium = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """An empty tab of a 1280 x 800 window, whose addresses start at the live server; nobody is logged in."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what a green run does not prove."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    left_out = config.getoption("markexpr")
    if reasons or left_out:
        terminalreporter.section("not run")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} skipped: {reason}")
    if left_out:
        terminalreporter.write_line(f"Left out by -m '{left_out}': `make test-all` runs everything.")


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(text).removeprefix("Skipped: ")
