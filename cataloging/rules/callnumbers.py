"""Call numbers: built from a record's Dewey number by the library's habits, and sorted as they stand on the shelf."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from cataloging.marc.fields import Format, article_length, control, first, format_of, plain
from cataloging.marc.record import Record

MARKS = re.compile("[/'\u2032\u02b9\u2019\u00b4]")
DEWEY = re.compile(r"[0-9]{3}(?:\.[0-9]+)?")
LC_CLASS = re.compile(r"^([A-Z]{1,3})\s*([0-9]{1,4})(\.[0-9]+)?(?=[\s.]|$)")
WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+[0-9]*[^\W\d_]*")
FICTION_CODES = ("1", "f", "j")
NUMBER_WIDTH = 6


class Audience(StrEnum):
    """For whom a title is shelved."""

    ADULT = "adult"
    TEEN = "teen"
    CHILD = "child"
    EASY = "easy"


@dataclass(frozen=True, slots=True)
class ShelfFacts:
    """What decides where a title stands; `dewey` is 082 $a as it is, `name` the first name or title to cut from."""

    dewey: str
    name: str
    audience: Audience = Audience.ADULT
    format: Format = Format.BOOK
    fiction: bool = False
    biography: str = ""


@dataclass(frozen=True, slots=True)
class CallNumberProfile:
    """A library's habits. `prefixes` maps (audience, format) to what goes in front, None standing for any."""

    decimals: int = 4
    cutter_letters: int = 3
    fiction: str = "FIC"
    easy: str = "E"
    biography: str = "B"
    prefixes: tuple[tuple[Audience | None, Format | None, str], ...] = (
        (None, Format.LARGE_PRINT, "LP"),
        (None, Format.DVD, "DVD"),
        (None, Format.BLU_RAY, "BLU-RAY"),
        (None, Format.AUDIOBOOK_CD, "CD BOOK"),
        (None, Format.MUSIC_CD, "CD"),
        (None, Format.VIDEO_GAME, "GAME"),
        (None, Format.KIT, "KIT"),
        (Audience.TEEN, None, "YA"),
        (Audience.CHILD, None, "J"),
    )


@dataclass(frozen=True, slots=True)
class CallNumber:
    """The parts of a call number, each a line of a spine label; `class_part` is a Dewey number or a word like FIC."""

    prefix: str
    class_part: str
    cutter: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.prefix, self.class_part, self.cutter) if part)


DEFAULT_PROFILE = CallNumberProfile()
AUDIENCES = {"a": Audience.CHILD, "b": Audience.CHILD, "c": Audience.CHILD, "j": Audience.CHILD, "d": Audience.TEEN}


def shelf_facts(record: Record) -> ShelfFacts:
    """The facts of a record that decide its place: 082, audience (008/22), literary form (008/33), names, subjects."""
    fixed = control(record, "008")
    is_text = str(record.leader)[6] in "at"
    dewey = first(record, ["092", "082"], "a")
    marked = dewey.strip("[]").upper()
    audience = AUDIENCES.get(fixed[22:23], Audience.ADULT)
    fiction = (is_text and fixed[33:34] in FICTION_CODES) or "FIC" in marked
    subject = first(record, ["600"], "a")
    is_life = _is_biography(record, dewey)
    return ShelfFacts(
        dewey=dewey,
        name=first(record, ["100", "110", "111", "130"], "a") or _without_article(record),
        audience=Audience.EASY if marked == "E" else audience,
        format=format_of(record),
        fiction=fiction,
        biography=subject if is_life and subject and not fiction else "",
    )


def _is_biography(record: Record, dewey: str) -> bool:
    """008/34 a or b (one person's life), or Dewey's own marks B and 92."""
    by_code = str(record.leader)[6] in "at" and control(record, "008")[34:35] in ("a", "b")
    return by_code or dewey.strip("[]").upper() in ("B", "92", "921")


def _without_article(record: Record) -> str:
    title = first(record, ["245"], "a")
    return title[article_length(title) :]


def call_number(facts: ShelfFacts, profile: CallNumberProfile = DEFAULT_PROFILE) -> CallNumber | None:
    """The call number by the library's habits; None when it needs a Dewey number and the record has none."""
    letters = cutter(facts.biography or facts.name, profile.cutter_letters)
    if facts.audience is Audience.EASY:
        return CallNumber(_prefix(facts, profile), profile.easy, letters)
    if facts.fiction:
        return CallNumber(_prefix(facts, profile), profile.fiction, letters)
    if facts.biography:
        return CallNumber(_prefix(facts, profile), profile.biography, letters)
    number = dewey_number(facts.dewey, profile.decimals)
    return CallNumber(_prefix(facts, profile), number, letters) if number else None


def _prefix(facts: ShelfFacts, profile: CallNumberProfile) -> str:
    """Every prefix that applies, audience first: a child's DVD is "J DVD"."""
    applying = [
        (audience is None, text)
        for audience, form, text in profile.prefixes
        if audience in (None, facts.audience) and form in (None, facts.format)
    ]
    return " ".join(text for _, text in sorted(applying, key=lambda found: found[0]))


def dewey_number(text: str, decimals: int) -> str:
    """The Dewey number in 082 $a, cut to so many places; "" when there is none.

    A slash or prime marks where a shorter number may end: a number is cut at the last mark within the length if it
    has one there, so that it stays a whole one.

    >>> dewey_number("971.1/75", 4), dewey_number("629.28/7/2", 3)
    ('971.175', '629.287')
    """
    marked = MARKS.sub("/", text.strip())
    found = DEWEY.match(marked.replace("/", ""))
    if found is None:
        return ""
    number = found.group()
    longest = 3 + (decimals + 1 if decimals else 0)
    if len(number) <= longest:
        return number
    ends = [len(marked[:place].replace("/", "")) for place, sign in enumerate(marked) if sign == "/"]
    fitting = [end for end in ends if 3 <= end <= longest]
    return number[: max(fitting, default=longest)].rstrip(".")


def cutter(name: str, letters: int) -> str:
    """The first letters of a name or title, without article, marks and punctuation: "O'Brien, Tim" is OBR."""
    return plain(name[article_length(name) :]).replace(" ", "")[:letters].upper()


# Shelf order


def shelf_key(call_number: str) -> str:
    """A key whose plain byte order (collation "C") is shelf order.

    Dewey decimals and cutters sort digit by digit, as decimals; volumes, copies and years as whole numbers; the class
    of a Library of Congress number as a whole number with decimals behind it. Capital and small letters are the same.
    """
    text = unicodedata.normalize("NFKD", call_number).upper()
    text = "".join(c for c in text if not unicodedata.combining(c)).strip()
    lc = LC_CLASS.match(text)
    if lc:
        whole = f"{lc[1]} {int(lc[2]):0{NUMBER_WIDTH}d}{lc[3] or ''}"
        return " ".join([whole, *_tokens(text[lc.end() :], classed=True)])
    return " ".join(_tokens(text, classed=False))


def _tokens(text: str, *, classed: bool) -> list[str]:
    """The words of a call number; numbers behind the class are padded, the class and decimals stay as they are."""
    tokens = []
    for word in WORD.findall(text):
        is_class = not classed and DEWEY.fullmatch(word) is not None
        if is_class or not word.isdigit():
            tokens.append(word)
        else:
            tokens.append(f"{int(word):0{NUMBER_WIDTH}d}")
        classed = classed or is_class
    return tokens
