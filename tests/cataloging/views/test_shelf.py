"""The shelf list: in the order of the shelf, from a call number on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cataloging.actions import items
from cataloging.models.items import Item
from cataloging.queries import shelf
from techsvc.kernel.actions import people
from tests.cataloging import make
from tests.cataloging.views.test_pages import words

pytestmark = pytest.mark.django_db
IN_ORDER = ["030 WOR", "598.2 AUD", "598.297 SIB", "635.9 BEL", "FIC HAN"]


@pytest.fixture
def shelved() -> dict[str, Item]:
    """Items at North, added in no order, and one of another branch."""
    rows = make.received(make.brief(), len(IN_ORDER), at=make.branch("NOR", "North")) + make.received(make.brief())
    places = [*IN_ORDER[::-1], "598.25 OTH"]
    for serial, (row, place) in enumerate(zip(rows, places, strict=True), 1):
        code = make.barcode(serial)
        items.set_barcode_and_call_number(row.pk, barcode=code, call_number=place, actor=people.system())
    make.received(make.brief())  # without a call number it stands nowhere
    return {item.call_number: item for item in Item.objects.exclude(call_number="")}


@pytest.fixture
def cataloger() -> Client:
    return make.client(make.person("cataloger"))


def test_the_list_is_in_shelf_order_for_a_branch_from_a_call_number_on(
    cataloger: Client, shelved: dict[str, Item]
) -> None:
    north = shelved["FIC HAN"].branch_id
    page = words(cataloger.get(reverse("cataloging:shelf"), {"branch": north, "start": "598.2"}))
    places = [page.find(place) for place in IN_ORDER[1:]]
    assert places == sorted(places)
    assert -1 not in places
    assert "030 WOR" not in page
    assert "598.25 OTH" not in page


def test_it_goes_along_as_a_spreadsheet(cataloger: Client, shelved: dict[str, Item]) -> None:
    page = cataloger.get(reverse("cataloging:shelf"), {"export": "csv", "branch": shelved["FIC HAN"].branch_id})
    text = b"".join(page).decode() if page.streaming else page.content.decode()
    lines = text.strip().splitlines()
    assert [line.split(",")[1].strip('"') for line in lines[1:]] == IN_ORDER


def test_the_shelf_around_an_item(cataloger: Client, shelved: dict[str, Item]) -> None:
    item = shelved["598.297 SIB"]
    assert [one.call_number for one in shelf.beside(item)] == IN_ORDER
    page = cataloger.get(reverse("cataloging:item_shelf", args=[item.pk]))
    assert "On the shelf beside 598.297 SIB" in words(page)
    assert "598.25 OTH" not in words(page)
