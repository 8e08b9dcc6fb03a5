"""Slips for receipt printers: hold tags, routing slips, book straps. 72 mm wide, as long as they need to be."""

from __future__ import annotations

import io
from collections.abc import Sequence

from processing.labels.barcodes import QUIET, Bars, Symbology, symbol_width, thickest_module
from processing.labels.fonts import ASCENT, Printable, line_height, printable, width
from processing.labels.layout import Drawing, Text
from processing.labels.pdf import draw, new_canvas
from processing.labels.stock import Box

WIDTH = 72.0  # mm that an 80 mm receipt printer can reach
MARGIN = 3.0
TITLE_SIZE, TEXT_SIZE, NAME_SIZE, VALUE_SIZE = 18.0, 10.0, 8.0, 14.0
BARS_HEIGHT = 12.0
GAP = 2.0

Row = str | tuple[str, str]


def slip(title: str, lines: Sequence[Row], barcode: str = "", *, symbology: Symbology = Symbology.CODE128) -> bytes:
    """A slip as PDF. A row is a line of text, or (name, value) with the value large; an empty text is a gap.

    Long text wraps, long words too, so nothing is cut. A barcode that does not fit is refused.
    """
    tape = Tape()
    tape.write(title, TITLE_SIZE, bold=True)
    tape.skip()
    for row in lines:
        if isinstance(row, tuple):
            tape.write(row[0], NAME_SIZE)
            tape.write(row[1], VALUE_SIZE, bold=True)
        elif row.strip():
            tape.write(row, TEXT_SIZE)
        else:
            tape.skip()
    if barcode:
        tape.bars(barcode, symbology)
    return tape.pdf()


class Tape:
    """Paper that grows downwards."""

    def __init__(self) -> None:
        self.end = MARGIN
        self.texts: list[Text] = []
        self.symbols: list[Bars] = []

    def write(self, text: str, size: float, *, bold: bool = False) -> None:
        """Text at the left margin, wrapped."""
        for line in wrapped(printable(text, bold=bold), WIDTH - 2 * MARGIN, size):
            self.texts.append(
                Text(line, printable(text, bold=bold).face, size, MARGIN, self.end + line_height(size) * ASCENT)
            )
            self.end += line_height(size)

    def skip(self) -> None:
        """A gap."""
        self.end += GAP

    def bars(self, value: str, symbology: Symbology) -> None:
        """Bars in the middle, and below them what they say."""
        module = thickest_module(value, symbology, WIDTH)
        left = max(QUIET * module, (WIDTH - symbol_width(value, symbology, module)) / 2)
        self.skip()
        self.symbols.append(Bars(value, symbology, left, self.end, BARS_HEIGHT, module))
        self.end += BARS_HEIGHT + 1.0
        shown = printable(value)
        x = (WIDTH - width(shown.text, shown.face, TEXT_SIZE)) / 2
        self.texts.append(
            Text(shown.text, shown.face, TEXT_SIZE, max(0.0, x), self.end + line_height(TEXT_SIZE) * ASCENT)
        )
        self.end += line_height(TEXT_SIZE)

    def pdf(self) -> bytes:
        """The paper cut off below the last line."""
        height = self.end + MARGIN
        file = io.BytesIO()
        canvas = new_canvas(file, (WIDTH, height))
        draw(canvas, Drawing(tuple(self.texts), tuple(self.symbols)), Box(0.0, 0.0, WIDTH, height), height)
        canvas.save()
        return file.getvalue()


def wrapped(line: Printable, room: float, size: float) -> list[str]:
    """Lines that fit; broken at blanks, and inside words only where a word alone is too long."""
    lines: list[str] = []
    for word in line.text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, line.face, size) <= room:
            lines[-1] = longer
            continue
        lines += pieces(word, line.face, room, size)
    return lines


def pieces(word: str, face: str, room: float, size: float) -> list[str]:
    """A word cut into pieces that fit, letter by letter."""
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, face, size) > room:
            parts.append("")
        parts[-1] += letter
    return parts
