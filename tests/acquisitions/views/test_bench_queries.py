"""What a scan at the receiving bench asks of the database: the same for a small carton and for a large one."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.paperwork import LOVE, announced

pytestmark = pytest.mark.django_db
MOST = (
    31  # reading who and what 4, the key 2, finding and locking the copy 8, writing it 9, hold and order 4, answering 4
)


@pytest.mark.parametrize("listed", [3, 40])
def test_a_scan_asks_as_much_of_a_large_carton_as_of_a_small_one(client: Client, at: Setting, listed: int) -> None:
    shipment = announced(make.placed_order(at), love=listed, sassy=listed)
    client.force_login(make.person("technician"))
    url = reverse("acquisitions:bench", args=[shipment.pk])
    asked = 0
    for _scan in range(2):  # the first one opens the carton
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(url, {"_key": str(uuid.uuid4()), "code": LOVE}, headers={"HX-Request": "true"})
        asked = sum("SAVEPOINT" not in query["sql"] for query in captured)
        assert 'data-tone="ok"' in answer.content.decode()
    assert asked <= MOST


def test_a_scan_that_is_not_taken_asks_little(client: Client, at: Setting) -> None:
    shipment = announced(make.placed_order(at))
    client.force_login(make.person("technician"))
    url = reverse("acquisitions:bench", args=[shipment.pk])
    with CaptureQueriesContext(connection) as captured:
        client.post(url, {"_key": str(uuid.uuid4()), "code": "21234000000018"}, headers={"HX-Request": "true"})
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= 10
