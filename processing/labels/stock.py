"""Label stock: sheets of labels, and rolls whose page is one label. All measures in millimetres.

Sources: the makers' published sizes. Inches are exact: 1 in = 25.4 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

from techsvc.kernel.errors import Refusal

INCH = 25.4
LETTER = (8.5 * INCH, 11 * INCH)
A4 = (210.0, 297.0)


@dataclass(frozen=True)
class Box:
    """A rectangle on the page: its left and top edge, measured from the page's top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Sheet:
    """A page of equal labels. `pitch` is from one label's edge to the next one's; `top` and `left` are the margins."""

    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    grid: tuple[int, int]
    left: float
    top: float
    pitch: tuple[float, float]

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return self.grid[0] * self.grid[1]

    def cell(self, position: int) -> Box:
        """Where a label lies; positions count from 1, left to right, then down, and go on over pages."""
        row, column = divmod((position - 1) % self.per_page, self.grid[0])
        return Box(self.left + column * self.pitch[0], self.top + row * self.pitch[1], *self.label)

    def page_of(self, position: int) -> int:
        """The page of a position, from 1."""
        return (position - 1) // self.per_page + 1


def roll(name: str, width: float, height: float) -> Sheet:
    """Stock whose page is one label."""
    return Sheet(name, (width, height), (width, height), (1, 1), 0.0, 0.0, (width, height))


STOCK: dict[str, Sheet] = {
    "avery-5160": Sheet(
        "Avery 5160, 30 on a letter page, 2 5/8 x 1 in",
        LETTER, (2.625 * INCH, INCH), (3, 10), 0.1875 * INCH, 0.5 * INCH, (2.75 * INCH, INCH),
    ),
    "avery-5167": Sheet(
        "Avery 5167, 80 on a letter page, 1 3/4 x 1/2 in",
        LETTER, (1.75 * INCH, 0.5 * INCH), (4, 20), 0.3 * INCH, 0.5 * INCH, (2.05 * INCH, 0.5 * INCH),
    ),
    "avery-l7651": Sheet(
        "Avery L7651, 65 on an A4 page, 38.1 x 21.2 mm",
        A4, (38.1, 21.2), (5, 13), 4.75, 10.7, (40.6, 21.2),
    ),
    "demco-14942260": Sheet(
        "Demco WS14942260, 50 spine labels on a letter page, 1 1/2 x 1 in",
        LETTER, (1.5 * INCH, INCH), (5, 10), 0.375 * INCH, 0.5 * INCH, (1.5625 * INCH, INCH),
    ),
    "dymo-30252": roll("DYMO 30252 address, 89 x 28 mm", 3.5 * INCH, 1.125 * INCH),
    "dymo-30330": roll("DYMO 30330 return address, 51 x 19 mm", 2 * INCH, 0.75 * INCH),
    "dymo-30336": roll("DYMO 30336, 54 x 25 mm", 2.125 * INCH, INCH),
    "dymo-30346": roll("DYMO 30346 library barcode, 48 x 13 mm", 1.875 * INCH, 0.5 * INCH),
    "dymo-30347": roll("DYMO 30347 book spine, 38 x 25 mm", 1.5 * INCH, INCH),
    "dymo-30347-upright": roll("DYMO 30347 book spine, printed upright, 25 x 38 mm", INCH, 1.5 * INCH),
}  # fmt: skip


def sheet(key: str) -> Sheet:
    """Stock by its key; a Refusal names what there is."""
    if key not in STOCK:
        raise Refusal(f'There is no label stock "{key}". Choose one of {", ".join(STOCK)}.')
    return STOCK[key]
