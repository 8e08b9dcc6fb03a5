"""Every list can be paged through, whatever it is sorted by: each row once, in the order of the long page."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from techsvc.kernel.pages import ListPage
from tests.access.addresses import of_kind
from tests.access.library import Library

pytestmark = pytest.mark.slow
SIZE = 5


@pytest.fixture
def unrendered_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists answer with what they would show, without the time that showing it takes."""

    def show(self: ListPage[Any], **extra: Any) -> HttpResponse:
        answer = HttpResponse()
        answer.shown = extra  # type: ignore[attr-defined]
        return answer

    monkeypatch.setattr(ListPage, "show", show)


@pytest.mark.usefixtures("unrendered_lists")
def test_every_list_pages_through_all_of_its_rows(signed_in: dict[str, Client], library: Library) -> None:
    client = signed_in["everything"]
    wrong, paged = {}, 0
    for page in of_kind(ListPage):
        url = page.urls(library)[0]
        sorts = [column.key for column in page.view.columns if column.sort]
        for sort in ("", *sorts, *(f"-{key}" for key in sorts)):
            whole = keys(client.get(url, {"sort": sort, "size": 200}))
            pages = walk(client, url, sort)
            paged += len(pages) > 1
            if [key for one in pages for key in one] != whole:
                wrong[f"{page.name} {sort}"] = (whole, pages)
    assert wrong == {}
    assert paged > 20


def walk(client: Client, url: str, sort: str) -> list[list[Any]]:
    """The keys of each page, by following "Next"; and back to the first by "Previous"."""
    pages, asked = [], {"sort": sort, "size": SIZE}
    answer = client.get(url, asked)
    while pages.append(keys(answer)) or answer.shown["span"].after:
        answer = client.get(url, asked | {"after": answer.shown["span"].after})
    for number in range(len(pages) - 2, -1, -1):
        answer = client.get(url, asked | {"before": answer.shown["span"].before})
        assert keys(answer) == pages[number]
    return pages


def keys(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return [row.pk for row in answer.shown["rows"]]
