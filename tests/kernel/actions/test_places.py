"""Branches, printers and connections: what changed is written, passwords never, and they go only to their own host."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from techsvc.kernel import secrets
from techsvc.kernel.actions import exchange, places
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.secrets import Secret, SecretUnreadable
from tests.kernel.actions.conftest import person

pytestmark = pytest.mark.django_db
PLAIN = "a vendor's password"


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Path:
    file = tmp_path / "keys"
    file.write_text(secrets.new_key_line("k1"))
    settings.VENDOR_KEYS_FILE = str(file)
    return file


@pytest.fixture
def admin(central: Branch) -> User:
    return person("adam", "admin", central)


@pytest.fixture
def vendor(ring: Path, admin: User) -> Connection:
    row = Connection(code="ingram", name="Ingram", kind="sftp", host="sftp.example.org", port=22, username="library")
    return places.save_connection(row, password=PLAIN, actor=admin)


def stored(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def test_what_changed_is_written(supervisor: User) -> None:
    branch = places.save_branch(Branch(code="EAST", name="East"), actor=supervisor)
    branch.name = "East Side"
    places.save_branch(branch, actor=supervisor)
    places.save_branch(branch, actor=supervisor)
    added, changed = HistoryEvent.objects.order_by("id")
    assert (added.summary, added.after["code"]) == ("East added", "EAST")
    assert (changed.summary, changed.before, changed.after) == (
        "East Side changed",
        {"name": "East"},
        {"name": "East Side"},
    )


def test_a_code_that_is_taken_is_refused(supervisor: User, central: Branch) -> None:
    with pytest.raises(Refusal, match="already one with this code") as refused:
        places.save_branch(Branch(code="CEN", name="Another"), actor=supervisor)
    assert (refused.value.field, Branch.objects.count(), HistoryEvent.objects.count()) == ("code", 1, 0)


def test_only_who_may_sets_up(technician: User, supervisor: User, central: Branch, partner: Connection) -> None:
    with pytest.raises(Forbidden):
        places.save_branch(Branch(code="X", name="X"), actor=technician)
    with pytest.raises(Forbidden):
        places.save_printer(Printer(code="x", name="X", branch=central), actor=technician)
    with pytest.raises(Forbidden):
        places.save_connection(partner, actor=supervisor)
    with pytest.raises(Forbidden):
        places.reseal_passwords(actor=supervisor)
    assert (Branch.objects.count(), Printer.objects.count(), HistoryEvent.objects.count()) == (1, 0, 0)


def test_a_password_is_sealed_and_never_written_down(vendor: Connection) -> None:
    assert exchange.endpoint(stored(vendor)).password == PLAIN
    event = HistoryEvent.objects.get()
    assert event.after["password"] == "set anew"
    for text in (str(event.before), str(event.after), event.summary, repr(stored(vendor).__dict__)):
        assert PLAIN not in text
        assert stored(vendor).secret.token not in text


def test_a_password_stays_when_others_things_change(vendor: Connection, admin: User) -> None:
    changed = stored(vendor)
    changed.name, changed.secret = "Ingram Library Services", Secret("")  # a form that never saw the password
    places.save_connection(changed, actor=admin)
    assert exchange.endpoint(stored(vendor)).password == PLAIN
    assert HistoryEvent.objects.latest("id").after == {"name": "Ingram Library Services"}


@pytest.mark.parametrize(
    ("column", "new"), [("host", "evil.example.net"), ("port", 2222), ("kind", "ftp"), ("code", "brodart")]
)
def test_a_password_goes_only_where_it_was_set_for(vendor: Connection, admin: User, column: str, new: object) -> None:
    changed = stored(vendor)
    setattr(changed, column, new)
    with pytest.raises(Refusal, match="Set it again") as refused:
        places.save_connection(changed, actor=admin)
    assert refused.value.field == "password"
    assert getattr(stored(vendor), column) == getattr(vendor, column)
    assert HistoryEvent.objects.count() == 1
    places.save_connection(changed, password="another one", actor=admin)
    assert exchange.endpoint(stored(vendor)).password == "another one"


def test_who_writes_past_the_program_gets_nothing_out_of_it(vendor: Connection, admin: User) -> None:
    other = places.save_connection(
        Connection(code="evil", name="Evil", kind="sftp", host="evil.example.net"), password="x", actor=admin
    )
    Connection.objects.filter(pk=other.pk).update(secret=vendor.secret.token)
    Connection.objects.filter(pk=vendor.pk).update(host="evil.example.net")
    for row in (other, vendor):
        with pytest.raises(SecretUnreadable):
            exchange.endpoint(stored(row))


def test_a_password_is_taken_away(vendor: Connection, admin: User) -> None:
    places.save_connection(stored(vendor), password="", actor=admin)
    assert not stored(vendor).secret
    assert HistoryEvent.objects.latest("id").after == {"password": "taken away"}


def test_resealing_lets_the_old_key_go(vendor: Connection, ring: Path, admin: User) -> None:
    old = ring.read_text()
    ring.write_text(secrets.new_key_line("k2") + old)
    assert places.reseal_passwords(actor=admin) == 1
    assert places.reseal_passwords(actor=admin) == 0
    ring.write_text(ring.read_text().replace(old, ""))
    assert exchange.endpoint(stored(vendor)).password == PLAIN
    assert HistoryEvent.objects.latest("id").summary == "Password of Ingram sealed with key k2"


def test_resealing_with_the_wrong_keys_changes_nothing(vendor: Connection, ring: Path, admin: User) -> None:
    ring.write_text(secrets.new_key_line("k2"))
    with pytest.raises(SecretUnreadable, match="sealed with key k1"):
        places.reseal_passwords(actor=admin)
    assert stored(vendor).secret.key_id == "k1"


def test_the_command_seals_anew_or_says_why_not(vendor: Connection, ring: Path) -> None:
    ring.write_text(secrets.new_key_line("k2") + ring.read_text())
    told = io.StringIO()
    call_command("rotate_secrets", stdout=told)
    assert told.getvalue().startswith("1 passwords sealed anew.")
    assert stored(vendor).secret.key_id == "k2"
    ring.write_text(secrets.new_key_line("k3"))
    with pytest.raises(CommandError, match="sealed with key k2"):
        call_command("rotate_secrets")
