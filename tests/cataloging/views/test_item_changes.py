"""Pages that change items: one, many, and what patrons see."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cataloging.models.items import Item
from tests.cataloging import make
from tests.cataloging.views.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cataloger() -> Client:
    return make.client(make.person("cataloger"))


def test_an_item_is_changed_on_its_page(cataloger: Client) -> None:
    item = make.received(make.brief())[0]
    url = reverse("cataloging:item_edit", args=[item.pk])
    assert "What the pieces are" in words(cataloger.get(url))
    sent = {"branch": item.branch_id, "pieces": 3, "pieces_note": "3 discs", "price": "12.50", "suppressed": "on"}
    assert post(cataloger, url, **sent).status_code == 302
    item.refresh_from_db()
    assert (item.pieces, item.pieces_note, item.price_minor, item.suppressed) == (3, "3 discs", 1250, True)
    page = words(cataloger.get(item.get_absolute_url()))
    assert "3 pieces: 3 discs" in page
    assert "Hidden from patrons" in page


def test_an_items_page_offers_what_can_be_said_of_it(cataloger: Client) -> None:
    item = make.received(make.brief())[0]
    missing = reverse("cataloging:item_state", args=[item.pk, "report_missing"])
    assert missing in cataloger.get(item.get_absolute_url()).content.decode()
    post(cataloger, missing)
    page = cataloger.get(item.get_absolute_url()).content.decode()
    assert reverse("cataloging:item_state", args=[item.pk, "find"]) in page
    assert missing not in page
    assert post(cataloger, reverse("cataloging:item_state", args=[item.pk, "fly"])).status_code == 404


def test_chosen_items_are_changed_after_a_look_at_the_numbers(cataloger: Client) -> None:
    rows = make.received(make.brief(), 3)
    url, north = reverse("cataloging:items_change"), make.branch("NOR", "North")
    chosen = {"ids": [rows[0].pk, rows[1].pk]}
    asked = words(post(cataloger, url, **chosen))
    assert "Change 2 items?" in asked
    assert "Received 2" in asked
    empty = post(cataloger, url, **chosen, confirmed="1")
    assert empty.status_code == 422
    assert "Nothing is said yet" in words(empty)
    done = post(cataloger, url, **chosen, confirmed="1", branch=north.pk, verb="find")
    came = words(cataloger.get(done.url))
    assert "can" in came  # received items can't be found: they are named, and nothing of them changed
    assert set(Item.objects.values_list("branch__code", flat=True)) == {"CEN"}
    done = post(cataloger, url, **chosen, confirmed="1", branch=north.pk)
    assert "2 items changed." in words(cataloger.get(done.url))
    assert sorted(Item.objects.values_list("branch__code", flat=True)) == ["CEN", "NOR", "NOR"]


def test_all_that_a_list_finds_are_changed(cataloger: Client) -> None:
    make.received(make.brief(), 3)
    url = reverse("cataloging:items_change")
    done = post(cataloger, url, all="1", query="state=received", confirmed="1", suppressed="hide")
    assert "3 items changed." in words(cataloger.get(done.url))
    assert Item.objects.filter(suppressed=True).count() == 3


def test_a_hidden_title_is_still_found_by_staff(cataloger: Client) -> None:
    record = make.brief()
    post(cataloger, reverse("cataloging:record_suppress", args=[record.pk, "hide"]))
    assert "Hidden from patrons" in words(cataloger.get(record.get_absolute_url()))
    assert record.title in words(cataloger.get(reverse("cataloging:records"), {"q": "women"}))
