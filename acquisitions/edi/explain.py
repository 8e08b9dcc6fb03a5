"""A message in plain language, segment by segment, for the page where staff look at what a vendor sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from acquisitions.edi import fields
from acquisitions.edi.codes import FATES, meaning, words
from acquisitions.edi.dialects import STANDARD, Dialect, status_fate
from acquisitions.edi.model import Segment
from acquisitions.edi.tokens import tokenize

TAG_NAMES = {
    "ALI": "Additional information",
    "COM": "Communication number",
    "CPS": "Carton or consignment",
    "CTA": "Contact",
    "DOC": "Document",
    "GIN": "Carton label or serial number",
    "LOC": "Place",
    "MEA": "Measurements",
    "PAC": "Package",
    "PAT": "Payment terms",
    "PCI": "Marks on the package",
    "STS": "Status",
    "TDT": "Transport",
    "TOD": "Terms of delivery",
}

CONTROL_TOTALS = {"2": "line"}


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """One segment: the byte where it begins, its tag, what stands in the file, and what that means."""

    offset: int
    tag: str
    raw: str
    words: str


def explain(data: bytes, dialect: Dialect = STANDARD) -> list[ExplainedSegment]:
    """Every segment of a file in words, the vendor's own status codes too; raises BadInput as decode() does."""
    explained = []
    for tokens in tokenize(data):
        stops = [segment.offset for segment in tokens.segments[1:]]
        last = tokens.segments[-1].offset if tokens.segments else 0
        stops.append(data.find(tokens.delimiters.terminator.encode("latin-1"), last) + 1 or len(data))
        for segment, stop in zip(tokens.segments, stops, strict=False):
            raw = data[segment.offset : stop].decode(tokens.codec, errors="replace").strip()
            text = _in_words(segment, dialect)
            text = text[:-1] if text.endswith("..") else text
            explained.append(ExplainedSegment(segment.offset, segment.tag, raw, text))
    return explained


def _in_words(segment: Segment, dialect: Dialect) -> str:
    if segment.tag == "FTX":
        return _text(segment, dialect)
    explainer = EXPLAINERS.get(segment.tag)
    if explainer is not None:
        return explainer(segment)
    texts = ", ".join(part.strip() for element in segment.elements for part in element if part.strip())
    return f"{TAG_NAMES.get(segment.tag, 'Other information')}: {texts or 'nothing stated'}."


def _name(code_list: str, code: str, other: str) -> str:
    """A code's words with a capital; what no list has is named by `other` and the code."""
    found = meaning(code_list, code)
    return found[0].upper() + found[1:] if found else f"{other} ({words(code_list, code)})"


def _count(text: str, what: str) -> str:
    return f"{text} {what}" if text == "1" else f"{text} {what}s"


def _unb(segment: Segment) -> str:
    test = " This is a test." if segment.at(10) == "1" else ""
    return f"Interchange {segment.at(4)} from {segment.at(1)} to {segment.at(2)}.{test}"


def _lin(segment: Segment) -> str:
    text = f"Line {segment.at(0) or '(no number)'}"
    if action := segment.at(1):
        text += f", {words('1229', action)}"
    if number := segment.at(2):
        text += f": {_name('7143', segment.at(2, 1), 'Number')} {number}"
    return f"{text}."


def _pia(segment: Segment) -> str:
    kind = "Substitute" if segment.at(0) in fields.SUBSTITUTE else "Also known as"
    numbers = [
        f"{_name('7143', element[1].strip() if len(element) > 1 else '', 'number')} {element[0].strip()}"
        for element in segment.elements[1:]
        if element[0].strip()
    ]
    return f"{kind}: {', '.join(numbers) or 'no number'}."


def _imd(segment: Segment) -> str:
    pieces = segment.elements[2][3:] if len(segment.elements) > 2 else []
    text = fields.join_pieces("", pieces, fields.DESCRIPTION_WIDTH).strip()
    return f"{_name('7081', segment.at(1), 'Description')}: {text or 'not stated'}."


def _gir(segment: Segment) -> str:
    codes = [
        f"{meaning('7405', element[1].strip()) or words('7405', element[1].strip())} {element[0].strip() or '(empty)'}"
        for element in segment.elements[1:]
        if len(element) > 1
    ]
    return f"Copies, set {segment.at(0)}: {', '.join(codes)}."


def _text(segment: Segment, dialect: Dialect) -> str:
    """FTX: a status in words, free text, or both."""
    parts = []
    if code := segment.at(2):
        code_list = segment.at(2, 1)
        status = status_fate(dialect, code_list, code)
        if status is not None:
            parts.append(status[0])
        elif code_list in FATES:
            parts.append(words(code_list, code))
        else:
            parts.append(f"code {code} of list {code_list or '(none)'}")
    if len(segment.elements) > 3:
        parts.append(fields.join_pieces("", segment.elements[3], 70).strip())
    return f"Note: {'; '.join(filter(None, parts)) or 'empty'}."


def _qualified(code_list: str, other: str) -> Callable[[Segment], str]:
    """An explainer for segments of the shape TAG+qualifier:value."""
    return lambda segment: f"{_name(code_list, segment.at(0), other)}: {segment.at(0, 1) or 'not stated'}."


def _dtm(segment: Segment) -> str:
    found = fields.day(segment)
    return (
        f"{_name('2005', segment.at(0), 'Date')}: {found.isoformat() if found else segment.at(0, 1) or 'not stated'}."
    )


def _nad(segment: Segment) -> str:
    name = ", ".join(part.strip() for element in segment.elements[2:] for part in element if part.strip())
    who = " ".join(filter(None, (segment.at(1), name)))
    return f"{_name('3035', segment.at(0), 'Party')}: {who or 'not stated'}."


def _alc(segment: Segment) -> str:
    code = segment.at(4) or segment.at(1)
    what = segment.at(4, 3) or (words("7161", code) if code else "no code")
    return f"{_name('5463', segment.at(0), 'Charge')}: {what}."


def _bgm(segment: Segment) -> str:
    function = f", {words('1225', segment.at(2))}" if segment.at(2) else ""
    return f"{_name('1001', segment.at(0), 'Document')} {segment.at(1)}{function}."


def _tax(segment: Segment) -> str:
    rate = segment.at(4, 3)
    return f"Tax{f' at {rate} %' if fields.number(rate) is not None else ''}."


EXPLAINERS: dict[str, Callable[[Segment], str]] = {
    "ALC": _alc,
    "BGM": _bgm,
    "CNT": lambda s: f"Control total: {_count(s.at(0, 1), CONTROL_TOTALS.get(s.at(0), 'unit'))}.",
    "CUX": lambda s: f"Currency {s.at(0, 1).upper()}.",
    "DTM": _dtm,
    "GIR": _gir,
    "IMD": _imd,
    "LIN": _lin,
    "MOA": _qualified("5025", "Amount"),
    "NAD": _nad,
    "PCD": lambda s: f"{s.at(0, 1)} percent.",
    "PIA": _pia,
    "PRI": _qualified("5125", "Price"),
    "QTY": _qualified("6063", "Quantity"),
    "RFF": _qualified("1153", "Reference"),
    "TAX": _tax,
    "UNB": _unb,
    "UNE": lambda s: f"End of group {s.at(1)}, {_count(s.at(0), 'message')}.",
    "UNG": lambda s: f"Group of {s.at(0)} messages.",
    "UNH": lambda s: f"Message {s.at(0)}: {s.at(1)} {s.at(1, 1)}.{s.at(1, 2)}.",
    "UNS": lambda s: "End of the lines.",
    "UNT": lambda s: f"End of message {s.at(1)}, {_count(s.at(0), 'segment')}.",
    "UNZ": lambda s: f"End of interchange {s.at(1)}, {_count(s.at(0), 'message')}.",
}
