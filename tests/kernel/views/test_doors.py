"""The console's front page: what is wrong, counted, each with the way to it; nothing when nothing is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel import clock
from techsvc.kernel.actions import exchange, jobs, policies
from techsvc.kernel.models.exchange import Connection, Incoming, Outgoing
from techsvc.kernel.models.jobs import Job, Schedule, ScheduledRun
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.cataloging import make
from tests.kernel.views.test_console import Browse, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_order(central: Branch) -> None:
    """Every schedule ran just now."""
    at = clock.now()
    for schedule in Schedule.objects.all():
        ScheduledRun.objects.create(schedule=schedule, scheduled_for=at, at=at, began_at=at, ended_at=at)


@pytest.mark.usefixtures("in_order")
def test_nothing_is_wrong(browse: Browse) -> None:
    for role in ("supervisor", "admin", "auditor"):
        assert "Nothing: messages leave, schedules run" in page(browse(role), "kernel:console")


@pytest.mark.usefixtures("in_order")
def test_what_is_wrong_is_counted_with_the_way_to_it(browse: Browse, partner: Connection, supervisor: User) -> None:
    mail = Connection.objects.get(code=exchange.MAIL)
    for number, where in enumerate((partner, partner, mail)):
        key = str(number)
        exchange.queue(partner, connection=where, kind="edi", key=key, name=key, body=b"x", ordering_key=key)
    Outgoing.objects.update(state="dead")
    exchange.take_in(connection=partner, name="a", body=b"a", kind="edi")
    Incoming.objects.update(state="held")
    jobs.start("kernel.sweep", 1, title="Load", key="x", total=1, actor=supervisor)
    Job.objects.update(state="failed", finished_at=clock.now())
    ScheduledRun.objects.filter(schedule__task="kernel.poll").update(failed=True)
    tom = make.person("desk")
    for _ in range(5):
        Client().post("/accounts/login/", {"username": tom.username, "password": "wrong"})
    shown = page(browse(supervisor), "kernel:console")
    for address, count, label in (
        ("kernel:outgoing", 2, "Messages that could not be sent"),
        ("kernel:mailbox", 1, "Mail that could not be sent"),
        ("kernel:incoming", 1, "Files that wait for a person"),
        ("kernel:jobs", 1, "Jobs that failed"),
        ("kernel:schedules", 1, "Schedules that are late or failed"),
        ("kernel:people", 1, "Locked out by wrong passwords"),
    ):
        tile = shown[: shown.index(label)].rsplit("<a ", 1)[1]
        assert f'href="{reverse(address)}' in tile
        assert f'<span class="number">{count}</span>' in tile
    assert "Files that can" not in shown


@pytest.mark.usefixtures("in_order")
def test_a_pause_is_said_first(browse: Browse) -> None:
    policies.set_policy("exchange.paused", True, actor=make.person("supervisor"), why="Vendor asked")
    assert reverse("kernel:release") in page(browse("supervisor"), "kernel:console")
    shown = page(browse("auditor"), "kernel:console")
    assert "Nothing leaves the building." in shown
    assert reverse("kernel:release") not in shown


def test_a_library_whose_clock_stands_still_is_told(browse: Browse) -> None:
    at = clock.now()
    Schedule.objects.update(every_minutes=60, daily_at=None)
    with clock.at(at.replace(minute=30)):
        assert "Schedules that are late or failed" in page(browse("admin"), "kernel:console")
        assert "Missed" in page(browse("admin"), "kernel:schedules")


def test_what_is_kept_is_told_with_what_is_due(browse: Browse) -> None:
    client = browse("supervisor")
    shown = page(client, "kernel:retention")
    assert "Looks at patrons" in shown
    assert reverse("kernel:policy", args=["keep.looks"]) in shown
    assert "It has not run yet." in shown
    assert "Forget now" in shown
    assert "Forget now" not in page(browse("auditor"), "kernel:retention")
