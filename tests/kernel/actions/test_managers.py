"""Somebody always manages people; accounts are switched off and unlocked, each by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.test import Client

from techsvc.kernel import clock
from techsvc.kernel.actions import history, people, signing_in
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Grant, Role, User
from techsvc.kernel.models.places import Branch
from tests.kernel.actions.conftest import person
from tests.racing import at_once

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def admin_role() -> Role:
    return Role.objects.get(code="admin")


def undo_newest(actor: User) -> None:
    history.undo(HistoryEvent.objects.latest("id").pk, actor=actor)


LOSSES: dict[str, Callable[[User, User], object]] = {
    "switched off": lambda last, actor: people.switch_person(last.pk, actor=actor),
    "may not sign in": lambda last, actor: people.update_user(last.pk, is_active=False, actor=actor),
    "no role": lambda last, actor: people.set_roles(last.pk, [], actor=actor),
    "the role without the right": lambda last, actor: people.set_grant(
        Role.objects.get(code="supervisor"), "kernel.manage_people", scope=None, actor=actor
    ),
    "the right at one branch": lambda last, actor: people.set_grant(
        Role.objects.get(code="supervisor"), "kernel.manage_people", scope="own", actor=actor
    ),
}


@pytest.mark.parametrize("how", LOSSES)
def test_the_last_who_manages_people_stays(supervisor: User, how: str) -> None:
    with pytest.raises(Refusal, match="nobody could manage people"):
        LOSSES[how](supervisor, people.system())
    supervisor = User.objects.get(pk=supervisor.pk)
    assert supervisor.is_active
    assert [*supervisor.roles.values_list("code", flat=True)] == ["supervisor"]
    assert Grant.objects.get(role__code="supervisor", permission="kernel.manage_people").scope == "all"
    assert HistoryEvent.objects.count() == 0


@pytest.mark.parametrize("how", LOSSES)
def test_one_of_two_may_go(supervisor: User, central: Branch, how: str) -> None:
    person("adam", "admin", central)
    LOSSES[how](supervisor, people.system())
    assert HistoryEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_switch_each_other_off_one_stays() -> None:
    central = Branch.objects.create(code="CEN", name="Central")
    one, two = person("one", "supervisor", central), person("two", "admin", central)

    def off(target: User, actor: User) -> str:
        try:
            people.switch_person(target.pk, actor=User.objects.get(pk=actor.pk))
        except Refusal as refusal:
            return refusal.text
        return ""

    told = at_once(lambda: off(one, two), lambda: off(two, one))
    assert sorted(map(bool, told)) == [False, True]
    assert people.managers().count() == 1


def test_a_person_is_switched_off_and_back(supervisor: User, technician: User) -> None:
    people.switch_person(technician.pk, actor=supervisor, why="Left the library")
    technician.refresh_from_db()
    assert not technician.is_active
    event = HistoryEvent.objects.get()
    assert (event.summary, event.why) == ("Tess may not sign in any more", "Left the library")
    undo_newest(supervisor)
    technician.refresh_from_db()
    assert technician.is_active


def test_nobody_switches_or_unlocks_themselves(supervisor: User) -> None:
    for act in (people.switch_person, people.unlock):
        with pytest.raises(Forbidden, match="Nobody changes their own"):
            act(supervisor.pk, actor=supervisor)
    supervisor.refresh_from_db()
    assert (supervisor.is_active, HistoryEvent.objects.count()) == (True, 0)


@pytest.fixture
def tess(technician: User) -> User:
    """Typed a wrong password five times."""
    technician.set_password(PASSWORD)
    technician.save()
    for _ in range(5):
        Client().post("/accounts/login/", {"username": "tess", "password": "wrong"})
    return technician


def test_who_is_locked_out_is_let_in_again(tess: User, supervisor: User) -> None:
    assert (signing_in.locked_until("tess") or clock.now()) > clock.now()
    assert signing_in.with_locks(User.objects.all()).get(locked=True) == tess
    people.unlock(tess.pk, actor=supervisor)
    assert signing_in.locked_until("tess") is None
    assert Client().post("/accounts/login/", {"username": "tess", "password": PASSWORD}).status_code == 302
    assert HistoryEvent.objects.get().summary == "Tess may sign in again at once"
    with pytest.raises(Refusal, match="not locked out"):
        people.unlock(tess.pk, actor=supervisor)


def test_a_new_password_unlocks_too(tess: User, supervisor: User) -> None:
    people.set_password(tess.pk, "another pass phrase", actor=supervisor)
    assert not AccessAttempt.objects.exists()


def test_a_role_is_made_without_rights(supervisor: User, technician: User) -> None:
    role = people.save_role(Role(code="volunteer", name="Volunteer"), actor=supervisor)
    assert role.grants.count() == 0
    with pytest.raises(Refusal, match="already one with this code"):
        people.save_role(Role(code="volunteer", name="Again"), actor=supervisor)
    with pytest.raises(Forbidden):
        people.save_role(Role(code="more", name="More"), actor=technician)
    assert Role.objects.filter(code__in=("volunteer", "more")).count() == 1
