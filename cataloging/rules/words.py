"""The parts of a MARC record in words, since nobody should have to know tags by heart.

The names are those of the MARC 21 Format for Bibliographic Data (Library of Congress), shortened for the screen.
"""

from __future__ import annotations

from collections import Counter

from cataloging.marc.fields import Format
from cataloging.marc.record import Record, diff

FORMATS = {
    Format.BOOK: "Book",
    Format.LARGE_PRINT: "Large print",
    Format.AUDIOBOOK_CD: "Audiobook on CD",
    Format.MUSIC_CD: "Music CD",
    Format.DVD: "DVD",
    Format.BLU_RAY: "Blu-ray",
    Format.VIDEO_GAME: "Video game",
    Format.EBOOK: "E-book",
    Format.EAUDIO: "E-audiobook",
    Format.SERIAL: "Serial",
    Format.SCORE: "Score",
    Format.MAP: "Map",
    Format.KIT: "Kit",
    Format.OTHER: "Other",
}

LABELS = {
    "LDR": "Leader",
    "001": "Control number",
    "003": "Whose control number",
    "005": "Last changed",
    "006": "Coded facts of accompanying material",
    "007": "Physical form, coded",
    "008": "Dates, place, language, coded",
    "010": "LC control number",
    "015": "National bibliography number",
    "016": "National agency's control number",
    "020": "ISBN",
    "022": "ISSN",
    "024": "Other standard number (UPC, EAN)",
    "028": "Publisher's number",
    "035": "System control number (OCLC)",
    "037": "Source of acquisition",
    "040": "Cataloging source",
    "041": "Languages",
    "042": "Authentication",
    "043": "Geographic area, coded",
    "049": "Local holdings",
    "050": "LC call number",
    "082": "Dewey number",
    "084": "Other classification",
    "090": "Local LC call number",
    "092": "Local Dewey number",
    "100": "Author",
    "110": "Author (organization)",
    "111": "Author (meeting)",
    "130": "Uniform title as main entry",
    "210": "Abbreviated title",
    "240": "Uniform title",
    "245": "Title",
    "246": "Other form of title",
    "250": "Edition",
    "255": "Scale of the map",
    "257": "Country of production",
    "260": "Published",
    "263": "Expected date of publication",
    "264": "Published",
    "300": "Physical description",
    "310": "Frequency",
    "336": "Content type",
    "337": "Media type",
    "338": "Carrier type",
    "340": "Physical medium",
    "344": "Sound",
    "346": "Video",
    "347": "Digital file",
    "362": "Dates and volumes",
    "385": "Audience",
    "490": "Series as printed",
    "500": "Note",
    "502": "Dissertation note",
    "504": "Bibliography note",
    "505": "Contents",
    "506": "Restrictions on access",
    "508": "Production credits",
    "511": "Performers",
    "518": "Date and place of the event",
    "520": "Summary",
    "521": "Audience note",
    "530": "Other physical forms",
    "533": "Reproduction",
    "534": "Original version",
    "538": "System details",
    "546": "Language note",
    "586": "Awards",
    "588": "Source of the description",
    "600": "Subject: person",
    "610": "Subject: organization",
    "611": "Subject: meeting",
    "630": "Subject: work",
    "648": "Subject: period",
    "650": "Subject: topic",
    "651": "Subject: place",
    "655": "Genre or form",
    "690": "Local subject",
    "700": "Added author",
    "710": "Added organization",
    "711": "Added meeting",
    "730": "Added uniform title",
    "740": "Added title",
    "752": "Place, from large to small",
    "776": "Other physical format",
    "780": "Earlier title",
    "785": "Later title",
    "800": "Series: person",
    "810": "Series: organization",
    "830": "Series",
    "852": "Location",
    "856": "Web address",
    "880": "In the original script",
    "947": "Local processing data",
    "949": "Local item data",
    "960": "Local order data",
    "961": "Local order data",
}
# What a tag that is not listed belongs to, by its beginning; the longest beginning counts.
BLOCKS = {
    "0": "Number or code",
    "1": "Main entry",
    "2": "Title or edition",
    "3": "Physical description",
    "4": "Series",
    "5": "Note",
    "59": "Local note",
    "6": "Subject",
    "69": "Local subject",
    "7": "Added entry",
    "8": "Series or holdings",
    "9": "Local field",
}


def format_name(value: str) -> str:
    """The words for a format as it is kept: "Audiobook on CD" for audiobook_cd."""
    return FORMATS[Format(value)]


def label(tag: str) -> str:
    """The words for a tag: "Title" for 245, "Local note" for 591."""
    return LABELS.get(tag) or BLOCKS.get(tag[:2]) or BLOCKS.get(tag[:1], "Field")


def changed_fields(old: Record, new: Record) -> tuple[dict[str, str], dict[str, str]]:
    """What differs between two records as (before, after) by name of the field, as history keeps it.

    Names are the tag with its words ("245 Title"); further changes of the same tag are numbered.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for change in diff(old, new):
        seen[change.tag] += 1
        times = f" ({seen[change.tag]})" if seen[change.tag] > 1 else ""
        name = f"{change.tag} {label(change.tag)}{times}"
        before[name], after[name] = content(change.before), content(change.after)
    return before, after


def content(shown: str) -> str:
    """A shown field without its tag, which its name has already, and without indicators that say nothing."""
    return shown[4:].removeprefix("__ ")
