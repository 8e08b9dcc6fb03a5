"""Whether a person may follow a link."""

from __future__ import annotations

import pytest

from techsvc.kernel.models.people import User
from techsvc.kernel.pages.links import may_open, right_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("/branches/7/", True),
        ("/branches/7/?q=x#lines", True),
        ("/secret/", False),
        ("/no/such/page/", False),
        ("?sort=name", True),
        ("#history", True),
        ("mailto:orders@example.org", True),
        ("https://example.org/", True),
        ("//example.org/secret/", True),
    ],
)
def test_what_the_person_may_not_open_is_no_link(staff: User, url: str, opens: bool) -> None:
    assert may_open(staff, url) is opens


def test_pages_of_one_kind_ask_for_the_same_right() -> None:
    assert right_of("/branches/1/") == right_of("/branches/22/") == "any"
    assert right_of("/branches/no-number/") == ""
