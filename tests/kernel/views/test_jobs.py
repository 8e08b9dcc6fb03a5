"""The page of a long job: progress and faults while it goes on, its end, who may see and stop it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.actions import jobs
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests.cataloging import make
from tests.kernel.views.conftest import posted

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


@pytest.fixture
def cataloger(central: Branch) -> User:
    return make.person("cataloger", branch=central)


@pytest.fixture
def job(cataloger: User) -> Job:
    """A load that got to 40 of 100, two of them held."""
    begun = jobs.start("kernel.sweep", 1, title="Load of 100", key="k", total=100, actor=cataloger, url="/catalog/")
    found = jobs.claim(begun.pk)
    assert found is not None
    jobs.step(found, done=40, faults=["Record 2 has no title.", "<b>Record 9</b>"])
    return found


def test_progress_and_every_fault_are_shown_while_it_goes_on(browse: Browse, cataloger: User, job: Job) -> None:
    page = browse(cataloger).get(job.get_absolute_url()).content.decode()
    assert "40 of 100" in page
    assert "Record 2 has no title." in page
    assert "&lt;b&gt;Record 9&lt;/b&gt;" in page
    assert 'hx-trigger="every 3s"' in page
    assert reverse("kernel:job_cancel", args=[job.pk]) in page


def test_the_end_is_shown_with_the_way_to_what_it_made_and_asks_no_more(
    browse: Browse, cataloger: User, job: Job
) -> None:
    jobs.finish(job, result="98 loaded, 2 held.")
    page = browse(cataloger).get(job.get_absolute_url()).content.decode()
    assert "98 loaded, 2 held." in page
    assert 'href="/catalog/"' in page
    assert "every 3s" not in page
    assert f'hx-post="{reverse("kernel:job_told", args=[job.pk])}" hx-trigger="load"' in page


def test_looking_at_somebody_elses_end_tells_nobody(browse: Browse, job: Job) -> None:
    jobs.finish(job, result="Done.")
    assert browse("desk").get(job.get_absolute_url()).status_code == 404
    supervisor = browse("supervisor")
    assert "hx-post" not in supervisor.get(job.get_absolute_url()).content.decode()
    assert supervisor.post(reverse("kernel:job_told", args=[job.pk]), posted()).status_code == 404
    job.refresh_from_db()
    assert job.told_at is None


def test_a_failed_job_can_be_tried_again_from_its_page(browse: Browse, cataloger: User, job: Job) -> None:
    jobs.finish(job, result="The disk is full.", state=jobs.JobState.FAILED)
    browser = browse(cataloger)
    again = reverse("kernel:job_retry", args=[job.pk])
    assert again in browser.get(job.get_absolute_url()).content.decode()
    assert browser.post(again, posted(next=job.get_absolute_url())).headers["Location"] == job.get_absolute_url()
    job.refresh_from_db()
    assert (job.state, job.told_at, len(job.faults)) == ("waiting", None, 2)


def test_the_toast_notes_by_itself_that_it_told_and_leaves_the_page_alone(
    browse: Browse, cataloger: User, job: Job
) -> None:
    jobs.finish(job, result="Done.")
    browser = browse(cataloger)
    told, by_script = reverse("kernel:job_told", args=[job.pk]), {"HX-Request": "true"}
    answer = browser.post(told, posted(by_itself="1"), headers=by_script)
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)
    pressed = browser.post(told, posted(next="/"), headers=by_script)
    assert (pressed.status_code, pressed.headers.get("HX-Redirect")) == (204, "/")
    job.refresh_from_db()
    assert job.told_at is not None
    assert "data-toast" not in browser.get("/").content.decode().partition("<template")[0]
