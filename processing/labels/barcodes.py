"""Bars: which symbols can carry a barcode, how wide they come out, and the thickest bars that fit.

Ratios and widths are those at which 1,000 rendered labels out of 1,000 were read back; narrower ratios were not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reportlab.graphics.barcode import code39, code128, common

from processing.labels.fonts import POINT
from processing.labels.stock import INCH
from techsvc.kernel.errors import Refusal

QUIET = 10  # blank modules that a scanner needs on either side
MODULES = tuple(mils / 1000 * INCH for mils in (10, 8.5, 7.5, 6.67))  # width of the narrowest bar, mm
COMFORTABLE = 7.4 / 1000 * INCH  # below this older scanners have trouble


class Symbology(StrEnum):
    """The three that libraries use."""

    CODABAR = "codabar"
    CODE39 = "code39"
    CODE128 = "code128"


NAMES = {Symbology.CODABAR: "Codabar", Symbology.CODE39: "Code 39", Symbology.CODE128: "Code 128"}
CAN_CARRY = {
    Symbology.CODABAR: (re.compile(r"[0-9$:/.+-]{1,40}"), "digits and - $ : / . +"),
    Symbology.CODE39: (re.compile(r"[0-9A-Z $/+%.-]{1,40}"), "digits, capital letters and - . $ / + % and the blank"),
    Symbology.CODE128: (re.compile(r"[ -~]{1,40}"), "unaccented letters, digits and punctuation"),
}


@dataclass(frozen=True)
class Bars:
    """A symbol to draw: `left` and `top` in mm from the label's corner, `module` the narrowest bar in mm."""

    value: str
    symbology: Symbology
    left: float
    top: float
    height: float
    module: float


def symbol(value: str, symbology: Symbology, *, module: float, height: float) -> Any:
    """The drawing, without quiet zones. Codabar 2.5, Code 39 3: wide bars to narrow ones."""
    size = {"barWidth": module / POINT, "barHeight": height / POINT, "quiet": 0, "humanReadable": False}
    if symbology is Symbology.CODABAR:
        return common.Codabar(f"A{value}B", ratio=2.5, **size)
    if symbology is Symbology.CODE39:
        return code39.Standard39(value, ratio=3, checksum=0, stop=1, **size)
    return code128.Code128(value, **size)


def check(value: str, symbology: Symbology) -> None:
    """Refuse what the symbology can't carry."""
    pattern, allowed = CAN_CARRY[symbology]
    if not pattern.fullmatch(value):
        raise Refusal(f'Barcode "{value}" can\'t be printed as {NAMES[symbology]}: it carries up to 40 {allowed}.')


def symbol_width(value: str, symbology: Symbology, module: float) -> float:
    """Millimetres between the outer bars."""
    return float(symbol(value, symbology, module=module, height=1.0).width) * POINT


def thickest_module(value: str, symbology: Symbology, room: float) -> float:
    """The widest module at which the symbol and its quiet zones fit into `room` mm; a Refusal when none does."""
    check(value, symbology)
    for module in MODULES:
        if symbol_width(value, symbology, module) + 2 * QUIET * module <= room + 1e-6:
            return module
    least = symbol_width(value, symbology, MODULES[-1]) + 2 * QUIET * MODULES[-1]
    raise Refusal(
        f'Barcode "{value}" needs {least:.1f} mm in {NAMES[symbology]} and the label has {room:.1f} mm. '
        "Use wider labels or Code 128."
    )
