"""Brief records: what an order or a request knows of a title, as a MARC record to be overlaid later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cataloging.marc.classes import Field, Indicators, Record, Subfield
from cataloging.marc.fields import Format, article_length
from techsvc.kernel.money import Money

MADE_BY = "techsvc"
# 008/18-34 by kind of material; @ stands for the form of item, | for "not coded".
BOOKS = "|||||@|||||||| ||"
SERIALS = "|| ||@||||||   ||"
MUSIC = "|||||@|||||||| | "
VISUAL = "||| |     |@   v|"
KITS = "||| |     |@   b|"
GAMES = "    |@  g |      "
MAPS = "|||||| |  |@ | ||"

CD = "sd f|ngnn|||||"
ONLINE = "cr |||||||||||"


@dataclass(frozen=True, slots=True)
class Brief:
    """The facts of a brief record. Texts may be ""; numbers are kept as given, normalised by who gives them."""

    title: str
    author: str = ""
    isbn13: str = ""
    issn: str = ""
    upc: str = ""
    publisher: str = ""
    pub_year: int | None = None
    edition: str = ""
    format: Format = Format.BOOK
    price: Money | None = None
    language: str = "eng"
    control_no: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a format looks in MARC: leader 06-07, 008/18-34, form of item, 007, extent, content, media, carrier."""

    leader: str
    material: str
    form: str = " "
    physical: str = ""
    extent: str = ""
    content: tuple[str, str] = ("text", "txt")
    media: tuple[str, str] = ("unmediated", "n")
    carrier: tuple[str, str] = ("volume", "nc")


AUDIO, DISC = ("audio", "s"), ("audio disc", "sd")
VIDEO, VIDEODISC = ("video", "v"), ("videodisc", "vd")
COMPUTER, RESOURCE = ("computer", "c"), ("online resource", "cr")
MOVING = ("two-dimensional moving image", "tdi")
SPOKEN, PERFORMED = ("spoken word", "spw"), ("performed music", "prm")

SHAPES = {
    Format.BOOK: Shape("am", BOOKS),
    Format.LARGE_PRINT: Shape("am", BOOKS, form="d", extent="pages (large print)"),
    Format.AUDIOBOOK_CD: Shape("im", MUSIC, " ", CD, "audio discs", SPOKEN, AUDIO, DISC),
    Format.MUSIC_CD: Shape("jm", MUSIC, " ", CD, "audio discs", PERFORMED, AUDIO, DISC),
    Format.DVD: Shape("gm", VISUAL, " ", "vd |v|iz|", "videodiscs (DVD)", MOVING, VIDEO, VIDEODISC),
    Format.BLU_RAY: Shape("gm", VISUAL, " ", "vd |s|iz|", "videodiscs (Blu-ray)", MOVING, VIDEO, VIDEODISC),
    Format.VIDEO_GAME: Shape(
        "mm", GAMES, "q", "", "video game", ("computer program", "cop"), COMPUTER, ("computer disc", "cd")
    ),
    Format.EBOOK: Shape("am", BOOKS, "o", ONLINE, "1 online resource", media=COMPUTER, carrier=RESOURCE),
    Format.EAUDIO: Shape("im", MUSIC, "o", ONLINE, "1 online resource", SPOKEN, COMPUTER, RESOURCE),
    Format.SERIAL: Shape("as", SERIALS),
    Format.SCORE: Shape("cm", MUSIC, extent="score", content=("notated music", "ntm")),
    Format.MAP: Shape("em", MAPS, extent="map", content=("cartographic image", "cri"), carrier=("sheet", "nb")),
    Format.KIT: Shape("om", KITS, extent="kit", carrier=("object", "nr")),
    Format.OTHER: Shape("rm", VISUAL.replace("v", "z"), extent="object", carrier=("object", "nr")),
}


def build(brief: Brief, *, entered: date) -> Record:
    """A preliminary-level UTF-8 record (leader 17 = 5) with what is known; `entered` is the day for 008."""
    shape = SHAPES[brief.format]
    record = Record(leader=f"00000n{shape.leader} a22000005c 4500")
    record.fields = [
        *_control_fields(brief, shape, entered),
        *_numbers(brief),
        _data("040", "  ", [("a", MADE_BY), ("b", "eng"), ("c", MADE_BY)]),
        *_description(brief, shape),
    ]
    return record


def _control_fields(brief: Brief, shape: Shape, entered: date) -> list[Field]:
    has_year = brief.pub_year is not None and 1000 <= brief.pub_year <= 9999
    when = f"s{brief.pub_year}    " if has_year else "nuuuu    "
    material = shape.material.replace("@", shape.form)
    fixed = f"{entered:%y%m%d}{when}xx {material}{brief.language[:3]:<3} d"
    found = [("001", brief.control_no), ("007", shape.physical), ("008", fixed)]
    return [Field(tag=tag, data=data) for tag, data in found if data]


def _numbers(brief: Brief) -> list[Field]:
    price = str(brief.price) if brief.price else ""
    upc_kind = "1 " if len(brief.upc) == 12 else "3 "
    has_isbn = bool(brief.isbn13)
    fields = [
        _data("020", "  ", [("a", brief.isbn13), ("c", price)]),
        _data("022", "  ", [("a", brief.issn)]),
        _data("024", upc_kind, [("a", brief.upc), ("c", "" if has_isbn else price)] if brief.upc else []),
    ]
    return [field for field in fields if field.subfields]


def _description(brief: Brief, shape: Shape) -> list[Field]:
    """1XX to 3XX; a name without a comma is entered as it stands (first indicator 0)."""
    skip = article_length(brief.title) if brief.language == "eng" else 0
    surname_first = "1" if "," in brief.author else "0"
    fields = [
        _data("100", f"{surname_first} ", [("a", brief.author)]),
        _data("245", f"{int(bool(brief.author))}{skip}", [("a", brief.title)]),
        _data("250", "  ", [("a", brief.edition)]),
        _data("264", " 1", [("b", brief.publisher), ("c", str(brief.pub_year or ""))]),
        _data("300", "  ", [("a", shape.extent)]),
        _data("336", "  ", [("a", shape.content[0]), ("b", shape.content[1]), ("2", "rdacontent")]),
        _data("337", "  ", [("a", shape.media[0]), ("b", shape.media[1]), ("2", "rdamedia")]),
        _data("338", "  ", [("a", shape.carrier[0]), ("b", shape.carrier[1]), ("2", "rdacarrier")]),
    ]
    return [field for field in fields if field.subfields]


def _data(tag: str, indicators: str, parts: list[tuple[str, str]]) -> Field:
    found = [Subfield(code, " ".join(value.split())) for code, value in parts if value.strip()]
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=found)
