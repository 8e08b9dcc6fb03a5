"""Labels as they come out: rendered at 300 dpi and read back."""

from __future__ import annotations

import random
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from processing.labels.barcodes import Symbology
from processing.labels.layout import PADDING, BarcodeLabel, Label, SpineLabel, compose
from processing.labels.pdf import Note, Offset, alignment, render
from processing.labels.stock import STOCK, Sheet, sheet
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import luhn_digit

DPI = 300
MILLIMETRE = DPI / 25.4  # pixels


def barcodes(count: int) -> list[str]:
    """14 digits: item, library 1234, serial, check digit."""
    chosen = random.Random(7).sample(range(10**8), count)
    bodies = [f"31234{serial:08d}" for serial in chosen]
    return [body + luhn_digit(body) for body in bodies]


def label(barcode: str, symbology: Symbology, title: str = "The grapes of wrath / John Steinbeck.") -> BarcodeLabel:
    return BarcodeLabel(barcode, "Example Public Library", title, symbology=symbology)


def pages(pdf: bytes) -> list[Image.Image]:
    return [page.render(scale=DPI / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def decoded(pdf: bytes) -> set[str]:
    """What a scanner reads: Codabar's start and stop letters are stripped, as scanners are set to do."""
    return {found.text.strip("ABCD") for image in pages(pdf) for found in zxingcpp.read_barcodes(image)}


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of all that is not white, in pixels."""
    box = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box is not None
    return box


@pytest.mark.slow
@pytest.mark.parametrize("symbology", list(Symbology))
@pytest.mark.parametrize("stock", ["avery-5160", "dymo-30336"])
def test_a_hundred_labels_are_read_back_exactly(stock: str, symbology: Symbology) -> None:
    wanted = barcodes(100)
    printout = render([label(barcode, symbology) for barcode in wanted], sheet=sheet(stock))
    assert decoded(printout.pdf) == set(wanted)
    assert printout.pages == -(-100 // STOCK[stock].per_page)


@pytest.mark.parametrize("stock", ["avery-l7651", "dymo-30346", "avery-5167", "dymo-30330"])
@pytest.mark.parametrize("symbology", [Symbology.CODABAR, Symbology.CODE128])
def test_small_labels_are_read_back_too(stock: str, symbology: Symbology) -> None:
    wanted = barcodes(30)
    printout = render([label(barcode, symbology) for barcode in wanted], sheet=sheet(stock))
    assert decoded(printout.pdf) == set(wanted)


@pytest.mark.parametrize("stock", STOCK)
def test_pages_have_the_exact_size_of_the_stock(stock: str) -> None:
    document = pypdfium2.PdfDocument(render([SpineLabel(("FIC", "STE"))], sheet=STOCK[stock]).pdf)
    assert document[0].get_size() == pytest.approx([side / 25.4 * 72 for side in STOCK[stock].page], abs=0.001)
    assert len(document) == 1


@pytest.mark.parametrize("stock", STOCK)
def test_all_labels_of_a_stock_lie_on_the_page_and_apart(stock: str) -> None:
    chosen = STOCK[stock]
    right = max(cell.left + cell.width for cell in map(chosen.cell, range(1, chosen.per_page + 1)))
    bottom = max(cell.top + cell.height for cell in map(chosen.cell, range(1, chosen.per_page + 1)))
    assert right <= chosen.page[0] + 0.001
    assert bottom <= chosen.page[1] + 0.001
    assert right + chosen.left == pytest.approx(chosen.page[0], abs=0.3)  # sheets have the same margin on both sides
    assert chosen.label[0] <= chosen.pitch[0] + 0.001
    assert chosen.label[1] <= chosen.pitch[1] + 0.001


@pytest.mark.parametrize(("start", "column", "row"), [(1, 0, 0), (3, 2, 0), (4, 0, 1), (30, 2, 9)])
def test_the_first_label_lies_at_the_start_position(start: int, column: int, row: int) -> None:
    printout = render([label("31234000012346", Symbology.CODE128)], sheet=sheet("avery-5160"), start=start)
    left, top, right, bottom = (edge / MILLIMETRE for edge in ink(pages(printout.pdf)[0]))
    cell_left, cell_top = 0.1875 * 25.4 + column * 2.75 * 25.4, 12.7 + row * 25.4
    assert cell_left <= left < right <= cell_left + 66.675
    assert cell_top <= top < bottom <= cell_top + 25.4
    assert (left + right) / 2 == pytest.approx(cell_left + 66.675 / 2, abs=0.2)


def test_a_used_sheet_is_filled_and_the_next_one_begun() -> None:
    wanted = barcodes(5)
    labels = [label(barcode, Symbology.CODE128) for barcode in wanted]
    printout = render(labels, sheet=sheet("avery-5160"), start=28)
    assert (printout.pages, printout.next_start) == (2, 3)
    first, second = pages(printout.pdf)
    assert {found.text for found in zxingcpp.read_barcodes(first)} == set(wanted[:3])
    assert {found.text for found in zxingcpp.read_barcodes(second)} == set(wanted[3:])
    assert render(labels[:3], sheet=sheet("avery-5160"), start=28).next_start == 1


def test_an_offset_moves_everything_by_so_many_millimetres() -> None:
    labels = [SpineLabel(("813.54", "STE"))]
    plain = ink(pages(render(labels, sheet=sheet("avery-5160")).pdf)[0])
    moved = ink(pages(render(labels, sheet=sheet("avery-5160"), offset=Offset(2.54, -1.27)).pdf)[0])
    assert moved[0] - plain[0] == pytest.approx(2.54 * MILLIMETRE, abs=1)
    assert moved[1] - plain[1] == pytest.approx(-1.27 * MILLIMETRE, abs=1)


def test_the_same_request_gives_the_same_bytes() -> None:
    labels: list[Label] = [
        label("31234000012346", Symbology.CODABAR, "Čapek, Karel: R.U.R."),
        SpineLabel(("891.862", "ČAP")),
    ]
    assert render(labels, sheet=sheet("avery-5160")).pdf == render(labels, sheet=sheet("avery-5160")).pdf


@pytest.mark.parametrize(
    ("labels", "changes", "text"),
    [
        ([], {}, "There is no label to print. Add items to the batch first."),
        ([SpineLabel(("FIC",))], {"start": 0}, "Start position 0 is not on the sheet: it has 30 labels."),
        ([SpineLabel(("FIC",))], {"start": 31}, "Start position 31 is not on the sheet: it has 30 labels."),
        (
            [SpineLabel(("FIC",))],
            {"offset": Offset(30)},
            "An offset of more than 25.4 mm would print beside the labels.",
        ),
        (
            [label("31234000012346", Symbology.CODABAR), label("A12", Symbology.CODABAR)],
            {},
            'Label 2: Barcode "A12" can\'t be printed as Codabar: it carries up to 40 digits and - $ : / . +.',
        ),
        (
            [label("abc", Symbology.CODE39)],
            {},
            'Label 1: Barcode "abc" can\'t be printed as Code 39: '
            "it carries up to 40 digits, capital letters and - . $ / + % and the blank.",
        ),
        (
            [label("3123400001234631234000", Symbology.CODE39)],
            {},
            'Label 1: Barcode "3123400001234631234000" needs 68.3 mm in Code 39 and the label has 66.7 mm. '
            "Use wider labels or Code 128.",
        ),
    ],
)
def test_refusals(labels: list[Label], changes: dict[str, int], text: str) -> None:
    with pytest.raises(Refusal) as caught:
        render(labels, sheet=sheet("avery-5160"), **changes)  # type: ignore[arg-type]
    assert caught.value.text == text


def test_unknown_stock_is_refused_with_what_there_is() -> None:
    with pytest.raises(Refusal, match=r'no label stock "avery-1".*avery-5160, avery-5167'):
        sheet("avery-1")


def inside(chosen: Sheet, each: Label) -> bool:
    """Whether all type of a label lies within it."""
    drawing = compose(each, chosen.label)
    page = replace(chosen, page=chosen.label, grid=(1, 1), left=0.0, top=0.0)
    left, top, right, bottom = ink(pages(render([each], sheet=page).pdf)[0])
    width, height = (side * MILLIMETRE for side in chosen.label)
    return bool(drawing.texts) and left > 0 and top > 0 and right < width - 1 and bottom < height - 1


LONG = "The curious incident of the dog in the night-time and what became of it afterwards, told in letters"


@pytest.mark.parametrize("stock", ["avery-5160", "avery-l7651", "dymo-30346", "demco-14942260", "dymo-30347-upright"])
@pytest.mark.parametrize(
    "each",
    [
        SpineLabel(("REF", "641.5926", "STEINBECKER", "v.12", "2019", "c.3")),
        SpineLabel(("UNINTERRUPTEDLYLONGWORD" * 3,)),
        SpineLabel(tuple(str(n) for n in range(14))),
        BarcodeLabel("12345", "Friends of the Example County Public Library System", LONG, symbology=Symbology.CODE128),
        BarcodeLabel("12345", "X" * 90, "Y" * 90, symbology=Symbology.CODE128),
    ],
)
def test_nothing_is_cut_however_long_it_is(stock: str, each: Label) -> None:
    assert inside(STOCK[stock], each)
    shown = "".join(text.text for text in compose(each, STOCK[stock].label).texts).replace(" ", "")
    parts = each.lines if isinstance(each, SpineLabel) else (each.library, each.barcode, each.title)
    assert shown == "".join(parts).replace(" ", "")


def test_six_lines_of_sixteen_letters_in_ten_point_bold() -> None:
    lines = (
        "REFERENCE NORTH ",
        "641.592687123456",
        "ROWLING HARRY PO",
        "volume 12 part 3",
        "2019 second edit",
        "copy 3 of twelve",
    )
    drawing = compose(SpineLabel(lines, size=10), (1.75 * 25.4, 1.25 * 25.4))
    assert {text.size for text in drawing.texts} == {10}
    assert drawing.notes == ()


def test_what_was_done_to_make_it_fit_is_told() -> None:
    printout = render(
        [
            SpineLabel(("FIC", "STE")),
            SpineLabel(("LARGE PRINT WESTERN COLLECTION", "L'AMOUR")),
            SpineLabel(("W" * 30,)),
        ],
        sheet=sheet("dymo-30347-upright"),
    )
    assert printout.notes == (
        Note(2, '"LARGE PRINT WESTERN COLLECTION L\'AMOUR" was wrapped into 5 lines.'),
        Note(3, f'"{"W" * 30}" fits only in 2.3 point type.'),
    )
    shown = [
        text.text for text in compose(SpineLabel(("LARGE PRINT WESTERN COLLECTION", "L'AMOUR")), (25.4, 38.1)).texts
    ]
    assert shown == ["LARGE", "PRINT", "WESTERN", "COLLECTION", "L'AMOUR"]


def test_narrow_bars_are_told() -> None:
    drawing = compose(label("31234000012346", Symbology.CODABAR), (35.0, 20.0))
    assert drawing.notes == (
        "The bars of 31234000012346 are only 0.17 mm wide; try your scanner on one before printing many.",
    )


@pytest.mark.parametrize(
    ("text", "face", "notes"),
    [
        ("Gabriel García Márquez", "Helvetica", []),
        ("Čapek", "Vera", []),
        ("L'étranger — “nouveau” €", "Helvetica", []),
        ("tab\tand\nline", "Helvetica", []),
    ],
)
def test_faces(text: str, face: str, notes: list[str]) -> None:
    drawing = compose(BarcodeLabel("1", title=text, symbology=Symbology.CODE128), (60, 25))
    assert drawing.texts[-1].face == face
    assert drawing.texts[-1].text == " ".join(text.split())
    assert list(drawing.notes) == notes


def test_a_letter_that_no_face_has_is_told() -> None:
    drawing = compose(BarcodeLabel("1", title="Genji 源氏", symbology=Symbology.CODE128), (60, 25))
    assert drawing.texts[-1].text == "Genji ??"
    assert drawing.notes == (
        '"源" is in no typeface here and is printed as "?".',
        '"氏" is in no typeface here and is printed as "?".',
    )


def test_the_alignment_page_outlines_every_label() -> None:
    (image,) = pages(alignment(sheet("avery-5160")))
    left, top, right, bottom = (edge / MILLIMETRE for edge in ink(image))
    assert left == pytest.approx(0.1875 * 25.4, abs=0.2)
    assert top == pytest.approx(12.7, abs=0.2)
    assert right == pytest.approx(215.9 - 0.1875 * 25.4, abs=0.2)
    assert bottom == pytest.approx(279.4 - 12.7, abs=0.2)


def test_padding_stays_blank() -> None:
    chosen = STOCK["dymo-30347"]
    left, top, _, _ = ink(pages(render([SpineLabel(("WWWWWWWWWWWW",) * 6, size=40)], sheet=chosen).pdf)[0])
    assert left / MILLIMETRE >= PADDING - 0.1
    assert top / MILLIMETRE >= PADDING - 0.1
