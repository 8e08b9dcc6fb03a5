"""Policies: the value in force at any instant, what may be decided, and that it is kept for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import clock
from techsvc.kernel.actions import history, policies
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.policy import Policy

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "DECLARED", dict(policies.DECLARED))
    policies.declare(
        PolicyDeclaration("tests.days", "Days", "int", 7, least=1),
        PolicyDeclaration("tests.limit", "Limit", "money", 1000_00),
        PolicyDeclaration("tests.on", "On", "bool", False),
        PolicyDeclaration("tests.bars", "Bars", "text", "codabar", choices=("codabar", "code39")),
        PolicyDeclaration("tests.name", "Name", "text", "Riverbend"),
        PolicyDeclaration("tests.mail", "Mail", "mail", "a@example.org"),
    )


def test_the_default_holds_until_something_is_decided(supervisor: User) -> None:
    assert policies.value("tests.days") == 7
    policies.set_policy("tests.days", "10", actor=supervisor, why="Holidays")
    assert policies.value("tests.days") == 10


def test_the_value_in_force_depends_on_the_instant(supervisor: User) -> None:
    for days, new in ((0, 8), (10, 9)):
        with clock.at(NOON + timedelta(days=days)):
            policies.set_policy("tests.days", new, actor=supervisor, why="Seen anew")
    for days, value in ((-1, 7), (0, 8), (9, 8), (10, 9)):
        with clock.at(NOON + timedelta(days=days)):
            assert policies.value("tests.days") == value
            in_force = {policy.key: (value, row) for policy, value, row in policies.in_force()}
            assert in_force["tests.days"][0] == value


@pytest.mark.parametrize(
    ("key", "new", "value"),
    [
        ("tests.days", "12", 12),
        ("tests.limit", 500_00, 500_00),
        ("tests.on", "True", True),
        ("tests.on", "on", True),
        ("tests.bars", "code39", "code39"),
        ("tests.name", "  Zoë's Library ", "Zoë's Library"),
        ("tests.mail", "tech@library.example", "tech@library.example"),
    ],
)
def test_what_may_be_decided(supervisor: User, key: str, new: Any, value: Any) -> None:
    policies.set_policy(key, new, actor=supervisor, why="So")
    assert policies.value(key) == value
    event = HistoryEvent.objects.get()
    assert event.after == {"value": value}
    assert event.why == "So"


@pytest.mark.parametrize(
    ("key", "new", "field", "text"),
    [
        ("tests.days", "many", "value", "“many” is not a whole number."),
        ("tests.days", "0", "value", "0 is not possible: the least is 1, the most 1000000000."),
        ("tests.days", None, "value", "“None” is not a whole number."),
        ("tests.limit", "-1", "value", "-1 is not possible"),
        ("tests.on", "perhaps", "value", "“perhaps” is neither yes nor no."),
        ("tests.bars", "ean", "value", "“ean” is not possible. Choose one of codabar, code39."),
        ("tests.name", " ", "value", "The text has to be one line, and not empty."),
        ("tests.name", "River\r\nBcc: all@example.org", "value", "one line"),
        ("tests.mail", "nobody", "value", "“nobody” is no mail address."),
        ("tests.days", 7, "value", "“Days” is this already."),
        ("tests.none", 7, None, "There is no policy called tests.none."),
    ],
)
def test_what_is_refused_changes_nothing(supervisor: User, key: str, new: Any, field: str | None, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        policies.set_policy(key, new, actor=supervisor, why="So")
    assert text in refused.value.text
    assert refused.value.field == field
    assert (Policy.objects.count(), HistoryEvent.objects.count()) == (0, 0)


def test_a_reason_is_wanted(supervisor: User) -> None:
    with pytest.raises(Refusal, match="Say why") as refused:
        policies.set_policy("tests.days", 9, actor=supervisor, why="  ")
    assert refused.value.field == "why"
    assert not Policy.objects.exists()


def test_only_who_may_decides(technician: User) -> None:
    with pytest.raises(Forbidden):
        policies.set_policy("tests.days", 9, actor=technician, why="So")
    assert not Policy.objects.exists()


def test_history_has_the_words_of_the_kind(supervisor: User) -> None:
    policies.set_policy("tests.limit", 1500_50, actor=supervisor, why="Prices rose")
    policies.set_policy("tests.on", "yes", actor=supervisor, why="Tried")
    assert [*HistoryEvent.objects.order_by("id").values_list("summary", flat=True)] == [
        "Limit: $1,000.00 → $1,500.50",
        "On: no → yes",
    ]


def test_a_decision_is_taken_back_only_while_it_stands(supervisor: User) -> None:
    policies.set_policy("tests.days", 9, actor=supervisor, why="One")
    first = HistoryEvent.objects.latest("id")
    policies.set_policy("tests.days", 11, actor=supervisor, why="Two")
    second = HistoryEvent.objects.latest("id")
    with pytest.raises(Refusal, match="“Days” was decided anew since"):
        history.undo(first.pk, actor=supervisor)
    assert policies.value("tests.days") == 11
    history.undo(second.pk, actor=supervisor)
    history.undo(first.pk, actor=supervisor)
    assert policies.value("tests.days") == 7


@pytest.mark.parametrize(
    "mistake", [PolicyDeclaration("tests.days", "Twice", "int", 1), PolicyDeclaration("tests.new", "Odd", "list", [])]
)
def test_a_mistaken_declaration_is_found_at_the_start(mistake: PolicyDeclaration) -> None:
    with pytest.raises(ValueError, match="declared twice, or of unknown kind"):
        policies.declare(mistake)


def test_all_in_force_are_one_query(supervisor: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for new in range(8, 20):
        policies.set_policy("tests.days", new, actor=supervisor, why="So")
    with django_assert_num_queries(1):
        shown = [(row.set_by.display_name, value) for _policy, value, row in policies.in_force() if row]
    assert shown == [("Marta", 19)]
