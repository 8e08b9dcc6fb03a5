"""Where everything goes on a label. Text that does not fit is made smaller or wrapped, and reported; never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processing.labels.barcodes import COMFORTABLE, Bars, Symbology, symbol_width, thickest_module
from processing.labels.fonts import ASCENT, Printable, line_height, printable, width

PADDING = 1.2  # mm that stay blank at each edge, because printers wander
SMALLEST_READABLE = 5.0  # points
UNWRAPPED_DOWN_TO = 8.0  # points; a spine line is made this small before it is wrapped
LEAST_BARS = 4.0  # mm of height that a hand scanner hits


@dataclass(frozen=True)
class SpineLabel:
    """A call number in lines, as rules/spine.py splits it. `size` is the type size wished for, in points."""

    lines: tuple[str, ...]
    size: float = 12.0
    bold: bool = True
    centred: bool = True


@dataclass(frozen=True)
class BarcodeLabel:
    """Library's name, bars, digits, title; empty parts are left out. `digits` is the barcode as people read it."""

    barcode: str
    library: str = ""
    title: str = ""
    digits: str = ""
    symbology: Symbology = Symbology.CODABAR


Label = SpineLabel | BarcodeLabel


@dataclass(frozen=True)
class Text:
    """One line of type: `x` is its left edge, `baseline` measured from the label's top; mm, size in points."""

    text: str
    face: str
    size: float
    x: float
    baseline: float


@dataclass(frozen=True)
class Drawing:
    """A label ready to be drawn, and what a person should know about it."""

    texts: tuple[Text, ...]
    bars: tuple[Bars, ...] = ()
    notes: tuple[str, ...] = ()


def compose(label: Label, size: tuple[float, float]) -> Drawing:
    """Lay a label out on `size` (width, height in mm); a Refusal when a barcode does not fit or can't be encoded."""
    if isinstance(label, SpineLabel):
        return compose_spine(label, size)
    return compose_barcode(label, size)


# Spine labels


def compose_spine(label: SpineLabel, size: tuple[float, float]) -> Drawing:
    """All lines in one size, centred in the height."""
    room = (size[0] - 2 * PADDING, size[1] - 2 * PADDING)
    lines = [printable(line, bold=label.bold) for line in label.lines if line.strip()]
    points, fitted = fit_block(lines, room, label.size)
    notes = replacement_notes(lines)
    if len(fitted) > len(lines):
        notes.append(f'"{" ".join(line.text for line in lines)}" was wrapped into {len(fitted)} lines.')
    if points < SMALLEST_READABLE:
        notes.append(f'"{" ".join(line.text for line in lines)}" fits only in {points:.1f} point type.')
    top = (size[1] - len(fitted) * line_height(points)) / 2
    return Drawing(place_block(fitted, points, top, size[0], label.centred), notes=tuple(notes))


def fit_block(lines: Sequence[Printable], room: tuple[float, float], wished: float) -> tuple[float, list[Printable]]:
    """(size, lines) for a block: smaller type first, then wrapping, then as small as it must be."""
    if not lines:
        return wished, []
    whole = largest_size(lines, room, wished)
    if whole >= UNWRAPPED_DOWN_TO or whole >= wished:
        return whole, list(lines)
    points = wished
    while points >= max(whole, SMALLEST_READABLE):
        wrapped = [part for line in lines for part in wrap(line, room[0], points)]
        if fits(wrapped, room, points):
            return points, wrapped
        points -= 0.5
    return whole, list(lines)


def largest_size(lines: Sequence[Printable], room: tuple[float, float], wished: float) -> float:
    """The largest size up to `wished` at which the lines fit as they are; rounded down to a tenth of a point."""
    widest = max(width(line.text, line.face, 100.0) for line in lines) / 100
    by_width = room[0] / widest if widest else wished
    by_height = room[1] / (len(lines) * line_height(1.0))
    return min(wished, int(min(by_width, by_height) * 10) / 10)


def fits(lines: Sequence[Printable], room: tuple[float, float], points: float) -> bool:
    """Whether lines fit at this size."""
    high = len(lines) * line_height(points) <= room[1] + 1e-6
    return high and all(width(line.text, line.face, points) <= room[0] + 1e-6 for line in lines)


def wrap(line: Printable, room: float, points: float) -> list[Printable]:
    """A line broken at blanks; a word too long for the room stays whole."""
    parts: list[str] = []
    for word in line.text.split():
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and width(longer, line.face, points) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return [Printable(part, line.face) for part in parts]


# Barcode labels


def compose_barcode(label: BarcodeLabel, size: tuple[float, float]) -> Drawing:
    """From the top: library, bars, digits, title; the bars take the height that the type leaves."""
    room = size[0] - 2 * PADDING
    points = min(8.0, max(SMALLEST_READABLE, size[1] / 25.4 * 8.0))
    budget = size[1] - 2 * PADDING - LEAST_BARS
    head = fit_text(label.library, room, budget / 3, points, bold=True)
    digits = fit_text(label.digits or label.barcode, room, budget / 2, points + 0.5)
    foot = fit_text(label.title, room, budget - head.height - digits.height, points)
    module = thickest_module(label.barcode, label.symbology, size[0])
    bars_top = PADDING + head.height + 0.4
    bars_height = size[1] - PADDING - foot.height - digits.height - 0.4 - bars_top
    left = (size[0] - symbol_width(label.barcode, label.symbology, module)) / 2
    bars = Bars(label.barcode, label.symbology, left, bars_top, bars_height, module)
    texts = [*head.placed(PADDING, size[0]), *digits.placed(bars_top + bars_height + 0.4, size[0])]
    texts += foot.placed(size[1] - PADDING - foot.height, size[0])
    return Drawing(tuple(texts), (bars,), (*head.notes, *digits.notes, *foot.notes, *thin_bars(label.barcode, module)))


def thin_bars(barcode: str, module: float) -> list[str]:
    """A word of caution about narrow bars."""
    if module >= COMFORTABLE:
        return []
    return [f"The bars of {barcode} are only {module:.2f} mm wide; try your scanner on one before printing many."]


@dataclass(frozen=True)
class Block:
    """Lines of one text at one size."""

    lines: tuple[Printable, ...]
    points: float
    notes: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """Millimetres."""
        return len(self.lines) * line_height(self.points)

    def placed(self, top: float, across: float) -> tuple[Text, ...]:
        """Centred on the label's width `across`."""
        return place_block(self.lines, self.points, top, across, True)


def fit_text(text: str, room: float, height: float, points: float, *, bold: bool = False) -> Block:
    """One line, or two when the text is long, in `room` by `height` mm; smaller than readable is reported."""
    line = printable(" ".join(text.split()), bold=bold)
    if not line.text:
        return Block((), points)
    notes = tuple(replacement_notes([line]))
    one = largest_size([line], (room, height), points)
    if one >= SMALLEST_READABLE:
        return Block((line,), one, notes)
    best, halves = max(((largest_size(h, (room, height), points), h) for h in splits(line)), key=lambda found: found[0])
    if best <= one:
        best, halves = one, [line]
    if best < SMALLEST_READABLE:
        notes += (f'"{line.text}" fits only in {best:.1f} point type.',)
    return Block(tuple(halves), best, notes)


def splits(line: Printable) -> list[list[Printable]]:
    """Every way to break a line in two or not at all; a single word stays whole."""
    words = line.text.split()
    ways = [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    return [[line], *([Printable(part, line.face) for part in way] for way in ways)]


# Both


def place_block(
    lines: Sequence[Printable], points: float, top: float, across: float, centred: bool
) -> tuple[Text, ...]:
    """Lines one below the other from `top`, centred on `across` mm or at the left padding."""
    texts = []
    for number, line in enumerate(lines):
        x = (across - width(line.text, line.face, points)) / 2 if centred else PADDING
        baseline = top + number * line_height(points) + line_height(points) * ASCENT
        texts.append(Text(line.text, line.face, points, x, baseline))
    return tuple(texts)


def replacement_notes(lines: Sequence[Printable]) -> list[str]:
    """Which letters no face has."""
    pairs = dict(pair for line in lines for pair in line.replaced)
    return [f'"{letter}" is in no typeface here and is printed as "{other}".' for letter, other in pairs.items()]
