"""Twenty scans at eight a second, whatever happens to the line: none lost, none doubled, none out of order."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import shipments
from acquisitions.models.receipts import Receipt
from acquisitions.views.bench import Bench
from techsvc.kernel.identifiers import Scan
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.pages import ScanResult
from tests.journeys.hands import scan, sign_in
from tests.journeys.house import PASSWORD, House
from tests.journeys.test_counts import ISBNS, ordered
from tests.kernel.pages.browsing import STEADY

pytestmark = pytest.mark.browser
A_SECOND = 8


@pytest.fixture
def bench(page: Tab, house: House) -> Iterator[Tab]:
    """The receiving bench with a carton of the twenty titles that are on order."""
    ordered(house)
    carton = shipments.open_shipment(house.vendor, "B766274", actor=house.people["tess"])
    page.add_init_script(STEADY)
    sign_in(page, "tess")
    page.goto(reverse("acquisitions:bench", args=[carton.pk]))
    yield page
    page.context.set_offline(False)


def burst(tab: Tab, codes: list[str]) -> None:
    for code in codes:
        begun = time.monotonic()
        scan(tab, code)
        tab.wait_for_timeout(max(0.0, 1000 / A_SECOND - 1000 * (time.monotonic() - begun)))


def settled(tab: Tab) -> None:
    expect(tab.locator("[data-queue] li")).to_have_count(0, timeout=90_000)


def came() -> list[str]:
    """The titles that were received, in the order of their rows."""
    return list(Receipt.objects.order_by("pk").values_list("ordered_copy__line__isbn", flat=True))


def the_line_goes_dead(tab: Tab, house: House, seconds: int) -> None:
    """The network is cut after the seventh scan, and the session has ended when it is back."""
    burst(tab, ISBNS[:7])
    tab.context.set_offline(True)
    burst(tab, ISBNS[7:])
    expect(tab.locator("[data-light]")).to_contain_text("Offline", timeout=20_000)
    tab.wait_for_timeout(1000 * seconds)
    Session.objects.all().delete()
    tab.context.set_offline(False)
    expect(tab.locator("#signin [name=username]")).to_be_visible(timeout=20_000)
    tab.fill("#signin [name=username]", "tess")
    tab.fill("#signin [name=password]", PASSWORD)
    tab.click("#signin button")
    settled(tab)
    assert came() == ISBNS
    refuse_the_card(tab, house)


def refuse_the_card(tab: Tab, house: House) -> None:
    """A patron's card is the twenty-first scan."""
    before = (HistoryEvent.objects.count(), Submission.objects.count())
    scan(tab, house.patron.card)
    expect(tab.locator(".scan-result")).to_contain_text("This is a patron's card. Scan the ISBN on the back cover")
    expect(tab.locator("[data-alert]")).to_contain_text("This is a patron's card.")
    assert came() == ISBNS
    assert (HistoryEvent.objects.count(), Submission.objects.count()) == before


def test_scans_outlive_a_dead_line_and_a_session_that_ended(bench: Tab, house: House) -> None:
    the_line_goes_dead(bench, house, seconds=3)


@pytest.mark.slow
def test_scans_outlive_half_a_minute_without_a_line(bench: Tab, house: House) -> None:
    the_line_goes_dead(bench, house, seconds=30)


@pytest.mark.slow
def test_scans_outrun_a_slow_server(bench: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight a second against one a second."""
    answer = Bench.scan

    def slowly(page: Bench, scanned: Scan, key: str) -> ScanResult:
        time.sleep(1)
        return answer(page, scanned, key)

    monkeypatch.setattr(Bench, "scan", slowly)
    burst(bench, ISBNS)
    settled(bench)
    assert came() == ISBNS
