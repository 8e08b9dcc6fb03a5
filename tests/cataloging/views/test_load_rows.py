"""A row of a load on its page: the record of the file beside ours, before and after it is loaded."""

from __future__ import annotations

import pytest

from cataloging.actions import loads
from cataloging.marc.record import parse
from cataloging.models.loads import Load
from cataloging.queries.loaded import looked_at
from techsvc.kernel.actions import people
from tests.cataloging import make

pytestmark = pytest.mark.django_db
WOMEN = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")
NEW = make.marc("Orbital", author="Harvey, Samantha", isbn13="9780802161543")


def opened(body: bytes, name: str = "vendor.mrc") -> Load:
    return loads.open_load(body, name, actor=people.system())


def shown(load: Load, position: int) -> str:
    row = load.rows.get(position=position)
    answer = make.client(make.person("cataloger")).get(f"/catalog/loads/rows/{row.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_would_change_stands_beside_what_is_and_afterwards_what_changed() -> None:
    women = make.brief()
    load = opened(WOMEN + NEW)
    before = looked_at(load.rows.get(position=1)).comparison
    assert before is not None
    assert [(row.tag, row.now != "", row.then != "") for row in before.changes] != []
    assert "What would change" in shown(load, 1)
    loads.commit_load(load.pk, actor=people.system())
    women.refresh_from_db()
    assert parse(bytes(women.raw)).get("245") is not None
    assert looked_at(load.rows.get(position=1)).comparison == before
    assert "What it changed" in shown(load, 1)


def test_a_new_record_is_shown_as_it_would_be_written() -> None:
    load = opened(NEW)
    assert looked_at(load.rows.get()).comparison is None
    page = shown(load, 1)
    assert "The record of the file" in page
    assert "Orbital" in page


def test_bytes_that_are_none_say_why() -> None:
    page = shown(opened(NEW + NEW[:100]), 2)
    assert "breaks off" in page
    assert "The record of the file" not in page


def test_a_held_row_is_decided_on_its_page() -> None:
    load = opened(NEW + NEW)
    assert load.rows.get(position=2).outcome == "held"
    page = shown(load, 2)
    assert "New record" in page
    assert "Leave out" in page
