"""Cataloging's pages, as a browser sees them."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cataloging.actions import loads, records
from cataloging.actions.items import NewItem, add_items, move_items
from cataloging.models.loads import Load
from cataloging.models.records import Record
from cataloging.rules.matching import Description
from techsvc.kernel import slots
from techsvc.kernel.actions import people
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make

pytestmark = pytest.mark.django_db
FULL = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")


@pytest.fixture
def cataloger() -> Client:
    return make.client(make.person("cataloger"))


def file(body: bytes, name: str = "women.mrc") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def post(client: Client, url: str, **data: object) -> object:
    return client.post(url, {"_key": str(uuid4()), **data})


def url(name: str, *args: object) -> str:
    return reverse(f"cataloging:{name}", args=args)


def words(response: object) -> str:
    """The text of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())  # type: ignore[attr-defined]


def test_the_catalog_is_searched_and_filtered(cataloger: Client) -> None:
    make.brief()
    make.brief(Description("Dune", "Herbert, Frank", format="blu_ray"))
    page = cataloger.get(url("records"), {"q": "woman OR women"})
    assert "The women" in words(page)
    assert "Dune" not in words(page)
    page = cataloger.get(url("records"), {"format": "blu_ray", "state": "brief"})
    assert "Blu-ray" in words(page)
    assert "The women" not in words(page)
    assert cataloger.get(url("records"), {"format": "papyrus"}).status_code == 400
    assert cataloger.get(url("records"), {"decade": "2020", "items": "available"}).status_code == 200


def test_a_record_is_shown_in_words(cataloger: Client) -> None:
    record = records.overlay(make.brief().pk, FULL, source="women.mrc", actor=people.system())
    make.received(record)
    text = words(cataloger.get(record.get_absolute_url()))
    for expected in (
        "Title 245 10 a The women / c Hannah, Kristin.",
        "Dewey number 082",
        "Subject: topic 650",
        "summary or contents",
        "none yet",
        "Overlaid from women.mrc",
        "Restore",
    ):
        assert expected in text
    assert "Restore" not in words(make.client(make.person("desk")).get(record.get_absolute_url()))


def test_overlay_compares_first_and_undo_brings_the_brief_record_back(cataloger: Client) -> None:
    record = make.brief()
    before = bytes(record.raw)
    answer = post(cataloger, url("record_overlay", record.pk), file=file(FULL))
    assert answer.status_code == 302  # type: ignore[attr-defined]
    compare = answer["Location"]  # type: ignore[index]
    page = cataloger.get(compare)
    assert "Dewey number 082 not there $a 813.6 $2 23" in words(page)
    record.refresh_from_db()
    assert bytes(record.raw) == before
    post(cataloger, compare, version="1")
    record.refresh_from_db()
    assert (record.state, record.version, record.ddc) == ("full", 2, "813.6")
    page = cataloger.get(record.get_absolute_url())
    undo = re.search(r'action="(/console/undo/\d+/)"', page.content.decode())
    assert undo is not None
    post(cataloger, undo[1])
    record.refresh_from_db()
    assert (bytes(record.raw), record.state, record.version) == (before, "brief", 3)


def test_a_comparison_that_is_out_of_date_overlays_nothing(cataloger: Client) -> None:
    record = make.brief()
    compare = post(cataloger, url("record_overlay", record.pk), file=file(FULL))["Location"]  # type: ignore[index]
    records.overlay(record.pk, make.marc("The women", dewey="FIC"), source="other", actor=people.system())
    answer = post(cataloger, compare, version="1")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "was changed while you compared: it is at version 2 now" in words(answer)
    record.refresh_from_db()
    assert record.version == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b"%PDF-1.7", "can't be read"), (FULL * 2, "more than one record"), (b"", "The submitted file is empty")],
)
def test_a_file_that_is_no_record_is_said_on_the_form(cataloger: Client, body: bytes, sentence: str) -> None:
    record = make.brief()
    answer = post(cataloger, url("record_overlay", record.pk), file=file(body))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in words(answer).replace("&#x27;", "'")
    record.refresh_from_db()
    assert record.version == 1


def test_scan_label_next(cataloger: Client) -> None:
    """ISBN, barcode, barcode: two scans for one item, and the worklist is empty after the last."""
    record = records.overlay(make.brief().pk, FULL, source="women.mrc", actor=people.system())
    first, second = make.received(record, 2)
    assert "2 labels" in words(cataloger.get(url("to_catalog")))
    found = cataloger.get(url("scan"), {"code": "]E09781250178633"})
    assert found["Location"] == url("item_label", first.pk)
    page = cataloger.get(found["Location"])
    assert 'value="FIC HAN"' in page.content.decode() or 'value="813.6 HAN"' in page.content.decode()
    assert "2 items of this title wait" in words(page)
    saved = post(cataloger, found["Location"], barcode=make.barcode(1), call_number="FIC HAN")
    assert saved["Location"] == url("item_label", second.pk)  # type: ignore[index]
    assert 'value="FIC HAN"' in cataloger.get(saved["Location"]).content.decode()  # type: ignore[index]
    done = post(cataloger, saved["Location"], barcode=make.barcode(2), call_number="FIC HAN")  # type: ignore[index]
    assert done["Location"] == url("to_catalog")  # type: ignore[index]
    assert "Everything that came in is cataloged." in words(cataloger.get(url("to_catalog")))
    assert PrintRequest.objects.filter(kind="spine_label").count() == 2


def test_an_item_shows_what_happened_to_it_among_others(cataloger: Client) -> None:
    item = make.received(make.brief(), 2)[0]
    text = words(cataloger.get(item.get_absolute_url()))
    assert "2 items added" in text
    assert "2 items now received" in text


def test_a_wrong_barcode_stays_on_its_field(cataloger: Client) -> None:
    item = make.received(make.brief())[0]
    answer = post(cataloger, url("item_label", item.pk), barcode=make.barcode(1, "2"), call_number="FIC HAN")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "This is a patron" in words(answer)
    assert 'value="FIC HAN"' in answer.content.decode()  # type: ignore[attr-defined]
    item.refresh_from_db()
    assert item.barcode is None


@pytest.mark.parametrize(
    ("code", "place", "sentence"),
    [
        (make.barcode(9), "to_catalog", "No item carries barcode"),
        (make.barcode(9, "2"), "to_catalog", "This is a patron"),
        ("9780385550369", "to_catalog", "The catalog has nothing with number 9780385550369"),
        ("9781250178630", "to_catalog", "That is not a whole barcode: scan it again."),
        ("", "to_catalog", "The scan is empty"),
        ("9781250178633", "record", "None of its items waits for a label"),
    ],
)
def test_scans_that_lead_nowhere_say_why(cataloger: Client, code: str, place: str, sentence: str) -> None:
    record = make.brief()
    answer = cataloger.get(url("scan"), {"code": code})
    assert answer["Location"] == (url("record", record.pk) if place == "record" else url("to_catalog"))
    assert sentence in words(cataloger.get(answer["Location"]))


def test_a_load_is_looked_at_loaded_and_undone(cataloger: Client) -> None:
    make.brief()
    other = make.marc("Prisoners of geography", isbn13="9781250178633")
    answer = post(cataloger, url("load_new"), file=file(FULL + other + make.marc("Orbital"), "vendor.mrc"))
    load = Load.objects.get()
    assert answer["Location"] == load.get_absolute_url()  # type: ignore[index]
    text = words(cataloger.get(load.get_absolute_url()))
    assert "Load 2 records" in text
    assert "Held: decide, or they stay out" in text
    held = load.rows.get(outcome="held")
    post(cataloger, url("load_decide", held.pk, "reject"))
    post(cataloger, url("load_commit", load.pk))
    assert sorted(Record.objects.values_list("title", "state")) == [("Orbital", "full"), ("The women", "full")]
    again = post(cataloger, url("load_new"), file=file(FULL + other + make.marc("Orbital"), "vendor.mrc"))
    assert "uploaded this very file" in words(again)
    page = cataloger.get(load.get_absolute_url())
    undo = re.search(r'action="(/console/undo/\d+/)"', page.content.decode())
    assert undo is not None
    post(cataloger, undo[1])
    assert list(Record.objects.values_list("title", "state")) == [("The women", "brief")]
    assert cataloger.get(url("load_rows", load.pk), {"outcome": "rejected"}).status_code == 200


def test_a_load_under_way_shows_its_progress(cataloger: Client) -> None:
    body = b"".join(make.marc(f"Title number {n}", isbn13=make.isbn(n)) for n in range(501))
    load = loads.open_load(body, "big.mrc", actor=people.system())
    loads.commit_load(load.pk, actor=people.system())
    assert "0 of 501" in words(cataloger.get(load.get_absolute_url()))


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("auditor", "records", 200),
        ("finance", "to_catalog", 200),
        ("selector", "loads", 403),
        ("technician", "loads", 200),
        ("technician", "load_new", 403),
        ("cataloger", "items", 200),
    ],
)
def test_who_may_open_what(role: str, page: str, status: int) -> None:
    assert make.client(make.person(role)).get(url(page)).status_code == status


def test_the_search_box_and_the_tile() -> None:
    person = make.person("cataloger")
    record = make.brief()
    item = make.received(record)[0]
    loads_hit = [hit for hit in slots.search("women", person) if hit.kind == "Title"]
    assert [(hit.label, hit.url, hit.detail) for hit in loads_hit] == [
        ("The women", record.get_absolute_url(), "Hannah, Kristin · Book · 2024")
    ]
    post(
        make.client(person), url("item_label", item.pk), barcode=make.barcode(1), call_number="FIC HAN"
    )  # fmt: skip
    assert next(hit.url for hit in slots.search(make.barcode(1), person)) == item.get_absolute_url()
    tile = next(tile for tile in slots.tiles(person) if tile.label == "To catalog")
    item.refresh_from_db()
    assert (tile.count, tile.oldest) == (1, item.state_since)


PAGES = (
    ("records", {}, 12),
    ("records", {"q": "title"}, 12),
    ("items", {}, 12),
    ("to_catalog", {}, 12),
    ("loads", {}, 12),
)


def queries_of(client: Client, address: str, data: dict[str, str]) -> int:
    client.get(address, data)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, data).status_code == 200
    return len(queries)


def test_as_many_queries_with_ten_rows_as_with_five_hundred(cataloger: Client) -> None:
    central, counts = make.branch(), []
    for size in (10, 490):
        titles = [Description(f"Title {size} {n}", isbn=make.isbn(size * 1000 + n)) for n in range(size)]
        made = records.create_briefs(titles, source="cart", actor=people.system())
        new = add_items([NewItem(record, central) for record in made], actor=people.system())
        move_items(new, "receive", actor=people.system())
        counts.append([queries_of(cataloger, url(name), data) for name, data, _most in PAGES])
    assert counts[0] == counts[1]
    assert all(count <= most for count, (_name, _data, most) in zip(counts[1], PAGES, strict=True)), counts


def test_detail_pages_stay_within_their_queries(cataloger: Client) -> None:
    record = make.brief()
    item = make.received(record, 30)[0]
    load = loads.open_load(FULL + make.marc("Orbital"), "vendor.mrc", actor=people.system())
    for address in (
        record.get_absolute_url(),
        item.get_absolute_url(),
        load.get_absolute_url(),
        url("item_label", item.pk),
    ):
        assert queries_of(cataloger, address, {}) <= 25, address
