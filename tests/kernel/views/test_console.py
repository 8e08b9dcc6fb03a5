"""The console's pages: what they show, what their forms do, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.actions import jobs, people, policies, privacy
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, Schedule
from techsvc.kernel.models.people import Grant, Patron, Role, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from tests.cataloging import make
from tests.kernel.views.conftest import posted

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def page(client: Client, name: str, /, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def send(client: Client, name: str, /, *args: Any, **values: Any) -> Any:
    return client.post(reverse(name, args=args), posted(**values))


@pytest.mark.parametrize(
    ("role", "doors", "closed"),
    [
        ("supervisor", ("People", "Connections to partners", "Notices", "Looks at patrons", "Calendar", "Mail"), ()),
        ("admin", ("People", "Connections to partners", "Schedules", "What is kept, and how long"), ("Notices",)),
        ("auditor", ("Policies", "History of everything", "Mail"), ("People", "Printers", "Notices")),
    ],
)
def test_the_console_shows_the_doors_that_open(
    browse: Browse, role: str, doors: tuple[str, ...], closed: tuple[str, ...]
) -> None:
    shown = page(browse(role), "kernel:console")
    assert all(f"<strong>{door}</strong>" in shown for door in doors)
    assert not any(f"<strong>{door}</strong>" in shown for door in closed)


@pytest.mark.parametrize(
    ("name", "args"),
    [("kernel:policy", ["no.such"]), ("kernel:grant", [1, "no.such"]), ("kernel:person", [10**9])],
)
def test_what_does_not_exist_is_not_found(browse: Browse, name: str, args: list[Any]) -> None:
    client = browse("admin")
    assert client.get(reverse(name, args=args)).status_code == 404
    assert client.post(reverse(name, args=args), posted()).status_code in (404, 405)


# Policies


def test_a_policy_is_decided_and_shown(browse: Browse) -> None:
    client = browse("supervisor")
    answer = send(client, "kernel:policy", "exchange.attempts", value="9", why="A slow vendor")
    assert (answer.status_code, answer["Location"]) == (302, reverse("kernel:policies"))
    shown = page(client, "kernel:policies")
    assert "<td>9</td>" in shown
    assert "A slow vendor" in shown
    assert policies.value("exchange.attempts") == 9


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("exchange.attempts", "many", "Enter a whole number."),
        ("exchange.attempts", "0", "greater than or equal to 1"),
        ("exchange.paused", "perhaps", "Select a valid choice"),
        ("library.mail", "nobody", "Enter a valid email address."),
        ("library.name", "", "This field is required."),
        ("exchange.attempts", "6", "is this already"),
    ],
)
def test_a_value_that_will_not_do_stays_in_the_form(browse: Browse, key: str, value: str, words: str) -> None:
    answer = send(browse("supervisor"), "kernel:policy", key, value=value, why="So")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HistoryEvent.objects.filter(verb="kernel.set_policy").exists()


def test_money_is_typed_as_people_write_it(browse: Browse) -> None:
    client = browse("supervisor")
    key = "acquisitions.second_person_above"
    assert 'value="1000.00"' in page(client, "kernel:policy", key)
    assert send(client, "kernel:policy", key, value="1500.50", why="Prices rose").status_code == 302
    assert policies.value(key) == 1500_50
    assert "$1,500.50" in page(client, "kernel:policies")


def test_who_only_reads_gets_no_link(browse: Browse) -> None:
    link = reverse("kernel:policy", args=["library.name"])
    assert link in page(browse("supervisor"), "kernel:policies")
    assert link not in page(browse("auditor"), "kernel:policies")


# People


def test_a_person_joins(browse: Browse, central: Branch) -> None:
    client = browse("supervisor")
    role = Role.objects.get(code="desk")
    answer = send(
        client, "kernel:person_new", username="tom", display_name="Tom Sawyer", branch=central.pk, roles=[role.pk],
        password=make.PASSWORD,
    )  # fmt: skip
    tom = User.objects.get(username="tom")
    assert answer["Location"] == reverse("kernel:person", args=[tom.pk])
    assert "Tom Sawyer" in page(client, "kernel:people", q="sawy")
    assert "Desk" in page(client, "kernel:person", tom.pk)


def test_a_form_that_is_refused_keeps_what_was_typed_but_the_password(browse: Browse, central: Branch) -> None:
    answer = send(
        browse("supervisor"), "kernel:person_new", username="tom", display_name="Tom", branch=central.pk,
        password="short",
    )  # fmt: skip
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Tom"' in shown
    assert "too short" in shown
    assert 'value="short"' not in shown
    assert not User.objects.filter(username="tom").exists()


def test_nobody_is_offered_to_change_themselves(browse: Browse, supervisor: User) -> None:
    client = browse(supervisor)
    assert reverse("kernel:person_roles", args=[supervisor.pk]) not in page(client, "kernel:person", supervisor.pk)
    assert send(client, "kernel:person_roles", supervisor.pk, why="Mine").status_code == 403
    other = make.person("desk")
    assert reverse("kernel:person_roles", args=[other.pk]) in page(client, "kernel:person", other.pk)


def test_roles_are_changed_and_taken_back_by_the_toast(browse: Browse) -> None:
    client, tom = browse("supervisor"), make.person("desk")
    send(client, "kernel:person_roles", tom.pk, roles=[Role.objects.get(code="ill").pk], why="Moves")
    event = HistoryEvent.objects.get(verb="kernel.set_roles")
    assert reverse("kernel:undo", args=[event.pk]) in page(client, "kernel:person", tom.pk)
    assert send(client, "kernel:undo", event.pk).status_code == 302
    assert [*tom.roles.values_list("code", flat=True)] == ["desk"]


def test_a_branchs_manager_sees_the_people_of_the_branch(browse: Browse, central: Branch) -> None:
    Grant.objects.create(role=Role.objects.get(code="desk"), permission="kernel.manage_people", scope="own")
    client = browse("desk")
    far = make.person("ill", branch=make.branch("EAST", "East"))
    assert far.display_name not in page(client, "kernel:people")
    assert client.get(reverse("kernel:person", args=[far.pk])).status_code == 404


def test_ones_own_password_ends_other_sessions(browse: Browse, supervisor: User) -> None:
    here, elsewhere = browse(supervisor), browse(supervisor)
    wrong = send(here, "kernel:own_password", current="a guess", password="another pass phrase")
    assert (wrong.status_code, "not your present password" in wrong.content.decode()) == (422, True)
    assert send(here, "kernel:own_password", current=make.PASSWORD, password="another pass phrase").status_code == 302
    assert here.get(reverse("kernel:console")).status_code == 200
    assert elsewhere.get(reverse("kernel:console")).status_code == 302
    supervisor.refresh_from_db()
    assert supervisor.check_password("another pass phrase")


def test_a_right_is_given_up_to_an_amount(browse: Browse) -> None:
    client, role = browse("supervisor"), Role.objects.get(code="technician")
    args = [role.pk, "acquisitions.place_order"]
    send(client, "kernel:grant", *args, scope="all", up_to="750.50", why="Rush orders")
    grant = Grant.objects.get(role=role, permission="acquisitions.place_order")
    assert (grant.scope, grant.up_to_minor) == ("all", 750_50)
    assert "$750.50" in page(client, "kernel:role", role.pk)
    assert 'value="750.50"' in page(client, "kernel:grant", *args)
    send(client, "kernel:grant", *args, scope="", why="No more")
    assert not Grant.objects.filter(role=role, permission="acquisitions.place_order").exists()


# Places


def test_a_branch_is_added_and_changed(browse: Browse) -> None:
    client = browse("supervisor")
    send(client, "kernel:branch_new", code="EAST", name="East", active="on")
    east = Branch.objects.get(code="EAST")
    send(client, "kernel:branch_edit", east.pk, code="EAST", name="East Side", active="on")
    assert "East Side" in page(client, "kernel:branches")
    refused = send(client, "kernel:branch_new", code="EAST", name="Another")
    assert refused.status_code == 422
    assert "already one with this code" in refused.content.decode()


def test_a_printer_is_added(browse: Browse, central: Branch) -> None:
    client = browse("supervisor")
    answer = send(
        client, "kernel:printer_new", code="desk", name="Desk", branch=central.pk, stock="avery-5160",
        offset_x_mm="1.5", offset_y_mm="0", active="on",
    )  # fmt: skip
    assert answer.status_code == 302
    assert Printer.objects.get().offset_x_mm == 1.5
    assert "avery-5160" in page(client, "kernel:printers")


CONNECTION = {
    "code": "ingram", "name": "Ingram", "kind": "sftp", "host": "sftp.example.org", "port": "22", "username": "lib",
    "outbox": "in", "inbox": "out", "reads": "edi", "active": "on",
}  # fmt: skip


def test_a_connections_password_is_set_and_never_shown(browse: Browse) -> None:
    client = browse("admin")
    assert send(client, "kernel:connection_new", **CONNECTION, password="hush hush").status_code == 302
    row = Connection.objects.get(code="ingram")
    for name in ("kernel:connection", "kernel:connection_edit"):
        shown = page(client, name, row.pk)
        assert "hush hush" not in shown
        assert row.secret.token not in shown
    moved = send(client, "kernel:connection_edit", row.pk, **CONNECTION | {"host": "evil.example.net"})
    assert moved.status_code == 422
    assert "Set it again" in moved.content.decode()
    assert Connection.objects.get(code="ingram").host == "sftp.example.org"
    assert send(client, "kernel:connection_edit", row.pk, **CONNECTION | {"name": "Ingram Content"}).status_code == 302


def test_a_supervisor_sees_connections_and_changes_none(browse: Browse, partner: Connection) -> None:
    client = browse("supervisor")
    shown = page(client, "kernel:connection", partner.pk)
    assert reverse("kernel:connection_edit", args=[partner.pk]) not in shown
    assert reverse("kernel:connection_fetch", args=[partner.pk]) in shown
    assert client.get(reverse("kernel:connection_edit", args=[partner.pk])).status_code == 403


@pytest.mark.parametrize("name", ["kernel:connection_fetch", "kernel:fetch"])
def test_a_technician_asks_for_new_files_now(
    browse: Browse, partner: Connection, bells: list[tuple[str, Any]], name: str,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    args = [partner.pk] if name == "kernel:connection_fetch" else []
    with django_capture_on_commit_callbacks(execute=True):
        assert send(browse("technician"), name, *args).status_code == 302
    assert bells == [("kernel.collect", partner.pk)]


# Jobs, schedules, history, looks


def test_a_job_is_seen_and_cancelled_by_who_began_it(browse: Browse) -> None:
    mine, other = make.person("cataloger"), make.person("cataloger")
    job = jobs.start("kernel.tick", 1, title="Load of May", key="x", total=10, actor=mine)
    client = browse(mine)
    assert "Load of May" in page(client, "kernel:jobs")
    assert "Load of May" not in page(browse(other), "kernel:jobs")
    assert send(browse(other), "kernel:job_cancel", job.pk).status_code == 404
    assert "Load of May" in page(browse("auditor"), "kernel:jobs")
    assert send(browse("auditor"), "kernel:job_cancel", job.pk).status_code == 403
    assert send(client, "kernel:job_cancel", job.pk).status_code == 302
    assert Job.objects.get().state == "cancelled"


def test_a_schedule_is_stopped(browse: Browse) -> None:
    schedule = Schedule.objects.get(task="kernel.poll")
    client = browse("supervisor")
    assert "every 5 min" in page(client, "kernel:schedules")
    send(client, "kernel:schedule_switch", schedule.pk)
    schedule.refresh_from_db()
    assert not schedule.active


def test_the_history_of_everything_is_searched(browse: Browse) -> None:
    make.branch("EAST", "East")
    client = browse("auditor")
    assert "East added" in page(client, "kernel:history", q="east")
    assert "East added" not in page(client, "kernel:history", q="west")
    assert "East added" in page(client, "kernel:history", who=str(people.system().pk))
    assert client.get(reverse("kernel:history"), {"from": "yesterday"}).status_code == 400


def test_looks_are_listed_without_names(browse: Browse, supervisor: User, central: Branch) -> None:
    ada = Patron.objects.create(card="21234", name="Ada Reader", branch=central)
    privacy.note_looks([ada.pk], page="circulation:patron", actor=supervisor)
    shown = page(browse("auditor"), "kernel:looks", q=str(ada.pk)[:8])
    assert str(ada.pk) in shown
    assert supervisor.display_name in shown
    assert "Ada" not in shown
