"""The kinds of pages, tried over branches: who may, what is asked, what is shown, and that once is once."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import access
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.numbers import Submission
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
    tones,
)
from techsvc.kernel.slots import Verb

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


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
        if row.code == "e":
            raise Refusal("East is being rebuilt.")


class Receive(BenchPage):
    permission = access.ANY_STAFF
    title = "Receive"

    def scan(self, code: str, key: str) -> ScanResult:
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


def nothing(request: Any) -> HttpResponse:
    return HttpResponse("home")


workroom = ([path("", nothing, name="home"), path("search/", nothing, name="search")], "workroom")
urlpatterns = [
    path("branches/", Branches.as_view(), name="branches"),
    path("branches/<int:pk>/", BranchDetail.as_view(), name="branch"),
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


@pytest.fixture
def central() -> Branch:
    return Branch.objects.create(code="c", name="Central", address="1 River Street")


@pytest.fixture
def east() -> Branch:
    return Branch.objects.create(code="e", name="East", active=False)


@pytest.fixture
def staff(central: Branch, client: Client) -> User:
    user = person("tess", "technician", branch=central)
    client.force_login(user)
    return user


def send(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, {"_key": str(uuid.uuid4())} | data)


# Who may


def test_a_page_without_a_permission_cannot_be_routed() -> None:
    class Open(Page):
        pass

    with pytest.raises(ImproperlyConfigured, match="Open states no permission"):
        Open.as_view()


def test_nobody_is_sent_to_sign_in_and_parts_of_pages_are_told(client: Client) -> None:
    answer = client.get("/branches/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/branches/")
    part = client.get("/branches/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Trigger"], part.content) == (401, "session-expired", b"")


def test_a_missing_right_is_a_page_with_a_sentence(client: Client, staff: User) -> None:
    answer = client.get("/secret/")
    assert answer.status_code == 403
    assert "You may not do this: set policies. Ask a supervisor" in answer.content.decode()
    part = client.get("/secret/", headers={"HX-Request": "true"})
    assert (part.status_code, part["Content-Type"]) == (403, "text/plain; charset=utf-8")


def test_a_right_for_the_own_branch_ends_there(client: Client, staff: User, central: Branch, east: Branch) -> None:
    assert client.get(f"/branches/{central.pk}/own/").status_code == 200
    assert client.get(f"/branches/{east.pk}/own/").status_code == 403


def test_what_is_not_there_is_404(client: Client, staff: User) -> None:
    answer = client.get("/branches/999999/")
    assert answer.status_code == 404
    assert "it is not yours to see" in answer.content.decode()


# Lists


@pytest.fixture
def many(central: Branch, east: Branch) -> list[Branch]:
    return Branch.objects.bulk_create(Branch(code=f"b{i:02}", name=f"Branch {i:02}") for i in range(60))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "1–25 of 62 rows"),
        ("page=3", "51–62 of 62 rows"),
        ("page=99", "51–62 of 62 rows"),
        ("size=100", "1–62 of 62 rows"),
        ("active=0", "1–1 of 1 row"),
        ("q=branch+07", "1–1 of 1 row"),
        ("q=b0&sort=-code", "1–10 of 10 rows"),
        ("code=c", "1–1 of 1 row"),
        ("since=2000-01-01", "1–25 of 62 rows"),
        ("q=zzz", "Nothing matches."),
        ("q=%00", "1–25 of 62 rows"),
    ],
)
def test_a_list_answers_its_address(client: Client, staff: User, many: list[Branch], query: str, shown: str) -> None:
    answer = client.get(f"/branches/?{query}")
    assert answer.status_code == 200
    assert shown in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("sort=address", "can&#x27;t be sorted by “address”"),
        ("sort=--code", "can&#x27;t be sorted by “--code”"),
        ("colour=red", "no filter “colour”"),
        ("code=x", "“Code” can&#x27;t be “x”"),
        ("active=perhaps", "“Active” can&#x27;t be “perhaps”"),
        ("since=yesterday", "“Since” can&#x27;t be “yesterday”"),
        ("page=0", "“0” is no page number"),
        ("page=²", "“²” is no page number"),
        ("page=-1", "“-1” is no page number"),
        ("page=99999999999999999999", "is no page number"),
        ("size=100000", "is no number of rows"),
        ("cols=code,secret", "no column “secret”"),
        ("export=xlsx", "not as “xlsx”"),
        ("code=<script>", "“&lt;script&gt;”"),
    ],
)
def test_what_a_list_cannot_read_is_400(client: Client, staff: User, query: str, sentence: str) -> None:
    answer = client.get(f"/branches/?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_sorting_turns_around(client: Client, staff: User, east: Branch) -> None:
    content = client.get("/branches/").content.decode()
    assert content.index("<td>Central</td>") < content.index("<td>East</td>")
    assert 'aria-sort="ascending"><a href="?sort=-name">' in content
    content = client.get("/branches/?sort=-name").content.decode()
    assert content.index("<td>East</td>") < content.index("<td>Central</td>")


def test_columns_are_chosen_by_the_address(client: Client, staff: User) -> None:
    assert "SAN</th>" not in client.get("/branches/").content.decode()
    content = client.get("/branches/?cols=code,san").content.decode()
    assert "SAN</th>" in content
    assert "Address</th>" not in content


def test_tabs_carry_the_count_of_their_list(client: Client, staff: User, many: list[Branch]) -> None:
    tabs = client.get("/branches/").context["tabs"]
    assert [(tab["label"], tab["count"], tab["current"]) for tab in tabs] == [("All", 62, True), ("Closed", 1, False)]


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    user = person("olga", "technician")
    client.force_login(user)
    content = client.get("/branches/").content.decode()
    assert "No branches yet." in content
    assert f'<a class="btn btn-primary" href="{reverse("new")}">New branch</a>' in content


def test_a_list_asks_the_same_number_of_queries_however_long(
    client: Client, staff: User, central: Branch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):  # session, person, their branch, rights, count, rows, one tab
        client.get("/branches/?size=200")
    Branch.objects.bulk_create(Branch(code=f"b{i:03}", name=f"Branch {i:03}") for i in range(150))
    with django_assert_num_queries(7):
        client.get("/branches/?size=200")


def test_csv_has_every_row_and_runs_no_formula(client: Client, staff: User, many: list[Branch]) -> None:
    Branch.objects.filter(code="b00").update(address='=HYPERLINK("http://example.org")', name="+1")
    answer = client.get("/branches/?export=csv&cols=code,name,address,spent,state&sort=code")
    assert answer["Content-Disposition"] == 'attachment; filename="branches.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["Code", "Name", "Address", "Spent", "State"]
    assert len(lines) == 63
    first = next(line for line in lines if line[0] == "b00")
    row = Branch.objects.get(code="b00")
    assert first == ["b00", "'+1", '\'=HYPERLINK("http://example.org")', f"{row.pk + 0.05:.2f}", "Active"]


# One thing


def test_a_detail_page_shows_facts_tables_and_history(
    client: Client, staff: User, central: Branch, east: Branch
) -> None:
    history.write(
        central, "tests.rename", actor=staff, summary="Renamed", before={"name": "Old"}, after={"name": "New"}
    )
    content = client.get(f"/branches/{central.pk}/").content.decode()
    for expected in (
        "<h1>Central</h1>",
        "1 River Street",
        "Neighbours",
        ">East<",
        "Renamed",
        "<del>Old</del>",
        "<ins>New</ins>",
    ):
        assert expected in content


# Forms


def test_a_form_acts_once_however_often_it_is_sent(client: Client, staff: User) -> None:
    data = {"_key": str(uuid.uuid4()), "code": "n", "name": "North"}
    first, second = client.post("/new/", data), client.post("/new/", data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == reverse("branch", kwargs={"pk": Branch.objects.get(code="n").pk})


def test_a_form_without_a_key_is_refused(client: Client, staff: User) -> None:
    answer = client.post("/new/", {"code": "n", "name": "North"})
    assert answer.status_code == 400
    assert "came without its key" in answer.content.decode()
    assert not Branch.objects.filter(code="n").exists()


def test_errors_are_listed_and_linked_and_typing_is_kept(client: Client, staff: User) -> None:
    answer = send(client, "/new/", code="", name="North")
    content = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_code">Code: This field is required.</a>' in content
    assert 'value="North"' in content


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("taken", '<a href="#id_code">Code: Taken is in use. Choose another code.</a>'),
        ("never", "<li>The library has too many branches. Close one first.</li>"),
    ],
)
def test_a_refusal_lands_on_the_form_and_nothing_has_changed(client: Client, staff: User, code: str, line: str) -> None:
    before = set(Branch.objects.values_list("code", flat=True))
    answer = send(client, "/new/", code=code, name="North")
    assert answer.status_code == 422
    assert line in answer.content.decode()
    assert set(Branch.objects.values_list("code", flat=True)) == before
    assert not Submission.objects.exists()


# Acts


def test_an_act_without_a_question_has_no_get(client: Client, staff: User, central: Branch) -> None:
    assert client.get(f"/branches/{central.pk}/close/").status_code == 405


def test_an_act_offers_its_undo(client: Client, staff: User, central: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    def reopen(event: Any, *, actor: User) -> None:
        Branch.objects.filter(pk=event.subject_id).update(active=True)
        history.write(central, "tests.reopen", actor=actor, summary="Central was reopened", undoes=event)

    monkeypatch.setitem(history.UNDOS, "tests.close", reopen)
    answer = client.post(
        f"/branches/{central.pk}/close/", {"_key": str(uuid.uuid4()), "next": "/branches/"}, follow=True
    )
    content = answer.content.decode()
    event = history.HistoryEvent.objects.get(verb="tests.close")
    assert f'action="/console/undo/{event.pk}/"' in content
    client.post(f"/console/undo/{event.pk}/", {"_key": str(uuid.uuid4()), "next": "/branches/"})
    central.refresh_from_db()
    assert central.active


def test_a_refused_act_says_why_where_the_person_was(client: Client, staff: User, east: Branch) -> None:
    url = f"/branches/{east.pk}/close/"
    answer = client.post(url, {"_key": str(uuid.uuid4()), "next": "/branches/?active=0"})
    assert (answer.status_code, answer["Location"]) == (302, "/branches/?active=0")
    assert "East can&#x27;t be closed: it is closed already." in client.get("/branches/").content.decode()
    part = client.post(url, {"_key": str(uuid.uuid4())}, headers={"HX-Request": "true"})
    assert (part.status_code, part.content.decode()) == (422, "East can't be closed: it is closed already.")


def test_nobody_is_sent_to_another_site(client: Client, staff: User, central: Branch) -> None:
    data = {"_key": str(uuid.uuid4()), "next": "https://evil.example/"}
    assert client.post(f"/branches/{central.pk}/close/", data)["Location"] == "/"


def test_what_cannot_be_undone_asks_first(client: Client, staff: User, central: Branch) -> None:
    url = f"/branches/{central.pk}/remove/"
    assert "Remove Central for good?" in client.get(url).content.decode()
    answer = send(client, url)
    assert answer.status_code == 422
    assert "3 items stand there. Move them first." in answer.content.decode()


def test_many_rows_each_refusal_shown_the_others_done(
    client: Client, staff: User, many: list[Branch], east: Branch
) -> None:
    Branch.objects.update(active=True)
    ids = [many[0].pk, many[1].pk, east.pk]
    content = send(client, "/close/", ids=ids).content.decode()
    assert "2 rows done." in content
    assert "East: East is being rebuilt." in content
    assert list(Branch.objects.filter(active=False).order_by("pk")) == [many[0], many[1]]


def test_all_that_match_are_what_the_list_matched(client: Client, staff: User, many: list[Branch]) -> None:
    Branch.objects.update(active=True)
    send(client, "/close/", all="1", query="q=branch+1&sort=-code")
    closed = Branch.objects.filter(active=False).values_list("code", flat=True)
    assert set(closed) == {"b01", "b10", *(f"b{i}" for i in range(11, 20)), "b21", "b31", "b41", "b51"}


def test_ids_that_are_none_are_400(client: Client, staff: User) -> None:
    assert send(client, "/close/", ids=["x"]).status_code == 400


# Benches


def test_a_scan_is_answered_without_a_script(client: Client, staff: User) -> None:
    content = send(client, "/receive/", code="31234000012345").content.decode()
    assert "Right: 31234000012345" in content
    assert 'data-key="d"' in content
    assert "2 of 20" in content
    assert "<html" in content


def test_a_scan_sent_again_has_the_first_answer(client: Client, staff: User) -> None:
    data = {"_key": str(uuid.uuid4()), "code": "31234000012345"}
    answers = [client.post("/receive/", data, headers={"HX-Request": "true"}).content.decode() for _ in range(2)]
    assert all("Right: 31234000012345" in answer and "<html" not in answer for answer in answers)
    assert Branch.objects.filter(code="31234000012345").count() == 1


@pytest.mark.parametrize(
    ("data", "tone", "headline"),
    [
        ({"code": "unknown1"}, "stop", "unknown1 is on no order."),
        ({"code": "  "}, "stop", "Nothing was scanned. Scan again, or type the number and press Enter."),
        ({"code": "9" * 201}, "stop", "Nothing was scanned. Scan again, or type the number and press Enter."),
        ({"verb": "damage", "on": "7"}, "warn", "damage 7"),
    ],
)
def test_a_bench_answers_everything(
    client: Client, staff: User, data: dict[str, str], tone: str, headline: str
) -> None:
    result = send(client, "/receive/", **data).context["result"]
    assert (result.tone, result.headline) == (tone, headline)


def test_finishing_leaves_the_bench(client: Client, staff: User) -> None:
    assert send(client, "/receive/", verb="finish")["Location"] == "/branches/"


# Reports


def test_a_report_has_totals_and_csv(client: Client, staff: User) -> None:
    content = client.get("/spending/?year=2026").content.decode()
    assert '<td>Total</td><td class="num">$1,200.00</td><td></td>' in content
    assert '<progress value="3" max="4" aria-label="3 of 4"></progress>' in content
    lines = b"".join(client.get("/spending/?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Fund,Spent,Share", "'=Adult,1200.00,3/4", "Child,,0/0"]
    assert client.get("/spending/?year=1999").status_code == 400


# How values look


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("31234000012345", "3 1234 0000 1234 5"),
        ("9780312429188", "9780 3124 2918 8"),
        ("AB12", "AB12"),
        ("1234567", "1234567"),
    ],
)
def test_barcodes_are_grouped(code: str, groups: str) -> None:
    assert Column("code", "Code", kind="barcode").html({"code": code}) == groups


@pytest.mark.parametrize(
    ("kind", "value", "html"),
    [
        ("text", "<b>", "&lt;b&gt;"),
        ("text", None, '<span class="nothing">–</span>'),
        ("number", 12345, "12,345"),
        ("number", 0, "0"),
        ("money", (-5, "JPY"), "-JPY 5"),
        ("bool", False, "no"),
        ("date", timezone.datetime(2026, 11, 24).date(), '<time datetime="2026-11-24">24 Nov 2026</time>'),
    ],
)
def test_values_look_like_their_kind(kind: str, value: Any, html: str) -> None:
    assert Column("x", "X", kind=kind).html({"x": value}) == html


def test_a_state_has_one_look_in_the_whole_house() -> None:
    assert tones.badge("on_order") == tones.Badge("info", "truck", "On order")
    assert tones.badge("never heard of") == tones.Badge("idle", "idle", "Never heard of")
    with pytest.raises(ValueError, match="on_order: already shown as"):
        tones.register({"on_order": "stop"})


def test_forbidden_inside_an_act_is_403(
    client: Client, staff: User, central: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any, thing: Branch) -> None:
        raise Forbidden("You may not close branches.")

    monkeypatch.setattr(CloseBranch, "act", refuse)
    assert send(client, f"/branches/{central.pk}/close/").status_code == 403
