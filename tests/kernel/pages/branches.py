"""Pages over branches, one of every kind, for the tests of this folder; it is their table of addresses too."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from techsvc.kernel import access
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import (
    ActionForm,
    ActionPage,
    BenchPage,
    BenchVerb,
    BulkPage,
    Column,
    DetailPage,
    Fact,
    Filter,
    FormPage,
    ListPage,
    Page,
    ReportPage,
    ScanResult,
    Tab,
    Table,
)
from techsvc.kernel.scans import THINGS
from techsvc.kernel.slots import Verb


class Branches(ListPage[Branch]):
    permission = access.ANY_STAFF
    title = "Branches"
    nav = "branches"
    columns = (
        Column("code", "Code", kind="code", sort="code"),
        Column("name", "Name", sort="name"),
        Column("address", "Address"),
        Column("spent", "Spent", value=lambda branch: (branch.pk * 100 + 5, "USD"), kind="money"),
        Column("state", "State", value=lambda branch: "active" if branch.active else "closed", kind="state"),
        Column("san", "SAN", hidden=True),
    )
    filters = (
        Filter("active", "Active", lookup="active", kind="flag"),
        Filter("code", "Code", choices=[("c", "Central"), ("e", "East")], lookup="code"),
        Filter("since", "Since", apply=lambda rows, value: rows.filter(pk__gte=value.year - 2000), kind="date"),
    )
    search = ("name__icontains", "code__istartswith")
    tabs = (Tab("All"), Tab("Closed", "active=0"))
    default_sort = "name"
    page_size = 25
    empty_title = "No branches yet."

    def queryset(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def row_url(self, row: Branch) -> str:
        return reverse("branch", kwargs={"pk": row.pk})

    def row_verbs(self, row: Branch) -> list[Verb]:
        return [Verb("Close", reverse("close", kwargs={"pk": row.pk}), "post", key="c")]

    def bulk(self) -> list[Verb]:
        return [Verb("Close", reverse("close_many"), "post")]

    def verbs(self) -> list[Verb]:
        return [Verb("New branch", reverse("new"), key="n", primary=True)]


class BranchDetail(DetailPage[Branch]):
    permission = access.ANY_STAFF
    kind = "tests.branch"

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def state(self, thing: Branch) -> str:
        return "active" if thing.active else "closed"

    def facts(self, thing: Branch) -> list[Fact]:
        return [Fact("Code", thing.code, "code"), Fact("Address", thing.address)]

    def tables(self, thing: Branch) -> list[Table]:
        return [Table("Neighbours", (Column("name", "Name"),), Branch.objects.exclude(pk=thing.pk), empty="None.")]


class BranchForm(ActionForm):
    code = forms.CharField(label="Code", max_length=20)
    name = forms.CharField(label="Name")


class NewBranch(FormPage[BranchForm]):
    permission = access.ANY_STAFF
    title = "New branch"
    form_class = BranchForm

    def act(self, form: BranchForm) -> Branch:
        if form.cleaned_data["code"] == "taken":
            Branch.objects.create(code="half", name="Half done")
            raise Refusal("Taken is in use. Choose another code.", field="code")
        if form.cleaned_data["code"] == "never":
            raise Refusal("The library has too many branches. Close one first.")
        branch = Branch.objects.create(**form.cleaned_data)
        history.write(branch, "tests.add", actor=self.user, summary=f"{branch} was added")
        return branch

    def success_url(self, result: Branch) -> str:
        return reverse("branch", kwargs={"pk": result.pk})


class ChangeForm(BranchForm):
    address = forms.CharField(label="Address", widget=forms.Textarea, required=False)
    active = forms.BooleanField(label="Active", required=False)
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput, required=False)
    contact = forms.CharField(label="Contact", required=False)

    private = ("contact",)


class ChangeBranch(FormPage[ChangeForm]):
    permission = access.ANY_STAFF
    title = "Change branch"
    form_class = ChangeForm

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("code", "name", "address", "active")}

    def act(self, form: ChangeForm) -> Branch:
        values = {name: form.cleaned_data[name] for name in ("code", "name", "address", "active")}
        Branch.objects.filter(pk=self.object.pk).update(**values)
        history.write(self.object, "tests.change", actor=self.user, summary="It was changed", after=values)
        return Branch.objects.get(pk=self.object.pk)

    def success_url(self, result: Branch) -> str:
        return reverse("branch", kwargs={"pk": result.pk})


class CloseBranch(ActionPage[Branch]):
    permission = access.ANY_STAFF

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def act(self, thing: Branch) -> None:
        if not thing.active:
            raise Refusal(f"{thing} can't be closed: it is closed already.")
        Branch.objects.filter(pk=thing.pk).update(active=False)
        history.write(thing, "tests.close", actor=self.user, summary=f"{thing} was closed")


class RemoveBranch(CloseBranch):
    title = "Remove branch"

    def confirm_text(self, thing: Branch) -> str:
        return f"Remove {thing} for good?"

    def act(self, thing: Branch) -> None:
        raise Refusal(f"{thing} can't be removed: 3 items stand there. Move them first.")


class CloseMany(BulkPage[Branch]):
    permission = access.ANY_STAFF
    title = "Close branches"
    list_page = Branches

    def objects(self) -> QuerySet[Branch]:
        return Branch.objects.all()

    def act_on(self, row: Branch) -> None:
        Branch.objects.filter(pk=row.pk).update(active=False)
        if row.code == "e" or row.address == "a building site":
            raise Refusal(f"{row} is being rebuilt.")


class Receive(BenchPage):
    permission = access.ANY_STAFF
    title = "Receive"
    takes = THINGS | {ScanKind.UNKNOWN}
    instead = "Scan the book."

    def scan(self, scan: Scan, key: str) -> ScanResult:
        code = scan.value
        if code == "unknown1":
            raise Refusal("unknown1 is on no order.")
        Branch.objects.create(code=code, name=f"Scanned {code}")
        return ScanResult("ok", f"Right: {code}", verbs=(BenchVerb("damage", "Damaged", "d", on=code),))

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        if verb == "finish":
            return ScanResult("ok", "Finished", go="/branches/")
        return ScanResult("warn", f"{verb} {on}")

    def progress(self) -> tuple[int, int]:
        return Branch.objects.count(), 20


class Spending(ReportPage):
    permission = access.ANY_STAFF
    title = "Spending"
    columns = (Column("fund", "Fund"), Column("spent", "Spent", kind="money"), Column("share", "Share", kind="bar"))
    filters = (Filter("year", "Year", choices=[("2026", "2026")]),)

    def rows(self, values: Any) -> list[dict[str, Any]]:
        return [
            {"fund": "=Adult", "spent": (120_000, "USD"), "share": (3, 4)},
            {"fund": "Child", "spent": None, "share": (0, 0)},
        ]

    def totals(self, rows: Any, values: Any) -> dict[str, Any]:
        return {"spent": (120_000, "USD")}


class Secret(Page):
    permission = "kernel.set_policy"
    title = "Secret"

    def get(self, request: Any) -> HttpResponse:
        return self.show()


class BranchOnly(BranchDetail):
    permission = "kernel.view_patrons"

    def branch_of(self, thing: Branch) -> Branch:
        return thing


class Home(Page):
    permission = access.ANY_STAFF
    title = "Your work"

    def get(self, request: Any) -> HttpResponse:
        return self.show()


workroom = ([path("", Home.as_view(), name="home"), path("search/", Home.as_view(), name="search")], "workroom")
urlpatterns = [
    path("branches/", Branches.as_view(), name="branches"),
    path("branches/<int:pk>/", BranchDetail.as_view(), name="branch"),
    path("branches/<int:pk>/change/", ChangeBranch.as_view(), name="change"),
    path("branches/<int:pk>/close/", CloseBranch.as_view(), name="close"),
    path("branches/<int:pk>/remove/", RemoveBranch.as_view(), name="remove"),
    path("branches/<int:pk>/own/", BranchOnly.as_view(), name="own"),
    path("close/", CloseMany.as_view(), name="close_many"),
    path("new/", NewBranch.as_view(), name="new"),
    path("receive/", Receive.as_view(), name="receive"),
    path("spending/", Spending.as_view(), name="spending"),
    path("secret/", Secret.as_view(), name="secret"),
    path("console/", include("techsvc.kernel.urls")),
    path("accounts/", include("techsvc.kernel.accounts")),
    path("", include(workroom)),
]


def person(name: str, *roles: str, branch: Branch | None = None) -> User:
    return people.create_user(
        name,
        display_name=name.title(),
        password="correct horse battery",
        branch=branch,
        roles=Role.objects.filter(code__in=roles),
        actor=people.system(),
    )


def send(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, {"_key": str(uuid.uuid4())} | data)
