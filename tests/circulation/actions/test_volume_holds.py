"""Holds on a volume: only an item of it will do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cataloging.actions import changes
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import Patron
from tests.cataloging import make as catalog
from tests.cataloging.views.test_pages import post, words
from tests.circulation import make

pytestmark = pytest.mark.django_db


def item_of(record: Record, volume: str) -> Item:
    item = make.on_shelf(record)
    return changes.edit_item(item.pk, {"volume": volume}, actor=people.system())


def waits(record: Record, patron: Patron, volume: str = "") -> Hold:
    return holds.place_hold(record, patron=patron, pickup=catalog.branch(), actor=people.system(), volume=volume)


def test_a_hold_on_a_volume_gets_an_item_of_that_volume_alone() -> None:
    record = catalog.brief()
    first, second = item_of(record, "Season 1"), item_of(record, "Season 2")
    for_second = waits(record, make.patron("Ada"), "Season 2")
    assert holds.trap(first, actor=people.system()) is None
    assert holds.trap(second, actor=people.system()) == for_second


def test_a_hold_without_a_volume_gets_any_item_in_its_turn() -> None:
    record = catalog.brief()
    item = item_of(record, "Season 2")
    anything = waits(record, make.patron("Ada"))
    waits(record, make.patron("Bo"), "Season 2")
    assert holds.trap(item, actor=people.system()) == anything


def test_a_patron_waits_for_each_volume_once() -> None:
    record, ada = catalog.brief(), make.patron("Ada")
    item_of(record, "Season 1"), item_of(record, "Season 2")
    waits(record, ada, "Season 1"), waits(record, ada, "Season 2")
    with pytest.raises(Refusal, match="already waits"):
        waits(record, ada, "Season 2")
    assert list(Hold.objects.order_by("pk").values_list("volume", flat=True)) == ["Season 1", "Season 2"]


def test_a_volume_that_the_title_has_not_is_refused() -> None:
    record = catalog.brief()
    item_of(record, "Season 1")
    with pytest.raises(Refusal, match="has no volume “Season 9”"):
        waits(record, make.patron("Ada"), "Season 9")
    assert not Hold.objects.exists()


def test_the_form_offers_the_volumes_in_their_order_where_there_are_any() -> None:
    record, desk = catalog.brief(), catalog.client(catalog.person("desk"))
    url = reverse("circulation:hold_new", args=[record.pk])
    assert "Volume or part" not in words(desk.get(url))
    for volume in ("Season 10", "Season 2"):
        item_of(record, volume)
    assert "Any Season 2 Season 10" in words(desk.get(url))
    card, pickup = make.patron("Ada").card, catalog.branch().pk
    assert post(desk, url, card=card, pickup=pickup, volume="Season 10").status_code == 302
    assert Hold.objects.get().volume == "Season 10"
