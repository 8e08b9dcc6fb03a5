"""Scanning in a browser: nothing lost, nothing twice, nothing as somebody else, whatever has the focus."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, expect

from techsvc.kernel.identifiers import Scan
from techsvc.kernel.pages import ScanResult
from tests.kernel.pages.browsing import PASSWORD, STEADY, TAKEN, Receive, scan, settled, sign_in_over_the_page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.kernel.pages.browsing"),
]


def test_scans_are_neither_lost_nor_doubled_and_keep_their_order(desk: Tab) -> None:
    desk.goto("/receive/")
    codes = [f"3123400000{i:04}" for i in range(20)]
    for code in codes:
        scan(desk, code)
    settled(desk)
    assert codes == TAKEN
    expect(desk.locator(".headline")).to_have_text(f"Right: {codes[-1]}")
    expect(desk.locator("[data-say]")).to_have_text(f"Right: {codes[-1]}")


def test_the_same_scan_twice_at_once_counts_once_until_plus_is_pressed(desk: Tab) -> None:
    desk.goto("/receive/")
    scan(desk, "31234000000001")
    scan(desk, "31234000000001")
    settled(desk)
    assert TAKEN == ["31234000000001"]
    expect(desk.locator("[data-again]")).to_contain_text("Counted once.")
    with desk.expect_response("**/receive/"):
        desk.keyboard.press("+")
    settled(desk)
    assert TAKEN == ["31234000000001"] * 2


def test_scans_wait_while_the_line_is_down_and_over_a_reload(desk: Tab) -> None:
    desk.goto("/receive/")
    desk.route("**/receive/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    scan(desk, "31234000000001")
    scan(desk, "31234000000002")
    expect(desk.locator("[data-light]")).to_contain_text("Offline")
    desk.unroute_all()
    desk.reload()
    settled(desk)
    assert TAKEN == ["31234000000001", "31234000000002"]


def test_an_answer_that_got_lost_does_not_count_twice(desk: Tab) -> None:
    desk.goto("/receive/")
    lost: list[Any] = []

    def lose_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    desk.route("**/receive/", lose_first)
    scan(desk, "31234000000001")
    settled(desk)
    desk.unroute_all()
    assert (len(lost), TAKEN) == (1, ["31234000000001"])
    expect(desk.locator(".headline")).to_have_text("Right: 31234000000001")


@pytest.mark.parametrize("focus", ["body", "[data-scan]", "#finder", ".brand", "summary", "[data-press] button"])
@pytest.mark.parametrize("end", ["Enter", "Tab"])
def test_a_scan_goes_to_the_bench_wherever_the_focus_is(desk: Tab, focus: str, end: str) -> None:
    desk.goto("/receive/")
    scan(desk, "31234000000001")
    settled(desk)
    desk.locator(focus).first.evaluate("element => { document.activeElement.blur(); element.focus(); }")
    scan(desk, "DDD D3DDD", end)
    settled(desk)
    assert TAKEN == ["31234000000001", "DDD D3DDD"]
    assert desk.input_value("#finder") == ""
    assert desk.url.endswith("/receive/")


def test_a_key_presses_what_the_last_scan_offers(desk: Tab) -> None:
    desk.goto("/receive/")
    scan(desk, "31234000000001")
    settled(desk)
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("d")
    expect(desk.locator(".headline")).to_have_text("damage 31234000000001")
    assert TAKEN == ["31234000000001", "damage 31234000000001"]


def test_a_refused_scan_says_what_to_do_and_is_announced(desk: Tab) -> None:
    desk.goto("/receive/")
    scan(desk, "BAD9999999")
    settled(desk)
    expect(desk.locator(".scan-result")).to_contain_text("BAD9999999 is on no order.")
    expect(desk.locator("[data-alert]")).to_have_text("BAD9999999 is on no order.. Put it aside.")


def test_when_the_session_ends_the_scans_wait_for_a_new_one(desk: Tab) -> None:
    desk.goto("/receive/")
    Session.objects.all().delete()
    scan(desk, "31234000000001")
    expect(desk.locator("#signin")).to_be_visible()
    desk.fill("#signin [name=username]", "tess")
    desk.fill("#signin [name=password]", "wrong")
    desk.click("#signin button")
    expect(desk.locator("#signin .error-summary")).to_be_visible()
    desk.fill("#signin [name=password]", PASSWORD)
    desk.click("#signin button")
    settled(desk)
    expect(desk.locator("#signin")).to_be_hidden()
    scan(desk, "31234000000002")
    settled(desk)
    assert TAKEN == ["31234000000001", "31234000000002"]


def test_waiting_scans_are_sent_as_nobody_but_who_made_them(desk: Tab) -> None:
    """On a shared tablet: the next person begins with nothing, and is told whose scans are kept."""
    desk.goto("/receive/")
    Session.objects.all().delete()
    scan(desk, "31234000000001")
    sign_in_over_the_page(desk, "paul")
    expect(desk.locator("[data-others]")).to_contain_text("1 scans by Tess are kept on this device.")
    expect(desk.locator("[data-queue] li")).to_have_count(0)
    scan(desk, "31234000000002")
    settled(desk)
    assert TAKEN == ["31234000000002"]
    Session.objects.all().delete()
    scan(desk, "31234000000003")
    sign_in_over_the_page(desk, "tess")
    expect(desk.locator("[data-others]")).to_contain_text("1 scans by Paul")
    settled(desk)
    assert TAKEN == ["31234000000002", "31234000000001"]


def test_when_somebody_else_signs_in_in_another_tab_nothing_is_sent_as_them(desk: Tab) -> None:
    desk.goto("/receive/")
    other = desk.context.new_page()
    other.goto("/receive/")
    other.locator(".topbar .menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.fill("#id_username", "paul")
    other.fill("#id_password", PASSWORD)
    other.click("button[type=submit]")
    expect(other.locator("h1")).to_have_text("Your work")
    scan(desk, "31234000000001")
    expect(desk.locator("[data-others]")).to_contain_text("1 scans by Tess")
    assert TAKEN == []


def test_scans_of_a_tab_closed_by_accident_go_on_in_the_next(desk: Tab) -> None:
    desk.goto("/receive/")
    desk.route("**/receive/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    for code in ("31234000000001", "31234000000002"):
        scan(desk, code)
    expect(desk.locator("[data-queue] li")).to_have_text(["1 · 31234000000001", "2 · 31234000000002"])
    context = desk.context
    desk.close()
    again = context.new_page()
    again.goto("/branches/")
    expect(again.locator("#toasts")).to_contain_text("Scans of yours wait at a bench.")
    again.get_by_role("link", name="Open it, and they are sent.").click()
    expect(again.locator("[data-say]")).to_have_text("Right: 31234000000002")
    settled(again)
    assert TAKEN == ["31234000000001", "31234000000002"]
    assert again.evaluate("Object.keys(localStorage).filter(name => name.startsWith('bench:'))") == []


def test_a_scan_that_the_server_breaks_on_is_set_aside_and_the_rest_go_on(
    desk: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Receive.scan

    def broken(bench: Receive, scanned: Scan, key: str) -> ScanResult:
        if scanned.value == "31234000000001":
            raise RuntimeError("broken")
        return taken(bench, scanned, key)

    monkeypatch.setattr(Receive, "scan", broken)
    desk.goto("/receive/")
    scan(desk, "31234000000001")
    expect(desk.locator("[data-alert]")).to_contain_text("Not taken.", timeout=20_000)
    expect(desk.locator(".scan-result .detail")).to_have_text("31234000000001")
    scan(desk, "31234000000002")
    settled(desk)
    assert TAKEN == ["31234000000002"]


def test_two_hundred_scans_with_the_focus_anywhere_press_nothing_and_edit_nothing(
    desk: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters of Code 39 are keys of this bench; buttons, links, menus and fields hold the focus in turn."""
    monkeypatch.setattr("tests.kernel.pages.browsing.SLOW", 0)
    chance = random.Random(8)
    desk.add_init_script(STEADY)
    desk.goto("/receive/")
    codes = ["".join(chance.choices("D+?/JK 0123456789", k=chance.randint(6, 14))) for _ in range(200)]
    codes = [f"D{number}{code.strip()}D" for number, code in enumerate(codes)]
    for code in codes:
        desk.evaluate(FOCUS, chance.random())
        scan(desk, code, chance.choice(["Enter", "Tab"]))
    settled(desk)
    assert codes == TAKEN
    assert desk.url.endswith("/receive/")
    assert desk.evaluate(EDITED) == []
    expect(desk.locator("dialog[open], details[open]")).to_have_count(0)


FOCUS = """chance => {
  rest();
  const places = [...document.querySelectorAll("a, button, input, summary, [tabindex]")]
    .filter((el) => el.getClientRects().length);
  document.activeElement.blur();
  places[Math.floor(chance * (places.length + 1))]?.focus();
}"""
EDITED = """[...document.querySelectorAll("input:not([type=hidden], [type=checkbox]), select, textarea")]
  .filter((el) => el.value !== el.defaultValue).map((el) => el.id || el.name)"""


def test_right_look_and_stop_sound_in_different_rhythms(desk: Tab) -> None:
    """One tone, two, three; none when the person has switched sounds off."""
    desk.add_init_script(COUNT_TONES)
    desk.goto("/receive/")
    scan(desk, "31234000000001")
    settled(desk)
    assert desk.evaluate("tones.splice(0)") == [[1320, 0]]
    scan(desk, "31234000000001")
    assert desk.evaluate("tones.splice(0)") == [[660, 0], [880, 0.14]]
    scan(desk, "BAD9999999")
    settled(desk)
    assert desk.evaluate("tones.splice(0)") == [[196, 0], [196, 0.3], [165, 0.6]]
    desk.locator("[data-sound]").click()
    expect(desk.locator("[data-sound] use")).to_have_attribute("href", re.compile("#mute$"))
    scan(desk, "31234000000002")
    settled(desk)
    assert desk.evaluate("tones") == []


COUNT_TONES = """
  window.tones = [];
  class Tone {
    frequency = {};
    connect() { return this; }
    start(at) { tones.push([this.frequency.value, at]); }
    stop() {}
  }
  class Gain { gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} }; connect() { return this; } }
  window.AudioContext = class {
    state = "running"; currentTime = 0;
    resume() { return Promise.resolve(); }
    createOscillator() { return new Tone(); }
    createGain() { return new Gain(); }
  };
"""


def test_a_scan_outside_benches_searches_and_presses_nothing(desk: Tab) -> None:
    desk.goto("/branches/")
    scan(desk, "nnnddd111")
    desk.wait_for_url("**/search/?q=nnnddd111")


def test_a_scan_into_a_form_fills_the_field_and_does_not_send(desk: Tab) -> None:
    desk.add_init_script(STEADY)
    desk.goto("/new/")
    desk.focus("#id_code")
    scan(desk, "31234000000001")
    assert desk.input_value("#id_code") == "31234000000001"
    expect(desk.locator("#id_name")).to_be_focused()
    expect(desk.locator("h1")).to_have_text("New branch")
