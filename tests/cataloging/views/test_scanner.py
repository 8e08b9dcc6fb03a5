"""Labelling with a scanner and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cataloging.actions import records
from techsvc.kernel.actions import people
from tests.cataloging import make


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_isbn_then_two_barcodes_label_two_items(page: Page, live_server: Any) -> None:
    full = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")
    record = records.overlay(make.brief().pk, full, source="women.mrc", actor=people.system())
    make.received(record, 2)
    session = make.client(make.person("cataloger")).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(reverse("cataloging:to_catalog"))
    for code in ("9781250178633", make.barcode(1), make.barcode(2)):
        here = page.url
        page.locator("body").focus()
        page.keyboard.type(code, delay=5)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    expect(page).to_have_url(re.compile(r"/catalog/to-catalog/$"))
    expect(page.get_by_text("Everything that came in is cataloged.")).to_be_visible()
    labelled = set(record.items.values_list("barcode", "call_number"))
    assert labelled == {(make.barcode(1), "FIC HAN"), (make.barcode(2), "FIC HAN")}
