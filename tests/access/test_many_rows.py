"""Lists ask the database as often for five hundred rows as for ten."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.library import Library

Different = Callable[[int], dict[str, Any]]
MOST = 12
# list → which thing of the library is multiplied, and what has to differ
LISTS: dict[str, tuple[str, Different]] = {
    "cataloging:records": ("records", lambda n: {"title": f"Title {n}"}),
    "cataloging:items": ("items", lambda n: {"barcode": None}),
    "processing:worklist": ("items", lambda n: {"barcode": f"9{n:013}", "state": "received"}),
    "circulation:holds": ("holds", lambda n: {"patron": None, "item": None, "state": "waiting"}),
    "acquisitions:orders": ("orders", lambda n: {"number": f"X-{n}"}),
    "acquisitions:requests": ("requests", lambda n: {"number": f"X-{n}", "hold": None}),
    "acquisitions:claims": ("claims", lambda n: {"number": f"X-{n}", "shipment": None, "receipt": None}),
    "acquisitions:invoices": ("invoices", lambda n: {"number": f"X-{n}"}),
    "acquisitions:messages": ("messages", lambda n: {"control_ref": f"X{n}", "outgoing": None}),
    "acquisitions:shipments": ("shipments", lambda n: {"number": f"X-{n}"}),
    "acquisitions:vendors": ("vendors", lambda n: {"code": f"x-{n}"}),
    "acquisitions:funds": ("funds", lambda n: {"code": f"X{n}"}),
    "ill:requests": ("loans", lambda n: {"number": f"X-{n}"}),
    "kernel:outgoing": ("outgoing", lambda n: {"key": f"x:{n}", "name": f"x-{n}.edi"}),
    "kernel:history": ("history", lambda n: {"undoes": None}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_takes_no_more_queries(signed_in: dict[str, Client], library: Library, name: str) -> None:
    kind, different = LISTS[name]
    compare(signed_in["everything"], name, lambda numbers: multiply(library.one(kind), numbers, different))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cataloging:records", "acquisitions:orders", "kernel:history"])
def test_ten_thousand_rows_take_no_more_queries_either(
    signed_in: dict[str, Client], library: Library, name: str
) -> None:
    kind, different = LISTS[name]
    compare(signed_in["everything"], name, lambda numbers: multiply(library.one(kind), numbers, different), 10_000)


def test_nor_does_the_worklist_of_catalogers(signed_in: dict[str, Client], library: Library) -> None:
    def add(numbers: range) -> None:
        titles = multiply(library.one("records"), numbers, LISTS["cataloging:records"][1])
        bare = {"barcode": None, "call_number": "", "state": "received"}
        multiply(library.one("items"), numbers, lambda n: bare | {"record": titles[n - numbers.start]})

    compare(signed_in["everything"], "cataloging:to_catalog", add)


def compare(client: Client, name: str, add: Callable[[range], object], most: int = 500) -> None:
    add(range(10))
    few = asked(client, name)
    add(range(10, most))
    many = asked(client, name)
    assert len(many) <= len(few), many[len(few) :]
    assert len(many) <= MOST, many


def multiply(row: Model, numbers: range, different: Different) -> list[Any]:
    def another(number: int) -> Model:
        made = copy.copy(row)
        made.pk = None
        made._state = copy.copy(row._state)
        made._state.fields_cache = {}
        for field, value in different(number).items():
            setattr(made, field, value)
        return made

    return type(row)._default_manager.bulk_create([another(number) for number in numbers], batch_size=200)


def asked(client: Client, name: str) -> list[str]:
    """The statements of one page of 200 rows."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse(name), {"size": "200"})
    assert answer.status_code == 200
    assert answer.content.count(b"<tr") > 10
    return [query["sql"][:300] for query in captured]
