"""Rights: who has them, at which branch, up to which amount, and in which words they are missed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from techsvc.kernel import access
from techsvc.kernel.access import Right
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Forbidden
from techsvc.kernel.models.people import Grant, Role, User
from techsvc.kernel.models.places import Branch
from tests.cataloging import make

pytestmark = pytest.mark.django_db
RIGHT = "kernel.print"


@pytest.fixture
def central() -> Branch:
    return make.branch()


@pytest.fixture
def east() -> Branch:
    return make.branch("EAST", "East")


def with_grants(branch: Branch, *grants: dict[str, object]) -> User:
    """A person with one role for each grant, and no other rights."""
    user = make.person(branch=branch)
    for number, reach in enumerate(grants):
        role = Role.objects.create(code=f"role{number}", name=f"Role {number}")
        Grant.objects.create(role=role, permission=RIGHT, **reach)
        user.roles.add(role)
    return user


def test_without_a_role_nothing_is_allowed(central: Branch) -> None:
    assert not access.allowed(make.person(branch=central), RIGHT)


def test_a_right_for_every_branch(central: Branch, east: Branch) -> None:
    user = with_grants(central, {"scope": "all"})
    assert access.allowed(user, RIGHT)
    assert access.allowed(user, RIGHT, branch=east)
    assert access.branch_limit(user, RIGHT) is None


def test_a_right_for_ones_own_branch(central: Branch, east: Branch) -> None:
    user = with_grants(central, {"scope": "own"})
    assert access.allowed(user, RIGHT, branch=central)
    assert not access.allowed(user, RIGHT, branch=east)
    assert access.branch_limit(user, RIGHT) == central.pk


def test_roles_add_up(central: Branch, east: Branch) -> None:
    user = with_grants(central, {"scope": "own"}, {"scope": "all", "up_to_minor": 100_00})
    assert access.allowed(user, RIGHT, branch=east, amount_minor=100_00)
    assert not access.allowed(user, RIGHT, branch=east, amount_minor=100_01)
    assert access.allowed(user, RIGHT, branch=central, amount_minor=100_01)
    assert access.branch_limit(user, RIGHT) is None


@pytest.mark.parametrize(("amount", "may"), [(None, True), (0, True), (500_00, True), (500_01, False)])
def test_a_right_up_to_an_amount(central: Branch, amount: int | None, may: bool) -> None:
    user = with_grants(central, {"scope": "all", "up_to_minor": 500_00})
    assert access.allowed(user, RIGHT, amount_minor=amount) is may


def test_the_refusal_says_what_is_missed(central: Branch, east: Branch) -> None:
    user = with_grants(central, {"scope": "own", "up_to_minor": 500_00})
    for reach, words in (
        ({"branch": east}, "print labels and slips at East."),
        ({"amount_minor": 500_01}, "print labels and slips for $500.01, your limit is $500.00."),
        ({"branch": central, "amount_minor": 700_00}, "for $700.00, your limit is $500.00."),
    ):
        with pytest.raises(Forbidden) as refused:
            access.require(user, RIGHT, **reach)  # type: ignore[arg-type]
        assert words in refused.value.text
    with pytest.raises(Forbidden) as refused:
        access.require(user, "kernel.console", branch=east)
    assert refused.value.text == (
        "You may not do this: open the console. Ask a supervisor for the right, or somebody who has it."
    )


def test_who_has_left_may_do_nothing(central: Branch) -> None:
    user = with_grants(central, {"scope": "all"})
    user.is_active = False
    assert not access.allowed(user, RIGHT)
    assert not access.allowed(user, access.ANY_STAFF)


def test_nobody_is_nobody() -> None:
    assert not access.allowed(AnonymousUser(), RIGHT)
    assert not access.allowed(AnonymousUser(), access.ANY_STAFF)


def test_the_program_may_do_everything_and_not_sign_in() -> None:
    system = people.system()
    assert access.allowed(system, RIGHT)
    assert access.branch_limit(system, RIGHT) is None
    assert not system.has_usable_password()
    assert not system.is_staff


def test_rights_are_read_once_for_a_person(central: Branch, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.get(pk=with_grants(central, {"scope": "all"}).pk)
    with django_assert_num_queries(1):
        assert access.allowed(user, RIGHT)
        assert not access.allowed(user, "kernel.console")


@pytest.mark.parametrize(
    "right", [Right("kernel.print", "Twice", ("desk",)), Right("kernel.new", "For strangers", ("janitor",))]
)
def test_a_mistaken_declaration_is_found_at_the_start(right: Right) -> None:
    with pytest.raises(ValueError, match="declared twice, or for unknown roles"):
        access.declare(right)


def test_the_technician_sees_patrons_of_the_own_branch_only_and_the_administrator_none(
    central: Branch, east: Branch
) -> None:
    technician, admin = make.person("technician", branch=central), make.person("admin", branch=central)
    assert access.allowed(technician, "kernel.view_patrons", branch=central)
    assert not access.allowed(technician, "kernel.view_patrons", branch=east)
    assert not access.allowed(admin, "kernel.view_patrons")
