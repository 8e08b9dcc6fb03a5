"""Paper: asked for once, made by the worker, printed only when a person says so."""

from __future__ import annotations

import pytest

from techsvc.kernel.actions import jobs, printing
from techsvc.kernel.actions.printing import PrintKind
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest
from tests.racing import at_once

KIND = "tests_slip"


@pytest.fixture(autouse=True)
def slip(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of paper that says what it is for, and doorbells that nobody answers."""
    monkeypatch.setitem(printing.KINDS, KIND, PrintKind(KIND, "Slip"))
    monkeypatch.setitem(printing.RENDERERS, KIND, lambda request: f"%PDF {request.title}".encode())
    monkeypatch.setattr(jobs, "_ring", lambda *_: None)


def asked(branch: Branch, actor: User, key: str = "slip:1") -> PrintRequest:
    return printing.request(branch, KIND, key=key, title="Slip 1", branch=branch, actor=actor)


def now(row: PrintRequest) -> PrintRequest:
    return PrintRequest.objects.get(pk=row.pk)


@pytest.mark.django_db
def test_asked_for_twice_is_one_paper(central: Branch, technician: User) -> None:
    assert asked(central, technician) == asked(central, technician)
    assert PrintRequest.objects.count() == 1


@pytest.mark.django_db
def test_made_shown_and_printed(central: Branch, technician: User) -> None:
    row = asked(central, technician)
    printing.render(row.pk)
    assert (now(row).state, bytes(now(row).document or b"")) == ("ready", b"%PDF Slip 1")
    assert printing.mark_printed([row.pk], actor=technician) == 1
    assert now(row).state == "printed"
    assert printing.mark_printed([row.pk], actor=technician) == 0
    assert [*HistoryEvent.objects.values_list("summary", flat=True)] == ["Slip 1 printed"]


@pytest.mark.django_db
def test_a_refusal_of_its_renderer_is_shown_on_the_request(
    central: Branch, technician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: PrintRequest) -> bytes:
        raise Refusal("The item has no call number. Set it, then make the label again.")

    monkeypatch.setitem(printing.RENDERERS, KIND, refuse)
    row = asked(central, technician)
    printing.render(row.pk)
    assert now(row).state == "failed"
    assert now(row).fault == "The item has no call number. Set it, then make the label again."
    assert printing.sweep() == 0


@pytest.mark.django_db
def test_a_renderer_that_breaks_takes_nothing_with_it(
    central: Branch, technician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: PrintRequest) -> bytes:
        Branch.objects.filter(pk=central.pk).update(name="Half done")
        raise ZeroDivisionError

    monkeypatch.setitem(printing.RENDERERS, KIND, broken)
    row = asked(central, technician)
    printing.render(row.pk)
    central.refresh_from_db()
    assert (now(row).state, now(row).attempts, central.name) == ("failed", 1, "Central")
    assert now(row).fault == "The program failed. Tell the administrator; then make it again."


@pytest.mark.django_db
def test_made_again_after_a_spoiled_label(central: Branch, technician: User) -> None:
    row = asked(central, technician)
    printing.render(row.pk)
    printing.mark_printed([row.pk], actor=technician)
    printing.make_again(row.pk, actor=technician)
    assert (now(row).state, now(row).document) == ("waiting", None)
    printing.render(row.pk)
    assert now(row).state == "ready"


@pytest.mark.django_db
def test_what_is_not_needed_any_more_frees_its_key(central: Branch, technician: User) -> None:
    long_key = "slip:" + "x" * 115
    waiting, printed, other = asked(central, technician, long_key), asked(central, technician, "b"), None
    printing.render(printed.pk)
    printing.mark_printed([printed.pk], actor=technician)
    east = Branch.objects.create(code="EAST", name="East")
    other = asked(east, technician, "c")
    assert printing.cancel_for(central, actor=technician, why="The receipt was undone") == 1
    assert [now(row).state for row in (waiting, printed, other)] == ["cancelled", "printed", "waiting"]
    event = HistoryEvent.objects.get(verb="kernel.cancel_print")
    assert (event.summary, event.why) == ("Slip 1 not needed", "The receipt was undone")
    again = asked(central, technician, long_key)
    assert (again.pk != waiting.pk, again.state) == (True, "waiting")
    assert printing.cancel_for(central, actor=technician, why="Undone again") == 1


@pytest.mark.django_db
def test_only_the_kinds_that_are_named_are_cancelled(
    central: Branch, technician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(printing.KINDS, "tests_tag", PrintKind("tests_tag", "Tag"))
    slip = asked(central, technician)
    tag = printing.request(central, "tests_tag", key="tag:1", title="Tag", branch=central, actor=technician)
    assert printing.cancel_for(central, kinds=["tests_tag"], actor=technician, why="x") == 1
    assert [now(row).state for row in (slip, tag)] == ["waiting", "cancelled"]


@pytest.mark.django_db
def test_a_cancelled_paper_is_not_made_again(central: Branch, technician: User) -> None:
    row = asked(central, technician)
    printing.cancel_for(central, actor=technician, why="x")
    with pytest.raises(Refusal, match="“Slip 1” is not needed any more"):
        printing.make_again(row.pk, actor=technician)
    printing.render(row.pk)
    assert now(row).state == "cancelled"


@pytest.mark.django_db
def test_only_who_prints_says_that_it_was_printed(central: Branch, technician: User) -> None:
    row, stranger = asked(central, technician), User.objects.create(username="stranger", display_name="Stranger")
    printing.render(row.pk)
    for act in (
        lambda: printing.mark_printed([row.pk], actor=stranger),
        lambda: printing.make_again(row.pk, actor=stranger),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (now(row).state, HistoryEvent.objects.count()) == ("ready", 0)


@pytest.mark.django_db
def test_the_sweeper_rings_for_papers_that_wait(
    central: Branch, technician: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    rung: list[object] = []
    monkeypatch.setattr(jobs, "_ring", lambda name, _task, row: rung.append((name, row)))
    row = asked(central, technician)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert printing.sweep() == 1
    assert rung == [("kernel.render", row.pk)]


@pytest.mark.django_db(transaction=True)
def test_four_workers_make_it_once(central: Branch, technician: User) -> None:
    row = asked(central, technician)
    at_once(*[lambda: printing.render(row.pk)] * 4)
    assert (now(row).state, now(row).attempts) == ("ready", 1)
