"""What only a browser shows: scanning, keys, the session that ends, pages without a script, both themes under axe."""

from __future__ import annotations

import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, expect

from techsvc.kernel import access, slots
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.models.people import Role
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import (
    ActionForm,
    ActionPage,
    BenchPage,
    BenchVerb,
    Column,
    DetailPage,
    Fact,
    Filter,
    FormPage,
    ListPage,
    Page,
    ScanResult,
)
from techsvc.kernel.scans import THINGS
from techsvc.kernel.slots import Hit, NavItem, Verb

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls(__name__),
]

PASSWORD = "correct horse battery"
SLOW = 0.25  # seconds that the bench takes for a scan here, so that scans have to wait for each other
TAKEN: list[str] = []


class Branches(ListPage[Branch]):
    permission = access.ANY_STAFF
    title = "Branches"
    nav = "branches"
    columns = (Column("code", "Code", kind="code", sort="code"), Column("name", "Name", sort="name"))
    filters = (Filter("active", "Active", kind="flag", lookup="active"),)
    search = ("name__icontains",)
    default_sort = "code"

    def queryset(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def row_url(self, row: Branch) -> str:
        return reverse("branch", kwargs={"pk": row.pk})

    def row_verbs(self, row: Branch) -> list[Verb]:
        return [Verb("Close", reverse("close", kwargs={"pk": row.pk}), "post", key="d")]

    def verbs(self) -> list[Verb]:
        return [Verb("New branch", reverse("new"), key="n", primary=True)]


class BranchDetail(DetailPage[Branch]):
    permission = access.ANY_STAFF
    nav = "branches"

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def facts(self, thing: Branch) -> list[Fact]:
        return [Fact("Code", thing.code, "code")]


class Close(ActionPage[Branch]):
    permission = access.ANY_STAFF

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def act(self, thing: Branch) -> None:
        Branch.objects.filter(pk=thing.pk).update(active=False)
        history.write(thing, "tests.close", actor=self.user, summary=f"{thing} was closed")


class BranchForm(ActionForm):
    code = forms.CharField(label="Code")
    name = forms.CharField(label="Name")


class NewBranch(FormPage[BranchForm]):
    permission = access.ANY_STAFF
    title = "New branch"
    form_class = BranchForm

    def act(self, form: BranchForm) -> Branch:
        return Branch.objects.create(**form.cleaned_data)

    def success_url(self, result: Branch) -> str:
        return reverse("branch", kwargs={"pk": result.pk})


class Receive(BenchPage):
    permission = access.ANY_STAFF
    title = "Receive"
    takes = THINGS | {ScanKind.UNKNOWN}
    instead = "Scan the book."

    def scan(self, scan: Scan, key: str) -> ScanResult:
        code = scan.value
        time.sleep(SLOW)
        if code.startswith("BAD"):
            raise Refusal(f"{code} is on no order.")
        TAKEN.append(code)
        return ScanResult("ok", f"Right: {code}", verbs=(BenchVerb("damage", "Damaged", "d", on=code),))

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        TAKEN.append(f"{verb} {on}")
        return ScanResult("warn", f"{verb} {on}")


class Home(Page):
    permission = access.ANY_STAFF
    title = "Your work"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


def search(request: HttpRequest) -> HttpResponse:
    text = request.GET["q"]
    if request.headers.get("HX-Request"):
        hits = [Hit("Record", "The Women", "/branches/", "Hannah")]
        return render(request, "partials/_search_results.html", {"hits": hits, "search_text": text})
    return HttpResponse(f"found {text}")


workroom = ([path("", Home.as_view(), name="home"), path("search/", search, name="search")], "workroom")
urlpatterns = [
    path("branches/", Branches.as_view(), name="branches"),
    path("branches/<int:pk>/", BranchDetail.as_view(), name="branch"),
    path("branches/<int:pk>/close/", Close.as_view(), name="close"),
    path("new/", NewBranch.as_view(), name="new"),
    path("receive/", Receive.as_view(), name="receive"),
    path("console/", include("techsvc.kernel.urls")),
    path("accounts/", include("techsvc.kernel.accounts")),
    path("", include(workroom)),
]


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two branches, one member of staff, a rail of two entries, and a bench that has taken nothing."""
    TAKEN.clear()
    monkeypatch.setattr(
        slots,
        "_nav",
        [NavItem("Home", "workroom:home", "any", "home"), NavItem("Branches", "branches", "any", "branch")],
    )
    central = Branch.objects.create(code="c", name="Central")
    Branch.objects.create(code="e", name="East")
    roles = Role.objects.filter(code="technician")
    people.create_user(
        "tess", display_name="Tess", password=PASSWORD, branch=central, roles=roles, actor=people.system()
    )


def sign_in(tab: Tab) -> Tab:
    tab.goto("/accounts/login/")
    tab.fill("#id_username", "tess")
    tab.fill("#id_password", PASSWORD)
    tab.click("button[type=submit]")
    expect(tab.locator("h1")).to_have_text("Your work")
    return tab


@pytest.fixture
def desk(page: Tab) -> Tab:
    return sign_in(page)


def scan(tab: Tab, code: str, end: str = "Enter") -> None:
    """Type as a wedge scanner does."""
    tab.keyboard.type(code, delay=8)
    tab.keyboard.press(end)


def settled(tab: Tab) -> None:
    expect(tab.locator("[data-queue] li")).to_have_count(0, timeout=20_000)


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


def test_a_scan_outside_benches_searches_and_presses_nothing(desk: Tab) -> None:
    desk.goto("/branches/")
    scan(desk, "nnnddd111")
    desk.wait_for_url("**/search/?q=nnnddd111")


def test_a_scan_into_a_form_fills_the_field_and_does_not_send(desk: Tab) -> None:
    desk.goto("/new/")
    desk.focus("#id_code")
    scan(desk, "31234000000001")
    assert desk.input_value("#id_code") == "31234000000001"
    expect(desk.locator("#id_name")).to_be_focused()
    expect(desk.locator("h1")).to_have_text("New branch")


def test_keys_move_open_and_act_and_can_be_switched_off(desk: Tab) -> None:
    desk.goto("/branches/")
    desk.keyboard.press("j")
    desk.wait_for_timeout(150)
    desk.keyboard.press("j")
    expect(desk.locator("tr[aria-current]")).to_contain_text("East")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("East")
    desk.goto("/branches/")
    desk.keyboard.press("/")
    desk.keyboard.type("nnn", delay=90)
    assert desk.input_value("#finder") == "nnn"
    expect(desk.locator(".hit-label")).to_have_text("The Women")
    desk.evaluate("localStorage.setItem('keys', 'off')")
    desk.reload()
    desk.keyboard.press("n")
    desk.wait_for_timeout(150)
    expect(desk.locator("h1")).to_have_text("Branches")
    desk.evaluate("localStorage.setItem('keys', 'on')")
    desk.keyboard.press("n")
    expect(desk.locator("h1")).to_have_text("New branch")


def test_the_work_is_done_without_a_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    tab = sign_in(context.new_page())
    tab.click("text=Branches")
    tab.select_option("[name=active]", "1")
    tab.click("text=Apply")
    expect(tab.locator(".list-foot")).to_contain_text("1–2 of 2 rows")
    tab.click("text=New branch")
    tab.fill("#id_name", "North")
    tab.click("text=Save")
    expect(tab.locator(".error-summary a")).to_have_text("Code: This field is required.")
    tab.fill("#id_code", "n")
    tab.click("text=Save")
    expect(tab.locator("h1")).to_have_text("North")
    expect(tab.locator(".toast-line")).to_contain_text("Saved.")
    tab.goto("/receive/")
    tab.fill("[name=code]", "31234000000001")
    tab.press("[name=code]", "Enter")
    expect(tab.locator(".headline")).to_have_text("Right: 31234000000001")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820, 320])
def test_pages_have_no_fault_that_axe_finds_and_the_policy_blocks_nothing(desk: Tab, theme: str, width: int) -> None:
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))
    desk.on("pageerror", lambda error: said.append(str(error)))
    desk.set_viewport_size({"width": width, "height": 900})
    desk.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    branch = Branch.objects.get(code="c")
    for url in ("/", "/branches/", "/branches/?q=zzz", f"/branches/{branch.pk}/", "/new/", "/receive/"):
        desk.goto(url)
        faults = Axe().run(desk).response["violations"]
        assert [(url, fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} is wider than {width} px"
    assert said == []
