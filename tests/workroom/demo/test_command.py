"""`manage.py demo`: fills what is empty, makes the demo anew, and leaves every other library alone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg2.errors import InsufficientPrivilege, ObjectInUse

from techsvc.embedded import databases
from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Role
from techsvc.kernel.models.places import Branch
from techsvc.workroom.demo import keeping, samples, tables
from techsvc.workroom.demo.partners import Partners
from techsvc.workroom.management.commands import demo
from tests import make

PARTNERS = Partners(8022, "ssh-ed25519 AAAA", "library", "rehearsal", Path("/nowhere"))


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was done instead of filling: "copied" or "filled"."""
    done: list[str] = []
    monkeypatch.setattr(demo, "partners", lambda: PARTNERS)
    monkeypatch.setattr(samples, "folder", lambda: tmp_path)
    monkeypatch.setattr(keeping, "put_in_place", lambda _where, *, migrated: done.append("copied"))
    monkeypatch.setattr(demo, "fill", lambda _where: done.append("filled"))
    return done


def staff_of_the_demo() -> None:
    roles = {role.code: role for role in Role.objects.all()}
    for code, name, _branch in tables.STAFF:
        people.create_user(
            code, display_name=name, password=tables.PASSWORD, branch=None, roles=[roles[code]], actor=people.system()
        )


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("words", [(), ("--if-empty",), ("--recreate",)])
def test_an_empty_library_is_filled(filled: list[str], tmp_path: Path, words: tuple[str, ...]) -> None:
    run(*words)
    assert filled == ["copied"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [samples.CART, samples.RECORDS]


@pytest.mark.django_db
def test_a_library_of_somebodys_own_is_left_alone(filled: list[str]) -> None:
    make.branch("OWN", "A branch of our own")
    assert run("--if-empty") == ""
    for words in ((), ("--recreate",)):
        with pytest.raises(CommandError, match="not the demo, so nothing was done"):
            run(*words)
    assert filled == []


@pytest.mark.django_db
def test_the_demo_is_made_anew_only_when_that_is_asked_for(filled: list[str]) -> None:
    staff_of_the_demo()
    with pytest.raises(CommandError, match="--recreate"):
        run()
    assert filled == []
    run("--recreate")
    assert filled == ["copied"]


@pytest.mark.django_db
def test_it_tells_how_to_sign_in_where_the_demo_is() -> None:
    assert run("--logins").strip() == ""
    staff_of_the_demo()
    told = run("--logins")
    assert tables.PASSWORD in told
    assert all(role in told and name in told for role, name, _branch in tables.STAFF)
    assert samples.CART in told


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [InsufficientPrivilege, ObjectInUse])
def test_where_databases_cannot_be_made_the_tables_are_filled(
    filled: list[str], monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    def refuse(_where: Any, *, migrated: bool) -> None:
        raise problem("no")

    monkeypatch.setattr(keeping, "put_in_place", refuse)
    monkeypatch.setattr(demo, "call_command", lambda *_words, **_options: None)
    run()
    assert filled == ["filled"]
    staff_of_the_demo()
    with pytest.raises(CommandError, match=r"Stop `make run`|may not make databases"):
        run("--recreate")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_filled_demo_is_kept_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filled once; the second time the kept database is copied."""
    times: list[Partners] = []
    login = {**settings.OWNER_LOGIN, "NAME": "test_demo_library"}
    monkeypatch.setattr(settings, "OWNER_LOGIN", login)
    monkeypatch.setattr(keeping, "PREFIX", "test_demo_kept_")
    monkeypatch.setattr(keeping, "UNFINISHED", "test_demo_unfinished")
    monkeypatch.setattr(keeping, "fill", lambda where: (times.append(where), Branch(code="CE", name="Central").save()))
    monkeypatch.setattr(keeping, "call_command", migrate_as_owner)
    try:
        for _turn in range(2):
            keeping.put_in_place(PARTNERS, migrated=False)
            with databases.server(login, "test_demo_library") as inside:
                inside.execute("SELECT code FROM kernel_branch")
                assert inside.fetchall() == [("CE",)]
        assert times == [PARTNERS]
    finally:
        with databases.server(login) as cursor:
            for name in databases.names(cursor, "test_demo_"):
                databases.drop(cursor, name)


def migrate_as_owner(*words: str, **options: Any) -> None:
    place = connections["default"].settings_dict
    before = place["USER"]
    place["USER"] = settings.OWNER_LOGIN["USER"]
    call_command(*words, **options)
    connections.close_all()
    place["USER"] = before
