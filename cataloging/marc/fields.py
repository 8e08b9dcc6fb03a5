"""Reading a record's fields: values without punctuation, sort titles, keys, and the format of what it describes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from cataloging.marc.classes import Field, Record

DATA_TAG = "010"
ARTICLES = ("the ", "an ", "a ")
STEM_LENGTH = 40
SUBJECT_TAGS = ("600", "610", "611", "630", "648", "650", "651", "655")
TRAILING = " /:;,="
SUBTITLE = re.compile(r"\s*[:;=/]\s+")
NOT_WORD = re.compile(r"[\W_]+")
# Letters that Unicode does not take apart into a letter and a mark; apostrophes go without leaving a gap.
UNDIVIDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
    | dict.fromkeys("'\u2018\u2019\u02bc\u02b9\u02bb", "")
)
# The same for text of ASCII characters alone, at once: capitals small, apostrophes gone, all that is no word a blank.
PLAIN_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {ord("'"): None}
YEAR = re.compile(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?![0-9])")


class Format(StrEnum):
    """What a reader holds in the hand; one word for each way of shelving, labelling and lending."""

    BOOK = "book"
    LARGE_PRINT = "large_print"
    AUDIOBOOK_CD = "audiobook_cd"
    MUSIC_CD = "music_cd"
    DVD = "dvd"
    BLU_RAY = "blu_ray"
    VIDEO_GAME = "video_game"
    EBOOK = "ebook"
    EAUDIO = "eaudio"
    SERIAL = "serial"
    SCORE = "score"
    MAP = "map"
    KIT = "kit"
    OTHER = "other"


class Tagged:
    """A record's fields by tag, for who asks for many tags; each answer is in the order of the record."""

    __slots__ = ("_by_tag", "fields", "leader")

    def __init__(self, record: Record) -> None:
        self.leader, self.fields = str(record.leader), record.fields
        self._by_tag: dict[str, list[Field]] = {}
        for field in record.fields:
            self._by_tag.setdefault(field.tag, []).append(field)

    def get_fields(self, *tags: str) -> list[Field]:
        """The fields of any of these tags."""
        found = [self._by_tag[tag] for tag in tags if tag in self._by_tag]
        if len(found) > 1:
            return [field for field in self.fields if field.tag in tags]
        return found[0] if found else []

    def get(self, tag: str) -> Field | None:
        """The first field of a tag."""
        return next(iter(self._by_tag.get(tag, ())), None)


# Values


def subfields(field: Field, codes: str) -> str:
    """The values of the given subfields in the order of the field, joined by a space."""
    return " ".join([value for s in field.subfields if s.code in codes and (value := s.value.strip())])


def values(record: Record | Tagged, tags: Iterable[str], codes: str) -> list[str]:
    """One trimmed value for each field of these tags that has any of these subfields."""
    fields = record.get_fields(*tags)
    return [value for field in fields if (value := trim(subfields(field, codes)))] if fields else []


def first(record: Record | Tagged, tags: Iterable[str], codes: str) -> str:
    """The first of `values`, or "" when there is none."""
    return next((value for field in record.get_fields(*tags) if (value := trim(subfields(field, codes)))), "")


def control(record: Record | Tagged, tag: str) -> str:
    """The data of a control field, or "" when the record has none."""
    field = record.get(tag)
    return (field.data or "") if field is not None else ""


def trim(text: str) -> str:
    """Text without the ISBD punctuation that ends a MARC subfield; a full stop stays after an abbreviation or initial.

    >>> trim("The pragmatic programmer :")
    'The pragmatic programmer'
    """
    text = " ".join(text.split()).rstrip(TRAILING)
    if text.endswith(".") and not text.endswith(".."):
        last_word = text.rpartition(" ")[2]
        if len(last_word) > 4 and "." not in last_word[:-1]:
            text = text[:-1]
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1:
        text = text[1:-1]
    return text


def year(text: str) -> int | None:
    """The first year between 1400 and 2099 in text: "c2009." is 2009."""
    found = YEAR.search(text)
    return int(found.group()) if found else None


# Keys


def plain(text: str) -> str:
    """Text for comparing and sorting: lower case, without diacritics and punctuation, single spaces."""
    if text.isascii():
        return " ".join(text.replace("&", " and ").translate(PLAIN_ASCII).split())
    text = text.casefold().replace("&", " and ").translate(UNDIVIDED)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(NOT_WORD.sub(" ", text).split())


def article_length(title: str) -> int:
    """How many characters an English article takes at the start of a title, the space included (245, indicator 2)."""
    return next((len(article) for article in ARTICLES if title.lower().startswith(article)), 0)


def title_key(title: str, author: str) -> str:
    """The key under which a title is found again: forty letters of the title proper and the author's family name.

    >>> title_key("The act of love : a novel", "Jacobson, Howard")
    'actoflove|jacobson'
    """
    main = SUBTITLE.split(title[article_length(title) :], maxsplit=1)[0]
    stem = plain(main).replace(" ", "")[:STEM_LENGTH]
    surname = plain(author.partition(",")[0]).rpartition(" ")[2] if author else ""
    return f"{stem}|{surname}" if stem else ""


# Format


@dataclass(frozen=True, slots=True)
class Clues:
    """What tells a record's format: leader 06 and 07, form of item, 008, 007s, carrier codes, and the words used."""

    kind: str
    level: str
    form: str
    fixed: str
    physical: tuple[str, ...]
    carriers: tuple[str, ...]
    words: str

    def says(self, *words: str) -> bool:
        """Whether any of the words stands where cataloguers and vendors name the kind of thing."""
        return any(word in self.words for word in words)

    def coded(self, category: str, place: int) -> str:
        """The character at `place` of the 007 for the category of material, "" when there is none."""
        return next((data[place : place + 1] for data in self.physical if data.startswith(category)), "")

    @property
    def online(self) -> bool:
        """Whether it is read or heard over a network."""
        return self.form in ("o", "s") or "cr" in self.carriers or bool(self.coded("cr", 0)) or self.says("online res")


def format_of(record: Record | Tagged) -> Format:
    """The format by leader 06-07, fields 007 and 008, and the words of 245 $h, 250, 300, 338, 340 and 538."""
    clues = _clues(record)
    return CLASSIFIERS.get(clues.kind, _by_words)(clues)


def _clues(record: Record | Tagged) -> Clues:
    leader = str(record.leader)
    fixed, physical, carriers, words = "", [], [], []
    for field in record.fields:
        if field.tag == "008":
            fixed = field.data or ""
        elif field.tag == "007":
            physical.append(field.data or "")
        elif field.tag in NAMING:
            words.append(subfields(field, NAMING[field.tag]))
            carriers += field.get_subfields("b") if field.tag == "338" else []
    # Form of item is 008/23, and 008/29 for maps and visual material.
    place = 29 if leader[6] in "efgkor" else 23
    text = " ".join(words).lower()
    return Clues(leader[6], leader[7], fixed[place : place + 1], fixed, tuple(physical), tuple(carriers), text)


def _text(clues: Clues) -> Format:
    if clues.level in ("b", "i", "s"):
        return Format.SERIAL
    if clues.form in ("a", "b", "c", "f") or clues.says("microfi", "microform", "microopaque", "braille"):
        return Format.OTHER
    if clues.online:
        return Format.EBOOK
    if clues.form == "d" or clues.says("large print", "large type"):
        return Format.LARGE_PRINT
    return Format.BOOK if clues.says(" p.", "pages", "volume") else _by_words(clues)


def _by_words(clues: Clues) -> Format:
    """For vendors' brief records, whose leader calls everything a book."""
    return next((form for words, form in WORDS if clues.says(*words)), Format.BOOK)


def _spoken(clues: Clues) -> Format:
    if clues.online:
        return Format.EAUDIO
    return Format.OTHER if clues.says("cassette", "playaway", "preloaded", "vinyl") else Format.AUDIOBOOK_CD


def _music(clues: Clues) -> Format:
    if clues.online:
        return Format.EAUDIO
    # 007/03 is the speed: a to e turn on a record player, l on a tape deck; f is a compact disc.
    is_analog = clues.coded("s", 3) in tuple("abcdel") or clues.says("33 1/3", "cassette", "vinyl", "12 in.")
    return Format.OTHER if is_analog else Format.MUSIC_CD


def _projected(clues: Clues) -> Format:
    carrier = clues.coded("v", 4)
    if clues.online:
        return Format.OTHER
    if carrier == "s" or clues.says("blu-ray", "bluray"):
        return Format.BLU_RAY
    is_dvd = carrier == "v" or clues.says("dvd") or (clues.says("videodisc") and clues.says("4 3/4"))
    return Format.DVD if is_dvd else Format.OTHER


def _computer_file(clues: Clues) -> Format:
    sort = clues.fixed[26:27]
    if sort == "g" or clues.says(*GAME_WORDS):
        return Format.VIDEO_GAME
    return Format.EBOOK if sort == "d" and clues.online else Format.OTHER


def _always(form: Format) -> Callable[[Clues], Format]:
    return lambda clues: form


# Where records say in words what kind of thing they describe: tag and subfields.
NAMING = {"245": "h", "250": "a", "300": "abc", "338": "a", "340": "agnp", "538": "a", "753": "a"}
GAME_WORDS = ("video game", "videogame", "playstation", "xbox", "nintendo", "wii")
WORDS = (
    (GAME_WORDS, Format.VIDEO_GAME),
    (("blu-ray", "bluray"), Format.BLU_RAY),
    (("dvd", "videodisc"), Format.DVD),
    (("audiobook", "spoken word", "talking book"), Format.AUDIOBOOK_CD),
    (("compact disc", "audio disc", "sound disc", "music cd"), Format.MUSIC_CD),
    (("large print", "large type"), Format.LARGE_PRINT),
)
CLASSIFIERS: dict[str, Callable[[Clues], Format]] = {
    "a": _text,
    "t": _text,
    "c": _always(Format.SCORE),
    "d": _always(Format.SCORE),
    "e": _always(Format.MAP),
    "f": _always(Format.MAP),
    "g": _projected,
    "i": _spoken,
    "j": _music,
    "k": _always(Format.OTHER),
    "m": _computer_file,
    "o": _always(Format.KIT),
    "p": _always(Format.OTHER),
    "r": _always(Format.OTHER),
}
