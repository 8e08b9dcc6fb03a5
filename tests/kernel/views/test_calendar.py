"""Pages of the calendar and of one branch."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from techsvc.kernel.models.places import Branch, Closing
from tests.kernel.views.test_console import Browse, page, send

pytestmark = pytest.mark.django_db


def test_days_are_closed_on_the_page_and_opened_by_the_toast(browse: Browse, central: Branch) -> None:
    client = browse("supervisor")
    answer = send(client, "kernel:closing_new", branch=central.pk, first="2026-12-24", last="2026-12-26", reason="Yule")
    assert answer["Location"] == reverse("kernel:calendar")
    shown = page(client, "kernel:calendar")
    assert "Central is closed from 24 Dec 2026 to 26 Dec 2026." in shown
    assert "Yule" in page(client, "kernel:branch", central.pk)
    closing = Closing.objects.get()
    send(client, "kernel:closing_open", closing.pk)
    assert not Closing.objects.exists()
    assert "/console/undo/" in page(client, "kernel:calendar")


def test_a_year_is_copied_after_a_question_with_its_numbers(browse: Browse) -> None:
    Closing.objects.create(first=date(2026, 12, 25), last=date(2026, 12, 25), reason="Christmas Day")
    client = browse("supervisor")
    assert "Close 1 time in 2027 as in 2026" in page(client, "kernel:calendar_copy", 2026)
    assert send(client, "kernel:calendar_copy", 2026).status_code == 302
    assert Closing.objects.filter(first=date(2027, 12, 25)).count() == 1
    assert send(client, "kernel:calendar_copy", 2026).status_code == 422


def test_the_week_of_a_branch_is_set_in_words(browse: Browse, central: Branch) -> None:
    client = browse("supervisor")
    assert "every day" in page(client, "kernel:branches")
    send(client, "kernel:branch_week", central.pk, weekdays=["1", "2", "6"], why="Budget")
    assert "Mon, Tue, Sat" in page(client, "kernel:branches")
    refused = send(client, "kernel:branch_week", central.pk, why="Budget")
    assert (refused.status_code, "one day of the week" in refused.content.decode()) == (422, True)


def test_changing_a_branch_keeps_its_week(browse: Browse, central: Branch) -> None:
    Branch.objects.update(open_weekdays="123")
    send(browse("supervisor"), "kernel:branch_edit", central.pk, code="CEN", name="Main", active="on")
    central.refresh_from_db()
    assert (central.name, central.open_weekdays) == ("Main", "123")


def test_an_auditor_reads_the_calendar_and_changes_nothing(browse: Browse) -> None:
    client = browse("auditor")
    assert reverse("kernel:closing_new") not in page(client, "kernel:calendar")
    assert send(client, "kernel:closing_new", first="2026-12-24", reason="x").status_code == 403
    assert not Closing.objects.exists()
