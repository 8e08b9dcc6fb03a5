"""A version beside another one; what is kept of records that were taken out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cataloging.actions import loads, records, versions
from cataloging.models.records import Record
from techsvc.kernel.actions import people
from tests import make


def overlaid() -> Record:
    record = make.brief()
    for dewey in ("813.6", "823"):
        raw = make.marc("The women", author="Hannah, Kristin", dewey=dewey)
        records.overlay(record.pk, raw, source=f"{dewey}.mrc", actor=people.system())
    record.refresh_from_db()
    return record


@pytest.mark.django_db
def test_a_version_is_compared_with_the_one_before_in_words(django_assert_max_num_queries: object) -> None:
    record = overlaid()
    browser = make.client(make.person("cataloger"))
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        page = browser.get(reverse("cataloging:record_version", args=[record.pk, 3])).content.decode()
    assert "Beside version 2" in page
    assert "<del>__ $a 813.6 $2 23</del>" in page.replace("<del>$a", "<del>__ $a")
    assert "<ins>__ $a 823 $2 23</ins>" in page.replace("<ins>$a", "<ins>__ $a")
    assert "Overlaid from 823.mrc" in page


@pytest.mark.django_db
def test_any_two_versions_are_compared() -> None:
    record = overlaid()
    browser, url = make.client(make.person("desk")), reverse("cataloging:record_version", args=[record.pk, 3])
    page = browser.get(url, {"with": 1}).content.decode()
    assert "Beside version 1" in page
    assert "Restore" not in page
    for wrong in ({"with": "9"}, {"with": "x"}, {"other": "1"}):
        assert browser.get(url, wrong).status_code == 400


@pytest.mark.django_db
def test_a_version_that_a_load_made_tells_its_load_and_leads_to_the_file() -> None:
    person = make.person("cataloger")
    load = loads.open_load(make.marc("North woods"), "week.mrc", actor=person)
    loads.commit_load(load.pk, actor=person)
    record = Record.objects.get()
    page = make.client(make.person("cataloger", "supervisor", "admin")).get(
        reverse("cataloging:record_version", args=[record.pk, 1])
    )
    assert load.get_absolute_url() in page.content.decode()
    assert reverse("kernel:incoming_file", args=[load.incoming_id]) in page.content.decode()


@pytest.mark.django_db
def test_a_version_is_restored_from_its_page_unless_the_record_moved_on() -> None:
    record = overlaid()
    browser = make.client(make.person("cataloger"))
    late = reverse("cataloging:record_restore", args=[record.pk, 1, 2])
    answer = browser.post(late, {"_key": "5b1b2c7e-7a53-4ad4-8f0c-2f8f8f1c0a01"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "it is at version 3 now, not 2. Changed: 082 Dewey number" in answer.content.decode()
    page = browser.get(reverse("cataloging:record_version", args=[record.pk, 1])).content.decode()
    now = reverse("cataloging:record_restore", args=[record.pk, 1, 3])
    assert now in page
    make.post(browser, now)
    record.refresh_from_db()
    assert (record.version, record.state) == (4, "brief")


@pytest.mark.django_db
def test_a_record_that_is_gone_leads_to_what_is_kept_and_comes_back() -> None:
    record = make.full(make.marc("The bee sting"))
    versions.remove([record.pk], source="load 1 undone")
    browser = make.client(make.person("cataloger"))
    answer = browser.get(reverse("cataloging:record", args=[record.pk]), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("cataloging:record_version", args=[record.pk, 2]), 302)]
    assert "not in the catalog any more" in page
    assert "The bee sting" in page
    make.post(browser, reverse("cataloging:record_revive", args=[record.pk]))
    assert Record.objects.get(pk=record.pk).version == 3
    assert browser.get(reverse("cataloging:record", args=[record.pk + 9])).status_code == 404
