"""Saved views: one's own under one name each, shared and taken back, deleted and brought back, pinned."""

from __future__ import annotations

import pytest

from techsvc.kernel.actions import history, saved_views
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.habits import PinnedView, SavedView
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

pytestmark = pytest.mark.django_db
PAGE = "kernel:history"


def save(actor: User, label: str = "Mine", *, shared: bool = False) -> SavedView:
    return saved_views.save_view(PAGE, label, "q=x", shared=shared, actor=actor)


def all_views() -> list[tuple[str, str, str, bool]]:
    return [*SavedView.objects.order_by("label").values_list("owner__username", "label", "query", "shared")]


def test_two_people_may_use_one_name_but_one_person_only_once(technician: User, supervisor: User) -> None:
    save(technician)
    save(supervisor)
    with pytest.raises(Refusal, match="You have a view “Mine” of this list already"):
        saved_views.save_view(PAGE, "Mine", "q=other", actor=technician)
    assert [query for _owner, _label, query, _shared in all_views()] == ["q=x", "q=x"]


def test_only_the_owner_changes_a_view(technician: User, supervisor: User) -> None:
    view = save(supervisor, shared=True)
    with pytest.raises(Forbidden, match="only they change it"):
        saved_views.change_view(view.pk, label="Ours", shared=False, actor=technician)
    assert all_views() == [(supervisor.username, "Mine", "q=x", True)]
    saved_views.change_view(view.pk, label="Ours", shared=True, actor=supervisor)
    assert all_views() == [(supervisor.username, "Ours", "q=x", True)]


def test_a_new_name_may_not_be_another_views(technician: User) -> None:
    view = save(technician)
    save(technician, "Other")
    with pytest.raises(Refusal, match="You have a view “Other”"):
        saved_views.change_view(view.pk, label="Other", shared=True, actor=technician)
    view.refresh_from_db()
    assert (view.label, view.shared) == ("Mine", False)


def test_what_is_shared_no_more_is_pinned_by_its_owner_alone(technician: User, supervisor: User) -> None:
    view = save(supervisor, shared=True)
    for person in (technician, supervisor):
        saved_views.pin_view(view.pk, actor=person)
    saved_views.change_view(view.pk, label="Mine", shared=False, actor=supervisor)
    assert [pin.user for pin in PinnedView.objects.all()] == [supervisor]
    with pytest.raises(Refusal, match="not there any more"):
        saved_views.pin_view(view.pk, actor=technician)
    assert PinnedView.objects.count() == 1


def test_pinning_twice_is_pinning_once(technician: User) -> None:
    view = save(technician)
    for _time in range(2):
        saved_views.pin_view(view.pk, actor=technician)
    assert PinnedView.objects.count() == 1
    for _time in range(2):
        saved_views.unpin_view(view.pk, actor=technician)
    assert PinnedView.objects.count() == 0


def test_a_deleted_view_comes_back_with_its_pins(technician: User, supervisor: User) -> None:
    view = save(technician, shared=True)
    for person in (technician, supervisor):
        saved_views.pin_view(view.pk, actor=person)
    saved_views.delete_view(view.pk, actor=technician)
    assert (SavedView.objects.count(), PinnedView.objects.count()) == (0, 0)
    history.undo(HistoryEvent.objects.get(verb="kernel.delete_view").pk, actor=technician)
    assert all_views() == [(technician.username, "Mine", "q=x", True)]
    assert {pin.user for pin in PinnedView.objects.all()} == {technician, supervisor}


def test_a_deleted_view_does_not_come_back_over_another_or_for_others(technician: User, supervisor: User) -> None:
    saved_views.delete_view(save(technician).pk, actor=technician)
    event = HistoryEvent.objects.get(verb="kernel.delete_view")
    with pytest.raises(Forbidden, match="only its owner"):
        history.undo(event.pk, actor=supervisor)
    saved_views.save_view(PAGE, "Mine", "q=new", actor=technician)
    with pytest.raises(Refusal, match="You have a view “Mine”"):
        history.undo(event.pk, actor=technician)
    assert all_views() == [(technician.username, "Mine", "q=new", False)]


def test_shared_views_are_tidied_up_by_who_may_and_private_ones_by_nobody(technician: User, supervisor: User) -> None:
    private, shared = save(technician), save(technician, "Shared", shared=True)
    own = save(supervisor, "Own", shared=True)
    with pytest.raises(Forbidden, match="Ask them, or a supervisor"):
        saved_views.delete_view(own.pk, actor=technician)
    with pytest.raises(Forbidden):
        saved_views.delete_view(private.pk, actor=supervisor)
    assert SavedView.objects.count() == 3
    saved_views.delete_view(shared.pk, actor=supervisor)
    assert {view.label for view in SavedView.objects.all()} == {"Mine", "Own"}
