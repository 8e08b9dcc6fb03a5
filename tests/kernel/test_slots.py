"""Slots: what upper departments fill is shown to those who may see it, and nothing is filled in vain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from techsvc.kernel import access, checks, slots
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.slots import Hit, NavItem, Panel, Tile, Verb
from tests.cataloging import make

pytestmark = pytest.mark.django_db
KIND = "tests.thing"


@pytest.fixture(autouse=True)
def empty_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's own entries, put away for the test."""
    for name, empty in (("_panels", {}), ("_verbs", {}), ("_objections", {}), ("_nav", []), ("_tiles", [])):
        monkeypatch.setattr(slots, name, empty)
    monkeypatch.setattr(slots, "_search", [])
    monkeypatch.setattr(slots, "KINDS", {KIND})


@pytest.fixture
def desk() -> User:
    return make.person("desk", branch=make.branch())


def verbs(_thing: object, _user: User) -> Iterator[Verb]:
    yield Verb("Weigh", "/weigh/")


def test_each_sees_what_their_rights_open(desk: User) -> None:
    thing = make.branch()
    for permission in ("kernel.print", "kernel.console"):
        slots.add_panel(KIND, permission, lambda _thing, _user, name=permission: Panel(name, "x.html"))
        slots.add_tiles(permission, lambda _user, name=permission: [Tile(name, "/", 1)], nav="kernel:prints")
        slots.add_search(permission, lambda text, _user, name=permission: [Hit(name, text, "/")])
        slots.add_nav(NavItem(permission, "kernel:prints", permission, "print"))
    slots.add_verbs(KIND, "kernel.console", verbs)
    assert [panel.title for panel in slots.panels(KIND, thing, desk)] == ["kernel.print"]
    assert [tile.label for tile in slots.tiles(desk)] == ["kernel.print"]
    assert slots.search("ada", desk) == [Hit("kernel.print", "ada", "/")]
    assert [item.label for item in slots.nav(desk)] == ["kernel.print"]
    assert slots.verbs(KIND, thing, desk) == []
    assert slots.verbs(KIND, thing, make.person("supervisor", branch=thing)) == [Verb("Weigh", "/weigh/")]


def test_a_panel_may_have_nothing_to_show(desk: User) -> None:
    slots.add_panel(KIND, "kernel.print", lambda _thing, _user: None)
    assert slots.panels(KIND, make.branch(), desk) == []


def test_the_rail_is_in_its_order(desk: User) -> None:
    slots.add_nav(
        NavItem("Late", "x", "kernel.print", "print", 90),
        NavItem("Beta", "x", "kernel.print", "print", 10),
        NavItem("Alpha", "x", "kernel.print", "print", 10),
    )
    assert [item.label for item in slots.nav(desk)] == ["Alpha", "Beta", "Late"]


def test_what_waits_is_the_sum_of_an_entrys_tiles_which_take_its_picture_and_place(desk: User) -> None:
    slots.add_nav(
        NavItem("Receive", "tests:receive", "kernel.print", "receive", 20),
        NavItem("Order", "tests:orders", "kernel.print", "order", 10),
        NavItem("Console", "tests:console", "kernel.print", "console", 30),
    )
    slots.add_tiles("kernel.print", lambda _user: [Tile("Expected", "/", 3), Tile("Open", "/", 1)], nav="tests:receive")
    slots.add_tiles("kernel.print", lambda _user: [Tile("Late", "/", 2)], nav="tests:orders")
    slots.add_tiles("kernel.console", lambda _user: [Tile("Hidden", "/", 9)], nav="tests:orders")
    assert [(tile.label, tile.icon) for tile in slots.tiles(desk)] == [
        ("Late", "order"), ("Expected", "receive"), ("Open", "receive"),
    ]  # fmt: skip
    assert slots.waiting(desk) == {"tests:orders": 2, "tests:receive": 4}


def test_tiles_of_no_entry_are_found_at_the_start() -> None:
    slots.add_tiles("kernel.print", lambda _user: [], nav="tests:typo")
    (error,) = checks.tiles_have_entries()
    assert error.msg == "Tiles belong to 'tests:typo', which is no entry of the rail."


def test_objections_of_every_department_are_heard() -> None:
    slots.add_objection(KIND, lambda thing: [f"{thing} has loans."])
    slots.add_objection(KIND, lambda _thing: [])
    slots.add_objection(KIND, lambda _thing: ["It is on order."])
    assert slots.objections(KIND, Branch(name="East")) == ["East has loans.", "It is on order."]


def test_filling_what_no_page_declares_is_found_at_the_start() -> None:
    slots.add_verbs("tests.typo", "kernel.print", verbs)
    (error,) = checks.slots_are_known()
    assert error.msg == "A slot is filled for 'tests.typo', which no page declares."


def test_asking_for_a_right_that_nobody_declared_is_found_at_the_start() -> None:
    slots.add_tiles("kernel.no_such_right", lambda _user: [], nav="x")
    slots.add_verbs(KIND, "kernel.neither", verbs)
    slots.add_nav(NavItem("Home", "x", access.ANY_STAFF, "home"))
    assert [error.msg for error in checks.rights_are_complete()] == [
        "Permission 'kernel.neither' is asked for but not declared.",
        "Permission 'kernel.no_such_right' is asked for but not declared.",
    ]
