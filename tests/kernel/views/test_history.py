"""The audit log: found by who, what, where and when; one line in full; undone from its page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from techsvc.kernel import clock
from techsvc.kernel.actions import places, policies
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.queries import type_of
from tests.cataloging import make
from tests.kernel.views.test_console import Browse, page, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(supervisor: User, central: Branch) -> HistoryEvent:
    """Central became Main, by a supervisor of Central."""
    central.name = "Main"
    places.save_branch(central, actor=supervisor)
    return HistoryEvent.objects.latest("id")


@pytest.fixture
def decided(supervisor: User) -> HistoryEvent:
    policies.set_policy("exchange.attempts", 9, actor=supervisor, why="A slow vendor")
    return HistoryEvent.objects.latest("id")


def test_it_is_narrowed_by_every_filter(
    browse: Browse, supervisor: User, renamed: HistoryEvent, decided: HistoryEvent
) -> None:
    client = browse("auditor")
    today = str(clock.today())
    for asked in (
        {"who": str(supervisor.pk), "q": "main"},
        {"verb": "kernel.save_branch", "q": "changed"},
        {"kind": str(type_of(Branch).pk), "q": "changed"},
        {"branch": str(supervisor.branch_id), "q": "changed"},
        {"from": today, "to": today, "q": "changed"},
    ):
        shown = page(client, "kernel:history", **asked)
        assert "Main changed" in shown, asked
        assert "Attempts before" not in shown, asked
    assert "A slow vendor" in page(client, "kernel:history", q="slow")
    assert client.get(reverse("kernel:history"), {"verb": "kernel.no_such"}).status_code == 400


def test_what_changed_is_exported_in_words(browse: Browse, renamed: HistoryEvent) -> None:
    answer = browse("auditor").get(reverse("kernel:history"), {"export": "csv", "cols": "what,changed", "q": "changed"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Main changed,name: Central → Main" in text


def test_one_line_in_full_leads_to_its_thing(browse: Browse, renamed: HistoryEvent) -> None:
    shown = page(browse("supervisor"), "kernel:event", renamed.pk)
    for words in ("Save branch", "Central", "Main", reverse("kernel:branch", args=[renamed.subject_id])):
        assert words in shown
    assert reverse("kernel:branch", args=[renamed.subject_id]) not in page(
        browse("auditor"), "kernel:event", renamed.pk
    )


def test_it_is_undone_from_its_page(browse: Browse, decided: HistoryEvent) -> None:
    client = browse("supervisor")
    assert reverse("kernel:undo", args=[decided.pk]) in page(client, "kernel:event", decided.pk)
    send(client, "kernel:undo", decided.pk)
    assert policies.value("exchange.attempts") == 6
    shown = page(client, "kernel:event", decided.pk)
    assert reverse("kernel:undo", args=[decided.pk]) not in shown
    assert "Taken back by" in shown


def test_a_policy_shows_what_it_was_and_takes_it_back(browse: Browse, decided: HistoryEvent) -> None:
    client = browse("supervisor")
    shown = page(client, "kernel:policy", "exchange.attempts")
    assert "6 → 9" in shown
    assert "A slow vendor" in shown
    assert reverse("kernel:undo", args=[decided.pk]) in shown
    assert "6 → 9" not in page(client, "kernel:policy", "library.name")


def test_looks_are_narrowed_by_branch(browse: Browse) -> None:
    assert browse("auditor").get(reverse("kernel:looks"), {"branch": str(make.branch().pk)}).status_code == 200
