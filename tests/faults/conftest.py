"""One installation for all tests of this folder; each test adds orders of its own, all of them count at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.faults.plant import Plant, connected
from tests.journeys.house import House, build

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker breaks everything, so that the installation is made once."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="package")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    made = Plant(tmp_path_factory.mktemp("plant"))
    made.open()
    made.manage("migrate", "--verbosity", "0")
    yield made
    made.close()


@pytest.fixture(scope="package")
def house(
    plant: Plant, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The library of the journeys in the plant's database; this process rings the plant's bells."""
    with django_db_blocker.unblock(), connected(plant):
        yield build(Path(tmp_path_factory.mktemp("house")))


@pytest.fixture(autouse=True)
def what_must_hold(plant: Plant) -> Iterator[None]:
    """After every fault, everything that a department declares; nothing runs on into the next test."""
    yield
    for process in list(plant.processes):
        plant.kill(process)
    connections.close_all()
    plant.open()  # what broke in one test is whole again for the next
    assert "All" in plant.manage("invariants")
