"""What comes by the address or a form is asked for, never trusted: 200 or 400, 422 for forms, and no 500."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from techsvc.kernel.pages import ActionPage, BenchPage, BulkPage, FormPage, ListPage, ReportPage, base
from tests.access.addresses import of_kind
from tests.access.asking import ask, knock, nothing_of, unrendered_page
from tests.access.library import Library

pytestmark = pytest.mark.slow
HOSTILE = (
    "id",
    "-password",
    "pk) UNION SELECT password FROM kernel_user --",
    "' OR 1=1 --",
    '";',
    "a\x00b",
    "9" * 40,
    "-1",
    "1e400",
    "٣",  # three, in Arabic digits
    "2024-02-30",
    "{{7*7}}",
    "%",
    "\\",
    "../../etc/passwd",
    "x" * 3_000,
)
PARAMETERS = ("q", "sort", "after", "before", "size", "cols", "export", "stranger")
SIGNED_AS = "everything"


@pytest.fixture
def client(signed_in: dict[str, Client], unrendered: None) -> Client:
    return signed_in[SIGNED_AS]


def test_lists_and_reports_take_no_orders(db: None, unrendered: None, library: Library) -> None:
    wrong, user = {}, library.staff[SIGNED_AS]
    for page in (*of_kind(ListPage), *of_kind(ReportPage)):
        url = page.urls(library)[0]
        for name in (*PARAMETERS, *(one.name for one in page.view.filters)):
            for text in HOSTILE:
                answer = knock(user, url, {name: text})
                if answer.status not in (200, 400):
                    wrong[f"{page.name} ?{name}={text[:50]!r}"] = str(answer)
    nothing_of(wrong)


def test_exports_take_no_orders(client: Client, library: Library) -> None:
    wrong = {}
    for page in of_kind(ListPage):
        url = page.urls(library)[0]
        for text in ("", *HOSTILE):
            asked = {"export": "csv"} | ({"sort": text, "q": text} if text else {})
            answer = ask(client, url, data=asked)
            if answer.status not in ((400,) if text else (200,)):
                wrong[f"{page.name} {text[:50]!r}"] = str(answer)
    nothing_of(wrong)


def test_exports_hold_no_formulas(client: Client, library: Library) -> None:
    wrong = {}
    for page in of_kind(ListPage):
        lines = ask(client, page.urls(library)[0], data={"export": "csv"}).text.splitlines()
        cells = [cell.strip('"') for line in lines for cell in line.split(",")]
        if any(cell.startswith(("=", "@", "+")) for cell in cells):
            wrong[page.name] = "a cell that a spreadsheet would compute"
    nothing_of(wrong)


@pytest.mark.parametrize("carried", ["ids", "query", "next"])
def test_bulk_acts_take_no_orders(client: Client, library: Library, carried: str) -> None:
    wrong = {}
    for page in of_kind(BulkPage):
        for text in HOSTILE:
            posted = {"_key": str(uuid.uuid4()), carried: text} | ({"all": "1"} if carried == "query" else {})
            answer = ask(client, page.urls(library)[0], "post", data=posted)
            if answer.status not in (200, 302, 400):
                wrong[f"{page.name} {carried}={text[:50]!r}"] = str(answer)
    nothing_of(wrong)


def test_benches_take_no_orders(client: Client, library: Library) -> None:
    wrong = {}
    for page in of_kind(BenchPage):
        for url in page.urls(library):
            for text in HOSTILE:
                for posted in (
                    {"code": text},
                    {"verb": text, "on": text},
                    {"verb": "all", "on": text},
                    {"verb": "do", "on": text},
                ):
                    answer = ask(client, url, "post", data=posted | {"_key": str(uuid.uuid4())})
                    if answer.status not in (200, 302, 400):
                        wrong[f"{url} {posted}"[:120]] = str(answer)
    nothing_of(wrong)


def test_the_search_takes_no_orders(client: Client) -> None:
    answers = {text[:50]: ask(client, reverse("workroom:search"), data={"q": text}) for text in HOSTILE}
    nothing_of({text: str(answer) for text, answer in answers.items() if answer.status not in (200, 302)})


def test_no_address_leads_away(client: Client, library: Library) -> None:
    """`next` and Referer are followed within the house only."""
    elsewhere = ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example")
    wrong = {}
    for page in of_kind(ActionPage):
        for address in elsewhere:
            answer = ask(client, page.urls(library)[0], "post", data={"_key": str(uuid.uuid4()), "next": address})
            if "evil" in answer.location or "alert" in answer.location:
                wrong[page.name] = answer.location
    nothing_of(wrong)


def test_any_button_may_be_pressed_in_any_state(client: Client, library: Library) -> None:
    """What is legal is done, what is not is refused in words."""
    wrong = {}
    for page in of_kind(ActionPage):
        for url in page.urls(library):
            answer = ask(client, url, "post", data={"_key": str(uuid.uuid4())})
            if answer.status not in (302, 400, 404, 422):
                wrong[url] = str(answer)
    nothing_of(wrong)


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────────


def test_forms_take_whatever_is_typed(
    signed_in: dict[str, Client], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken, or refused in words: 422 with the form, 403 and 400 for what may not be or can't be read."""
    client = signed_in[SIGNED_AS]
    shown = {page.urls(library)[0]: shown_form(client, page.urls(library)[0]) for page in of_kind(FormPage)}
    monkeypatch.setattr(base, "render", unrendered_page)
    wrong = {}
    for url, form in shown.items():
        for text in HOSTILE if form is not None else ():
            answer = ask(client, url, "post", data=filled_in(form, text) | {"_key": str(uuid.uuid4())})
            if answer.status not in (200, 302, 400, 403, 422):
                wrong[f"{url} {text[:50]!r}"] = str(answer)
    nothing_of(wrong)
    assert len([form for form in shown.values() if form is not None]) > len(shown) / 2


def shown_form(client: Client, url: str) -> forms.BaseForm | None:
    """The form of a page, if it shows one now."""
    context = client.get(url).context
    return context.get("form") if context else None


def filled_in(form: forms.BaseForm, text: str) -> dict[str, Any]:
    """Choices as they can be chosen, everything else as typed."""
    data: dict[str, Any] = {}
    for bound in form:
        options = [str(value) for value, _label in getattr(bound.field, "choices", ()) if str(value)]
        data[bound.html_name] = options[0] if options else text
    return data
