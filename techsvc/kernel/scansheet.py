"""The scanner set-up sheet as PDF: what to set, and codes to try. The same for everybody, byte for byte."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from reportlab.graphics import barcode, renderPDF
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from techsvc.kernel.scanners import SETTINGS, TEST_CODES, TestCode

PAGE = (210 * mm, 279 * mm)  # as wide as A4, as high as Letter: fits both
LEFT, TOP = 20 * mm, 256 * mm
COLUMN, ROW = 90 * mm, 44 * mm
MODULE, BARS = 0.33 * mm, 16 * mm  # the narrowest bar, and how high the bars stand
# What each symbology needs besides its value. Ratios are those at which labels are read back (processing/labels).
LOOKS: dict[str, dict[str, Any]] = {
    "Codabar": {"ratio": 2.5},
    "Standard39": {"ratio": 2.5, "checksum": 0},
    "Code128": {},
    "EAN13": {"humanReadable": True},
    "UPCA": {"humanReadable": True},
}


def pdf() -> bytes:
    """One page."""
    canvas: Any = Canvas("", pagesize=PAGE, invariant=1)
    canvas.setTitle(_("Scanner set-up"))
    _heading(canvas, TOP, 20, _("Scanner set-up"))
    _heading(canvas, TOP - 13 * mm, 12, _("1. Set your scanner. Its manual has a code to scan for each of these."))
    for place, (what, why) in enumerate(SETTINGS):
        height = TOP - (21 + 7 * place) * mm
        _say(canvas, LEFT, height, 11, str(what), bold=True)
        _say(canvas, LEFT + 70 * mm, height, 11, str(why))
    _heading(canvas, TOP - 66 * mm, 12, _("2. Try it: open Help (?), “Test a scanner”, and scan each of these."))
    for place, code in enumerate(TEST_CODES):
        across, down = place % 2, place // 2
        _draw(canvas, code, LEFT + across * COLUMN, TOP - 78 * mm - down * ROW)
    _say(canvas, LEFT, 18 * mm, 10, _("The codes belong to nothing in the library. Print at actual size."))
    return bytes(canvas.getpdfdata())


def _draw(canvas: Canvas, code: TestCode, left: float, top: float) -> None:
    """A label, the bars under it, and what they say under them."""
    _say(canvas, left, top, 11, str(code.label), bold=True)
    value = f"A{code.value}B" if code.symbology == "Codabar" else code.value
    look = {"barWidth": MODULE, "barHeight": BARS, "humanReadable": False} | LOOKS[code.symbology]
    bars: Any = barcode
    renderPDF.draw(bars.createBarcodeDrawing(code.symbology, value=value, **look), canvas, left, top - BARS - 4 * mm)
    _say(canvas, left, top - BARS - 11 * mm, 10, code.value)


def _heading(canvas: Canvas, height: float, size: int, text: str) -> None:
    _say(canvas, LEFT, height, size, text, bold=True)


def _say(canvas: Canvas, left: float, height: float, size: int, text: str, *, bold: bool = False) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(left, height, text)
