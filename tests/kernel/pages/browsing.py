"""Pages over branches as a browser shows them, and what hands do there; it is their table of addresses too."""

from __future__ import annotations

import time

import pytest
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

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
        return render(request, "partials/_search_results.html", {"groups": [("Record", hits)], "search_text": text})
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


def sign_in(tab: Tab) -> Tab:
    tab.goto("/accounts/login/")
    tab.fill("#id_username", "tess")
    tab.fill("#id_password", PASSWORD)
    tab.click("button[type=submit]")
    expect(tab.locator("h1")).to_have_text("Your work")
    return tab


def scan(tab: Tab, code: str, end: str = "Enter") -> None:
    """Type as a wedge scanner does."""
    tab.keyboard.type(code, delay=8)
    tab.keyboard.press(end)


# Keys carry the times of a steady scanner, however busy the machine is that runs the tests.
STEADY = """
  let now = 0;
  const times = new WeakMap();
  window.rest = () => { now += 1000; };
  Object.defineProperty(Event.prototype, "timeStamp", { get() {
    if (!times.has(this)) times.set(this, this.type === "keydown" ? (now += 8) : now);
    return times.get(this);
  } });
"""


def settled(tab: Tab) -> None:
    expect(tab.locator("[data-queue] li")).to_have_count(0, timeout=20_000)


def furnish(patch: pytest.MonkeyPatch) -> None:
    """Two branches, two members of staff, a rail of two entries, and a bench that has taken nothing."""
    TAKEN.clear()
    patch.setattr(slots, "_tiles", [])
    patch.setattr(
        slots,
        "_nav",
        [NavItem("Home", "workroom:home", "any", "home"), NavItem("Branches", "branches", "any", "branch")],
    )
    central = Branch.objects.create(code="c", name="Central")
    Branch.objects.create(code="e", name="East")
    roles = Role.objects.filter(code="technician")
    for name in ("tess", "paul"):
        people.create_user(
            name, display_name=name.title(), password=PASSWORD, branch=central, roles=roles, actor=people.system()
        )


def sign_in_over_the_page(tab: Tab, name: str) -> None:
    expect(tab.locator("#signin")).to_be_visible()
    tab.fill("#signin [name=username]", name)
    tab.fill("#signin [name=password]", PASSWORD)
    tab.click("#signin button")
