"""The list of suspected duplicates, and its verbs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from cataloging.actions import duplicates, records
from cataloging.models.duplicates import DuplicatePair
from techsvc.kernel import slots
from techsvc.kernel.actions import people
from techsvc.kernel.models.jobs import Job
from tests import make


def pairs(count: int = 1) -> list[DuplicatePair]:
    """So many pairs, found."""
    for n in range(count):
        for _twice in range(2):
            make.full(make.marc(f"The women {n}", author="Hannah, Kristin"))
    duplicates.search_changed(actor=people.system())
    return list(DuplicatePair.objects.order_by("pk"))


@pytest.mark.django_db
def test_the_list_tells_both_titles_and_why_and_asks_few_queries(django_assert_max_num_queries: object) -> None:
    pairs(12)
    browser = make.client(make.person("cataloger"))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = browser.get(reverse("cataloging:duplicates"), {"verdict": "maybe", "format": "book"}).content.decode()
    assert page.count("same title · same author") == 12
    assert page.count("Not duplicates") == 12


@pytest.mark.django_db
def test_a_pair_is_dismissed_from_its_row_with_an_undo_in_the_toast() -> None:
    (pair,) = pairs()
    browser = make.client(make.person("cataloger"))
    make.post(browser, reverse("cataloging:duplicate_dismiss", args=[pair.pk]))
    pair.refresh_from_db()
    assert pair.state == "dismissed"
    page = browser.get(reverse("cataloging:duplicates")).content.decode()
    assert "“The women 0”: not duplicates." in page
    assert "Undo" in page
    assert "same title" not in page


@pytest.mark.django_db
def test_look_now_starts_a_job() -> None:
    make.full(make.marc("The women"))
    make.post(make.client(make.person("cataloger")), reverse("cataloging:duplicates_search"))
    assert Job.objects.get().task == "cataloging.find_duplicates"


@pytest.mark.django_db
def test_catalogers_have_a_tile_and_others_do_not() -> None:
    pairs(2)
    tiles = {tile.label: tile.count for tile in slots.tiles(make.person("cataloger"))}
    assert tiles["Duplicates"] == 2
    assert "Duplicates" not in {tile.label for tile in slots.tiles(make.person("technician"))}


@pytest.mark.django_db
def test_two_records_are_merged_from_their_page_with_the_fields_that_are_ticked() -> None:
    one = make.full(make.marc("The women", author="Hannah, Kristin", extra=(("590", "a", "Signed."),)))
    other = make.full(make.marc("The women", author="Hannah, Kristin", extra=(("590", "a", "Gift."),)))
    item = make.on_shelf(other)
    browser, url = make.client(make.person("cataloger")), reverse("cataloging:record_merge", args=[one.pk, other.pk])
    page = browser.get(url).content.decode()
    assert "1 item" in page
    keys = re.findall(r'name="keep" value="(\w+)" checked', page)
    gift = next(key for key in re.findall(r'value="(b\d+)" checked', page))
    answer = make.post(browser, url, version=1, other_version=1, keep=[key for key in keys if key != gift])
    assert answer.status_code == 302
    one.refresh_from_db()
    item.refresh_from_db()
    assert (item.record_id, b"Signed." in bytes(one.raw), b"Gift." in bytes(one.raw)) == (one.pk, True, False)
    shown = browser.get(reverse("cataloging:record", args=[other.pk])).content.decode()
    assert "Merged into" in shown
    assert reverse("cataloging:record", args=[one.pk]) in shown


@pytest.mark.django_db
def test_a_record_that_moved_on_is_shown_again_with_the_difference() -> None:
    one, other = make.full(make.marc("The women")), make.full(make.marc("The women"))
    browser, url = make.client(make.person("cataloger")), reverse("cataloging:record_merge", args=[one.pk, other.pk])
    records.overlay(one.pk, make.marc("The women", dewey="823"), source="x.mrc", actor=people.system())
    answer = make.post(browser, url, version=1, other_version=1, keep=["a0"])
    assert answer.status_code == 422
    assert "it is at version 2 now, not 1. Changed: 082 Dewey number. Compare again." in answer.content.decode()
    other.refresh_from_db()
    assert (other.state, other.version) == ("full", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [{}, {"version": "x", "other_version": "1"}, {"version": "1" * 40}])
def test_a_form_without_versions_is_a_bad_request(typed: dict[str, str]) -> None:
    one, other = make.full(make.marc("The women")), make.full(make.marc("The women"))
    url = reverse("cataloging:record_merge", args=[one.pk, other.pk])
    assert make.post(make.client(make.person("cataloger")), url, **typed).status_code == 400


@pytest.mark.django_db
def test_a_record_page_warns_of_an_open_pair_those_who_may_settle_it() -> None:
    (pair,) = pairs()
    url = reverse("cataloging:record", args=[pair.other_id])
    page = make.client(make.person("cataloger")).get(url).content.decode()
    assert "Perhaps a duplicate:" in page
    assert reverse("cataloging:record_merge", args=[pair.one_id, pair.other_id]) in page
    assert "Perhaps a duplicate:" not in make.client(make.person("desk")).get(url).content.decode()


@pytest.mark.django_db
def test_a_record_beside_itself_or_beside_nothing_is_no_page() -> None:
    one = make.full(make.marc("The women"))
    browser = make.client(make.person("cataloger"))
    for other in (one.pk, one.pk + 99):
        assert browser.get(reverse("cataloging:record_merge", args=[one.pk, other])).status_code == 404
