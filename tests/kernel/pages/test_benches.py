"""Benches and reports."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.pages.branches")]


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
        ({"code": "21234000000018"}, "stop", "This is a patron's card. Scan the book."),
        ({"code": "]F0a21234000000018b"}, "stop", "This is a patron's card. Scan the book."),
        ({"verb": "damage", "on": "7"}, "warn", "damage 7"),
    ],
)
def test_a_bench_answers_everything(
    client: Client, staff: User, data: dict[str, str], tone: str, headline: str
) -> None:
    result = send(client, "/receive/", **data).context["result"]
    assert (result.tone, result.headline) == (tone, headline)


def test_scans_are_never_taken_as_somebody_else(client: Client, staff: User) -> None:
    """The tab was opened by one person, and another has signed in since."""
    answer = send(client, "/receive/", code="31234000012345", person=str(staff.pk + 1), seq="1")
    assert (answer.status_code, answer.content.decode()) == (409, "Somebody else is signed in now.")
    assert not Branch.objects.filter(code="31234000012345").exists()
    assert send(client, "/receive/", code="31234000012345", person=str(staff.pk), seq="1").status_code == 200
    assert Branch.objects.filter(code="31234000012345").exists()


def test_finishing_leaves_the_bench(client: Client, staff: User) -> None:
    assert send(client, "/receive/", verb="finish")["Location"] == "/branches/"


def test_a_report_has_totals_and_csv(client: Client, staff: User) -> None:
    content = client.get("/spending/?year=2026").content.decode()
    assert '<td>Total</td><td class="num">$1,200.00</td><td></td>' in content
    assert '<progress value="3" max="4" aria-label="3 of 4"></progress>' in content
    lines = b"".join(client.get("/spending/?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Fund,Spent,Share", "'=Adult,1200.00,3/4", "Child,,0/0"]
    assert client.get("/spending/?year=1999").status_code == 400
