"""History: written by acts, never altered, and taken back once."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from techsvc.kernel.actions import history, policies
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.logs import request_id
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.policy import Policy
from tests.racing import PATIENCE, at_once, somebody_waits_for_a_lock

KEY = "exchange.attempts"


def decided(actor: User, new: int = 9) -> HistoryEvent:
    """A change that can be taken back."""
    policies.set_policy(KEY, new, actor=actor, why="A slow vendor")
    return HistoryEvent.objects.latest("id")


@pytest.mark.django_db
def test_a_line_says_who_what_and_why(supervisor: User, central: Branch) -> None:
    token = request_id.set("r-1")
    event = history.write(
        central, "tests.paint", actor=supervisor, summary="Painted", before={"colour": "grey"}, after={"colour": "red"},
        why="Children asked",
    )  # fmt: skip
    request_id.reset(token)
    event.refresh_from_db()
    assert (event.actor, event.verb, event.why, event.request_id) == (
        supervisor,
        "tests.paint",
        "Children asked",
        "r-1",
    )
    assert (event.subject_type.model, event.subject_id) == ("branch", str(central.pk))
    assert (event.before, event.after) == ({"colour": "grey"}, {"colour": "red"})


@pytest.mark.django_db
def test_an_act_is_taken_back_once(supervisor: User) -> None:
    event = decided(supervisor)
    assert history.can_undo(event)
    undone = history.undo(event.pk, actor=supervisor)
    assert policies.value(KEY) == 6
    assert (undone.undone_by.actor, undone.undone_by.verb) == (supervisor, "kernel.undo_set_policy")
    assert not history.can_undo(HistoryEvent.objects.get(pk=event.pk))
    with pytest.raises(Refusal, match="already undone by Marta"):
        history.undo(event.pk, actor=supervisor)
    assert (Policy.objects.count(), HistoryEvent.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_what_has_no_undo_is_refused(supervisor: User, central: Branch) -> None:
    event = history.write(central, "tests.paint", actor=supervisor, summary="Painted red")
    assert not history.can_undo(event)
    with pytest.raises(Refusal, match="can't be undone by a button: “Painted red”"):
        history.undo(event.pk, actor=supervisor)
    assert HistoryEvent.objects.count() == 1


@pytest.mark.django_db
def test_undo_needs_the_right_to_undo_and_the_right_to_the_act(supervisor: User, technician: User) -> None:
    event = decided(supervisor)
    with pytest.raises(Forbidden, match="set policies"):  # a technician may undo, but not this
        history.undo(event.pk, actor=technician)
    assert (policies.value(KEY), HistoryEvent.objects.count()) == (9, 1)


@pytest.mark.django_db
def test_an_undo_that_refuses_leaves_everything_as_it_was(
    supervisor: User, central: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_event: HistoryEvent, *, actor: User) -> None:
        Branch.objects.filter(pk=central.pk).update(name="Half undone")
        raise Refusal("Too late.")

    monkeypatch.setitem(history.UNDOS, "tests.paint", half)
    event = history.write(central, "tests.paint", actor=supervisor, summary="Painted")
    with pytest.raises(Refusal, match="Too late"):
        history.undo(event.pk, actor=supervisor)
    central.refresh_from_db()
    assert central.name == "Central"


@pytest.mark.django_db
def test_an_undo_that_writes_no_line_is_a_mistake(
    supervisor: User, central: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(history.UNDOS, "tests.paint", lambda _event, *, actor: None)
    event = history.write(central, "tests.paint", actor=supervisor, summary="Painted")
    with pytest.raises(RuntimeError, match="wrote no line"):
        history.undo(event.pk, actor=supervisor)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_is_refused(supervisor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    event, written, may_end = decided(supervisor), threading.Event(), threading.Event()
    plain = policies.undo_set

    def slow(line: HistoryEvent, *, actor: User) -> None:
        plain(line, actor=actor)
        written.set()
        assert may_end.wait(PATIENCE)

    monkeypatch.setitem(history.UNDOS, "kernel.set_policy", slow)

    def second() -> HistoryEvent:
        assert written.wait(PATIENCE)
        return history.undo(event.pk, actor=supervisor)

    def referee() -> None:
        assert somebody_waits_for_a_lock()
        may_end.set()

    one, two, _referee = at_once(lambda: history.undo(event.pk, actor=supervisor), second, referee)
    assert one == event
    assert isinstance(two, Refusal)
    assert two.text == "Somebody else has just undone this."
    assert HistoryEvent.objects.filter(undoes=event).count() == 1
    assert policies.value(KEY) == 6


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["kernel_historyevent", "kernel_policy"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_programs_role_can_not_alter_what_is_only_added_to(supervisor: User, table: str, statement: str) -> None:
    decided(supervisor)
    with (
        pytest.raises(DatabaseError, match=r"permission denied|only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert (HistoryEvent.objects.count(), Policy.objects.count()) == (1, 1)
