"""Labels as PDF. The same request gives the same bytes, so that the preview is what the printer gets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from processing.labels.barcodes import symbol
from processing.labels.fonts import POINT
from processing.labels.layout import Drawing, Label, compose
from processing.labels.stock import Box, Sheet
from techsvc.kernel.errors import Refusal

FARTHEST = 25.4  # mm that an offset may move a print


@dataclass(frozen=True)
class Offset:
    """How far one printer is off: mm to the right and down that everything is moved."""

    right: float = 0.0
    down: float = 0.0


IN_PLACE = Offset()


@dataclass(frozen=True)
class Note:
    """Something about one label (counted from 1) that a person should know before printing."""

    label: int
    text: str


@dataclass(frozen=True)
class Printout:
    """The PDF, its pages, and what was said while making it.

    `next_start` is the position of the first label that is left on the last page; 1 when that page is used up.
    """

    pdf: bytes
    pages: int
    next_start: int
    notes: tuple[Note, ...]


def render(labels: Sequence[Label], *, sheet: Sheet, start: int = 1, offset: Offset = Offset()) -> Printout:
    """Labels on a sheet from position `start` (1 is top left, then to the right) of the first page.

    Refused: nothing to print, a start that is not on the sheet, a barcode that does not fit. The Refusal names the
    label by its number in `labels`.
    """
    check_request(labels, sheet, start, offset)
    drawings = [composed(label, sheet, number) for number, label in enumerate(labels, start=1)]
    with_file = io.BytesIO()
    canvas = new_canvas(with_file, sheet.page)
    page = 1
    for position, drawing in enumerate(drawings, start=start):
        if sheet.page_of(position) > page:
            canvas.showPage()
            page += 1
        draw(canvas, drawing, moved(sheet.cell(position), offset), sheet.page[1])
    canvas.save()
    notes = tuple(Note(n, text) for n, drawing in enumerate(drawings, start=1) for text in drawing.notes)
    return Printout(with_file.getvalue(), page, (start - 1 + len(drawings)) % sheet.per_page + 1, notes)


def alignment(sheet: Sheet, *, offset: Offset = Offset()) -> bytes:
    """A test page: the outline of every label, its number, and rulers in millimetres, to find a printer's offset."""
    with_file = io.BytesIO()
    canvas = new_canvas(with_file, sheet.page)
    canvas.setLineWidth(0.2)
    for position in range(1, sheet.per_page + 1):
        cell = moved(sheet.cell(position), offset)
        left, top = cell.left / POINT, (sheet.page[1] - cell.top) / POINT
        canvas.rect(left, top - cell.height / POINT, cell.width / POINT, cell.height / POINT)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(left + 4, top - 8, str(position))
    first = moved(sheet.cell(1), offset)
    for millimetre in range(int(min(first.width, 100)) + 1):
        tick = 2.0 if millimetre % 10 == 0 else 1.2 if millimetre % 5 == 0 else 0.7
        x, y = (first.left + millimetre) / POINT, (sheet.page[1] - first.top - first.height / 2) / POINT
        canvas.line(x, y, x, y + tick / POINT)
    canvas.save()
    return with_file.getvalue()


def check_request(labels: Sequence[Label], sheet: Sheet, start: int, offset: Offset) -> None:
    """Refuse what can't be printed before anything is drawn."""
    if not labels:
        raise Refusal("There is no label to print. Add items to the batch first.")
    if not 1 <= start <= sheet.per_page:
        raise Refusal(f"Start position {start} is not on the sheet: it has {sheet.per_page} labels.", field="start")
    if max(abs(offset.right), abs(offset.down)) > FARTHEST:
        raise Refusal(f"An offset of more than {FARTHEST} mm would print beside the labels.", field="offset")


def composed(label: Label, sheet: Sheet, number: int) -> Drawing:
    """The layout; a Refusal says which label."""
    try:
        return compose(label, sheet.label)
    except Refusal as refusal:
        raise Refusal(f"Label {number}: {refusal.text}") from refusal


def moved(box: Box, offset: Offset) -> Box:
    """The box where this printer needs it."""
    return Box(box.left + offset.right, box.top + offset.down, box.width, box.height)


def new_canvas(file: io.BytesIO, page: tuple[float, float]) -> Canvas:
    """A canvas of `page` mm; no dates or random ids go into the file, and viewers are asked not to scale."""
    canvas = Canvas(file, pagesize=(page[0] / POINT, page[1] / POINT), invariant=1, pageCompression=1)
    canvas.setViewerPreference("PrintScaling", "None")
    return canvas


def draw(canvas: Canvas, drawing: Drawing, box: Box, page_height: float) -> None:
    """Put a drawing where its box is; PDF counts upwards from the bottom."""
    for text in drawing.texts:
        canvas.setFont(text.face, text.size)
        canvas.drawString((box.left + text.x) / POINT, (page_height - box.top - text.baseline) / POINT, text.text)
    for bars in drawing.bars:
        picture = symbol(bars.value, bars.symbology, module=bars.module, height=bars.height)
        picture.drawOn(canvas, (box.left + bars.left) / POINT, (page_height - box.top - bars.top - bars.height) / POINT)
