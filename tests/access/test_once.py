"""One press of a button has one effect: no post without a key, and a key acts once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.pages.base import Submits
from tests.access.addresses import of_kind
from tests.access.asking import ask, nothing_of, read
from tests.access.library import Library
from tests.access.pressing import Press, changed_since
from tests.access.walking import written
from tests.cataloging.make import barcode, isbn

Data = Callable[[Library], dict[str, Any]]


def test_no_post_without_its_key(signed_in: dict[str, Client], unrendered: None, library: Library) -> None:
    client, wrong = signed_in["everything"], {}
    for page in of_kind(Submits):
        for posted in ({}, {"_key": "not-a-key"}, {"_key": ""}):
            answer = ask(client, page.urls(library)[0], "post", data=posted)
            if answer.status != 400:
                wrong[f"{page.name} {posted}"] = str(answer)
    nothing_of(wrong)


def test_a_key_belongs_to_who_used_it_first(signed_in: dict[str, Client], library: Library) -> None:
    url, key = reverse("acquisitions:request_approve", args=[library.one("requests").pk]), str(uuid.uuid4())
    first, other = signed_in["selector"], signed_in["supervisor"]
    assert first.post(url, {"_key": key}).status_code == 302
    before = written()
    assert other.post(url, {"_key": key}).status_code in (302, 422)
    assert changed_since(before) == set()


# act → what it is posted to and with
ACTS: dict[str, tuple[str, Data, Data]] = {
    "order a draft": ("acquisitions:order_place", lambda it: {"pk": it.things["orders"][1].pk}, lambda it: {}),
    "approve a request": ("acquisitions:request_approve", lambda it: {"pk": it.one("requests").pk}, lambda it: {}),
    "allocate money": (
        "acquisitions:fund_allocate",
        lambda it: {"pk": it.one("funds").pk},
        lambda it: {"year": it.one("years").pk, "amount": "100.00", "why": "A gift"},
    ),
    "receive a copy": (
        "acquisitions:bench",
        lambda it: {"pk": it.one("shipments").pk},
        lambda it: {"code": it.one("orders").lines.get().isbn},
    ),
    "approve an invoice": ("acquisitions:invoice_approve", lambda it: {"pk": it.one("payable").pk}, lambda it: {}),
    "send a claim": ("acquisitions:claim_send", lambda it: {"pk": it.things["claims"][1].pk}, lambda it: {}),
    "set a policy": (
        "kernel:policy",
        lambda it: {"key": "circulation.hold_days"},
        lambda it: {"value": "9", "why": "Holidays"},
    ),
    "place a hold": (
        "circulation:hold_new",
        lambda it: {"record": it.things["records"][1].pk},
        lambda it: {"card": it.far["patrons"][0].card, "pickup": it.one("branches").pk},
    ),
    "add a patron": (
        "circulation:patron_new",
        lambda it: {},
        lambda it: {"card": barcode(9_999, kind="2"), "name": "Bo Newcomer", "branch": it.one("branches").pk},
    ),
    "borrow a title": (
        "ill:request_new",
        lambda it: {},
        lambda it: {"title": "Far away", "isbn": isbn(77), "pickup": it.one("branches").pk},
    ),
    "do a step": (
        "processing:step",
        lambda it: {"pk": it.one("processing_jobs").pk, "code": "barcode", "verb": "do"},
        lambda it: {},
    ),
    "overlay a record": (
        "cataloging:record_compare",
        lambda it: {"pk": it.one("records").pk, "incoming": it.one("overlays").pk},
        lambda it: {"version": it.one("records").version},
    ),
    "make a branch": ("kernel:branch_new", lambda it: {}, lambda it: {"code": "NEW", "name": "New", "active": "on"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_same_key_acts_once(signed_in: dict[str, Client], library: Library, act: str) -> None:
    name, carried, data = ACTS[act]
    url, key = reverse(name, kwargs=carried(library)), {"_key": str(uuid.uuid4())}
    client, posted = signed_in["everything"], data(library)
    before = written()
    first = read(client.post(url, posted | key))
    assert first.status in (200, 302)
    assert "kernel_historyevent" in changed_since(before), headline(first.text)
    before = written()
    second = read(client.post(url, posted | key))
    assert changed_since(before) == set()
    assert (second.status, second.location) == (first.status, first.location)


def headline(text: str) -> str:
    """What the page said in place of doing it."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.split('<main id="main"')[-1])[:3_000].split())[:600]


@pytest.mark.slow
def test_every_button_and_form_acts_once_for_one_key(presses: list[Press]) -> None:
    wrong = {
        press.page.name: f"{press.first}, then {press.second}, which wrote {sorted(press.written)}"
        for press in presses
        if press.acted
        and (
            press.written or (press.second.status, press.second.location) != (press.first.status, press.first.location)
        )
    }
    nothing_of(wrong)
    assert len([press for press in presses if press.acted]) > len(presses) / 2, "The test would prove little."
