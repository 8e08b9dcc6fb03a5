"""Slips for receipt printers."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from processing.labels.barcodes import Symbology
from processing.labels.slips import Row, slip
from techsvc.kernel.errors import Refusal


def text_of(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    return " ".join(str(page.get_text_range()).split())


def size_of(pdf: bytes) -> tuple[float, float]:
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width / 72 * 25.4, 3), round(height / 72 * 25.4, 3)


HOLD: list[Row] = [("Pick up at", "Main Library"), ("For", "…4471 JS"), "", "The overstory / Richard Powers"]


@pytest.mark.parametrize("symbology", list(Symbology))
def test_a_hold_tag(symbology: Symbology) -> None:
    pdf = slip("HOLD", HOLD, "31234000012346", symbology=symbology)
    assert size_of(pdf)[0] == 72.0
    assert text_of(pdf) == ("HOLD Pick up at Main Library For …4471 JS The overstory / Richard Powers 31234000012346")
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=300 / 72).to_pil()
    assert [found.text.strip("ABCD") for found in zxingcpp.read_barcodes(image)] == ["31234000012346"]


def test_a_slip_is_as_long_as_its_text() -> None:
    one = size_of(slip("ROUTE", ["Stamp"]))[1]
    three = size_of(slip("ROUTE", ["Stamp", "Barcode", "Spine label"]))[1]
    assert three - one == pytest.approx(2 * 10 * 1.15 * 25.4 / 72, abs=0.01)


def test_nothing_is_cut() -> None:
    title = "In transit to " + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch"
    pdf = slip(title, ["word " * 60, "x" * 200, ("A name that is long " * 8, "y" * 90)])
    page = pypdfium2.PdfDocument(pdf)[0]
    found = text_of(pdf).replace(" ", "")
    assert found == (title + "word" * 60 + "x" * 200 + "A name that is long " * 8 + "y" * 90).replace(" ", "")
    image = page.render(scale=200 / 72).to_pil().convert("L")
    left, _, right, bottom = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert left / image.width * 72 >= 2.5
    assert right / image.width * 72 <= 69.5
    assert bottom < image.height


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert slip("HOLD", HOLD, "123") == slip("HOLD", HOLD, "123")


def test_a_barcode_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refusal, match=r"needs 79\.1 mm in Code 39 and the label has 72\.0 mm"):
        slip("HOLD", [], "9" * 26, symbology=Symbology.CODE39)
