"""The page that adds items: one address, a scan an item."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cataloging.models.items import AddingHabit, Item
from cataloging.models.records import Record
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make
from tests.cataloging.views.test_pages import post, words

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25


@pytest.fixture
def technician() -> Client:
    make.branch()
    return make.client(make.person("technician"))


def bench(record: Record) -> str:
    return reverse("cataloging:record_add_items", args=[record.pk])


def test_twenty_scans_are_twenty_items_on_one_page(technician: Client) -> None:
    record = make.full(make.marc("Gardens", author="Bell, Ann"))
    habits = reverse("cataloging:record_adding", args=[record.pk])
    central = make.branch()
    sent = {"branch": central.pk, "call_number": "635.9 BEL", "volume": "v. 1", "counts_up": "on", "state": "available"}
    assert post(technician, habits, price="16.80", **sent).url == bench(record)
    for serial in range(1, 21):
        with CaptureQueriesContext(connection) as asked:
            page = post(technician, bench(record), code=make.barcode(serial))
        assert page.status_code == 200
        assert sum("SAVEPOINT" not in query["sql"] for query in asked) <= MOST_QUERIES
    found = Item.objects.order_by("pk").values_list("barcode", "volume", "call_number", "price_minor", "state")
    assert list(found) == [(make.barcode(n), f"v. {n}", "635.9 BEL", 1680, "available") for n in range(1, 21)]
    assert "Next volume v. 21" in words(page)


def test_the_same_scan_sent_twice_makes_one_item(technician: Client) -> None:
    record, key = make.brief(), str(uuid4())
    pages = [technician.post(bench(record), {"_key": key, "code": make.barcode(1)}) for _twice in (1, 2)]
    assert [page.content.count(b"Added: 3 1234") for page in pages] == [1, 1]
    again = post(technician, bench(record), code=make.barcode(1))
    assert "is an item of this title already" in words(again)
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (make.barcode(7, kind="2"), "This is a patron"),
        (make.isbn(7), "This is an ISBN."),
        ("31234000000010", "That is not a whole barcode"),
        ("hello", "“hello” is not known here."),
    ],
)
def test_what_is_no_items_barcode_makes_nothing(technician: Client, code: str, sentence: str) -> None:
    record = make.brief()
    lines = HistoryEvent.objects.count()
    assert sentence in words(post(technician, bench(record), code=code))
    assert not Item.objects.exists()
    assert not AddingHabit.objects.exists()
    assert HistoryEvent.objects.count() == lines


def test_an_item_that_waits_is_filled_and_said_so(technician: Client) -> None:
    record = make.brief()
    make.received(record)
    assert "1 item of this title waits here for its barcode" in words(technician.get(bench(record)))
    page = words(post(technician, bench(record), code=make.barcode(1)))
    assert "Filled: 3 1234 0000 0001" in page
    assert "no second item was made. It is received, as before." in page


def test_the_record_leads_to_it(technician: Client) -> None:
    record = make.brief()
    assert bench(record) in technician.get(record.get_absolute_url()).content.decode()
    assert bench(record) not in make.client(make.person("auditor")).get(record.get_absolute_url()).content.decode()
