"""Records as files: from the catalog's list and from a record's page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cataloging.marc import mnemonic
from cataloging.marc.files import pieces, sniff
from cataloging.marc.record import parse, project
from cataloging.models.records import Record
from cataloging.views import downloads
from techsvc.kernel.models.exchange import Incoming
from tests.cataloging import make

pytestmark = pytest.mark.django_db
FORMS = {"iso2709": "mrc", "marcxml": "xml", "json": "json", "mnemonic": "mrk"}


@pytest.fixture
def books() -> list[Record]:
    titles = ["The women", "James", "Orbital"]
    return [make.full(make.marc(title, author="Nobody", isbn13=make.isbn(n))) for n, title in enumerate(titles)]


@pytest.fixture
def browser() -> Client:
    return make.client(make.person("cataloger"))


@pytest.mark.parametrize("form", FORMS)
def test_what_a_list_shows_is_one_file(form: str, books: list[Record], browser: Client) -> None:
    answer = browser.get(f"/catalog/?export={form}&sort=title")
    body = answer.getvalue()
    assert answer["Content-Disposition"] == f'attachment; filename="catalog.{FORMS[form]}"'
    assert sniff(body) == form
    assert [project(piece.record).title for piece in pieces(body) if piece.record] == ["James", "Orbital", "The women"]


def test_only_what_is_found(books: list[Record], browser: Client) -> None:
    body = browser.get("/catalog/?export=iso2709&q=orbital").getvalue()
    assert body == bytes(books[2].raw)


@pytest.mark.parametrize("form", FORMS)
def test_one_record(form: str, books: list[Record], browser: Client) -> None:
    answer = browser.get(f"/catalog/records/{books[0].pk}/marc/{form}/")
    assert answer["Content-Disposition"] == f'attachment; filename="the-women.{FORMS[form]}"'
    assert [piece.raw for piece in pieces(answer.getvalue()) if piece.record] == [bytes(books[0].raw)]


def test_the_page_of_a_record_offers_each_form(books: list[Record], browser: Client) -> None:
    page = browser.get(f"/catalog/records/{books[0].pk}/").text
    assert all(f'href="/catalog/records/{books[0].pk}/marc/{form}/"' in page for form in FORMS)


def test_another_form_is_not_found(books: list[Record], browser: Client) -> None:
    assert browser.get(f"/catalog/records/{books[0].pk}/marc/docx/").status_code == 404
    assert browser.get("/catalog/?export=docx").status_code == 400


def test_what_a_form_cannot_hold_is_said_and_not_left_out(books: list[Record], browser: Client) -> None:
    Record.objects.filter(pk=books[1].pk).update(raw=bytes(books[1].raw).replace(b"aJames", b"aJ\x0bmes"))
    answer = browser.get("/catalog/?export=marcxml")
    assert answer.status_code == 422
    assert "The first is “James”: Field 245 holds the control character 0x0b" in answer.text


def test_too_many_are_refused(books: list[Record], browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST", 2)
    answer = browser.get("/catalog/?export=marcxml")
    assert answer.status_code == 400
    assert "At most 2 records are written while you wait." in answer.text


def test_a_record_is_overlaid_from_text(browser: Client) -> None:
    record = make.brief()
    text = mnemonic.write([parse(make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633"))])
    file = SimpleUploadedFile("women.mrk", text.encode())
    answer = browser.post(f"/catalog/records/{record.pk}/overlay/", {"_key": str(uuid4()), "file": file})
    kept = Incoming.objects.get()
    assert answer.url == f"/catalog/records/{record.pk}/overlay/{kept.pk}/"
    assert "The women" in browser.get(answer.url).text
