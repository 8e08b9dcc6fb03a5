"""Staff and patrons: who may change whom, that nobody changes themselves, and what history keeps of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from techsvc.kernel import access
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Grant, Patron, Role, User
from techsvc.kernel.models.places import Branch
from tests.kernel.actions.conftest import person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def east() -> Branch:
    return Branch.objects.create(code="EAST", name="East")


@pytest.fixture
def branch_manager(central: Branch) -> User:
    """Manages the people of Central, and of Central only."""
    Grant.objects.create(role=Role.objects.get(code="desk"), permission="kernel.manage_people", scope="own")
    return person("bea", "desk", central)


def roles(*codes: str) -> list[Role]:
    return list(Role.objects.filter(code__in=codes))


def codes(user: User) -> list[str]:
    return sorted(user.roles.values_list("code", flat=True))


def made(actor: User, branch: Branch | None, username: str = "tom", **changes: Any) -> User:
    given: dict[str, Any] = {"display_name": "Tom", "password": PASSWORD, "roles": roles("desk")} | changes
    return people.create_user(username, branch=branch, actor=actor, **given)


# Staff


def test_a_new_person(supervisor: User, central: Branch) -> None:
    tom = made(supervisor, central, roles=roles("desk", "ill"))
    assert codes(tom) == ["desk", "ill"]
    assert tom.check_password(PASSWORD)
    event = HistoryEvent.objects.get()
    assert event.summary == "Tom joined as Desk, ILL staff"
    assert PASSWORD not in str((event.before, event.after, event.summary))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"username": "tess"}, "username"),
    ],
)
def test_a_weak_password_or_a_taken_name_is_refused(
    supervisor: User, technician: User, central: Branch, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        made(supervisor, central, **changes)
    assert refused.value.field == field
    assert (User.objects.filter(username="tom").exists(), HistoryEvent.objects.count()) == (False, 0)


def test_only_who_manages_people_does(technician: User, supervisor: User, central: Branch) -> None:
    for act in (
        lambda: made(technician, central),
        lambda: people.update_user(supervisor.pk, display_name="Mine", actor=technician),
        lambda: people.set_password(supervisor.pk, PASSWORD, actor=technician),
        lambda: people.set_roles(supervisor.pk, [], actor=technician),
        lambda: people.set_grant(roles("desk")[0], "kernel.console", scope="all", actor=technician),
    ):
        with pytest.raises(Forbidden):
            act()
    assert codes(supervisor) == ["supervisor"]
    assert HistoryEvent.objects.count() == 0


def test_nobody_changes_their_own_account_roles_or_role(supervisor: User) -> None:
    for act in (
        lambda: people.set_roles(supervisor.pk, roles("admin", "finance"), actor=supervisor),
        lambda: people.update_user(supervisor.pk, is_active=False, actor=supervisor),
        lambda: people.set_password(supervisor.pk, PASSWORD, actor=supervisor),
        lambda: people.set_grant(roles("supervisor")[0], "kernel.manage_connections", scope="all", actor=supervisor),
    ):
        with pytest.raises(Forbidden, match="Nobody changes"):
            act()
    assert codes(supervisor) == ["supervisor"]
    assert not access.allowed(User.objects.get(pk=supervisor.pk), "kernel.manage_connections")


def test_nobody_changes_the_programs_account(supervisor: User) -> None:
    with pytest.raises(Forbidden, match="program's own account"):
        people.set_password(people.system().pk, PASSWORD, actor=supervisor)
    assert not people.system().has_usable_password()


def test_a_branchs_manager_has_no_say_elsewhere(branch_manager: User, central: Branch, east: Branch) -> None:
    here, there = person("here", "ill", central), person("there", "ill", east)
    nowhere = User.objects.create(username="nowhere", display_name="Nowhere")
    people.update_user(here.pk, display_name="Harry", actor=branch_manager)
    for act in (
        lambda: people.update_user(there.pk, display_name="X", actor=branch_manager),
        lambda: people.set_roles(nowhere.pk, roles("admin"), actor=branch_manager),
        lambda: people.update_user(here.pk, branch=east, actor=branch_manager),
        lambda: people.update_user(here.pk, branch=None, actor=branch_manager),
        lambda: made(branch_manager, east),
        lambda: made(branch_manager, None),
        lambda: people.set_grant(roles("ill")[0], "kernel.console", scope="all", actor=branch_manager),
    ):
        with pytest.raises(Forbidden):
            act()
    here.refresh_from_db()
    assert (here.display_name, here.branch) == ("Harry", central)
    assert HistoryEvent.objects.count() == 1


def test_a_change_is_written_with_before_and_after(supervisor: User, technician: User, east: Branch) -> None:
    people.update_user(technician.pk, branch=east, is_active=False, actor=supervisor)
    technician.refresh_from_db()
    assert (technician.branch, technician.is_active) == (east, False)
    event = HistoryEvent.objects.get()
    assert event.before == {"branch": "Central", "is_active": "True"}
    assert event.after == {"branch": "East", "is_active": "False"}


@pytest.mark.parametrize("column", ["is_system", "password", "username", "pk"])
def test_no_other_column_is_changed(supervisor: User, technician: User, column: str) -> None:
    with pytest.raises(TypeError, match=column):
        people.update_user(technician.pk, **{column: "x"}, actor=supervisor)


def test_ones_own_password(technician: User) -> None:
    technician.set_password("an older pass phrase")
    technician.save()
    with pytest.raises(Refusal, match="not your present password") as refused:
        people.change_own_password("a guess", PASSWORD, actor=technician)
    assert refused.value.field == "current"
    with pytest.raises(Refusal):
        people.change_own_password("an older pass phrase", "short", actor=technician)
    assert User.objects.get(pk=technician.pk).check_password("an older pass phrase")
    assert people.change_own_password("an older pass phrase", PASSWORD, actor=technician).check_password(PASSWORD)


# Roles and rights


def test_roles_are_set_and_taken_back(supervisor: User, technician: User) -> None:
    people.set_roles(technician.pk, roles("technician", "cataloger"), actor=supervisor, why="Helps out")
    event = HistoryEvent.objects.latest("id")
    assert (event.before, event.after) == ({"roles": ["technician"]}, {"roles": ["cataloger", "technician"]})
    history.undo(event.pk, actor=supervisor)
    assert codes(technician) == ["technician"]


def test_roles_that_were_changed_since_are_not_taken_back(supervisor: User, technician: User) -> None:
    people.set_roles(technician.pk, roles("cataloger"), actor=supervisor)
    event = HistoryEvent.objects.latest("id")
    people.set_roles(technician.pk, roles("finance"), actor=supervisor)
    with pytest.raises(Refusal, match="changed since"):
        history.undo(event.pk, actor=supervisor)
    assert codes(technician) == ["finance"]


def test_nobody_takes_back_what_was_done_to_their_own_roles(supervisor: User, technician: User) -> None:
    other = person("sue", "supervisor", supervisor.branch or Branch())
    people.set_roles(other.pk, roles("desk"), actor=supervisor)
    event = HistoryEvent.objects.latest("id")
    people.set_roles(other.pk, roles("supervisor"), actor=supervisor)
    with pytest.raises(Forbidden):
        history.undo(event.pk, actor=other)


def test_a_right_is_given_taken_and_taken_back(supervisor: User, technician: User) -> None:
    role = roles("technician")[0]
    people.set_grant(role, "kernel.view_history", scope="own", up_to_minor=100_00, actor=supervisor)
    grant = Grant.objects.get(role=role, permission="kernel.view_history")
    assert (grant.scope, grant.up_to_minor) == ("own", 100_00)
    given = HistoryEvent.objects.latest("id")
    people.set_grant(role, "kernel.view_history", scope=None, actor=supervisor)
    taken = HistoryEvent.objects.latest("id")
    assert not Grant.objects.filter(role=role, permission="kernel.view_history").exists()
    with pytest.raises(Refusal, match="changed since"):
        history.undo(given.pk, actor=supervisor)
    history.undo(taken.pk, actor=supervisor)
    history.undo(given.pk, actor=supervisor)
    assert not Grant.objects.filter(role=role, permission="kernel.view_history").exists()


def test_an_unknown_right_is_refused(supervisor: User) -> None:
    with pytest.raises(Refusal, match="no right called"):
        people.set_grant(roles("desk")[0], "kernel.fly", scope="all", actor=supervisor)
    assert not Grant.objects.filter(permission="kernel.fly").exists()


def test_an_upgrade_brings_new_rights_and_keeps_what_was_decided(supervisor: User) -> None:
    for role in Role.objects.filter(grants__permission="kernel.release_outgoing").exclude(code="supervisor"):
        people.set_grant(role, "kernel.release_outgoing", scope=None, actor=supervisor)
    people.set_grant(roles("supervisor")[0], "kernel.release_outgoing", scope=None, actor=people.system())
    Grant.objects.filter(permission="kernel.print").delete()  # as if the right were new
    people.seed_after_migrate()
    assert not Grant.objects.filter(permission="kernel.release_outgoing").exists()
    assert Grant.objects.filter(permission="kernel.print").count() == len(access.DECLARED["kernel.print"].roles)


# Patrons


def test_a_patron_with_the_least_data(supervisor: User, central: Branch) -> None:
    patron = people.add_patron(" 2 1234 ", name=" Ada Reader ", branch=central, actor=supervisor)
    assert (patron.card, patron.name) == ("2 1234", "Ada Reader")
    with pytest.raises(Refusal, match="belongs to somebody") as refused:
        people.add_patron("2 1234", name="Eve", branch=central, actor=supervisor)
    assert (refused.value.field, Patron.objects.count()) == ("card", 1)


def test_history_never_says_who_a_patron_is(supervisor: User, central: Branch) -> None:
    patron = people.add_patron("21234", name="Ada Reader", email="ada@example.org", branch=central, actor=supervisor)
    people.change_patron(patron.pk, name="Ada Lovelace", phone="555-0100", card="21235", actor=supervisor)
    told = [(e.summary, e.before, e.after, e.why) for e in HistoryEvent.objects.order_by("id")]
    assert told == [("Patron added at Central", {}, {}, ""), ("Changed: card number, name, phone", {}, {}, "")]


def test_a_patron_is_changed_within_reach(technician: User, supervisor: User, central: Branch, east: Branch) -> None:
    patron = people.add_patron("21234", name="Ada", branch=central, actor=supervisor)
    with pytest.raises(Forbidden):
        people.change_patron(patron.pk, name="Eve", actor=technician)
    with pytest.raises(TypeError):
        people.change_patron(patron.pk, id="x", actor=supervisor)
    people.add_patron("21235", name="Eve", branch=east, actor=supervisor)
    with pytest.raises(Refusal, match="belongs to somebody"):
        people.change_patron(patron.pk, card="21235", actor=supervisor)
    people.change_patron(patron.pk, expires_on=date(2027, 1, 1), branch=east, actor=supervisor)
    patron.refresh_from_db()
    assert (patron.name, patron.card, patron.branch) == ("Ada", "21234", east)
    count = HistoryEvent.objects.count()
    people.change_patron(patron.pk, name="Ada", actor=supervisor)
    assert HistoryEvent.objects.count() == count
