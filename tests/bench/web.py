"""What a browser waits for: bytes of the first load, first paint, the palette, a scan; the real web server, cold."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from techsvc.kernel.identifiers import gs1_digit
from techsvc.workroom.demo.tables import PASSWORD
from tests.bench.figures import Figure, percentile
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES
from tests.faults.plant import Plant

KB = 1024
COLD_STARTS, QUESTIONS, SCANS = 5, 40, 40
# Resolves with the milliseconds from the keystroke that ends a scan to the new result on the screen.
ANSWERED = """() => new Promise((done) => {
  let began = 0;
  const note = (event) => { if (event.key === "Enter") began = event.timeStamp; };
  addEventListener("keydown", note, true);
  const seen = new MutationObserver(() => {
    seen.disconnect();
    removeEventListener("keydown", note, true);
    requestAnimationFrame(() => done(performance.now() - began));
  });
  seen.observe(document.querySelector("[data-live]"), { childList: true, subtree: true });
})"""
LARGEST = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""
ASK = """async (url) => {
  const began = performance.now();
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  await answer.text();
  return performance.now() - began;
}"""
WORDS = ("women", "po-2026", "9780385547345", "3123", "vendor", "fund", "history", "harry")


@contextmanager
def installation() -> Iterator[Plant]:
    """The demo library behind the web server that `make run` starts."""
    folder = Path(tempfile.mkdtemp(prefix="techsvc-bench-"))
    plant = Plant(folder)
    try:
        plant.open()
        plant.manage("migrate", "--verbosity", "0")
        plant.manage("demo")
        plant.manage("collectstatic", "--noinput", "--verbosity", "0")
        plant.web()
        yield plant
    finally:
        plant.close()
        shutil.rmtree(folder, ignore_errors=True)


def sign_in(tab: Tab, name: str) -> None:
    tab.goto("/accounts/login/")
    tab.fill("#id_username", name)
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.wait_for_selector(".topbar")


def figures() -> Iterator[Figure]:
    """All of it at a desk, as the supervisor and the technician of the demo library."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        return
    with ExitStack() as stack:
        plant = stack.enter_context(installation())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        stack.callback(browser.close)
        yield from first_loads(browser, plant)
        tab = desk(browser, plant)
        sign_in(tab, "technician")
        asked = [tab.evaluate(ASK, f"/search/?q={WORDS[n % len(WORDS)]}") for n in range(QUESTIONS)]
        yield Figure("web.palette_p95", percentile(asked, 95), "ms", 300, smaller_is_better=True)
        yield Figure("web.scan_p95", percentile(list(scans(tab)), 95), "ms", 150, smaller_is_better=True)


def desk(browser: Browser, plant: Plant) -> Tab:
    context = browser.new_context(base_url=f"http://127.0.0.1:{plant.port}", viewport={"width": 1280, "height": 800})
    return context.new_page()


def first_loads(browser: Browser, plant: Plant) -> Iterator[Figure]:
    """Bytes over the line and the largest paint of the home page, each time by a browser that has nothing yet."""
    paints, total, script = [], 0.0, 0.0
    for _start in range(COLD_STARTS):
        tab = desk(browser, plant)
        sign_in(tab, "supervisor")
        session = tab.context.storage_state()
        tab.context.close()
        fresh = browser.new_context(
            base_url=f"http://127.0.0.1:{plant.port}", storage_state=session, viewport={"width": 1280, "height": 800}
        )
        tab = fresh.new_page()
        sizes = weighed(tab)
        tab.goto("/", wait_until="networkidle")
        paints.append(tab.evaluate(LARGEST))
        total, script = sum(sizes.values()), sum(size for url, size in sizes.items() if url.endswith(".js"))
        fresh.close()
    yield Figure("web.first_load", total / KB, "KB", 200, smaller_is_better=True)
    yield Figure("web.first_load_js", script / KB, "KB", 60, smaller_is_better=True)
    yield Figure("web.largest_paint_cold", percentile(paints, 50), "ms", 1200, smaller_is_better=True)


def weighed(tab: Tab) -> dict[str, float]:
    """Address → bytes over the line of all that the tab loads from now on."""
    line = tab.context.new_cdp_session(tab)
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def finished(event: dict[str, Any]) -> None:
        sizes[urls[event["requestId"]]] = event["encodedDataLength"]

    line.on("Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]}))
    line.on("Network.loadingFinished", finished)
    line.send("Network.enable")
    return sizes


def scans(tab: Tab) -> Iterator[float]:
    """Into the first bench that is being unpacked: the titles of the carton by turns with ISBNs of other books."""
    tab.goto("/acquisitions/receiving/shipments/?state=unpacking")
    tab.locator("tr[data-href] a").first.click()
    tab.get_by_role("button", name="Unpack").first.click()
    tab.wait_for_selector("[data-scan]")
    listed = [isbn for text in tab.locator("main").all_inner_texts() for isbn in re.findall(r"\b97[89]\d{10}\b", text)]
    others = [f"978{n:09d}" for n in range(SCANS)]
    codes = [code for n, other in enumerate(others) for code in (*listed[n : n + 1], other + gs1_digit(other))]
    for code in codes:
        waiting = tab.evaluate_handle(f"() => ({{ answer: ({ANSWERED})() }})")
        tab.keyboard.type(code, delay=4)
        tab.keyboard.press("Enter")
        yield tab.evaluate("(handle) => handle.answer", waiting)
