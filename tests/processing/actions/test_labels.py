"""Labels and tags as they come out: the PDF is drawn, and a scanner reads from the picture what it should."""

from __future__ import annotations

import re

import pypdfium2
import pytest
import zxingcpp

from cataloging.actions.items import set_barcode_and_call_number
from cataloging.models.items import Collection, Item
from cataloging.models.records import Record
from techsvc.circulation.actions import holds
from techsvc.kernel.actions import people, policies, printing
from techsvc.kernel.models.printing import Printer, PrintRequest
from tests.cataloging import make as catalog
from tests.circulation import make

pytestmark = pytest.mark.django_db
DPI = 300


@pytest.fixture
def record() -> Record:
    return catalog.brief()


@pytest.fixture
def item(record: Record) -> Item:
    return make.cataloged(record)


def document(kind: str) -> bytes:
    """The newest paper of a kind, made."""
    row = PrintRequest.objects.filter(kind=kind).latest("id")
    printing.render(row.pk)
    row.refresh_from_db()
    assert row.state == "ready", row.fault
    return bytes(row.document or b"")


def asked(item: Item, kind: str) -> PrintRequest:
    return printing.request(item, kind, key=f"{kind}:x", title="x", branch=item.branch, actor=people.system())


def text(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0]
    return re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()).strip()


def scanned(pdf: bytes) -> tuple[str, str]:
    """The symbology and the value that a scanner reads from the page as printed."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=DPI / 72).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    return found.format.name, found.text.strip("ABCD")


def size(pdf: bytes) -> tuple[int, int]:
    """Width and height of the page in whole millimetres."""
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def test_a_spine_label(item: Item, record: Record) -> None:
    pdf = document("spine_label")
    assert text(pdf) == "813.6 HAN"
    assert size(pdf) == (25, 38)


def test_a_spine_label_has_the_stamp_of_its_collection(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(
        collection=Collection.objects.create(code="JF", name="Juvenile fiction", label_prefix="J LP")
    )
    assert text(document("spine_label")) == "J LP 813.6 HAN"


def test_a_barcode_label_is_read_by_a_scanner(item: Item) -> None:
    asked(item, "barcode_label")
    pdf = document("barcode_label")
    assert scanned(pdf) == ("Codabar", item.barcode)
    assert "Riverbend Public Library" in text(pdf)
    assert size(pdf) == (48, 13)


@pytest.mark.parametrize(("symbology", "found"), [("code39", "Code39"), ("code128", "Code128")])
def test_the_library_decides_which_bars(item: Item, symbology: str, found: str) -> None:
    policies.set_policy("processing.symbology", symbology, actor=catalog.person("supervisor"), why="New scanners")
    asked(item, "barcode_label")
    assert scanned(document("barcode_label")) == (found, item.barcode)


def test_a_hold_tag_names_the_place_and_never_the_patron(record: Record) -> None:
    ada = make.patron("Ada Reader")
    hold = make.hold(record, who=ada)
    item = make.on_shelf(record)
    holds.trap(item, actor=people.system())
    pdf = document("hold_tag")
    hold.refresh_from_db()
    assert scanned(pdf) == ("Code128", item.barcode)
    words = text(pdf)
    for part in ("HOLD", "Central", ada.card[-4:], "The women"):
        assert part in words
    for secret in ("Ada", "Reader", ada.card, ada.email):
        assert secret not in words


def test_a_label_without_its_number_says_what_is_missing(record: Record) -> None:
    (item,) = catalog.received(record)
    for kind, words in (
        ("spine_label", "“The women” for Central has no call number. Set it, then make the label again."),
        ("barcode_label", "“The women” for Central has no barcode. Set it, then make the label again."),
    ):
        row = asked(item, kind)
        printing.render(row.pk)
        row.refresh_from_db()
        assert (row.state, row.fault) == ("failed", words)


def test_the_offset_of_the_branchs_printer_moves_the_print(item: Item) -> None:
    before = document("spine_label")
    Printer.objects.create(code="desk", name="Desk", branch=item.branch, offset_x_mm="2.5", offset_y_mm="1")
    row = PrintRequest.objects.filter(kind="spine_label").latest("id")
    printing.make_again(row.pk, actor=people.system())
    moved = document("spine_label")
    assert moved != before
    assert text(moved) == text(before)
    assert size(moved) == size(before)


def test_the_same_label_is_the_same_bytes(item: Item) -> None:
    first = document("spine_label")
    printing.make_again(PrintRequest.objects.filter(kind="spine_label").latest("id").pk, actor=people.system())
    assert document("spine_label") == first


def test_a_new_call_number_makes_a_new_label_and_the_old_one_is_not_printed(item: Item) -> None:
    set_barcode_and_call_number(item.pk, barcode=item.barcode or "", call_number="LP 813.6 HAN", actor=people.system())
    states = PrintRequest.objects.filter(kind="spine_label").order_by("id").values_list("state", flat=True)
    assert [*states] == ["cancelled", "waiting"]
    assert text(document("spine_label")) == "LP 813.6 HAN"
