"""Lists: what is asked in the address, what is answered, what is refused."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel.actions import history
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Tab
from tests.kernel.pages.branches import Branches, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "1–25 of 62 rows"),
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
        ("page=2", "no filter “page”"),
        ("after=3", "The place “3” is not one of this list as it is sorted"),
        ("before=%5B1%5D:forged", "The place “[1]:forged” is not one of this list"),
        ("after=a&before=b", "not both"),
        ("size=0", "“0” is no number of rows"),
        ("size=²", "“²” is no number of rows"),
        ("size=100000", "is no number of rows"),
        ("cols=code,secret", "no column “secret”"),
        ("export=pdf", "not as “pdf”"),
        ("code=<script>", "“&lt;script&gt;”"),
    ],
)
def test_what_a_list_cannot_read_is_400(client: Client, staff: User, query: str, sentence: str) -> None:
    answer = client.get(f"/branches/?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_sorting_turns_around(client: Client, staff: User, east: Branch) -> None:
    content = client.get("/branches/").content.decode()
    assert content.index('<td class="short">Central</td>') < content.index('<td class="short">East</td>')
    assert 'aria-sort="ascending"><a href="?sort=-name">' in content
    content = client.get("/branches/?sort=-name").content.decode()
    assert content.index('<td class="short">East</td>') < content.index('<td class="short">Central</td>')


def test_columns_are_chosen_by_the_address(client: Client, staff: User) -> None:
    assert "SAN</th>" not in client.get("/branches/").content.decode()
    content = client.get("/branches/?cols=code,san").content.decode()
    assert "SAN</th>" in content
    assert "Address</th>" not in content


def test_tabs_carry_the_count_of_their_list(client: Client, staff: User, many: list[Branch]) -> None:
    tabs = client.get("/branches/").context["tabs"].shown
    assert [(tab.label, tab.count, tab.current) for tab in tabs] == [("All", 62, True), ("Closed", 1, False)]


def test_a_list_with_saved_views_has_one_of_everything(
    client: Client, staff: User, many: list[Branch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Branches, "tabs", (Tab("Closed", "active=0"),))
    tabs = client.get("/branches/?active=0").context["tabs"].shown
    assert [(tab.label, tab.url, tab.count) for tab in tabs] == [
        ("Closed", "?active=0", 1),
        ("All", "?", None),
    ]
    assert client.get("/branches/").context["tabs"].shown[1].count == 62


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    user = person("olga", "technician")
    client.force_login(user)
    content = client.get("/branches/").content.decode()
    assert "No branches yet." in content
    assert f'<a class="btn btn-primary" href="{reverse("new")}">New branch</a>' in content


def test_a_list_asks_the_same_number_of_queries_however_long(
    client: Client, staff: User, central: Branch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/branches/")  # the first request of a session notes in it when it began
    with django_assert_num_queries(9):  # session, person, their branch, rights, habit, count, rows, saved views, tabs
        client.get("/branches/?size=200")
    Branch.objects.bulk_create(Branch(code=f"b{i:03}", name=f"Branch {i:03}") for i in range(150))
    with django_assert_num_queries(9):
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
