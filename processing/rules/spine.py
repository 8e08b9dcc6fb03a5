"""From a call number to the lines of a spine label.

Blanks part lines. A Dewey number longer than a line breaks at the decimal point and then into even groups; the
slashes of 082 (segmentation marks) are no part of the number and are left out. A Library of Congress class breaks
between its letters and its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEWEY = re.compile(r"[0-9]{3}[/'\u2032]?(?:\.[0-9/'\u2032]+)?")
LC = re.compile(r"(?P<letters>[A-Z]{1,3})(?P<number>[0-9]{1,4}(?:\.[0-9]+)?)(?P<cutter>\.[A-Z][0-9]+.*)?")
MARKS = re.compile("[/'\u2032]")


@dataclass(frozen=True)
class SpineShape:
    """A library's habit: characters in a line, lines on a label, stamps above (each at most 8 characters as a rule)."""

    width: int = 8
    height: int = 6
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpineText:
    """The lines, and what could not be had as wished; labels are printed smaller then, and never cut."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


USUAL = SpineShape()


def spine_lines(call_number: str, shape: SpineShape = USUAL) -> SpineText:
    """The lines of a spine label, stamps first.

    >>> spine_lines("J 641.59/2687 SMI v.2").lines
    ('J', '641', '.592687', 'SMI', 'v.2')
    """
    stamps = [stamp.strip() for stamp in shape.prefix if stamp.strip()]
    lines = [*stamps]
    parts = words(call_number)
    for word, after in zip(parts, [*parts[1:], ""], strict=False):
        lines += split_word(word, after, shape.width)
    lines = joined(lines, shape, keep=len(stamps))
    return SpineText(tuple(lines), tuple(notes(lines, shape)))


def words(call_number: str) -> list[str]:
    """What blanks part; a volume's or copy's number stays with its word ("v. 2" is one line)."""
    together = re.sub(r"\b(v|vol|pt|c|copy|no|bk|disc)\.\s+(?=[0-9])", r"\1.", call_number, flags=re.IGNORECASE)
    return together.split()


def split_word(word: str, after: str, width: int) -> list[str]:
    """One part of a call number as lines; `after` is the part that follows, which tells a class from a cutter."""
    if DEWEY.fullmatch(word):
        return split_long_number(MARKS.sub("", word), width)
    lc = LC.fullmatch(word)
    if lc and (lc["cutter"] or after.startswith(".")):
        return [lc["letters"], *split_long_number(lc["number"], width), *([lc["cutter"]] if lc["cutter"] else [])]
    return [word]


def split_long_number(number: str, width: int) -> list[str]:
    """A decimal number in lines of at most `width` characters, broken at the point first."""
    if len(number) <= width or "." not in number:
        return [number]
    whole, decimals = number.split(".", 1)
    return [whole, *even_groups("." + decimals, width)]


def even_groups(text: str, width: int) -> list[str]:
    """Text in as few groups of at most `width` as will do, none more than one character longer than another."""
    count = -(-len(text) // width)
    size, longer = divmod(len(text), count)
    groups, at = [], 0
    for number in range(count):
        end = at + size + (1 if number < longer else 0)
        groups.append(text[at:end])
        at = end
    return groups


def joined(lines: list[str], shape: SpineShape, *, keep: int) -> list[str]:
    """With too many lines, short neighbours share one, from the bottom up: year, volume and copy go together first.

    The first `keep` lines (stamps) and the parts of one number stay apart.
    """
    lines = list(lines)
    at = len(lines) - 1
    while len(lines) > shape.height and at > keep:
        pair = f"{lines[at - 1]} {lines[at]}"
        if len(pair) <= shape.width and not lines[at].startswith("."):
            lines[at - 1 : at + 1] = [pair]
        at -= 1
    return lines


def notes(lines: list[str], shape: SpineShape) -> list[str]:
    """What is wider or higher than the label is meant to be."""
    told = [
        f'"{line}" has {len(line)} characters; the label takes {shape.width}.'
        for line in lines
        if len(line) > shape.width
    ]
    if len(lines) > shape.height:
        told.append(f"{len(lines)} lines; the label takes {shape.height}. Shorten the call number on the label.")
    return told
