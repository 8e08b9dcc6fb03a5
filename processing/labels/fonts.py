"""Typefaces: Helvetica for Western text, embedded TrueType faces for the rest, stand-ins for what none of them has."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

POINT = 25.4 / 72  # millimetres
LEADING = 1.15  # height of a line in sizes of its type
ASCENT = 0.78  # of a size, from the top of a line to its baseline at that leading

# Vera comes with reportlab; DejaVu, which has Greek, Cyrillic and more, is used where the system has it.
EMBEDDED = {False: ("Vera", "DejaVuSans"), True: ("VeraBd", "DejaVuSans-Bold")}
STANDARD = {False: "Helvetica", True: "Helvetica-Bold"}


@dataclass(frozen=True)
class Printable:
    """Text as it can be printed: its face, and the letters that had to give way (each with its stand-in)."""

    text: str
    face: str
    replaced: tuple[tuple[str, str], ...] = ()


def printable(text: str, *, bold: bool = False) -> Printable:
    """The first face that has every letter; if none has, the richest one with stand-ins for what it lacks."""
    clean = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in unicodedata.normalize("NFC", text)
    )
    if encodable(clean):
        return Printable(clean, STANDARD[bold])
    faces = [face for face in EMBEDDED[bold] if glyphs(face)]
    for face in faces:
        if all(ord(c) in glyphs(face) for c in clean):
            return Printable(clean, face)
    best = max(faces, key=lambda face: sum(ord(c) in glyphs(face) for c in clean))
    stand_ins = {c: stand_in(c, best) for c in dict.fromkeys(clean) if ord(c) not in glyphs(best)}
    replaced = tuple((c, other) for c, other in stand_ins.items() if unicodedata.category(c) not in {"Mn", "Cf"})
    return Printable("".join(stand_ins.get(c, c) for c in clean), best, replaced)


def stand_in(letter: str, face: str) -> str:
    """The letter without its accents where the face has that, otherwise a question mark; marks alone vanish."""
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return ""
    base = "".join(c for c in unicodedata.normalize("NFKD", letter) if unicodedata.category(c) != "Mn")
    return base if base and all(ord(c) in glyphs(face) for c in base) else "?"


def encodable(text: str) -> bool:
    """Whether the standard faces have it: their letters are those of Windows code page 1252."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@cache
def glyphs(face: str) -> frozenset[int]:
    """Code points that an embedded face has, which registers it; empty when the system lacks the face."""
    try:
        font = TTFont(face, f"{face}.ttf")
    except TTFError:
        return frozenset()
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def width(text: str, face: str, size: float) -> float:
    """Millimetres that `text` takes at `size` points."""
    return float(pdfmetrics.stringWidth(text, face, size)) * POINT


def line_height(size: float) -> float:
    """Millimetres from one line's top to the next one's."""
    return size * LEADING * POINT
