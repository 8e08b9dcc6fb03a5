"""Label sheets: all that wait in one document, from where the sheet begins, and marked only when somebody says so."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from techsvc.kernel.actions import printing
from techsvc.kernel.gateways import pictures
from techsvc.kernel.models.printing import Printer, PrintRequest
from tests.cataloging import make as catalog
from tests.circulation import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer() -> Printer:
    return Printer.objects.create(code="desk", name="Desk", branch=catalog.branch(), stock="demco-14942260")


@pytest.fixture
def client() -> Client:
    return catalog.client(catalog.person("processing", branch=catalog.branch()))


@pytest.fixture
def three() -> list[PrintRequest]:
    """Three spine labels that are ready."""
    record = catalog.brief()
    for number in ("813.6 HAN", "FIC HAN", "LP HAN"):
        make.cataloged(record, call_number=number)
    rows = list(PrintRequest.objects.filter(kind="spine_label").order_by("pk"))
    for row in rows:
        printing.render(row.pk)
    return rows


def sheet(client: Client, **asked: Any) -> Any:
    printer = Printer.objects.first()
    usual = {"kind": "spine_label", "printer": printer.pk if printer else 0, "start": 1}
    return client.get(reverse("processing:sheet"), usual | asked)


def said_printed(client: Client, last: Any) -> Any:
    values = {"_key": str(uuid.uuid4()), "kind": "spine_label", "last": last}
    return client.post(reverse("processing:sheet_printed"), values)


def states(rows: list[PrintRequest]) -> list[str]:
    """Where the requests stand now, in their order."""
    found = PrintRequest.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return [*found.values_list("state", flat=True)]


def placed(pdf: bytes) -> list[str]:
    """The labels' texts, a page to an entry."""
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()).strip() for page in pypdfium2.PdfDocument(pdf)]


def test_all_that_wait_are_on_one_sheet(client: Client, printer: Printer, three: list[PrintRequest]) -> None:
    shown = client.get(reverse("processing:labels")).content.decode()
    assert "3 wait<" in shown
    assert "Desk · demco-14942260" in shown
    answer = sheet(client, last=three[-1].pk)
    assert answer["Content-Type"] == "application/pdf"
    assert placed(answer.content) == ["813.6 HAN FIC HAN LP HAN"]


def test_a_used_sheet_goes_on_where_it_was_left(client: Client, printer: Printer, three: list[PrintRequest]) -> None:
    assert placed(sheet(client, last=three[-1].pk, start=49).content) == ["813.6 HAN FIC HAN", "LP HAN"]


def test_what_came_later_is_neither_on_the_sheet_nor_marked(
    client: Client, printer: Printer, three: list[PrintRequest]
) -> None:
    last = three[1].pk
    assert placed(sheet(client, last=last).content) == ["813.6 HAN FIC HAN"]
    assert said_printed(client, last)["Location"] == reverse("processing:labels")
    assert states(three) == ["printed", "printed", "ready"]
    assert "2 labels marked as printed." in client.get(reverse("processing:labels")).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "hold_tag"}, "is no label that is printed on sheets"),
        ({"kind": "x'; --"}, "is no label that is printed on sheets"),
        ({"printer": 10**9}, "Choose a printer."),
        ({"start": 0}, "Start position 0 is not on the sheet: it has 50 labels."),
        ({"start": 51}, "Start position 51 is not on the sheet: it has 50 labels."),
        ({"start": "two"}, "“two” is no number."),
        ({"last": "9" * 30}, "is no number."),
        ({"last": 0}, "There is no label to print."),
    ],
)
def test_what_can_not_be_printed_says_why(
    client: Client, printer: Printer, three: list[PrintRequest], changes: dict[str, Any], words: str
) -> None:
    answer = sheet(client, **{"last": three[-1].pk} | changes)
    assert answer.status_code == 400
    assert words.replace("'", "&#x27;") in answer.content.decode()


def test_stock_that_nobody_knows(client: Client, printer: Printer, three: list[PrintRequest]) -> None:
    Printer.objects.update(stock="torn paper")
    answer = sheet(client, last=three[-1].pk)
    assert answer.status_code == 400
    assert "There is no label stock" in answer.content.decode()


def test_a_page_that_does_not_say_which_labels_marks_none(client: Client, three: list[PrintRequest]) -> None:
    for last in ("", "many"):
        said_printed(client, last)
    assert states(three) == ["ready"] * 3


def test_nothing_waits_and_no_printer(client: Client) -> None:
    shown = client.get(reverse("processing:labels")).content.decode()
    assert "0 wait<" in shown
    assert "No printer is set up yet." in shown


def test_who_does_not_print_stays_out(printer: Printer, three: list[PrintRequest]) -> None:
    auditor = catalog.client(catalog.person("auditor"))
    assert auditor.get(reverse("processing:labels")).status_code == 403
    assert sheet(auditor, last=three[-1].pk).status_code == 403


def test_what_is_looked_at_is_what_is_printed(client: Client, printer: Printer, three: list[PrintRequest]) -> None:
    asked = {"kind": "spine_label", "printer": printer.pk, "start": 5, "last": three[-1].pk}
    page = client.get(reverse("processing:sheet_preview"), asked).content.decode()
    printed = sheet(client, start=5, last=three[-1].pk).content
    assert f'data-fingerprint="{hashlib.sha256(printed).hexdigest()}"' in page
    [picture] = re.findall(r'<img class="preview-page" src="([^"]+)"', page)
    drawn = client.get(picture.replace("&amp;", "&"))
    assert (drawn["Content-Type"], drawn.content) == ("image/png", pictures.page(printed, 1))
    assert states(three) == ["ready"] * 3


def test_a_page_that_is_not_there_is_said_so(client: Client, printer: Printer, three: list[PrintRequest]) -> None:
    asked = {"kind": "spine_label", "printer": printer.pk, "start": 1, "last": three[-1].pk, "page": 2}
    answer = client.get(reverse("processing:sheet_picture"), asked)
    assert answer.status_code == 400
    assert "The document has no page 2." in answer.content.decode()


def test_a_printer_has_a_test_page_with_its_offset(client: Client, printer: Printer) -> None:
    there = client.get(reverse("processing:ruler"), {"printer": printer.pk})
    assert (there.status_code, there["Content-Type"], there.content[:5]) == (200, "application/pdf", b"%PDF-")
    Printer.objects.update(offset_x_mm="2.00")
    assert client.get(reverse("processing:ruler"), {"printer": printer.pk}).content != there.content
    assert client.get(reverse("processing:ruler"), {"printer": 0}).status_code == 400


def test_one_paper_is_looked_at_printed_and_made_again(
    client: Client, printer: Printer, three: list[PrintRequest]
) -> None:
    first = three[0]
    at = {act: reverse(f"kernel:print_{act}", args=[first.pk]) for act in ("preview", "document", "done", "again")}
    page = client.get(at["preview"]).content.decode()
    document = client.get(at["document"]).content
    assert f'data-fingerprint="{hashlib.sha256(document).hexdigest()}"' in page
    picture = client.get(reverse("kernel:print_page", args=[first.pk, 1])).content
    assert picture == pictures.page(document, 1)
    assert "It came out" in page
    client.post(at["done"], {"_key": str(uuid.uuid4())})
    assert states(three) == ["printed", "ready", "ready"]
    client.post(at["done"], {"_key": str(uuid.uuid4())})
    assert states(three) == ["printed", "ready", "ready"]
    client.post(at["again"], {"_key": str(uuid.uuid4())})
    assert states(three) == ["waiting", "ready", "ready"]
    assert "Being made" in client.get(at["preview"]).content.decode()
    assert client.get(reverse("kernel:print_page", args=[first.pk, 1])).status_code == 404
