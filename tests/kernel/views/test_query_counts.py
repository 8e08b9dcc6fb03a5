"""Lists of the kernel, of circulation and of processing ask the database as often for 500 rows as for 10."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cataloging.models.items import Item
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import people
from techsvc.kernel.models.exchange import Connection, Incoming, Outgoing
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Patron, Role, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer, PrintRequest
from techsvc.kernel.models.privacy import PatronLook
from techsvc.kernel.queries import type_of
from tests.cataloging import make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOST = 12


def staff(count: int, branch: Branch) -> None:
    made = User.objects.bulk_create(
        User(username=f"u{n}", display_name=f"U {n}", branch=branch) for n in range(count, 2 * count)
    )
    role = Role.objects.get(code="desk")
    User.roles.through.objects.bulk_create(User.roles.through(user=user, role=role) for user in made)


def branches(count: int, _branch: Branch) -> None:
    Branch.objects.bulk_create(Branch(code=f"b{n}", name=f"Branch {n}") for n in range(count, 2 * count))


def printers(count: int, branch: Branch) -> None:
    Printer.objects.bulk_create(Printer(code=f"p{n}", name="P", branch=branch) for n in range(count, 2 * count))


def connections(count: int, _branch: Branch) -> None:
    Connection.objects.bulk_create(
        Connection(code=f"c{n}", name=f"C {n}", kind="folder", root="/srv") for n in range(count, 2 * count)
    )


def events(count: int, branch: Branch) -> None:
    actor, kind = people.system(), type_of(branch)
    HistoryEvent.objects.bulk_create(
        HistoryEvent(at=NOON, actor=actor, verb="tests.x", subject_type=kind, subject_id=str(n), summary="x")
        for n in range(count)
    )


def looks(count: int, _branch: Branch) -> None:
    actor = people.system()
    PatronLook.objects.bulk_create(
        PatronLook(at=NOON, actor=actor, patron=uuid.uuid4(), page="x") for _n in range(count)
    )


def jobs(count: int, _branch: Branch) -> None:
    actor = people.system()
    Job.objects.bulk_create(
        Job(task="x", title="x", key=f"j{n}", started_by=actor, created_at=NOON) for n in range(count, 2 * count)
    )


def outgoing(count: int, branch: Branch) -> None:
    line, kind = Connection.objects.get(code="mail"), type_of(branch)
    Outgoing.objects.bulk_create(
        Outgoing(
            connection=line, kind="claim", key=f"o{n}", ordering_key=f"o{n}", name=f"{n}.eml", body=b"x", sha256="0",
            subject_type=kind, subject_id="1", queued_at=NOON, due_at=NOON,
        )
        for n in range(count, 2 * count)
    )  # fmt: skip


def incoming(count: int, _branch: Branch) -> None:
    line = Connection.objects.get(code="upload")
    Incoming.objects.bulk_create(
        Incoming(connection=line, kind="x", name="x", body=b"x", sha256=f"{n}", size=1, received_at=NOON)
        for n in range(count, 2 * count)
    )


def patrons(count: int, branch: Branch) -> list[Patron]:
    return Patron.objects.bulk_create(
        Patron(card=f"2{n}", name=f"Patron {n}", branch=branch) for n in range(count, 2 * count)
    )


def notices(count: int, branch: Branch) -> None:
    Notice.objects.bulk_create(
        Notice(kind="x", key=f"n{patron.card}", ref="1", patron=patron, created_at=NOON)
        for patron in patrons(count, branch)
    )


def prints(count: int, branch: Branch) -> None:
    actor, kind = people.system(), type_of(branch)
    PrintRequest.objects.bulk_create(
        PrintRequest(
            kind="hold_tag", key=f"t{n}", title="x", subject_type=kind, subject_id="1", branch=branch, asked_by=actor,
            asked_at=NOON, state="ready", document=b"%PDF",
        )
        for n in range(count, 2 * count)
    )  # fmt: skip


def items(count: int, branch: Branch) -> None:
    record = make.brief()
    Item.objects.bulk_create(
        Item(
            record=record, branch=branch, state="received", barcode=f"3{n}", created_at=NOON, state_since=NOON,
            currency="USD",
        )
        for n in range(count, 2 * count)
    )  # fmt: skip


def holds(count: int, branch: Branch) -> None:
    record = make.brief()
    Hold.objects.bulk_create(
        Hold(record=record, patron=patron, pickup=branch, placed_at=NOON) for patron in patrons(count, branch)
    )


def nothing(_count: int, _branch: Branch) -> None:
    """What is declared and never grows."""


LISTS: dict[str, Callable[[int, Branch], object]] = {
    "kernel:people": staff,
    "kernel:roles": nothing,
    "kernel:branches": branches,
    "kernel:printers": printers,
    "kernel:connections": connections,
    "kernel:history": events,
    "kernel:looks": looks,
    "kernel:jobs": jobs,
    "kernel:schedules": nothing,
    "kernel:policies": nothing,
    "kernel:outgoing": outgoing,
    "kernel:incoming": incoming,
    "kernel:notices": notices,
    "kernel:prints": prints,
    "circulation:holds": holds,
    "circulation:patrons": patrons,
    "processing:worklist": items,
}


def asked(client: Client, name: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(reverse(name), {"size": "200"} if name != "kernel:policies" else {}).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_ten_and_five_hundred_rows_are_as_many_questions(name: str) -> None:
    branch = make.branch()
    everything = make.person(*Role.objects.values_list("code", flat=True), branch=branch)
    client = make.client(everything)
    LISTS[name](10, branch)
    asked(client, name)  # the session's first page, and what is remembered for good
    few = asked(client, name)
    LISTS[name](500, branch)
    many = asked(client, name)
    assert few == many <= MOST
