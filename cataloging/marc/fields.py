"""Reading a record's fields: values without punctuation, sort titles, keys, and the format of what it describes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum

from pymarc import Field, Record

DATA_TAG = "010"
ARTICLES = ("the ", "an ", "a ")
STEM_LENGTH = 40
SUBJECT_TAGS = ("600", "610", "611", "630", "648", "650", "651", "655")
TRAILING = re.compile(r"[\s/:;,=]+$")
SUBTITLE = re.compile(r"\s*[:;=/]\s+")
NOT_WORD = re.compile(r"[\W_]+")
# Letters that Unicode does not take apart into a letter and a mark; apostrophes go without leaving a gap.
UNDIVIDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys("'\u2018\u2019\u02bc\u02b9\u02bb", "")
)
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


# Values


def subfields(field: Field, codes: str) -> str:
    """The values of the given subfields in the order of the field, joined by a space."""
    return " ".join(s.value.strip() for s in field.subfields if s.code in codes and s.value.strip())


def values(record: Record, tags: Iterable[str], codes: str) -> list[str]:
    """One trimmed value for each field of these tags that has any of these subfields."""
    wanted = set(tags)
    found = (trim(subfields(field, codes)) for field in record.fields if field.tag in wanted)
    return [value for value in found if value]


def first(record: Record, tags: Iterable[str], codes: str) -> str:
    """The first of `values`, or "" when there is none."""
    return next(iter(values(record, tags, codes)), "")


def control(record: Record, tag: str) -> str:
    """The data of a control field, or "" when the record has none."""
    return next((field.data or "" for field in record.fields if field.tag == tag), "")


def trim(text: str) -> str:
    """Text without the ISBD punctuation that ends a MARC subfield; a full stop stays after an abbreviation or initial.

    >>> trim("The pragmatic programmer :")
    'The pragmatic programmer'
    """
    text = TRAILING.sub("", " ".join(text.split()))
    last_word = text.rpartition(" ")[2]
    if text.endswith(".") and not text.endswith("..") and len(last_word) > 4 and "." not in last_word[:-1]:
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


def format_of(record: Record) -> Format:
    """The format by leader 06-07, fields 007 and 008, and the words of 245 $h, 300, 338, 340 and 538."""
    kind = str(record.leader)[6]
    return CLASSIFIERS.get(kind, _by_words)(record)


def is_online(record: Record) -> bool:
    """Whether it is read or heard over a network: form of item, carrier or category of material say so."""
    return (
        _form_of_item(record) in ("o", "s")
        or "cr" in {carrier for field in record.get_fields("338") for carrier in field.get_subfields("b")}
        or any((field.data or "").startswith("cr") for field in record.get_fields("007"))
        or "online resource" in _words(record)
    )


def _form_of_item(record: Record) -> str:
    """008/23, or 008/29 for maps and visual material; "" when the field is short."""
    place = 29 if str(record.leader)[6] in "efgkor" else 23
    return control(record, "008")[place : place + 1]


def _words(record: Record) -> str:
    """The lower-case words in which cataloguers and vendors say what kind of thing it is."""
    places = (("245", "h"), ("250", "a"), ("300", "ab"), ("338", "a"), ("340", "agnp"), ("538", "a"), ("753", "a"))
    return " ".join(subfields(field, codes) for tag, codes in places for field in record.get_fields(tag)).lower()


def _says(record: Record, *words: str) -> bool:
    text = _words(record)
    return any(word in text for word in words)


def _description(record: Record, category: str, place: int) -> str:
    """The character at `place` of the 007 that starts with `category`, "" when there is none."""
    found = (field.data or "" for field in record.get_fields("007") if (field.data or "").startswith(category))
    return next((data[place : place + 1] for data in found), "")


def _text(record: Record) -> Format:
    if str(record.leader)[7] in "bis":
        return Format.SERIAL
    form = _form_of_item(record)
    if form in ("a", "b", "c", "f") or _says(record, "microfi", "microform", "microopaque", "braille"):
        return Format.OTHER
    if is_online(record):
        return Format.EBOOK
    if form == "d" or _says(record, "large print", "large type"):
        return Format.LARGE_PRINT
    by_words = _by_words(record)
    return Format.BOOK if _says(record, " p.", "pages", "volume") else by_words


def _by_words(record: Record) -> Format:
    """For vendors' brief records, whose leader calls everything a book."""
    return next((form for words, form in WORDS if _says(record, *words)), Format.BOOK)


def _spoken(record: Record) -> Format:
    if is_online(record):
        return Format.EAUDIO
    return Format.OTHER if _says(record, "cassette", "playaway", "preloaded", "vinyl") else Format.AUDIOBOOK_CD


def _music(record: Record) -> Format:
    if is_online(record):
        return Format.EAUDIO
    speed = _description(record, "s", 3)
    if speed in ("a", "b", "c", "d", "e", "l") or _says(record, "33 1/3", "cassette", "vinyl", "12 in."):
        return Format.OTHER
    return Format.MUSIC_CD


def _projected(record: Record) -> Format:
    if is_online(record):
        return Format.OTHER
    carrier = _description(record, "v", 4)
    if carrier == "s" or _says(record, "blu-ray", "bluray"):
        return Format.BLU_RAY
    if carrier == "v" or _says(record, "dvd") or (_says(record, "videodisc") and "4 3/4" in _words(record)):
        return Format.DVD
    return Format.OTHER


def _computer_file(record: Record) -> Format:
    if control(record, "008")[26:27] == "g" or _says(record, *GAME_WORDS):
        return Format.VIDEO_GAME
    is_document = control(record, "008")[26:27] == "d"
    return Format.EBOOK if is_document and is_online(record) else Format.OTHER


def _always(form: Format) -> Callable[[Record], Format]:
    return lambda record: form


GAME_WORDS = ("video game", "videogame", "playstation", "xbox", "nintendo", "wii")
WORDS = (
    (GAME_WORDS, Format.VIDEO_GAME),
    (("blu-ray", "bluray"), Format.BLU_RAY),
    (("dvd", "videodisc"), Format.DVD),
    (("audiobook", "spoken word", "talking book"), Format.AUDIOBOOK_CD),
    (("compact disc", "audio disc", "sound disc", "music cd"), Format.MUSIC_CD),
    (("large print", "large type"), Format.LARGE_PRINT),
)
CLASSIFIERS: dict[str, Callable[[Record], Format]] = {
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
