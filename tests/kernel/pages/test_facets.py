"""Facets: how many rows each choice of a filter would leave."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel.models.people import Role, User
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


def narrowed(rows: QuerySet[User], questions: Sequence[Asked], without: Sequence[Asked]) -> QuerySet[User]:
    for one in questions:
        rows = one.filter.narrow(rows, one.value) if one.typed and one not in without else rows
    return rows


def counted(rows: QuerySet[User], query: str) -> tuple[int, dict[str, dict[str, int]]]:
    names = dict(Branch.objects.values_list("pk", "code"))
    questions = asked(query)
    count, found = tally(lambda without: narrowed(rows, questions, without), questions)
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
        tally(lambda without: narrowed(workers, questions, without), questions)


def test_what_a_list_sums_up_does_not_disturb_the_counts(workers: QuerySet[User]) -> None:
    summed = workers.annotate(roles_held=Count("roles"))
    assert counted(summed, "team=a") == counted(workers, "team=a")


def test_a_huge_list_is_counted_only_so_far(workers: QuerySet[User]) -> None:
    count, found = tally(lambda _without: workers, asked(""), most=5)
    assert count == 6
    assert found["active"].total() == 6


def test_what_a_row_has_several_of_is_counted_by_its_pairs(workers: QuerySet[User]) -> None:
    roles = Role.objects.filter(code__in=("desk", "ill")).order_by("code")
    for worker in workers[:3]:
        worker.roles.set(roles if worker.username == "p0" else roles[:1])
    held = Filter(
        "role",
        "Role",
        choices=list(roles.values_list("pk", "code")),
        apply=lambda rows, pk: rows.filter(roles=pk),
        pairs=lambda: User.roles.through.objects.values_list("user_id", "role_id"),
    )
    assert is_counted(held, workers)
    questions = ask([held], QueryDict(f"role={roles[1].pk}"), {"role": held.options(User())})
    count, found = tally(lambda without: narrowed(workers, questions, without), questions)
    assert count == 1
    assert [found["role"][str(role.pk)] for role in roles] == [3, 1]


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
    assert is_counted(Filter("x", "X", lookup=lookup, choices=[]), User.objects.all()) is yes


def test_what_a_row_has_many_of_is_not_counted() -> None:
    assert not is_counted(Filter("role", "Role", lookup="roles__code", choices=[]), User.objects.all())


@pytest.mark.urls("tests.kernel.pages.branches")
def test_choices_show_their_counts(client: Client, staff: User, many: list[Branch]) -> None:
    content = client.get("/branches/?active=1").content.decode()
    assert '<option value="1" selected>Yes (61)</option>' in content
    assert '<option value="0">No (1)</option>' in content
    assert '<option value="c">Central (1)</option>' in content
    assert '<option value="e" class="none">East (0)</option>' in content
