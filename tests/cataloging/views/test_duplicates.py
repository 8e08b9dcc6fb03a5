"""The list of suspected duplicates, and its verbs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cataloging.actions import duplicates
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
