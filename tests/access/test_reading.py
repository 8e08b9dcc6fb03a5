"""Pages as they are read: none breaks, none writes, none trusts what people typed, none asks too many queries."""

from __future__ import annotations

import re

import pytest

from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import BenchPage, DetailPage, ListPage
from tests.access.addresses import PAGES
from tests.access.asking import nothing_of
from tests.access.walking import Visit, written

pytestmark = pytest.mark.django_db  # beside the other tests of the library, which is unmade when they end

STRICT = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
MOST_QUERIES = {ListPage: 12, DetailPage: 25, BenchPage: 25}


def test_nothing_breaks_whatever_state_things_are_in(visits: list[Visit]) -> None:
    """A page, a way on, a refusal in words; or 405 for an act that asks no question."""
    wrong = {str(visit): str(visit.answer) for visit in visits if visit.answer.status not in (200, 302, 405, 422)}
    nothing_of(wrong)
    assert sum(visit.answer.status == 200 for visit in visits) > len(PAGES) / 2


def test_reading_writes_nothing(visits: list[Visit]) -> None:
    wrong = {str(visit): str(sorted(visit.written)) for visit in visits if visit.written}
    nothing_of(wrong)


def test_the_count_of_writes_sees_one(db: None, visits: list[Visit]) -> None:
    before = written().get("kernel_branch", 0)
    Branch.objects.filter(code="BA").update(san="1")
    assert written()["kernel_branch"] == before + 1


def test_what_people_typed_is_text_and_nothing_else(visits: list[Visit]) -> None:
    pages = [visit for visit in visits if visit.answer.content_type.startswith("text/html")]
    wrong = {str(visit): fault for visit in pages if (fault := trusted(visit.answer.text))}
    nothing_of(wrong)
    hostile = [visit for visit in pages if "&lt;img src=x" in visit.answer.text]
    assert len(hostile) > len(PAGES) / 3, "Too few pages show what people typed: this test has become blind."


def trusted(text: str) -> str:
    """What a page did with hostile text, other than showing it."""
    if "<img src=x" in text:
        return "took it for HTML: " + text[max(0, text.index("<img src=x") - 200) :][:260]
    return "took it for a template" if re.search(r"alert\(1\)&gt;(49|\{%)", text) else ""


def test_every_page_carries_the_policy(visits: list[Visit]) -> None:
    def strict(policy: str) -> bool:
        return all(words in policy for words in STRICT) and "unsafe" not in policy and "*" not in policy

    wrong = {str(visit): visit.answer.policy for visit in visits if not strict(visit.answer.policy)}
    nothing_of(wrong)


@pytest.mark.parametrize("kind", MOST_QUERIES, ids=lambda kind: kind.__name__)
def test_pages_ask_the_database_a_few_times(visits: list[Visit], kind: type) -> None:
    seen = [visit for visit in visits if visit.page.is_a(kind)]
    wrong = {str(visit): f"{visit.queries} queries" for visit in seen if visit.queries > MOST_QUERIES[kind]}
    nothing_of(wrong)
    assert seen
