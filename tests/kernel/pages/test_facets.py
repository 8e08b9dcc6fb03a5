"""Facets: how many rows each choice of a filter would leave."""

from __future__ import annotations

import pytest
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Filter
from techsvc.kernel.pages.facets import is_counted, tally
from techsvc.kernel.pages.filters import Asked, ask

pytestmark = pytest.mark.django_db

FILTERS = (
    Filter("active", "Active", lookup="is_active", kind="flag"),
    Filter("branch", "Branch", lookup="branch_id", choices=lambda _user: Branch.objects.values_list("pk", "code")),
    Filter("team", "Team", lookup="display_name", choices=[("a", "A"), ("b", "B"), ("none", "None")]),
)


@pytest.fixture
def workers(db: None) -> QuerySet[User]:
    """Twelve: each in a team, most at a branch, every fourth may not sign in."""
    branches = [Branch.objects.create(code=code, name=code) for code in ("east", "west")]
    User.objects.bulk_create(
        User(
            username=f"p{n}",
            display_name="ab"[n % 2],
            branch=branches[n // 5] if n < 10 else None,
            is_active=n % 4 > 0,
        )
        for n in range(12)
    )
    return User.objects.filter(username__startswith="p")


def asked(query: str) -> list[Asked]:
    return ask(FILTERS, QueryDict(query), {one.name: one.options(User()) for one in FILTERS})


def counted(rows: QuerySet[User], query: str) -> tuple[int, dict[str, dict[str, int]]]:
    names = dict(Branch.objects.values_list("pk", "code"))
    count, found = tally(rows, asked(query))
    told = {name: dict(counts) for name, counts in found.items()}
    told["branch"] = {names[int(pk)] if pk else "": n for pk, n in told["branch"].items()}
    return count, told


def test_each_choice_has_its_rows(workers: QuerySet[User]) -> None:
    assert counted(workers, "") == (
        12,
        {"active": {"0": 3, "1": 9}, "branch": {"east": 5, "west": 5, "": 2}, "team": {"a": 6, "b": 6}},
    )


def test_a_choice_is_counted_under_the_other_filters(workers: QuerySet[User]) -> None:
    count, found = counted(workers, "team=a")
    assert count == 6
    assert found["team"] == {"a": 6, "b": 6}
    assert found["active"] == {"0": 3, "1": 3}
    count, found = counted(workers, "team=a&active=0")
    assert count == 3
    assert found["team"] == {"a": 3}
    assert found["active"] == {"0": 3, "1": 3}
    assert found["branch"] == {"east": 2, "west": 1}


def test_a_choice_without_rows_leaves_none(workers: QuerySet[User]) -> None:
    count, found = counted(workers, "team=none")
    assert count == 0
    assert found == {"active": {}, "branch": {}, "team": {"a": 6, "b": 6}}


def test_all_are_counted_by_one_query(
    workers: QuerySet[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    questions = asked("team=a&active=0")
    with django_assert_num_queries(1):
        tally(workers, questions)


def test_what_a_list_sums_up_does_not_disturb_the_counts(workers: QuerySet[User]) -> None:
    summed = workers.annotate(roles_held=Count("roles"))
    assert counted(summed, "team=a") == counted(workers, "team=a")


@pytest.mark.parametrize(
    ("lookup", "yes"),
    [
        ("is_active", True),
        ("branch", True),
        ("branch_id", True),
        ("branch__active", True),
        ("branch__name__icontains", False),
        ("username__startswith", False),
        ("nothing", False),
    ],
)
def test_columns_of_a_row_are_counted(lookup: str, yes: bool) -> None:
    assert is_counted(Filter("x", "X", lookup=lookup, choices=[]), User) is yes


def test_what_a_row_has_many_of_is_not_counted() -> None:
    assert not is_counted(Filter("role", "Role", lookup="roles__code", choices=[]), User)


@pytest.mark.urls("tests.kernel.pages.branches")
def test_choices_show_their_counts(client: Client, staff: User, many: list[Branch]) -> None:
    content = client.get("/branches/?active=1").content.decode()
    assert '<option value="1" selected>Yes (61)</option>' in content
    assert '<option value="0">No (1)</option>' in content
    assert '<option value="c">Central (1)</option>' in content
    assert '<option value="e" class="none">East (0)</option>' in content
