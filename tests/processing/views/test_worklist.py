"""Making ready on its pages: the worklist, the bench with its keys, and one item's steps."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cataloging.models.items import Item
from cataloging.models.records import Record
from processing.actions import routing
from processing.models.jobs import ProcessingJob
from techsvc.kernel.actions import people
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Grant
from tests.cataloging import make as catalog
from tests.cataloging.make import barcode
from tests.circulation import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Record:
    return catalog.brief()


@pytest.fixture
def item(record: Record) -> Item:
    return make.cataloged(record)


@pytest.fixture
def assistant() -> Client:
    return catalog.client(catalog.person("processing", branch=catalog.branch()))


def page(client: Client, name: str, /, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def send(client: Client, name: str, /, *args: Any, **values: Any) -> Any:
    return client.post(reverse(name, args=args), {"_key": str(uuid.uuid4())} | values)


def bench(client: Client, **values: Any) -> str:
    answer = send(client, "processing:bench", **values)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_worklist_shows_whom_somebody_waits_for_first(assistant: Client, item: Item) -> None:
    waited = make.cataloged(catalog.full(catalog.marc("The wager", author="Grann, David")))
    make.hold(waited.record)
    shown = page(assistant, "processing:worklist")
    assert shown.index("The wager") < shown.index("The women")
    assert reverse("processing:start", args=[item.pk]) in shown


def test_an_item_is_started_ticked_and_finished(assistant: Client, item: Item) -> None:
    answer = send(assistant, "processing:start", item.pk)
    job = ProcessingJob.objects.get()
    assert answer["Location"] == reverse("processing:job", args=[job.pk])
    assert reverse("processing:start", args=[item.pk]) not in page(assistant, "processing:worklist")
    for verb in ("do", "undo", "skip"):
        assert reverse("processing:step", args=[job.pk, "stamp", verb])
        assert send(assistant, "processing:step", job.pk, "stamp", verb).status_code == 302
    assert job.steps.get(code="stamp").state == "skipped"
    send(assistant, "processing:finish", job.pk)
    item.refresh_from_db()
    assert item.state == "available"
    shown = page(assistant, "processing:job", job.pk)
    assert "Ready: → Central" in shown
    assert reverse("processing:finish", args=[job.pk]) not in shown
    event = HistoryEvent.objects.get(verb="processing.finish")
    assert send(assistant, "kernel:undo", event.pk).status_code == 302
    job.refresh_from_db()
    assert job.state == "in_work"


def test_an_item_is_made_ready_at_the_bench(assistant: Client, item: Item, record: Record) -> None:
    shown = bench(assistant, code=item.barcode)
    job = ProcessingJob.objects.get()
    assert "The women" in shown
    assert "Jacket cover" in shown
    assert "Rush" not in shown
    assert "Jacket cover" not in bench(assistant, verb="do", on=f"{job.pk}:jacket_cover").split("History")[0]
    make.hold(record)
    assert "Rush: somebody waits for it." in bench(assistant, code=item.barcode)
    shown = bench(assistant, verb="all", on=str(job.pk))
    assert "Ready: The women" in shown
    assert "hold shelf of Central, with its tag" in shown


REFUSED = {
    barcode(99_999): ("No item has the barcode 31234000999993. Catalog it first.", "Put it aside."),
    "31234000000999": ("That is not a whole barcode: scan it again.",),
    barcode(1, kind="2"): ("This is a patron&#x27;s card. Scan the library&#x27;s barcode on the item.",),
    "9781250178633": ("This is an ISBN. Scan the library&#x27;s barcode on the item.",),
    "nonsense": ("“nonsense” is not known here. Scan the library&#x27;s barcode on the item.",),
    "'; DROP TABLE": ("“&#x27;; DROP TABLE” is not known here.",),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_item_of_ours_is_put_aside(assistant: Client, item: Item, code: str) -> None:
    shown = bench(assistant, code=code)
    for sentence in REFUSED[code]:
        assert sentence in shown
    assert not ProcessingJob.objects.exists()


@pytest.mark.parametrize(
    ("verb", "on"),
    [
        ("all", ""),
        ("all", "x"),
        ("all", "²"),
        ("all", "999999999"),
        ("all", "9" * 30),
        ("do", "1"),
        ("do", ":"),
        ("do", "{job}:polish"),
        ("burn", "{job}"),
    ],
)
def test_a_button_that_is_not_there_changes_nothing(assistant: Client, item: Item, verb: str, on: str) -> None:
    job = routing.start(item.pk, actor=people.system())
    count = HistoryEvent.objects.count()
    bench(assistant, verb=verb, on=on.format(job=job.pk))
    job.refresh_from_db()
    assert (job.state, HistoryEvent.objects.count()) == ("waiting", count)


def test_the_same_scan_sent_again_is_one_scan(assistant: Client, item: Item) -> None:
    key = str(uuid.uuid4())
    first, again = (bench(assistant, code=item.barcode, _key=key) for _n in range(2))
    assert ProcessingJob.objects.count() == 1
    assert ("The women" in first, "The women" in again) == (True, True)
    assert HistoryEvent.objects.filter(verb="processing.start").count() == 1


def test_who_only_looks_is_offered_nothing(item: Item) -> None:
    job = routing.start(item.pk, actor=people.system())
    auditor = catalog.client(catalog.person("auditor"))
    shown = page(auditor, "processing:job", job.pk)
    assert reverse("processing:finish", args=[job.pk]) not in shown
    assert "/do/" not in shown
    assert reverse("processing:bench") not in page(auditor, "processing:worklist")
    assert send(auditor, "processing:finish", job.pk).status_code == 403
    assert auditor.get(reverse("processing:bench")).status_code == 403


def test_a_right_for_the_own_branch_shows_the_own_branch(record: Record) -> None:
    Grant.objects.filter(role__code="processing", permission__startswith="processing.").update(scope="own")
    east = catalog.branch("EAST", "East")
    far, near = make.cataloged(record, east), make.cataloged(record)
    client = catalog.client(catalog.person("processing", branch=catalog.branch()))
    shown = page(client, "processing:worklist")
    assert (catalog_code(far) in shown, catalog_code(near) in shown) == (False, True)
    job = routing.start(far.pk, actor=people.system())
    assert client.get(reverse("processing:job", args=[job.pk])).status_code == 403
    assert send(client, "processing:finish", job.pk).status_code == 403


def catalog_code(item: Item) -> str:
    """The barcode as the list groups its digits."""
    code = item.barcode or ""
    return f"{code[0]} {code[1:5]} {code[5:9]} {code[9:13]} {code[13]}"
