"""A patron's card scanned where things are scanned: refused in words on every bench, and nothing changes."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from techsvc.kernel.pages import BenchPage
from tests.access.addresses import of_kind
from tests.access.asking import ask, nothing_of
from tests.access.library import Library
from tests.access.walking import MAY_BE_WRITTEN, written
from tests.cataloging.make import barcode

pytestmark = pytest.mark.django_db
CARD = barcode(1, kind="2")
KEYS = {"kernel_submission"}  # the key is claimed first, and given back with everything else


@pytest.mark.parametrize(
    "code",
    [
        CARD,
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in (f"]F0A{CARD}B", f"a{CARD}d", f"]A0{CARD}", f"{CARD[:-1]}X")
        ),
    ],
)
def test_no_bench_takes_a_patrons_card(signed_in: dict[str, Client], library: Library, code: str) -> None:
    wrong, client = {}, signed_in["everything"]
    benches = [url for page in of_kind(BenchPage) for url in page.urls(library)]
    for url in benches:
        before = written()
        answer = ask(client, url, "post", data={"_key": str(uuid.uuid4()), "code": code})
        changed = {table for table, count in written().items() if count != before.get(table, 0)}
        if answer.status != 200 or 'data-tone="stop"' not in answer.text or changed - MAY_BE_WRITTEN - KEYS:
            wrong[url] = f"{answer} {sorted(changed)}"
        if code.endswith(("B", "d")) and "This is a patron&#x27;s card." not in answer.text:
            wrong[url] = "does not say that it is a card"
    nothing_of(wrong)
    assert len(benches) > 2
