"""Every form of the house, sent empty: it names the fields that it needs, links to them, and writes nothing."""

from __future__ import annotations

import uuid
from html import unescape

import pytest
from django import forms
from django.db import transaction
from django.test import Client

from techsvc.kernel.pages import FormPage, typed
from tests.access.addresses import Address, of_kind
from tests.access.asking import nothing_of
from tests.access.library import Library
from tests.access.pressing import changed_since, opened
from tests.access.walking import written

pytestmark = pytest.mark.django_db


def test_a_form_that_is_sent_empty_names_what_it_needs_and_writes_nothing(
    signed_in: dict[str, Client], library: Library
) -> None:
    wrong = {
        page.name: fault for page in of_kind(FormPage) if (fault := sent_empty(signed_in["everything"], page, library))
    }
    nothing_of(wrong)


def sent_empty(client: Client, page: Address, library: Library) -> str:
    """What was wrong with the answer."""
    url = page.urls(library)[0]
    with transaction.atomic():
        form = opened(client, url)
        needed = [] if form is None else [bound for bound in form if bound.field.required and not bound.is_hidden]
        if not needed:
            return ""
        before = written()
        answer = client.post(url, {"_key": str(uuid.uuid4())})
        changed = changed_since(before)
        transaction.set_rollback(True)
    if answer.status_code != 422 or changed:
        return f"{answer.status_code}, written: {changed}"
    content = unescape(answer.content.decode())
    summary = content.split("error-summary", 1)[-1].split("</div></div>")[0]
    missing = [bound.name for bound in needed if not named(bound, summary)]
    return f"the summary does not name {missing}" if missing else ""


def named(bound: forms.BoundField, summary: str) -> bool:
    """Linked by its id, with its label."""
    return f'href="#{typed.anchor(bound)}"' in summary and f"{bound.label}: " in summary
