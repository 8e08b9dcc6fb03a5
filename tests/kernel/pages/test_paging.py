"""Paging through a list: every row once, in its order, whatever it is sorted by and whatever comes meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.test import Client

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages.paging import Place, order_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


@pytest.fixture
def workers(db: None) -> QuerySet[User]:
    """Eleven, four of whom belong nowhere, with names that are not unique."""
    branches = [Branch.objects.create(code=code, name=code.title()) for code in ("east", "west")]
    User.objects.bulk_create(
        User(username=f"p{n}", display_name=f"Pat {n % 3}", branch=branches[n % 2] if n % 3 else None)
        for n in range(11)
    )
    return User.objects.filter(username__startswith="p").select_related("branch")


def paged(rows: QuerySet[Any], *, size: int) -> list[Any]:
    """All rows, page after page."""
    count, found, place = rows.count(), [], Place()
    while True:
        page, span = page_of(rows, place, size=size, count=count)
        assert (span.first, span.last, span.count) == (len(found) + 1, len(found) + len(page), count)
        found += page
        if not span.after:
            return found
        place = Place(span.after)


SORTS = [
    "display_name",
    "-display_name",
    "branch__name",
    "-branch__name",
    "branch",
    "-branch",
    "pk",
    "-pk",
    "is_active",
]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_row_once_and_in_order(workers: QuerySet[User], sort: str) -> None:
    rows = workers.order_by(sort)
    expected = list(order_of(rows).sort(rows))
    assert sorted(row.pk for row in expected) == sorted(row.pk for row in workers)
    for size in (1, 3, 4, 11, 50):
        assert paged(rows, size=size) == expected


def test_pages_backwards_are_the_same_pages(workers: QuerySet[User]) -> None:
    for sort in SORTS:
        rows = workers.order_by(sort)
        forward = paged(rows, size=4)
        page, span = page_of(rows, Place(order_of(rows).written(forward[7])), size=4, count=11)
        assert page == forward[8:]
        page, span = page_of(rows, Place(span.before, backward=True), size=4, count=11)
        assert (page, span.first) == (forward[4:8], 5)
        page, span = page_of(rows, Place(span.before, backward=True), size=4, count=11)
        assert (page, span.first, span.before) == (forward[:4], 1, "")


@pytest.mark.parametrize("sort", ["branch__name", "-branch__name"])
def test_rows_with_nothing_to_sort_by_come_last(workers: QuerySet[User], sort: str) -> None:
    rows = workers.order_by(sort)
    assert [row.branch_id is None for row in paged(rows, size=2)] == [False] * 7 + [True] * 4


def test_sums_can_be_paged(workers: QuerySet[User]) -> None:
    rows = workers.annotate(roles_held=Count("roles")).order_by("-roles_held")
    assert [row.username for row in paged(rows, size=2)] == [row.username for row in workers.order_by("pk")]


def test_a_row_that_goes_between_two_pages_makes_nobody_miss_one(
    client: Client, staff: User, many: list[Branch]
) -> None:
    names = [branch.name for branch in Branch.objects.order_by("name", "pk")]
    content = client.get("/branches/?sort=name").content.decode()
    Branch.objects.filter(name__in=names[20:25]).delete()
    following = client.get(f"/branches/?{place(content, 'next').urlencode()}")
    assert '<td class="short">' + names[25] + "</td>" in following.content.decode()
    assert "21–45 of 57 rows" in following.content.decode()


def test_a_page_that_has_gone_gives_the_last_one(client: Client, staff: User, many: list[Branch]) -> None:
    content = client.get("/branches/?sort=name&size=50").content.decode()
    Branch.objects.exclude(pk__in=[many[0].pk, many[1].pk, staff.branch_id]).delete()
    Branch.objects.filter(pk=staff.branch_id).update(name="A")
    following = client.get(f"/branches/?{place(content, 'next').urlencode()}")
    assert "1–3 of 3 rows" in following.content.decode()


def test_the_foot_leads_on_back_and_to_the_first(client: Client, staff: User, many: list[Branch]) -> None:
    first = client.get("/branches/?size=25").content.decode()
    assert 'rel="prev"' not in first
    second = client.get(f"/branches/?{place(first, 'next').urlencode()}").content.decode()
    assert "26–50 of 62 rows" in second
    assert '<a class="btn btn-quiet" href="?size=25">' in second
    third = client.get(f"/branches/?{place(second, 'next').urlencode()}").content.decode()
    assert "51–62 of 62 rows" in third
    assert 'rel="next"' not in third
    assert place(third, "prev")["size"] == "25"
    assert "26–50 of 62 rows" in client.get(f"/branches/?{place(third, 'prev').urlencode()}").content.decode()


def test_a_place_belongs_to_the_order_that_it_was_made_in(client: Client, staff: User, many: list[Branch]) -> None:
    asked = place(client.get("/branches/?sort=name").content.decode(), "next")
    asked["sort"] = "code"
    answer = client.get(f"/branches/?{asked.urlencode()}")
    assert answer.status_code == 400
    assert "is not one of this list as it is sorted" in answer.content.decode()


def test_a_place_can_be_read_by_a_person(client: Client, staff: User, many: list[Branch]) -> None:
    asked = place(client.get("/branches/?sort=-code").content.decode(), "next")
    row = Branch.objects.order_by("-code")[24]
    assert asked["after"].startswith(f'["{row.code}",{row.pk}]:')


def place(content: str, rel: str) -> QueryDict:
    """The query of the link to the next or the previous page."""
    found = re.search(rf'rel="{rel}" href="\?([^"]+)"', content)
    assert found is not None
    return QueryDict(found[1].replace("&amp;", "&"), mutable=True)
